/** The rules of a decision, in words. */

const RULES: Readonly<Record<string, string>> = {
  confident: "置信度达到回复阈值，直接发送答案。",
  confident_with_human: "人工已接手，但置信度达到回复阈值，仍自动回复。",
  likely: "置信度介于澄清与回复阈值之间，且答案很可能在选项里，先问清是哪一个。",
  ambiguous: "置信度介于澄清与回复阈值之间，反问客户想问的是哪一个（记一次未命中）。",
  failed_match: "置信度低于澄清阈值，请客户换个说法（记一次未命中）。",
  no_words: "没有可以检索的词语，请客户换个说法。",
  repeated_failure: "连续未命中达到上限，转人工。",
  clarify_picked: "客户选了澄清问题中的一项，发送它的答案。",
  clarify_none: "客户表示都不是，请换个说法。",
  value_given: "客户给出了答案需要的信息，发送完整答案。",
  value_not_given: "答案需要的信息客户没有给出，转人工。",
  missing_variable: "答案缺少必要信息，先向客户询问或转人工。",
  ask_value: "答案缺少必要信息，先向客户询问。",
  rated: "客户给出了评分，致谢。",
  low_satisfaction: "评分不高于下限，转人工。",
  with_human: "会话已由人工接手，机器人不再回复。",
  safety: "话里有人身或财产危险的字句，直接转人工。",
  fraud_loss: "话里有诈骗或资金损失的字句，直接转人工。",
  legal_threat: "话里提到监管、法院、律师或媒体，直接转人工。",
  vulnerable: "客户需要特别照顾，直接转人工。",
  human_request: "客户要求人工，直接转人工。",
  complaint: "客户投诉，直接转人工。",
  greeting: "问候，按寒暄回应。",
  thanks: "道谢，按寒暄回应。",
  goodbye: "告别，按寒暄回应。",
  about_bot: "询问机器人自己，按寒暄回应。",
  smalltalk_intent: "意图识别为寒暄，按寒暄回应。",
};

/** A rule in words; an unknown one is named. */
export function ruleInWords(rule: string): string {
  const known = RULES[rule];
  if (known) return known;
  const stem = /^(.*)_(intent|likely)$/.exec(rule);
  const base = stem?.[1] ? RULES[stem[1]] : undefined;
  if (stem && base) {
    const outcome = base.split("，").slice(1).join("，");
    const sure = stem[2] === "intent" ? "意图识别有把握" : "没有够把握的答案，而意图倾向明显";
    return `${sure}（${stem[1]}），${outcome}`;
  }
  return `规则 ${rule}`;
}
