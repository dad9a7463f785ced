// Routes of quality review.
import { SETUP } from "./quality.mjs";

const DAY_MS = 86400e3;

export function qaRoutes({ store, quality, faults, login, role, Problem }) {
  const me = login ? "user:主管" : "user:local";
  const route = (method, path, handle) => ({
    method,
    path,
    handle: (call) => {
      if (faults.store === "none") throw new Problem(409, "not_possible", "现在不能这样做", "没有保存会话的存储。");
      return handle(call);
    },
  });
  const field = (pointer, detail) =>
    new Problem(422, "invalid", "内容有错误", "请求里有不对的地方。", { errors: [{ pointer, detail }] });
  const time = (query) => {
    const until = query.has("until") ? Date.parse(query.get("until")) : Date.now();
    const since = query.has("since") ? Date.parse(query.get("since")) : until - 7 * DAY_MS;
    if (!(since < until)) throw field("/until", "应晚于 since");
    return { since, until };
  };
  const told = ({ since, until }) => ({ since: new Date(since).toISOString(), until: new Date(until).toISOString() });
  const known = (id) => {
    if (!store.byId.has(id)) throw new Problem(404, "not_found", "没有找到", "没有这个会话。");
    return id;
  };

  function samples({ query }) {
    const asked = time(query);
    return { value: { ...told(asked), truncated: false, samples: quality.samples(asked.since, asked.until, me) } };
  }

  function reviews({ ids }) {
    const kept = [...(quality.reviews.get(known(ids[0]))?.values() ?? [])];
    const mine = kept.find((review) => review.reviewer === me) ?? null;
    return { value: { mine, others: mine ? kept.filter((review) => review !== mine) : [] } };
  }

  function save({ ids, json }) {
    if (role === "viewer") throw new Problem(403, "forbidden", "没有权限", "这个角色不能这样做。");
    const { scores, comment } = json();
    for (const { id } of SETUP.sheet.items) {
      const points = scores[id];
      if (points === undefined) throw field(`/scores/${id}`, "缺少这一项");
      const whole = Number.isInteger(points) && points >= 0 && points <= SETUP.sheet.top;
      if (points !== null && !whole) throw field(`/scores/${id}`, `应为 0 到 ${SETUP.sheet.top} 的整数`);
    }
    if (Object.values(scores).every((points) => points === null)) throw field("/scores", "至少要有一项适用");
    if (Buffer.byteLength(comment) > 2000) throw field("/comment", "最多 2000 字节");
    return { value: quality.save(known(ids[0]), me, scores, comment) };
  }

  function figures({ query }) {
    const asked = time(query);
    return { value: { ...told(asked), ...quality.figures(asked.since, asked.until) } };
  }

  return [
    route("GET", /^\/v1\/qa$/, () => ({ value: SETUP })),
    route("GET", /^\/v1\/qa\/samples$/, samples),
    route("GET", /^\/v1\/qa\/figures$/, figures),
    route("GET", /^\/v1\/qa\/conversations\/([^/]+)$/, reviews),
    route("PUT", /^\/v1\/qa\/conversations\/([^/]+)\/review$/, save),
  ];
}
