// Conversations of the mock: some that were made up, and those that the widget leads.
import { answer, rate } from "./engine.mjs";

/** The same numbers on every run. */
function random(seed) {
  let x = seed;
  return () => {
    x = (x * 1664525 + 1013904223) % 4294967296;
    return x / 4294967296;
  };
}

const OPENINGS = [
  ["以旧换新怎么弄"],
  ["旧手机抵钱怎么操作"],
  ["猫粮拆开了不吃能退吗"],
  ["快递停在中转站不走了"],
  ["直播间下单的还能退不"],
  ["怎么退货", "运费谁出"],
  ["东西刚买就降价了，能补差价吗"],
  ["快递三天没动了", "我的订单号20261128001，查一下"],
  ["发票抬头写错了能改吗", "谢谢"],
  ["优惠券为什么用不了"],
  ["退款多久到账", "都十天了还没到，转人工"],
  ["我要投诉你们，一直没人处理"],
  ["会员怎么取消自动续费"],
  ["直播间买的衣服能七天无理由吗"],
  ["充电宝鼓包了差点起火"],
  ["花呗付款失败怎么办"],
  ["宠物猫粮能拆开试吃再退吗", "就是猫不吃能不能退"],
  ["收到的杯子碎了怎么赔"],
  ["地址填错了怎么改"],
  ["密码忘了登录不上"],
  ["以旧换新补贴怎么领"],
];

export function makeStore(kb) {
  const byId = new Map();
  const next = random(7);
  const watchers = new Map();

  function open(id, customer, at = Date.now()) {
    const iso = new Date(at).toISOString();
    const conversation = {
      id,
      opened: iso,
      updated: iso,
      customer,
      handed_over: null,
      turns: [],
      feedback: [],
      state: null,
    };
    byId.set(id, conversation);
    return conversation;
  }

  function push(conversation, turn, at = Date.now()) {
    const full = {
      number: conversation.turns.length + 1,
      at: new Date(at).toISOString(),
      text: null,
      rating: null,
      answer: null,
      handover: null,
      ...turn,
    };
    conversation.turns.push(full);
    conversation.updated = full.at;
    for (const watcher of watchers.get(conversation.id) ?? []) watcher(full);
    return full;
  }

  const kept = (a) => ({
    decision: a.decision,
    reply: a.reply,
    faq: a.faq,
    ...(a.variant && { variant: a.variant }),
    confidence: a.confidence,
    rule: a.trace.rule,
    reason: a.reason,
    options: a.options,
    release: a.release,
    latency_us: Math.round(a.timings_ms.total * 1000),
    trace: a.trace,
  });

  function say(conversation, text, at) {
    const given = answer(
      { text, state: conversation.state, customer: conversation.customer, conversation: conversation.id },
      kb,
    );
    conversation.state = given.state;
    if (given.decision === "handoff") conversation.handed_over = given.reason;
    push(conversation, { event: "said", text, answer: kept(given), handover: given.handover }, at);
    const { state: _state, ...visible } = given;
    return { ...visible, conversation_id: conversation.id };
  }

  function takeRating(conversation, rating, at) {
    const { answer: given, state } = rate(conversation.state, rating, conversation.customer, kb);
    conversation.state = state;
    if (given) conversation.handed_over = given.reason;
    const turn = push(
      conversation,
      { event: "rated", rating, answer: given && kept(given), handover: given?.handover ?? null },
      at,
    );
    conversation.feedback.push({ at: turn.at, turn: turn.number, rating, outcome: null, comment: null });
    if (!given) return null;
    const { state: _state, ...visible } = given;
    return { ...visible, conversation_id: conversation.id };
  }

  const newestFirst = () => [...byId.values()].sort((a, b) => b.updated.localeCompare(a.updated));
  const lastAnswer = (c) => c.turns.findLast((t) => t.answer)?.answer ?? null;

  function list(query) {
    const wanted = (name) => query.get(name) || null;
    const hits = newestFirst().filter(
      (c) =>
        (!wanted("since") || c.updated >= wanted("since")) &&
        (!wanted("until") || c.updated < wanted("until")) &&
        (!wanted("channel") || c.customer.channel === wanted("channel")) &&
        (!wanted("reason") || c.handed_over === wanted("reason")) &&
        (!wanted("decision") || c.turns.some((t) => t.answer?.decision === wanted("decision"))) &&
        (!wanted("faq") || c.turns.some((t) => t.answer?.faq === wanted("faq"))) &&
        (!wanted("text") || c.turns.some((t) => t.text?.includes(wanted("text")))),
    );
    const from = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit") ?? 30);
    const items = hits.slice(from, from + limit).map((c) => ({
      id: c.id,
      opened: c.opened,
      updated: c.updated,
      customer: c.customer,
      turns: c.turns.length,
      handed_over: c.handed_over,
      first_text: c.turns.find((t) => t.text)?.text ?? "",
      last_decision: lastAnswer(c)?.decision ?? null,
    }));
    return { items, next: from + limit < hits.length ? String(from + limit) : null };
  }

  function replay(conversation) {
    let state = null;
    const turns = conversation.turns
      .filter((t) => t.event === "said")
      .map((t, index) => {
        const now = answer({ text: t.text, state, customer: conversation.customer }, kb);
        state = now.state;
        const outcome = (a) => ({
          decision: a.decision,
          reply: a.reply,
          faq: a.faq,
          confidence: a.confidence,
          rule: a.rule,
        });
        // What was learned since: the first turn of every third conversation went another way then.
        const then = outcome(t.answer);
        if (index === 0 && conversation.id.endsWith("3"))
          Object.assign(then, {
            decision: "rephrase",
            reply: "抱歉，我没有完全理解。",
            faq: null,
            rule: "failed_match",
            confidence: 0.14,
          });
        const current = outcome(kept(now));
        return {
          number: t.number,
          text: t.text,
          then,
          now: current,
          same: then.decision === current.decision && then.faq === current.faq,
        };
      });
    return { release: kb.state.releases.find((r) => r.current).id, turns };
  }

  function watch(id, watcher) {
    if (!watchers.has(id)) watchers.set(id, new Set());
    watchers.get(id).add(watcher);
    return () => watchers.get(id)?.delete(watcher);
  }

  for (let i = 0; i < 120; i += 1) {
    const at = Date.now() - Math.floor(next() ** 1.3 * 29 * 86400e3) - 60e3;
    const script = OPENINGS[Math.floor(next() * OPENINGS.length)];
    const channel = ["web", "app", "wechat"][Math.floor(next() * 3)];
    const conversation = open(
      `c-${(4000 + i).toString(16)}`,
      { id: `u-${1000 + i}`, tier: next() > 0.85 ? "VIP" : null, channel },
      at,
    );
    script.forEach((text, n) => say(conversation, text, at + n * 45e3));
    if (next() > 0.7 && !conversation.handed_over) takeRating(conversation, next() > 0.25 ? 5 : 2, at + 200e3);
  }

  return { byId, open, push, say, takeRating, list, replay, watch, newestFirst };
}
