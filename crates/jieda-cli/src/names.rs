//! What decisions and reasons are called, for people.

use jieda::types::HandoffReason;
use jieda_eval::logs::DecisionKind;

pub(crate) fn decision(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::AutoReply => "自动回复",
        DecisionKind::Clarify => "反问澄清",
        DecisionKind::Rephrase => "请求换个说法",
        DecisionKind::AskValue => "询问信息",
        DecisionKind::Handoff => "转人工",
        DecisionKind::SmallTalk => "寒暄",
        DecisionKind::Silent => "不回复",
    }
}

pub(crate) fn reason(reason: HandoffReason) -> &'static str {
    match reason {
        HandoffReason::Safety => "人身财产安全",
        HandoffReason::FraudLoss => "诈骗盗用",
        HandoffReason::LegalThreat => "法律、监管、媒体",
        HandoffReason::Vulnerable => "需要照顾的客户",
        HandoffReason::HumanRequest => "客户要求人工",
        HandoffReason::Complaint => "投诉",
        HandoffReason::LowSatisfaction => "满意度低",
        HandoffReason::RepeatedFailure => "连续没有匹配",
        HandoffReason::MissingVariable => "缺少信息",
    }
}
