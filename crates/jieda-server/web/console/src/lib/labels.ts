/** Chinese names of what the server calls by identifiers. An unknown identifier is shown as it is. */

type Names = Readonly<Record<string, string>>;

const named =
  (names: Names) =>
  (id: string | null | undefined): string =>
    id ? (names[id] ?? id) : "无";

const DECISIONS: Names = {
  auto_reply: "自动回复",
  clarify: "反问澄清",
  rephrase: "请换个说法",
  ask_value: "询问信息",
  handoff: "转人工",
  smalltalk: "寒暄",
  silent: "人工处理中",
};

const REASONS: Names = {
  low_confidence: "把握不足",
  safety: "人身与财产安全",
  fraud_loss: "诈骗与资金损失",
  legal_threat: "法律与监管",
  vulnerable: "需要特别照顾",
  human_request: "要求人工",
  complaint: "投诉",
  low_satisfaction: "评分过低",
  repeated_failure: "连续未解决",
  missing_variable: "缺少必要信息",
};

const ROLES: Names = { viewer: "只读", editor: "编辑", publisher: "发布" };

const FIELDS: Names = {
  order_id: "订单号",
  tracking_no: "运单号",
  workorder_id: "工单号",
  case_id: "受理号",
  policy_no: "保单号",
  account_no: "户号",
  card_tail: "卡尾号",
  phone: "手机号",
  product: "商品",
  quantity: "数量",
  amount: "金额",
  date: "日期",
};

const FAQ_FIELDS: Names = {
  intent: "意图",
  question: "标准问题",
  similar: "相似问",
  answer: "答案",
  variants: "备选答案",
  tags: "标签",
  skill: "技能组",
  channels: "渠道",
  valid_from: "生效日期",
  valid_until: "失效日期",
  enabled: "启用",
  priority: "优先级",
};

const OUTCOMES: Names = {
  replied: "已答复",
  rated_low: "答复后评分低",
  offered: "曾作为选项",
  not_chosen: "未被选择",
  unsure: "把握不足",
  lacks_value: "缺少信息",
};

const SETTINGS: Names = {
  policy: "策略（阈值）",
  intents: "意图",
  dictionary: "词典",
  variables: "变量",
  channels: "渠道",
};

const FEATURES: Names = {
  score: "综合得分",
  margin: "领先第二名",
  crowd: "领先第三至五名",
  vector_best: "最佳问法的余弦",
  vector_margin: "余弦领先第二名",
  vector_answer: "答案的余弦（标准化）",
  vector_mean: "各问法平均余弦（标准化）",
  words: "词语 BM25（标准化）",
  grams: "字符 BM25（标准化）",
  covered: "问题词语被覆盖的比例",
  agreement: "两路检索一致",
  intent: "所属意图的概率",
  length: "问题长度（对数）",
};

const STEPS: Names = {
  segment: "归一化与分词",
  encode: "编码",
  search: "检索",
  classify: "意图识别",
  context: "结合上文",
  decide: "决策",
};

const CHANNELS: Names = { web: "网页", app: "App", wechat: "微信", phone: "电话", mini: "小程序" };

const AGENT_STATES: Names = {
  ready: "就绪",
  busy: "忙碌",
  after_work: "话后整理",
  break: "小休",
  offline: "离线",
};

const LANGUAGES: Names = { zh: "中文", yue: "粤语", en: "英语" };

export const decisionLabel = named(DECISIONS);
export const reasonLabel = named(REASONS);
export const roleLabel = named(ROLES);
export const ticketFieldLabel = named(FIELDS);
const faqField = named(FAQ_FIELDS);
export const outcomeLabel = named(OUTCOMES);
export const settingLabel = named(SETTINGS);
export const featureLabel = named(FEATURES);
export const stepLabel = named(STEPS);
export const channelLabel = named(CHANNELS);
export const languageLabel = named(LANGUAGES);
export const agentStateLabel = named(AGENT_STATES);

export const DECISION_NAMES = Object.keys(DECISIONS);
export const CHANNEL_NAMES = Object.keys(CHANNELS);
export const LANGUAGE_NAMES = Object.keys(LANGUAGES);
export const REASON_NAMES = Object.keys(REASONS).filter((id) => id !== "low_confidence");

/** A field of a FAQ, or one entry of a list: `variants[1]` is the first of the answers after A. */
export function faqFieldLabel(field: string | null | undefined): string {
  const [, list, place] = /^(\w+)\[(\d+)\]$/.exec(field ?? "") ?? [];
  if (!list) return faqField(field);
  return list === "variants" ? `答案 ${String.fromCharCode(65 + Number(place))}` : `${faqField(list)} ${place}`;
}

export type Tone = "good" | "warn" | "bad" | "calm";

/** How a decision is coloured. */
export function decisionTone(decision: string | null | undefined): Tone {
  if (decision === "auto_reply") return "good";
  if (decision === "handoff") return "bad";
  if (decision === "smalltalk" || decision === "silent" || !decision) return "calm";
  return "warn";
}

/** How the state of an agent is coloured. */
export function agentStateTone(state: string | null | undefined): Tone {
  if (state === "ready") return "good";
  return state === "busy" || state === "after_work" || state === "break" ? "warn" : "calm";
}

/** How an urgency is coloured. */
export function urgencyTone(urgency: string): Tone {
  if (urgency === "特急") return "bad";
  return urgency === "紧急" ? "warn" : "calm";
}

export function availabilityLabel(availability: string | null): string {
  if (availability === "now") return "人工在线，立即接手";
  if (availability === "callback") return "非服务时间，稍后回访";
  return "";
}
