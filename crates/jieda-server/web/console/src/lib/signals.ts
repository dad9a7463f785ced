/** The signals that the two retrievers give, by name and family. */

export type Family = "vector" | "bm25" | "context";

export interface SignalName {
  label: string;
  family: Family;
}

const KNOWN: Readonly<Record<string, SignalName>> = {
  vector_best: { label: "向量：最佳问法", family: "vector" },
  vector_phrasing_best: { label: "向量：最佳问法", family: "vector" },
  vector_mean: { label: "向量：各问法平均", family: "vector" },
  vector_phrasing_mean: { label: "向量：各问法平均", family: "vector" },
  vector_answer: { label: "向量：问题与答案", family: "vector" },
  words_question: { label: "BM25：问法词语", family: "bm25" },
  bm25_words: { label: "BM25：问法词语", family: "bm25" },
  grams_question: { label: "BM25：问法字符", family: "bm25" },
  bm25_grams: { label: "BM25：问法字符", family: "bm25" },
  words_all: { label: "BM25：全文词语", family: "bm25" },
  grams_all: { label: "BM25：全文字符", family: "bm25" },
  context: { label: "来自上文", family: "context" },
};

/** What people call a signal; one that is not known keeps its name. */
export function signalName(id: string): SignalName {
  const known = KNOWN[id];
  if (known) return known;
  const family = id.startsWith("vector") ? "vector" : id.startsWith("context") ? "context" : "bm25";
  return { label: id, family };
}
