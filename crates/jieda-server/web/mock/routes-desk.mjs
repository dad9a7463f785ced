// Routes of the routing core.
import { isAct } from "./desk-acts.mjs";
import { figuresOf } from "./desk-figures.mjs";

const STATES = ["offline", "ready", "busy", "after_work", "break"];
const FIELDS = ["name", "skills", "capacity", "languages", "channels", "shifts"];

export function deskRoutes({ desk, faults, routing, role, Problem }) {
  const figures = figuresOf();
  const route = (method, path, handle) => ({
    method,
    path,
    handle: (call) => {
      if (!routing)
        throw new Problem(409, "not_possible", "现在不能这样做", "没有开启坐席分配（server.routing.enabled）");
      if (role === "viewer" && method !== "GET")
        throw new Problem(403, "forbidden", "没有权限", "这个角色不能这样做。");
      return handle(call);
    },
  });
  const field = (pointer, detail) =>
    new Problem(422, "invalid", "内容有错误", "请求里有不对的地方。", { errors: [{ pointer, detail }] });
  const agentOf = (id) => {
    if (!desk.agents.has(id)) throw new Problem(404, "not_found", "没有找到", "there is no agent of this number");
    return id;
  };

  function register({ ids, json }) {
    const body = json();
    const unknown = Object.keys(body).find((name) => !FIELDS.includes(name));
    if (unknown) throw field(`/${unknown}`, "没有这个字段");
    if (!body.name?.trim() || Buffer.byteLength(body.name) > 128) throw field("/name", "应为 1 到 128 字节");
    for (const [name, level] of Object.entries(body.skills))
      if (![1, 2, 3, 4, 5].includes(level)) throw field(`/skills/${name}`, "a level is a whole number from 1 to 5");
    for (const list of ["channels", "languages"])
      if ((body[list] ?? []).some((name) => Buffer.byteLength(name) > 128)) throw field(`/${list}`, "最多 128 字节");
    (body.shifts ?? []).forEach(({ days, from, to }, index) => {
      const known = days.every((day) => "周一周二周三周四周五周六周日".includes(day));
      if (!known || ![from, to].every((time) => /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(time)))
        throw field(`/shifts/${index}`, "不是时刻，应写成 09:00");
    });
    return { value: desk.register({ languages: [], channels: [], shifts: [], ...body, id: Number(ids[0]) }) };
  }

  function setState({ ids, json }) {
    const { state } = json();
    if (!STATES.includes(state)) throw field("/state", "没有这个状态");
    if (faults.deskState?.shift() === "forbidden")
      throw new Problem(403, "forbidden", "没有权限", "这个角色不能这样做。");
    return { value: desk.setState(agentOf(Number(ids[0])), state) };
  }

  function act({ ids, json }) {
    const body = json();
    if (!isAct(body.act)) throw field("/act", "没有这个操作");
    if (body.act === "refuse" && Buffer.byteLength(body.reason ?? "") > 128) throw field("/reason", "最多 128 字节");
    if (body.act === "end" && !["resolved", "unresolved"].includes(body.outcome))
      throw field("/outcome", "没有这个结果");
    // Tests let an offer run out just before somebody answers it.
    if (faults.deskAct?.shift() === "late") desk.release(desk.tickets.get(Number(ids[0])));
    try {
      return { value: desk.act(Number(ids[0]), body) };
    } catch (error) {
      if (!(error instanceof desk.Refused)) throw error;
      const [code, title] = error.status === 404 ? ["not_found", "没有找到"] : ["conflict", "与另一个操作冲突"];
      throw new Problem(error.status, code, title, error.message);
    }
  }

  function events({ query, response }) {
    if (faults.deskEvents === "refused") throw new Problem(429, "rate_limited", "请求太多", "订阅的人太多。");
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": hello\n\n");
    const send = (entry) => response.write(`id: ${entry.number}\nevent: entry\ndata: ${JSON.stringify(entry)}\n\n`);
    if (query.has("after")) desk.journal.after(Number(query.get("after"))).forEach(send);
    desk.journal.told.on("entry", send);
    const alive = setInterval(() => response.write(": alive\n\n"), 10e3);
    response.on("close", () => {
      clearInterval(alive);
      desk.journal.told.off("entry", send);
    });
  }

  function report({ query }) {
    const since = Date.parse(query.get("since"));
    const until = query.has("until") ? Date.parse(query.get("until")) : Date.now();
    if (!(since < until)) throw field("/until", "应晚于 since");
    const agent = query.has("agent") ? Number(query.get("agent")) : null;
    return { value: figures({ since, until, group: query.get("group"), channel: query.get("channel"), agent }) };
  }

  return [
    route("GET", /^\/v1\/routing$/, () => ({ value: desk.view() })),
    route("GET", /^\/v1\/routing\/events$/, events),
    route("GET", /^\/v1\/routing\/figures$/, report),
    route("PUT", /^\/v1\/routing\/mode$/, ({ json }) => ({ value: desk.setMode(json().mode) })),
    route("PUT", /^\/v1\/routing\/agents\/(\d+)$/, register),
    route("POST", /^\/v1\/routing\/agents\/(\d+)\/state$/, setState),
    route("POST", /^\/v1\/routing\/tickets$/, ({ json }) => ({ status: 201, value: desk.arrive(json()) })),
    route("POST", /^\/v1\/routing\/tickets\/(\d+)$/, act),
  ];
}
