// What the human gets, in the shape of docs/handover.schema.json.

const entity = (text, name, pattern) => [...text.matchAll(pattern)].map((m) => ({ name, value: m[0] }));

export function handoverOf({ state, reason, rule, customer, ranked, intents, kind, urgency }) {
  const said = state.history
    .filter((h) => h.speaker === "customer")
    .map((h) => h.text)
    .join("；");
  return {
    conversation: state.id ?? null,
    customer: { id: customer?.id ?? null, tier: customer?.tier ?? null, channel: customer?.channel ?? null },
    reason,
    rule,
    availability: "now",
    intents: intents.slice(0, 2),
    tried: state.tried,
    consecutive_failures: state.failures,
    satisfaction: state.rating ?? null,
    skill: ranked[0]?.source.skill ?? "售后组",
    ticket: {
      kind: kind ?? intents[0]?.name ?? "咨询",
      urgency: urgency ?? (customer?.tier ? "紧急" : "普通"),
      summary: said.slice(0, 80) || "客户要求人工",
      fields: [
        ...entity(said, "order_id", /\d{10,}/g),
        ...entity(said, "amount", /\d+(\.\d+)?元/g),
        ...entity(said, "date", /昨天|今天|前天|双十一/g),
        ...entity(said, "product", /冰箱|手机|空调|充电宝|耳机/g),
      ],
    },
    history: state.history,
    faqs: ranked.slice(0, 3).map((c) => ({ id: c.faq, question: c.question, answer: c.source.answer })),
    similar: [
      {
        conversation: "c-2026-1107",
        summary: "退款多久能到账",
        solution: "退款审核通过后，储蓄卡3至7个工作日到账。",
        similarity: 0.55,
      },
    ],
  };
}
