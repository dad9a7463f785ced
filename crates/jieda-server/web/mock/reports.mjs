// Reports of the mock, counted from its conversations.

const DAY = 86400e3;
const round = (x) => Math.round(x * 1e4) / 1e4;

export function dashboard(store, since, until) {
  const turns = [];
  const seen = new Set();
  for (const c of store.newestFirst()) {
    for (const t of c.turns) {
      if (t.at >= since && t.at < until) {
        turns.push(t);
        seen.add(c);
      }
    }
  }
  const answered = turns.filter((t) => t.answer);
  const count = (list, key) => list.reduce((all, x) => ({ ...all, [key(x)]: (all[key(x)] ?? 0) + 1 }), {});
  const decisions = count(answered, (t) => t.answer.decision);
  const handed = [...seen].filter((c) => c.handed_over);
  const ratings = [1, 2, 3, 4, 5].map((n) => turns.filter((t) => t.rating === n).length);
  const rated = ratings.reduce((a, b) => a + b, 0);
  const faqs = Object.entries(
    count(
      answered.filter((t) => t.answer.faq),
      (t) => t.answer.faq,
    ),
  );
  const latencies = answered.map((t) => t.answer.latency_us / 1000).sort((a, b) => a - b);
  const quantile = (q) => latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] ?? null;
  return {
    since,
    until,
    conversations: seen.size,
    turns: answered.length,
    decisions,
    coverage: answered.length ? round((decisions.auto_reply ?? 0) / answered.length) : null,
    handoff_rate: seen.size ? round(handed.length / seen.size) : null,
    handoffs: count(handed, (c) => c.handed_over),
    satisfaction: {
      counts: ratings,
      mean: rated ? round(ratings.reduce((a, n, i) => a + n * (i + 1), 0) / rated) : null,
    },
    top_faqs: faqs
      .sort((a, b) => b[1] - a[1])
      .slice(0, 10)
      .map(([faq, n]) => ({ faq, question: store.kb.state.faqs.find((f) => f.id === faq)?.question ?? faq, count: n })),
    latency_ms: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
    daily: daily(answered, since, until),
    truncated: false,
  };
}

function daily(turns, since, until) {
  const days = [];
  for (let at = Date.parse(since); at < Date.parse(until); at += DAY) {
    const from = new Date(at).toISOString();
    const to = new Date(at + DAY).toISOString();
    const inside = turns.filter((t) => t.at >= from && t.at < to).map((t) => t.answer.decision);
    const of = (name) => inside.filter((d) => d === name).length;
    const known = of("auto_reply") + of("clarify") + of("handoff");
    const date = new Date(at + DAY / 2).toISOString().slice(0, 10);
    days.push({
      date,
      turns: inside.length,
      auto_reply: of("auto_reply"),
      clarify: of("clarify"),
      handoff: of("handoff"),
      other: inside.length - known,
    });
  }
  return days;
}

export function curve(store) {
  const confidences = store
    .newestFirst()
    .flatMap((c) => c.turns)
    .filter((t) => t.event === "said" && t.answer && t.answer.decision !== "silent")
    .map((t) => t.answer.confidence);
  const points = [];
  for (let i = 0; i <= 100; i += 2) {
    const threshold = i / 100;
    const above = confidences.filter((c) => c >= threshold);
    const risk = above.length ? above.reduce((a, c) => a + (1 - c), 0) / above.length : 0;
    points.push({ threshold, coverage: round(above.length / (confidences.length || 1)), risk: round(risk) });
  }
  return { turns: confidences.length, basis: "calibrated_confidence", points };
}
