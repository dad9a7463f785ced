// A toy that answers in the shape of the contract: overlap of characters instead of a model.
import { createHash } from "node:crypto";
import { handoverOf } from "./handover.mjs";
import { intentsOf, rank, round, words } from "./rank.mjs";

const HANDOFF = [
  { reason: "safety", any: ["起火", "爆炸", "触电", "受伤"], rule: "safety", kind: "安全事故", urgency: "特急" },
  { reason: "fraud_loss", any: ["被骗", "盗刷", "诈骗"], rule: "fraud_loss", kind: "资金安全", urgency: "特急" },
  {
    reason: "legal_threat",
    any: ["12315", "起诉", "律师", "工商"],
    rule: "legal_threat",
    kind: "投诉",
    urgency: "紧急",
  },
  { reason: "human_request", any: ["人工", "真人"], rule: "human_request", kind: "咨询", urgency: "普通" },
  { reason: "complaint", any: ["投诉", "举报"], rule: "complaint", kind: "投诉", urgency: "紧急" },
];
const SMALLTALK = [
  { any: ["你好", "在吗", "您好"], rule: "greeting", reply: "您好，请问有什么可以帮您？" },
  { any: ["谢谢", "感谢"], rule: "thanks", reply: "不客气，很高兴能帮到您。" },
];

const hash = (...parts) => createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);

/** Which of its answers a conversation is given; without an id it is the first, outside of any experiment. */
function assigned(faq, conversation) {
  const answers = [faq.answer, ...faq.variants];
  if (!conversation || answers.length === 1) return { text: faq.answer };
  const experiment = hash(faq.id, ...answers);
  const place = parseInt(hash(experiment, conversation).slice(0, 8), 16) % answers.length;
  return { text: answers[place], variant: { label: "ABCDEFGH"[place], experiment } };
}

/** Answers one sentence. `state` is what the turn before left; it is not changed. */
export function answer({ text, state: given, customer, conversation }, kb) {
  const state = structuredClone(
    given?.turn ? given : { turn: 0, failures: 0, replies: 0, options: [], history: [], tried: [], handed: null },
  );
  state.turn += 1;
  const { reply, clarify } = kb.state.thresholds;
  const normalized = text.normalize("NFKC").toLowerCase().trim();
  const ranked = rank(normalized, kb.state.faqs);
  const intents = intentsOf(ranked, kb.intents);
  const top = ranked[0];
  const margin = top.score - ranked[1].score;
  let confidence = 1 / (1 + Math.exp(-(9 * top.similarity + 1.2 * margin - 4.2)));
  const out = {
    decision: "rephrase",
    reply: "",
    faq: null,
    reason: null,
    options: [],
    availability: null,
    handover: null,
    rule: "failed_match",
  };
  const picked = state.options[Number(normalized) - 1];
  const handoff = HANDOFF.find((h) => h.any.some((w) => normalized.includes(w)));
  const small = SMALLTALK.find((s) => s.any.some((w) => normalized.includes(w)) && normalized.length < 8);
  state.history.push({ speaker: "customer", text });
  state.options = [];

  const send = (faq, rule) => {
    const { text: words_, variant } = assigned(faq, conversation);
    Object.assign(out, {
      decision: "auto_reply",
      faq: faq.id,
      ...(variant && { variant }),
      rule,
      reply: words_.replace(/[^。]*\{[a-z_]+\}[^。]*。/g, ""),
    });
    state.failures = 0;
    state.replies += 1;
    state.tried.push({ id: faq.id, question: faq.question, confidence: round(confidence), outcome: "replied" });
  };
  const passOn = (reason, rule, extra) => {
    Object.assign(out, {
      decision: "handoff",
      reason,
      rule,
      availability: "now",
      reply: "这就为您转接人工客服，您前面说的内容会一并转过去，不需要再重复。",
    });
    state.handed = reason;
    out.handover = handoverOf({ state, reason, rule, customer, ranked, intents, ...extra });
  };
  const fail = (rule, decision, words_) => {
    state.failures += 1;
    if (state.failures >= 2) passOn("repeated_failure", "repeated_failure");
    else Object.assign(out, { decision, rule, reason: "low_confidence", reply: words_ });
  };

  if (state.handed) Object.assign(out, { decision: "silent", rule: "with_human" });
  else if (handoff) passOn(handoff.reason, handoff.rule, handoff);
  else if (picked) {
    confidence = 1;
    send(
      kb.state.faqs.find((f) => f.id === picked.faq),
      "clarify_picked",
    );
  } else if (small) Object.assign(out, { decision: "smalltalk", rule: small.rule, reply: small.reply });
  else if (confidence >= reply) send(top.source, "confident");
  else if (confidence >= clarify) {
    const options = ranked.slice(0, 3).map(({ faq, question }) => ({ faq, question }));
    const list = options.map((o, i) => `${i + 1}. ${o.question}`).join("\n");
    fail(
      confidence >= 0.5 ? "likely" : "ambiguous",
      "clarify",
      `请问您想了解的是下面哪一个？\n${list}\n回复序号即可；如果都不是，请换个说法告诉我。`,
    );
    if (out.decision === "clarify") {
      out.options = options;
      state.options = options;
    }
  } else fail("failed_match", "rephrase", "抱歉，我没有完全理解。请换个说法，或补充商品、订单等信息。");
  if (out.reply) state.history.push({ speaker: "bot", text: out.reply });

  const ms = {
    segment: 0.31,
    encode: 7.4 + text.length / 9,
    search: 1.62,
    classify: 0.44,
    context: 0.02,
    decide: 0.08,
  };
  const { rule, ...decided } = out;
  return {
    conversation_id: null,
    turn: state.turn,
    release: kb.state.releases.find((r) => r.current).id,
    request_id: `req-${Math.random().toString(36).slice(2, 12)}`,
    degraded: false,
    ask_rating: out.decision === "auto_reply" && state.replies % 2 === 0,
    ...decided,
    confidence: round(confidence),
    intent: intents[0] ?? null,
    intents,
    candidates: ranked.map(({ similarity: _similarity, source: _source, ...c }) => c),
    trace: {
      rule,
      normalized,
      reading: "alone",
      tokens: words(normalized),
      truncated_tokens: 0,
      features: {
        score: top.score,
        margin: round(margin),
        crowd: round(top.score - ranked[3].score),
        vector_best: top.parts[0].raw,
        vector_margin: round(top.parts[0].raw - ranked[1].parts[0].raw),
        vector_answer: top.parts[2].normalized,
        vector_mean: top.parts[1].normalized,
        words: top.parts[3].normalized,
        grams: top.parts[6].normalized,
        covered: round(Math.min(1, top.similarity + 0.1)),
        agreement: 1,
        intent: intents[0]?.confidence ?? 0,
        length: round(Math.log(text.length)),
      },
      intent_evidence: [],
      missing_variables: [],
      thresholds: { reply, clarify },
    },
    timings_ms: { ...ms, total: round(Object.values(ms).reduce((a, b) => a + b, 0)) },
    state,
  };
}

/** Takes a rating by the stars; at most 3 goes to a human. */
export function rate(given, rating, customer, kb) {
  const state = structuredClone(given);
  state.rating = rating;
  if (rating > 3 || state.handed) return { answer: null, state };
  const last = state.history.filter((h) => h.speaker === "customer").at(-1)?.text ?? "";
  const base = answer({ text: last, state: null, customer }, kb);
  const ranked = rank(last, kb.state.faqs);
  state.handed = "low_satisfaction";
  if (state.tried.length > 0) state.tried.at(-1).outcome = "rated_low";
  const handover = handoverOf({
    state,
    reason: "low_satisfaction",
    rule: "low_satisfaction",
    customer,
    ranked,
    intents: base.intents,
    urgency: "紧急",
  });
  const reply = "抱歉没有让您满意，这就为您转接人工客服继续处理。";
  const decided = {
    decision: "handoff",
    reason: "low_satisfaction",
    availability: "now",
    reply,
    handover,
    faq: null,
    options: [],
    ask_rating: false,
  };
  return { answer: { ...base, ...decided, trace: { ...base.trace, rule: "low_satisfaction" }, state }, state };
}
