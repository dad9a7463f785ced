//! What the engine did.

use maud::{Markup, html};

use super::{
    super::{
        Language,
        frame::{Section, chart},
    },
    cells::{bar, cell, largest},
};
use crate::{
    charts::{BarSeries, BarUnit, Bars, ChartError, bar_chart},
    monthly::{Bot, Monthly, Percent},
};

pub(super) fn section(m: &Monthly) -> Result<Option<Section>, ChartError> {
    let Some(bot) = &m.bot else { return Ok(None) };
    let body = html! {
        p.lead { "会话按开始的时间算在哪个月。" }
        (figures(bot, m.bot_before.as_ref()))
        (daily(m)?)
        @if !bot.reasons.is_empty() {
            h3 { "为什么转人工" }
            (reasons(bot, m.bot_before.as_ref()))
        }
        @if bot.satisfaction.is_some() {
            h3 { "客户评分" }
            (ratings(bot))
        }
    };
    Ok(Some(Section::new("bot", "机器人", body)))
}

fn figures(bot: &Bot, before: Option<&Bot>) -> Markup {
    let text = |of: fn(&Bot) -> Option<String>| (of(bot), before.and_then(of));
    let rows = [
        (
            "会话",
            text(|b| Some(b.conversations.to_string())),
            "客户与机器人的会话。",
        ),
        (
            "问题",
            text(|b| Some(b.questions.to_string())),
            "要靠检索来答的话；寒暄和一说就该转人工的不算。",
        ),
        (
            "直接答上",
            text(|b| b.coverage.map(|p| p.to_string())),
            "自动回复的 ÷ 问题。",
        ),
        (
            "转人工率",
            text(|b| b.handoff_rate.map(|p| p.to_string())),
            "转过人工的会话 ÷ 会话。",
        ),
        (
            "满意度",
            text(|b| b.satisfaction.map(|s| s.to_string())),
            "会话中的评分和事后反馈的平均，满分 5。",
        ),
        (
            "满意的",
            text(|b| b.satisfied.map(|p| p.to_string())),
            "4 分和 5 分的 ÷ 评分。",
        ),
    ];
    html! {
        table.fit {
            thead { tr { th { "指标" } th.n { "本月" } th.n { "上月" } th { "意思是" } } }
            tbody {
                @for (name, (now, before), meaning) in rows {
                    @if now.is_some() || before.is_some() {
                        tr { td.name { (name) } td.n { b { (now.as_deref().unwrap_or("–")) } } (cell(before)) td.dim { (meaning) } }
                    }
                }
            }
        }
    }
}

fn daily(m: &Monthly) -> Result<Markup, ChartError> {
    let count = |of: fn(&crate::monthly::Day) -> Option<usize>| -> Vec<Option<f64>> {
        m.days.iter().map(|day| of(day).map(|n| n as f64)).collect()
    };
    let (all, handed_over) = (count(|day| day.conversations), count(|day| day.handed_over));
    let svg = bar_chart(&Bars {
        title: "每天的机器人会话",
        along: "日",
        first: 1,
        series: &[
            BarSeries {
                name: "会话",
                values: &all,
            },
            BarSeries {
                name: "转人工",
                values: &handed_over,
            },
        ],
        unit: BarUnit::Count,
        target: None,
    })?;
    Ok(chart(&svg, "没有柱子的日子没有会话，或没有记录。"))
}

fn reasons(bot: &Bot, before: Option<&Bot>) -> Markup {
    let most = largest(bot.reasons.iter().map(|row| row.count));
    html! {
        table.fit {
            thead { tr { th { "原因" } th.n { "次数" } th.n { "占会话" } th aria-hidden="true" {} th.n { "上月占会话" } } }
            tbody {
                @for row in &bot.reasons {
                    @let earlier = before.map(|before| {
                        let same = before.reasons.iter().find(|r| r.reason == row.reason);
                        same.and_then(|r| r.rate).unwrap_or(Percent::new(0.0))
                    });
                    tr {
                        td { (Language::Chinese.reason(row.reason.as_str())) }
                        td.n { (row.count) }
                        (cell(row.rate))
                        (bar(Some(row.count as f64), most))
                        (cell(earlier))
                    }
                }
            }
        }
    }
}

fn ratings(bot: &Bot) -> Markup {
    let most = largest(bot.ratings.iter().copied());
    html! {
        table.fit {
            thead { tr { th { "评分" } th.n { "次数" } th aria-hidden="true" {} } }
            tbody {
                @for (count, stars) in bot.ratings.iter().zip(1_u8..=5).rev() {
                    tr {
                        td { (stars) " 分" }
                        td.n { (count) }
                        (bar(Some(*count as f64), most))
                    }
                }
            }
        }
    }
}
