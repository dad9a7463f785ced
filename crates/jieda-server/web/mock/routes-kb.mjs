// Routes of the knowledge base and of the policy.
import { curve } from "./reports.mjs";

const slow = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function kbRoutes({ kb, store, mode, Problem }) {
  const writable = () => {
    if (mode === "folder") throw new Problem(409, "read_only", "只读", "知识库是一个文件夹，不能在这里修改。");
  };
  const route = (method, path, handle) => ({ method, path, handle });
  const changing = (method, path, handle) => route(method, path, (call) => (writable(), handle(call)));
  const ifMatch = (request) => request.headers["if-match"];
  const draft = "\\/v1\\/kb\\/draft";

  return [
    route("GET", /^\/v1\/kb$/, () => ({ value: kb.overview() })),
    route("GET", /^\/v1\/kb\/faqs$/, ({ query }) => ({ value: kb.list(query) })),
    changing("POST", new RegExp(`^${draft}\\/faqs$`), ({ json, request }) => ({
      status: 201,
      value: kb.put(null, json(), ifMatch(request)),
    })),
    changing("PUT", new RegExp(`^${draft}\\/faqs\\/([^/]+)$`), ({ json, ids, request }) => ({
      value: kb.put(ids[0], json(), ifMatch(request)),
    })),
    changing("DELETE", new RegExp(`^${draft}\\/faqs\\/([^/]+)$`), ({ ids, request }) => ({
      value: kb.remove(ids[0], ifMatch(request)),
    })),
    changing("POST", new RegExp(`^${draft}\\/faqs\\/([^/]+)\\/similar$`), ({ json, ids }) => ({
      value: kb.addSimilar(ids[0], json().texts),
    })),
    changing("POST", new RegExp(`^${draft}\\/import$`), ({ body, query }) => ({
      value: kb.importFile(body.toString(), {
        filename: query.get("filename"),
        replace: query.get("mode") === "replace",
        dryRun: query.get("dry_run") === "true",
      }),
    })),
    changing("GET", new RegExp(`^${draft}\\/check$`), () => ({ value: kb.check() })),
    changing("GET", new RegExp(`^${draft}\\/diff$`), () => ({ value: kb.diff() })),
    changing("POST", new RegExp(`^${draft}\\/publish$`), async ({ json }) => {
      await slow(400);
      return { value: kb.publish(json().note) };
    }),
    changing("PUT", new RegExp(`^${draft}\\/policy$`), ({ json }) => ({ value: kb.setThresholds(json()) })),
    changing("DELETE", new RegExp(`^${draft}$`), () => (kb.discard(), { status: 204 })),
    route("GET", /^\/v1\/kb\/export$/, ({ query }) => ({
      headers: { "content-type": "application/octet-stream" },
      bytes: Buffer.from(
        (query.get("source") === "draft" ? kb.state.draft : kb.state.faqs).map((f) => JSON.stringify(f)).join("\n"),
      ),
    })),
    route("GET", /^\/v1\/kb\/releases$/, () => ({ value: { items: kb.state.releases } })),
    changing("POST", /^\/v1\/kb\/releases\/([^/]+)\/publish$/, ({ ids }) => ({ value: kb.rollBack(ids[0]) })),
    route("GET", /^\/v1\/policy$/, () => ({
      value: {
        thresholds: kb.state.thresholds,
        own: true,
        tuned: { max_wrong_rate: 0.05, confidence: 0.95, date: "2026-11-21", sample: 1000, coverage: 0.677 },
        draft: kb.state.draftThresholds,
      },
    })),
    route("GET", /^\/v1\/policy\/curve$/, () => ({ value: curve(store) })),
  ];
}
