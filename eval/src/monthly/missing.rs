//! What a report has nothing to say of, and why: a figure that was not measured is not 0.

use jieda_routing::figures::Period;
use jiff::{SignedDuration, tz::TimeZone};
use serde::Serialize;

use super::{FigureKind, Material, Monthly, log::RoutingLog};

/// A part that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Which.
    pub part: Part,
    /// Why, for people.
    pub why: String,
}

/// Parts that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Conversations of the month.
    Conversations,
    /// Conversations of the month before.
    ConversationsBefore,
    /// Ratings of the engine.
    Satisfaction,
    /// Names of FAQs and intents.
    Names,
    /// Gaps of the knowledge base.
    Gaps,
    /// The routing log, for the whole month.
    Routing,
    /// The routing log of the month before.
    RoutingBefore,
    /// A part of the month.
    PartOfMonth,
    /// What was resolved without a human.
    AutomaticResolution,
    /// Ratings of agents.
    Csat,
    /// The amount due, for credits as an amount.
    Due,
}

impl Missing {
    pub(super) fn new(part: Part, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { part, why }
    }
}

/// All that a month has nothing to say of.
pub(super) fn left_out(
    monthly: &Monthly,
    material: &Material<'_>,
    log: Option<&RoutingLog<'_>>,
) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut add = |part, why: &str| missing.push(Missing::new(part, why));
    match (&monthly.bot, material.talks) {
        (None, None) => add(Part::Conversations, "没有会话库，机器人的各项没有数据"),
        (None, Some(_)) => add(Part::Conversations, "会话库里没有本月的会话"),
        (Some(bot), _) => {
            if monthly.bot_before.is_none() {
                add(
                    Part::ConversationsBefore,
                    "会话库里没有上月的会话，不能与上月相比",
                );
            }
            if bot.satisfaction.is_none() {
                add(Part::Satisfaction, "本月没有客户给机器人评分");
            }
            if material.kb.is_none() {
                add(Part::Names, "没有知识库，常见问题和意图只写编号");
            }
            if monthly.gaps.is_none() {
                add(Part::Gaps, "没有做知识缺口分析");
            }
        }
    }
    let Some(log) = log else {
        let why = match material.log {
            None => "没有分配日志，人工服务、服务协议和分配质量没有数据",
            Some(_) => "分配日志里没有本月的记录，人工服务、服务协议和分配质量没有数据",
        };
        add(Part::Routing, why);
        return missing;
    };
    if monthly.allocation_before.is_none() {
        add(
            Part::RoutingBefore,
            "分配日志里没有上月的记录，不能与上月相比",
        );
    }
    if let Some(why) = part_of(log, &monthly.period, &material.zone) {
        add(Part::PartOfMonth, &why);
    }
    if !log.knows_self_served(&monthly.period) {
        add(
            Part::AutomaticResolution,
            "分配日志没有记下不经人工就结束的会话，算不出自动解决率",
        );
    }
    let has = |kind| {
        let service = monthly.service.iter().flatten();
        service.clone().any(|f| f.kind == kind && f.now.is_some())
    };
    if !has(FigureKind::Csat) {
        add(Part::Csat, "本月没有客户给人工服务评分");
    }
    if monthly.agreement.is_some() && material.due.is_none() {
        add(Part::Due, "没有给出本期应付费用，抵扣只算到费用的百分之几");
    }
    missing
}

/// Which part of a period a log tells of, if it is not the whole.
pub(super) fn part_of(log: &RoutingLog<'_>, period: &Period, zone: &TimeZone) -> Option<String> {
    let span = log.desk.span?;
    let local = |at| zone.to_datetime(at).strftime("%-m 月 %-d 日 %H:%M");
    let begins = span.from > period.from;
    // The last event of a month is seldom in its last minute.
    let ends = span
        .to
        .checked_add(SignedDuration::from_hours(24))
        .is_ok_and(|to| to < period.to);
    match (begins, ends) {
        (false, false) => None,
        (true, false) => Some(format!(
            "分配日志从 {} 开始，之前的没有数据",
            local(span.from)
        )),
        (false, true) => Some(format!(
            "分配日志到 {} 为止，之后的没有数据",
            local(span.to)
        )),
        (true, true) => Some(format!(
            "分配日志只有 {} 到 {} 的记录",
            local(span.from),
            local(span.to)
        )),
    }
}
