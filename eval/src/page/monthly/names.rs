//! What things are called on the page and in the workbook.

use jieda_routing::sla::Met;

use crate::monthly::{FigureKind, Part, Rule};

impl FigureKind {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ServiceLevel => "接起率",
            Self::Asa => "平均应答速度 ASA",
            Self::Awt => "平均等待 AWT",
            Self::Abandonment => "放弃率",
            Self::Frt => "首次响应 FRT",
            Self::Art => "解决时间 ART",
            Self::Att => "平均通话 ATT",
            Self::AfterWork => "话后处理 ACW",
            Self::Transfer => "转接率",
            Self::Occupancy => "占用率",
            Self::AutomaticResolution => "自动解决率",
            Self::Csat => "满意度 CSAT",
        }
    }

    /// What it means, in a sentence.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::ServiceLevel => "规定时间内接起的 ÷ 接起和放弃的。",
            Self::Asa => "所有人的等待合计 ÷ 接起的会话；放弃的人等的也算。",
            Self::Awt => "接起的会话平均等了多久。",
            Self::Abandonment => "没接起就走了的 ÷ 接起和放弃的。",
            Self::Frt => "从转人工到人工说第一句话。",
            Self::Art => "从转人工到解决。",
            Self::Att => "从接起到结束，保持也算。",
            Self::AfterWork => "结束后整理记录的时间。",
            Self::Transfer => "转给别的组的 ÷ 处理过的会话。",
            Self::Occupancy => "坐席手上有会话或在整理的时间 ÷ 在岗时间。",
            Self::AutomaticResolution => "不经人工就解决的 ÷ 全部会话。",
            Self::Csat => "客户评分的平均，满分 5。",
        }
    }
}

impl Part {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Conversations => "机器人会话",
            Self::ConversationsBefore => "上月的会话",
            Self::Satisfaction => "机器人满意度",
            Self::Names => "名称",
            Self::Gaps => "知识缺口",
            Self::Routing => "人工服务",
            Self::RoutingBefore => "上月的人工服务",
            Self::PartOfMonth => "不足整月",
            Self::AutomaticResolution => "自动解决率",
            Self::Csat => "人工满意度",
            Self::Due => "抵扣金额",
        }
    }
}

impl Rule {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ImprovementPlan => "改进计划",
            Self::MoreAgents => "加排坐席",
            Self::SlowGroup => "应答慢的组",
            Self::SkillMatch => "技能匹配",
            Self::UnevenGroup => "组内忙闲不均",
            Self::BusyAgent => "坐席过忙",
            Self::Transfers => "转接多",
            Self::MissedOffers => "分配无人应答",
            Self::LowRatedFaq => "评分低的答案",
            Self::ConfusedPair => "容易混淆",
            Self::MissingVariable => "缺少信息",
            Self::RepeatedFailure => "连续答不上",
            Self::Gap => "知识缺口",
        }
    }
}

/// Whether a target was met.
pub(crate) fn met(met: Met) -> &'static str {
    match met {
        Met::Yes => "达到",
        Met::No => "没有达到",
        Met::Unmeasured => "没有数据",
    }
}
