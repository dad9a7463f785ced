// Routes of answers, conversations and reports.
import { answer, rate } from "./engine.mjs";
import { gaps } from "./gaps.mjs";
import { dashboard } from "./reports.mjs";

export function answerRoutes({ kb, store, desk, faults, Problem }) {
  const route = (method, path, handle) => ({ method, path, handle });
  const answeredByKey = new Map();
  const conversation = (id) => {
    const found = store.byId.get(id);
    if (!found) throw new Problem(404, "not_found", "没有找到", "没有这个会话。");
    return found;
  };

  async function ask({ json, request, response }) {
    const body = json();
    if (!body.text?.trim())
      throw new Problem(422, "empty_text", "内容为空", "text 不能为空。", {
        errors: [{ pointer: "/text", detail: "不能为空" }],
      });
    // Tests let requests fail once, to see that the widget tries again.
    const fault = faults.answer?.shift();
    if (fault === "busy") throw new Problem(429, "too_many_requests", "请求太多", "请稍后再试。", { retry_after: 1 });
    const key = request.headers["idempotency-key"];
    if (key && answeredByKey.has(key)) return { value: answeredByKey.get(key) };
    let value;
    if ("state" in body) value = answer(body, kb);
    else {
      const id = body.conversation_id ?? `w-${Math.random().toString(36).slice(2, 10)}`;
      value = store.say(store.byId.get(id) ?? store.open(id, body.customer ?? {}), body.text);
    }
    if (key) answeredByKey.set(key, value);
    if (fault === "lose") {
      // The answer breaks off: a browser would quietly repeat a request that got none at all.
      response.writeHead(200, { "content-type": "application/json", "content-length": "4096" });
      return void response.write("{", () => request.socket.destroy());
    }
    return { value };
  }

  function feedback({ json }) {
    const { conversation_id, state, rating } = json();
    if (state) return { value: rate(state, rating, {}, kb) };
    return { value: { answer: store.takeRating(conversation(conversation_id), rating) } };
  }

  function events({ ids, query, response }) {
    const { id, turns } = conversation(ids[0]);
    const send = (turn) =>
      turn.number > Number(query.get("after") ?? 0) &&
      response.write(
        `event: turn\ndata: ${JSON.stringify({ number: turn.number, at: turn.at, event: turn.event, text: turn.text, reply: turn.answer?.reply, decision: turn.answer?.decision })}\n\n`,
      );
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": hello\n\n");
    turns.forEach(send);
    const stop = store.watch(id, send);
    const alive = setInterval(() => response.write(": alive\n\n"), 10e3);
    response.on("close", () => {
      clearInterval(alive);
      stop();
    });
  }

  function shown(c) {
    const { state: _state, ...rest } = c;
    return rest;
  }

  return [
    route("POST", /^\/v1\/answer$/, ask),
    route("POST", /^\/v1\/feedback$/, feedback),
    route("GET", /^\/v1\/gaps$/, () => ({ value: gaps(store) })),
    route("GET", /^\/v1\/conversations$/, ({ query }) => ({ value: store.list(query) })),
    route("GET", /^\/v1\/conversations\/([^/]+)$/, ({ ids }) => ({ value: shown(conversation(ids[0])) })),
    route("POST", /^\/v1\/conversations\/([^/]+)\/replay$/, ({ ids }) => ({
      value: store.replay(conversation(ids[0])),
    })),
    route("POST", /^\/v1\/conversations\/([^/]+)\/agent$/, ({ ids, json }) => {
      store.push(conversation(ids[0]), { event: "agent_said", text: json().text });
      desk.replied(ids[0]);
      return { status: 201, value: {} };
    }),
    route("POST", /^\/v1\/conversations\/([^/]+)\/hand-back$/, ({ ids }) => {
      const c = conversation(ids[0]);
      c.handed_over = null;
      c.state = null;
      store.push(c, { event: "handed_back" });
      desk.handedBack(ids[0]);
      return { value: {} };
    }),
    route("GET", /^\/v1\/conversations\/([^/]+)\/events$/, events),
    route("GET", /^\/v1\/reports\/dashboard$/, ({ query }) => ({
      value: dashboard(store, query.get("since"), query.get("until")),
    })),
  ];
}
