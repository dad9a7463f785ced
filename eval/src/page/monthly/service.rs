//! The service's figures.

use jieda_routing::sla::Met;
use maud::{Markup, html};

use super::{
    super::frame::{Section, chart},
    cells::{cell, change},
    names::met,
};
use crate::{
    charts::{BarSeries, BarUnit, Bars, ChartError, bar_chart},
    monthly::{Monthly, Percent, ServiceFigure},
};

pub(super) fn section(m: &Monthly) -> Result<Option<Section>, ChartError> {
    let Some(figures) = &m.service else {
        return Ok(None);
    };
    let body = html! {
        p.lead {
            "由分配日志算出。接起率按 " (m.within) "内接起计算；“–”是没有数据，不是 0。"
        }
        (table(figures))
        (daily(m)?)
    };
    Ok(Some(Section::new("service", "人工服务", body)))
}

pub(super) fn table(figures: &[ServiceFigure]) -> Markup {
    html! {
        div.wide { table.roomy {
            thead { tr {
                th { "指标" } th.n { "本月" } th.n { "上月" } th.n { "变化" } th.n { "目标" } th { "达标" } th { "意思是" }
            } }
            tbody {
                @for figure in figures {
                    tr {
                        td.name { (figure.kind.name()) }
                        td.n { @match figure.now { Some(now) => b { (now) }, None => span.dim { "–" } } }
                        (cell(figure.before))
                        (change(figure.kind, figure.now, figure.before))
                        (cell(figure.target))
                        td { @if let Some(judged) = figure.met { (verdict(judged)) } }
                        td.dim.what { (figure.kind.meaning()) }
                    }
                }
            }
        } }
    }
}

pub(super) fn verdict(judged: Met) -> Markup {
    html! {
        span class=(match judged { Met::Yes => "", Met::No => "tag", Met::Unmeasured => "dim" }) { (met(judged)) }
    }
}

fn daily(m: &Monthly) -> Result<Markup, ChartError> {
    let count = |of: fn(&crate::monthly::Day) -> Option<usize>| -> Vec<Option<f64>> {
        m.days.iter().map(|day| of(day).map(|n| n as f64)).collect()
    };
    let (contacts, abandoned) = (count(|day| day.contacts), count(|day| day.abandoned));
    let levels: Vec<Option<f64>> = m
        .days
        .iter()
        .map(|day| day.service_level.map(Percent::get))
        .collect();
    let counts = bar_chart(&Bars {
        title: "每天的人工会话",
        along: "日",
        first: 1,
        series: &[
            BarSeries {
                name: "接起和放弃",
                values: &contacts,
            },
            BarSeries {
                name: "放弃",
                values: &abandoned,
            },
        ],
        unit: BarUnit::Count,
        target: None,
    })?;
    let target = format!("目标 {}", m.wanted);
    let level = bar_chart(&Bars {
        title: "每天的接起率",
        along: "日",
        first: 1,
        series: &[BarSeries {
            name: "接起率",
            values: &levels,
        }],
        unit: BarUnit::Percent,
        target: Some((m.wanted.get(), &target)),
    })?;
    Ok(html! {
        h3 { "按天" }
        (chart(&counts, "等待在这一天结束的会话；没有柱子的日子没有会话，或没有记录。"))
        (chart(&level, "虚线是目标；没有柱子的日子没有会话，或没有记录。"))
    })
}
