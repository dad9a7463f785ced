// What a FAQ is to the mock, and what can be wrong with one.

export const EMPTY = {
  similar: [],
  variants: [],
  tags: [],
  skill: null,
  channels: [],
  valid_from: null,
  valid_until: null,
  enabled: true,
  priority: 0,
};
export const FIELDS = [
  "intent",
  "question",
  "similar",
  "answer",
  "variants",
  "tags",
  "skill",
  "channels",
  "valid_from",
  "valid_until",
  "enabled",
  "priority",
];
export const copy = (value) => structuredClone(value);
export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export class Stale extends Error {}
export class Missing extends Error {}
export class Invalid extends Error {
  constructor(problems) {
    super("invalid");
    this.problems = problems;
  }
}

const FAULTS = [
  { field: "question", code: "empty_text", message: "标准问题是空的" },
  { field: "answer", code: "empty_answer", message: "答案是空的", suggestion: "写上答案，或删去这一行" },
];

/** The errors of one FAQ; `place` says where it stands. */
export function problemsOf(faq, intents, place) {
  const found = FAULTS.filter(({ field }) => !faq[field]);
  if (!intents.some((i) => i.id === faq.intent)) {
    found.push({ field: "intent", code: "unknown_intent", message: `没有意图“${faq.intent}”` });
  }
  found.push(...variantFaults(faq));
  return found.map((fault) => ({ severity: "error", ...fault, ...place }));
}

function variantFaults({ answer, variants }) {
  const fault = (index, code, message) => ({ field: `variants[${index + 1}]`, code, message });
  return variants.flatMap((text, index) => {
    if (index >= 7) return [fault(index, "invalid_variant", "备选答案太多：连同答案最多 8 个")];
    if ([answer, ...variants].indexOf(text) <= index)
      return [fault(index, "invalid_variant", "备选答案与前面的答案一样")];
    const at = /\{[^}]*$/.exec(text)?.index;
    return at === undefined ? [] : [fault(index, "invalid_variable", `第 ${at + 1} 个字：花括号没有配对`)];
  });
}

/** What is odd about one FAQ among others. */
export function warningsOf(faq, all) {
  const twin = all.find((f) => f.id !== faq.id && f.similar.some((s) => faq.similar.includes(s)));
  if (!twin) return [];
  const message = `有相似问与 ${twin.id}“${twin.question}”相同`;
  return [{ severity: "warning", code: "duplicate_phrasing", message, suggestion: "只留在其中一条里", file: "draft" }];
}
