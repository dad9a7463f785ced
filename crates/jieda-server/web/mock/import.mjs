// Imports of the mock: the simplest of CSV files.
import { copy, EMPTY, FIELDS, Invalid, problemsOf, same } from "./faq.mjs";

const NAMES = {
  question: ["标准问题", "question"],
  similar: ["相似问", "similar"],
  answer: ["答案", "answer"],
  intent: ["意图", "intent"],
};

/** What the draft becomes, and what changes; throws everything that is wrong with the file at once. */
export function readImport(text, { filename, replace, draft, intents }) {
  if (!/\.csv$/i.test(filename)) {
    const message = "演示服务只读 CSV；真实服务也读 xlsx 等格式";
    throw new Invalid([{ severity: "error", code: "unknown_format", message, file: filename }]);
  }
  const records = recordsOf(text, draft, intents);
  const problems = records.flatMap((faq, index) => problemsOf(faq, intents, { file: filename, row: index + 2 }));
  if (problems.length > 0) throw new Invalid(problems);

  const named = new Map(records.map((faq) => [faq.id, faq]));
  const before = new Map(draft.map((faq) => [faq.id, faq]));
  const kept = replace ? [] : draft.filter((faq) => !named.has(faq.id));
  const known = records.filter((faq) => before.has(faq.id));
  const changed = known.filter((faq) => !same(faq, before.get(faq.id)));
  const next = [...kept, ...records];
  return {
    next,
    report: {
      added: records.filter((faq) => !before.has(faq.id)).map((faq) => faq.id),
      changed: changed.map((faq) => ({
        id: faq.id,
        fields: FIELDS.filter((k) => !same(before.get(faq.id)[k], faq[k])),
      })),
      unchanged: [...kept, ...known.filter((faq) => !changed.includes(faq))].map((faq) => faq.id),
      removed: draft.filter((faq) => !next.some((f) => f.id === faq.id)).map((faq) => faq.id),
      new_intents: [],
      warnings: [],
    },
  };
}

function recordsOf(text, draft, intents) {
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .filter(Boolean);
  const [head, ...rows] = lines.map((line) => line.split(",").map((cell) => cell.trim()));
  const columns = Object.fromEntries(
    Object.entries(NAMES).map(([field, names]) => [field, head.findIndex((h) => names.includes(h))]),
  );
  return rows.map((row, index) => {
    const { question, similar, answer, intent } = Object.fromEntries(
      Object.keys(NAMES).map((field) => [field, row[columns[field]] ?? ""]),
    );
    const old = draft.find((faq) => faq.question === question);
    return {
      ...copy(EMPTY),
      ...old,
      id: old?.id ?? `ec-${200 + index}`,
      intent: intents.find((i) => i.name === intent)?.id ?? intent,
      question,
      similar: similar.split(/[;；|]/).filter(Boolean),
      answer,
    };
  });
}
