// What was missed in the conversations of the mock, in groups, each with what to do about it.
import { likeness } from "./rank.mjs";

export function gaps(store) {
  const groups = new Map();
  for (const conversation of store.newestFirst()) {
    for (const [index, turn] of conversation.turns.entries()) {
      const missed = missedIn(conversation.turns, index);
      if (missed) add(groups, missed, { conversation, turn: missed.turn ?? turn });
    }
  }
  const list = [...groups.values()].sort((a, b) => b.count - a.count);
  const turns = store.newestFirst().reduce((n, c) => n + c.turns.length, 0);
  return { turns, groups: list.map((group) => shown(group, store.kb)) };
}

/** Whether a turn was missed, and what it belongs with. */
function missedIn(turns, index) {
  const { event, rating, text, answer } = turns[index];
  if (event === "rated") {
    const rated = turns.slice(0, index).findLast((t) => t.answer);
    const faq = rated?.answer.faq;
    return rating <= 3 && faq ? { key: `low-${faq}`, kind: "miss", ratedLow: faq, turn: rated } : null;
  }
  if (answer?.decision === "rephrase") return { key: `miss-${text}`, kind: "miss" };
  if (answer?.decision === "clarify") return { key: answer.options[0].faq, kind: "near_tie" };
  return null;
}

function add(groups, { key, kind, ratedLow }, { conversation, turn }) {
  const group = groups.get(key) ?? {
    id: `g-${groups.size + 1}`,
    title: turn.text,
    kind,
    count: 0,
    last_at: turn.at,
    queries: [],
    candidates: [],
    ratedLow,
  };
  group.count += 1;
  const known = group.queries.find((q) => q.text === turn.text);
  if (known) known.count += 1;
  else group.queries.push({ text: turn.text, count: 1, conversation_id: conversation.id, turn: turn.number });
  for (const option of turn.answer.options) {
    const candidate = group.candidates.find((c) => c.faq === option.faq);
    if (candidate) candidate.count += 1;
    else group.candidates.push({ ...option, count: 1 });
  }
  groups.set(key, group);
}

function shown({ ratedLow, ...group }, kb) {
  const faq = kb.state.faqs.find((f) => f.id === ratedLow);
  const candidates = faq ? [{ faq: faq.id, question: faq.question, count: group.count }] : group.candidates;
  return { ...group, candidates, proposal: proposalFor({ ...group, ratedLow }, kb) };
}

/** The service measures with its encoder; here, shared characters have to do. */
function proposalFor({ title, queries, candidates, ratedLow }, kb) {
  if (ratedLow) return { kind: "review_answer", faqs: [ratedLow] };
  const [first, second] = candidates;
  if (second && likeness(first.question, second.question) > 0.45)
    return { kind: "conflicting_faqs", faqs: [first.faq, second.faq] };
  const texts = queries.map((q) => q.text);
  if (first && likeness(title, first.question) > 0.25)
    return { kind: "similar_question", faqs: [first.faq], similar: texts };
  const intent = kb.state.faqs.find((f) => f.id === first?.faq)?.intent;
  return {
    kind: "new_faq",
    question: title,
    similar: texts.filter((text) => text !== title),
    ...(intent && { intent }),
  };
}
