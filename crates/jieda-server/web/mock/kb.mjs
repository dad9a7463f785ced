// The knowledge base of the mock: what is served, the draft, and the releases, all in memory.
import { readFileSync } from "node:fs";
import { copy, EMPTY, FIELDS, Invalid, Missing, problemsOf, same, Stale, warningsOf } from "./faq.mjs";
import { readImport } from "./import.mjs";

const sample = (file) =>
  readFileSync(new URL(`../../../../kb-samples/ecommerce/${file}`, import.meta.url), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Answers that are tried against that of the sample. */
const VARIANTS = {
  "ec-004": ["发货前可以自己改：打开“我的订单”，进入订单详情，点“修改地址”。已经发货的，请联系快递员改派。"],
};

const hex = () =>
  Math.floor(Math.random() * 2 ** 48)
    .toString(16)
    .padStart(12, "0");

export function makeKnowledge(mode) {
  const intents = sample("intents.jsonl").map(({ id, name, description }) => ({ id, name, description }));
  const served = sample("faqs.jsonl").map((faq) => ({ ...copy(EMPTY), variants: VARIANTS[faq.id] ?? [], ...faq }));
  const state = {
    faqs: served,
    draft: copy(served),
    revision: 1,
    thresholds: { reply: 0.86, clarify: 0.2, matched: 0.5 },
    draftThresholds: null,
    releases: [
      release("7c1e40b2a9d3", "2026-11-28T02:10:00Z", "双十二预热规则", served, true),
      release("51aa09fe7734", "2026-11-20T09:32:00Z", "补充发票问法", served, false),
      release("e08d2b6613c0", "2026-11-03T06:00:00Z", "双十一活动规则", served, false),
    ],
    snapshots: new Map(),
  };

  function release(id, created, note, faqs, current) {
    const phrasings = faqs.reduce((n, f) => n + 1 + f.similar.length, 0);
    return { id, created, note, faqs: faqs.length, phrasings, current };
  }

  const current = () => state.releases.find((r) => r.current);
  const changes = () => {
    const d = diff();
    return d.added.length + d.removed.length + d.changed.length + d.settings.length;
  };

  function overview() {
    const folder = mode === "folder";
    return {
      name: "电商示例",
      description: "综合电商平台：订单、物流、退换、支付、会员",
      mode,
      faqs: state.faqs.length,
      intents,
      channels: ["web", "app", "wechat"],
      variables: { order_id: "", tracking_no: "" },
      release: folder ? null : current(),
      draft: folder ? null : { revision: String(state.revision), changes: changes() },
    };
  }

  function list(query) {
    const all = query.get("source") === "draft" ? state.draft : state.faqs;
    const q = (query.get("q") ?? "").trim();
    const intent = query.get("intent");
    const enabled = query.get("enabled");
    const hits = all.filter(
      (f) =>
        (!q || f.id === q || [f.question, f.answer, ...f.similar].some((t) => t.includes(q))) &&
        (!intent || f.intent === intent) &&
        (!enabled || String(f.enabled) === enabled),
    );
    const offset = Number(query.get("offset") ?? 0);
    const limit = Number(query.get("limit") ?? 50);
    return { items: hits.slice(offset, offset + limit), total: hits.length, revision: String(state.revision) };
  }

  function expect(ifMatch) {
    if (ifMatch !== undefined && ifMatch !== String(state.revision)) throw new Stale();
  }

  const bump = () => String((state.revision += 1));

  function put(id, body, ifMatch) {
    expect(ifMatch);
    const index = state.draft.findIndex((f) => f.id === id);
    if (id !== null && index < 0) throw new Missing();
    const faq = {
      id: id ?? nextId(),
      ...copy(EMPTY),
      ...Object.fromEntries(FIELDS.filter((k) => k in body).map((k) => [k, body[k]])),
    };
    const problems = problemsOf(faq, intents, { file: "draft" });
    if (problems.length > 0) throw new Invalid(problems);
    if (id === null) state.draft.push(faq);
    else state.draft[index] = faq;
    return { faq, revision: bump(), warnings: warningsOf(faq, state.draft) };
  }

  const nextId = () =>
    `ec-${String(Math.max(...state.draft.map((f) => Number(f.id.slice(3)) || 0)) + 1).padStart(3, "0")}`;

  function remove(id, ifMatch) {
    expect(ifMatch);
    if (!state.draft.some((f) => f.id === id)) throw new Missing();
    state.draft = state.draft.filter((f) => f.id !== id);
    return { revision: bump() };
  }

  function addSimilar(id, texts) {
    const faq = state.draft.find((f) => f.id === id);
    if (!faq) throw new Missing();
    return put(id, { ...faq, similar: [...new Set([...faq.similar, ...texts])] }, undefined);
  }

  function diff() {
    const before = new Map(state.faqs.map((f) => [f.id, f]));
    const after = new Map(state.draft.map((f) => [f.id, f]));
    const changed = state.draft
      .filter((f) => before.has(f.id) && !same(f, before.get(f.id)))
      .map((f) => {
        const old = before.get(f.id);
        const fields = FIELDS.filter((k) => !same(old[k], f[k])).map((field) => ({
          field,
          before: old[field],
          after: f[field],
        }));
        return { id: f.id, question: f.question, fields };
      });
    return {
      revision: String(state.revision),
      added: state.draft.filter((f) => !before.has(f.id)),
      removed: state.faqs.filter((f) => !after.has(f.id)),
      changed,
      settings: state.draftThresholds ? ["policy"] : [],
    };
  }

  function publish(note) {
    if (changes() === 0) return { release: current(), outcome: "unchanged", encoded: 0, reused: 0, warnings: [] };
    const d = diff();
    const encoded = [...d.added, ...d.changed.map((c) => state.draft.find((f) => f.id === c.id))].reduce(
      (n, f) => n + 1 + f.similar.length,
      0,
    );
    state.snapshots.set(current().id, copy(state.faqs));
    state.releases.forEach((r) => (r.current = false));
    state.faqs = copy(state.draft);
    if (state.draftThresholds) state.thresholds = { ...state.thresholds, ...state.draftThresholds };
    state.draftThresholds = null;
    const made = release(hex(), new Date().toISOString(), note, state.faqs, true);
    state.releases.unshift(made);
    return { release: made, outcome: "new", encoded, reused: made.phrasings - encoded, warnings: [] };
  }

  function rollBack(id) {
    const to = state.releases.find((r) => r.id === id);
    if (!to) throw new Missing();
    const from = current();
    state.snapshots.set(from.id, copy(state.faqs));
    state.faqs = copy(state.snapshots.get(id) ?? state.faqs);
    state.releases.forEach((r) => (r.current = r.id === id));
    return { from: from.id, to: id };
  }

  function check() {
    const problems = state.draft.flatMap((faq) => problemsOf(faq, intents, { file: "draft" }));
    problems.push(
      {
        severity: "warning",
        code: "near_duplicate",
        message: "ec-039“在哪里查看退款进度”与 ec-043“显示退款成功但没收到钱”的问法很接近",
        suggestion: "确认两条答案不同，或合并",
        file: "faqs.jsonl",
        row: 39,
        sheet: null,
        column: null,
        field: "similar",
      },
      {
        severity: "warning",
        code: "undeclared_variable",
        message: "答案里的变量 {refund_amount} 没有声明",
        suggestion: "在 kb.toml 的 supplied 里写上它",
        file: "faqs.jsonl",
        row: 42,
        sheet: null,
        column: null,
        field: "answer",
      },
    );
    return { problems, faqs: state.draft.length };
  }

  function importFile(text, { filename, replace, dryRun }) {
    const { next, report } = readImport(text, { filename, replace, draft: state.draft, intents });
    if (!dryRun) {
      state.draft = next;
      bump();
    }
    return { ...report, revision: String(state.revision) };
  }

  function discard() {
    state.draft = copy(state.faqs);
    state.draftThresholds = null;
    bump();
  }

  function setThresholds({ reply, clarify }) {
    state.draftThresholds = { reply, clarify };
    return { reply, clarify, revision: bump() };
  }

  return {
    state,
    intents,
    overview,
    list,
    put,
    remove,
    addSimilar,
    diff,
    publish,
    rollBack,
    check,
    importFile,
    discard,
    setThresholds,
  };
}
