// Candidates and intents of the mock, with all the parts of their scores.

const segmenter = new Intl.Segmenter("zh", { granularity: "word" });
export const words = (text) => [...segmenter.segment(text)].filter((s) => s.isWordLike).map((s) => s.segment);
const grams = (text) => {
  const plain = text.replace(/[\s，。！？、,.!?]/g, "");
  return new Set([...plain].flatMap((c, i, all) => (all[i + 1] ? [c, c + all[i + 1]] : [c])));
};
const overlap = (a, b) => {
  let shared = 0;
  for (const g of a) if (b.has(g)) shared += g.length;
  const size = (set) => [...set].reduce((n, g) => n + g.length, 0);
  return (2 * shared) / (size(a) + size(b) || 1);
};
/** How alike two texts are, from 0 to 1. */
export const likeness = (a, b) => overlap(grams(a), grams(b));
export const round = (x) => Math.round(x * 1e4) / 1e4;

const WEIGHTS = {
  vector_best: 0.31,
  vector_mean: 0.14,
  vector_answer: 0.2,
  words_question: 0.05,
  grams_question: 0.18,
  words_all: 0.02,
  grams_all: 0.1,
};

export function rank(text, faqs) {
  const query = grams(text);
  const scored = faqs
    .filter((f) => f.enabled)
    .map((f) => {
      const phrasings = [f.question, ...f.similar].map((p) => ({ p, s: overlap(query, grams(p)) }));
      const best = phrasings.reduce((a, b) => (b.s > a.s ? b : a));
      const mean = phrasings.reduce((a, b) => a + b.s, 0) / phrasings.length;
      const answer = overlap(query, grams(f.question + f.answer));
      const raw = {
        vector_best: 0.35 + 0.62 * best.s,
        vector_mean: 0.3 + 0.55 * mean,
        vector_answer: 0.3 + 0.9 * answer,
        words_question: 14 * best.s,
        grams_question: 22 * best.s,
        words_all: 11 * answer,
        grams_all: 30 * answer,
      };
      return { f, best, raw };
    });
  for (const signal of Object.keys(WEIGHTS)) {
    const values = scored.map((s) => s.raw[signal]);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const sd = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length) || 1;
    for (const s of scored) (s.normalized ??= {})[signal] = (s.raw[signal] - mean) / sd;
  }
  return scored
    .map((s) => {
      const parts = Object.entries(WEIGHTS).map(([signal, weight]) => ({
        signal,
        raw: round(s.raw[signal]),
        normalized: round(s.normalized[signal]),
        weight,
        contribution: round(weight * s.normalized[signal]),
      }));
      const score = parts.reduce((a, p) => a + p.contribution, 0);
      return {
        faq: s.f.id,
        question: s.f.question,
        intent: s.f.intent,
        matched: s.best.p,
        score: round(score),
        parts,
        similarity: s.best.s,
        source: s.f,
      };
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, 5);
}

export function intentsOf(ranked, names) {
  const weights = new Map();
  for (const c of ranked) weights.set(c.intent, (weights.get(c.intent) ?? 0) + Math.exp(c.score * 1.4));
  const sum = [...weights.values()].reduce((a, b) => a + b, 0) * 1.02;
  return [...weights]
    .map(([id, w]) => ({ id, name: names.find((i) => i.id === id)?.name ?? id, confidence: round(w / sum) }))
    .sort((a, b) => b.confidence - a.confidence);
}
