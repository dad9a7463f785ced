// Quality review in the mock: what is drawn, who scored what, and what that says. The same on every run.
import { createHash } from "node:crypto";

export const SETUP = {
  sheet: {
    top: 5,
    pass: 80,
    items: [
      { id: "accuracy", name: "答案准确", about: "说的和知识库、政策一致，没有答错。", weight: 40, fatal: true },
      { id: "solved", name: "解决问题", about: "客户要办的事办成了，或知道下一步怎么办。", weight: 25, fatal: false },
      { id: "tone", name: "态度语气", about: "礼貌、耐心，先安抚再解释。", weight: 20, fatal: false },
      { id: "rules", name: "合规", about: "不承诺办不到的，不泄露个人信息。", weight: 15, fatal: true },
    ],
  },
  plans: [
    { name: "随机抽检", draw: "random", share: 0.15, most: 20, at_most: null },
    { name: "低置信度", draw: "low_confidence", share: 0.4, most: 20, at_most: 0.3 },
    { name: "低分评价", draw: "low_rating", share: 1, most: 20, at_most: 2 },
    { name: "转人工", draw: "handover", share: 0.3, most: 10, at_most: null },
  ],
  double: 0.4,
};
const AGENTS = [3, 7, 8, 12];
const COLLEAGUES = ["user:林质检", "user:何质检"];

/** A number from 0 to 1 that belongs to a text. */
const chance = (...parts) =>
  parseInt(createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 8), 16) / 2 ** 32;
const mean = (numbers) => (numbers.length > 0 ? numbers.reduce((a, b) => a + b, 0) / numbers.length : null);
const shareOf = (list, fits) => mean(list.map((x) => (fits(x) ? 1 : 0)));

export function scoreOf({ top, items }, scores) {
  const applying = items.filter(({ id }) => scores[id] !== null);
  if (applying.some(({ id, fatal }) => fatal && scores[id] === 0)) return 0;
  const weight = applying.reduce((sum, item) => sum + item.weight, 0);
  const points = applying.reduce((sum, { id, weight: w }) => sum + (w * scores[id]) / top, 0);
  return Math.round((points / weight) * 1000) / 10;
}

/** Krippendorff's alpha for numbers, of the values that each unit got. */
function alphaOf(units) {
  const values = units.flat();
  const apart = (list) => list.reduce((all, a) => all + list.reduce((sum, b) => sum + (a - b) ** 2, 0), 0);
  const expected = apart(values) / (values.length * (values.length - 1));
  const observed = units.reduce((sum, unit) => sum + apart(unit) / (unit.length - 1), 0) / values.length;
  return expected > 0 ? 1 - observed / expected : null;
}

function agreementOf(units, alphaUnits = units) {
  const several = units.filter((unit) => unit.length > 1);
  const pairs = several.flatMap((unit) => unit.flatMap((a, i) => unit.slice(i + 1).map((b) => a === b)));
  const alpha = alphaOf(alphaUnits.filter((unit) => unit.length > 1));
  return { units: several.length, exact: shareOf(pairs, Boolean), alpha: Number.isFinite(alpha) ? alpha : null };
}

export function makeQuality(store) {
  /** By conversation, then by reviewer. */
  const reviews = new Map();
  const agentOf = (c) => (c.handed_over ? AGENTS[Math.floor(chance(c.id, "agent") * AGENTS.length)] : null);

  function sampleOf(c, me) {
    const answers = c.turns.map((t) => t.answer).filter(Boolean);
    const confidence = answers.length > 0 ? Math.min(...answers.map((a) => a.confidence)) : null;
    const rating = c.turns.findLast((t) => t.rating)?.rating ?? null;
    const fits = {
      random: () => true,
      low_confidence: (p) => confidence !== null && confidence <= p.at_most,
      low_rating: (p) => rating !== null && rating <= p.at_most,
      handover: () => c.handed_over !== null,
    };
    const drawn = SETUP.plans.filter((p) => fits[p.draw](p) && chance(c.id, p.name) < p.share);
    const kept = reviews.get(c.id) ?? new Map();
    return {
      conversation_id: c.id,
      opened: c.opened,
      first_text: c.turns.find((t) => t.text)?.text ?? "",
      plans: drawn.map((p) => p.name),
      confidence,
      rating,
      handed_over: c.handed_over,
      channel: c.customer.channel ?? null,
      agent: agentOf(c),
      wanted: chance(c.id, "double") < SETUP.double ? 2 : 1,
      reviews: kept.size,
      mine: kept.has(me),
    };
  }

  function save(id, reviewer, scores, comment, at = new Date().toISOString()) {
    const c = store.byId.get(id);
    const score = scoreOf(SETUP.sheet, scores);
    const review = {
      conversation_id: id,
      reviewer,
      at,
      agent: agentOf(c),
      scores,
      comment,
      score,
      passed: score >= SETUP.sheet.pass,
      plans: sampleOf(c, reviewer).plans,
    };
    if (!reviews.has(id)) reviews.set(id, new Map());
    reviews.get(id).set(reviewer, review);
    return review;
  }

  /** Newest first, of what was drawn or scored. */
  const samples = (since, until, me) =>
    [...store.byId.values()]
      .filter((c) => Date.parse(c.opened) >= since && Date.parse(c.opened) < until)
      .sort((a, b) => b.opened.localeCompare(a.opened))
      .map((c) => sampleOf(c, me))
      .filter((sample) => sample.plans.length > 0 || sample.reviews > 0);

  function figures(since, until) {
    const all = [...reviews.values()].flatMap((kept) => [...kept.values()]);
    const found = all.filter((r) => Date.parse(r.at) >= since && Date.parse(r.at) < until);
    const counts = (list) => ({
      reviews: list.length,
      mean: mean(list.map((r) => r.score)),
      pass_rate: shareOf(list, (r) => r.passed),
    });
    const by = (key) => [...new Set(found.map(key))].filter((name) => name !== null).sort();
    const units = (value) =>
      by((r) => r.conversation_id).map((id) =>
        found
          .filter((r) => r.conversation_id === id)
          .map(value)
          .filter((v) => v !== null),
      );
    return {
      ...counts(found),
      conversations: by((r) => r.conversation_id).length,
      plans: SETUP.plans.map(({ name }) => ({ name, ...counts(found.filter((r) => r.plans.includes(name))) })),
      items: SETUP.sheet.items.map(({ id, name }) => {
        const given = found.map((r) => r.scores[id]).filter((points) => points !== null);
        const agreement = agreementOf(units((r) => r.scores[id]));
        return { id, name, reviews: given.length, mean: mean(given), agreement };
      }),
      agents: by((r) => r.agent).map((id) => ({ id, name: null, ...counts(found.filter((r) => r.agent === id)) })),
      reviewers: by((r) => r.reviewer).map((name) => ({ name, ...counts(found.filter((r) => r.reviewer === name)) })),
      agreement: agreementOf(
        units((r) => r.passed),
        units((r) => r.score),
      ),
    };
  }

  /** Points of a colleague: mostly good, and much alike for the same conversation. */
  function seed(c, reviewer) {
    const points = ({ id }) => {
      if (id === "tone" && chance(c.id, "tone?") < 0.2) return null;
      return Math.max(0, Math.min(5, Math.round(2.6 + chance(c.id, id) * 2.8 + (chance(c.id, id, reviewer) - 0.5))));
    };
    const scores = Object.fromEntries(SETUP.sheet.items.map((item) => [item.id, points(item)]));
    const at = new Date(Math.min(Date.now() - 30e3, Date.parse(c.opened) + 3600e3)).toISOString();
    save(c.id, reviewer, scores, chance(c.id, "says") < 0.4 ? "解释得清楚，可以先安抚一下情绪。" : "", at);
  }
  for (const c of store.byId.values()) {
    const { plans, wanted } = sampleOf(c);
    if (plans.length === 0 || chance(c.id, "scored") > 0.7) continue;
    seed(c, COLLEAGUES[0]);
    if (wanted === 2 && chance(c.id, "twice") < 0.45) seed(c, COLLEAGUES[1]);
  }

  return { reviews, samples, save, figures };
}
