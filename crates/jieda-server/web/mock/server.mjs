// A stand-in for the answer service: the same contract, made-up data, all in memory.
//
//   PORT (7710)  MOCK_MODE (data|folder)  MOCK_LOGIN (1: 主管/demo)  MOCK_ROLE (publisher|editor|viewer)
//   MOCK_ROUTING (0: the routing core is off)
import { createServer } from "node:http";
import { fileURLToPath, pathToFileURL } from "node:url";
import { answerRoutes } from "./routes-answer.mjs";
import { makeDesk } from "./desk.mjs";
import { deskRoutes } from "./routes-desk.mjs";
import { qaRoutes } from "./routes-qa.mjs";
import { kbRoutes } from "./routes-kb.mjs";
import { Invalid, Missing, Stale } from "./faq.mjs";
import { makeKnowledge } from "./kb.mjs";
import { makeQuality } from "./quality.mjs";
import { sessionOf } from "./session.mjs";
import { serveStatic } from "./static.mjs";
import { makeStore } from "./store.mjs";

class Problem extends Error {
  constructor(status, code, title, detail, more = {}) {
    super(detail);
    this.body = { type: `about:blank#${code}`, title, status, detail, code, ...more };
  }
}

const readBody = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};

function problemOf(error) {
  if (error instanceof Problem) return error;
  if (error instanceof Stale)
    return new Problem(412, "stale_revision", "草稿已被修改", "草稿的修订号与请求里的不一致。");
  if (error instanceof Missing) return new Problem(404, "not_found", "没有找到", "没有这个编号。");
  if (error instanceof Invalid)
    return new Problem(422, "invalid_knowledge", "内容有错误", `有 ${error.problems.length} 处错误。`, {
      problems: error.problems,
    });
  console.error(error);
  return new Problem(500, "internal", "内部错误", error.message);
}

/** Starts one; gives its address and the way to stop it. */
export function startMock({
  port = 0,
  mode = "data",
  login = false,
  role = "publisher",
  routing = true,
  faults = {},
} = {}) {
  const kb = makeKnowledge(mode);
  const store = Object.assign(makeStore(kb), { kb });
  const context = {
    kb,
    store,
    desk: makeDesk(store),
    quality: makeQuality(store),
    mode,
    login,
    role,
    routing,
    faults,
    Problem,
  };
  const sessions = sessionOf({ login, role, Problem });
  const routes = [
    ...sessions.routes,
    ...kbRoutes(context),
    ...answerRoutes(context),
    ...deskRoutes(context),
    ...qaRoutes(context),
  ];

  const server = createServer(async (request, response) => {
    const requestId = `req-${Math.random().toString(36).slice(2, 12)}`;
    const url = new URL(request.url, "http://mock");
    response.setHeader("x-request-id", requestId);
    try {
      if (!url.pathname.startsWith("/v1/")) return await serveStatic(url.pathname, response);
      const [found, match] =
        routes.map((r) => [r, r.method === request.method && r.path.exec(url.pathname)]).find(([, m]) => m) ?? [];
      if (!found) throw new Problem(404, "not_found", "没有找到", `没有 ${request.method} ${url.pathname}`);
      sessions.guard(request, url.pathname);
      const body = await readBody(request);
      const json = () => JSON.parse(body.toString() || "{}");
      const ids = match.slice(1).map(decodeURIComponent);
      const result = await found.handle({ request, response, query: url.searchParams, body, json, ids });
      if (result === undefined) return;
      const { status = 200, headers = {}, bytes, ...rest } = result;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(bytes ?? (status === 204 ? undefined : JSON.stringify(rest.value)));
    } catch (error) {
      const { body } = problemOf(error);
      const headers = body.retry_after ? { "retry-after": String(body.retry_after) } : {};
      response.writeHead(body.status, { "content-type": "application/problem+json", ...headers });
      response.end(JSON.stringify({ ...body, request_id: requestId }));
    }
  });
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => {
      const stop = () => {
        server.closeAllConnections();
        server.close();
      };
      resolve({ url: `http://127.0.0.1:${server.address().port}`, stop, context });
    });
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { PORT = "7710", MOCK_MODE, MOCK_LOGIN, MOCK_ROLE, MOCK_ROUTING } = process.env;
  const { url } = await startMock({
    port: Number(PORT),
    mode: MOCK_MODE,
    login: MOCK_LOGIN === "1",
    role: MOCK_ROLE,
    routing: MOCK_ROUTING !== "0",
  });
  console.log(`mock of ${fileURLToPath(new URL("..", import.meta.url))}: ${url}/console/  ${url}/widget/`);
}
