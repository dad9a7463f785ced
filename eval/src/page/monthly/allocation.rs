//! How well contacts were given out.

use maud::{Markup, html};

use super::{
    super::frame::{Section, chart},
    cells::{bar, cell},
};
use crate::{
    charts::{BarSeries, BarUnit, Bars, ChartError, bar_chart},
    monthly::{AgentRow, Allocation, GroupRow, Hour, Monthly, Percent},
};

pub(super) fn section(m: &Monthly) -> Result<Option<Section>, ChartError> {
    let Some(allocation) = &m.allocation else {
        return Ok(None);
    };
    let body = html! {
        p.lead {
            "技能匹配：接起的坐席有这一组的技能，并达到要求的等级。负荷：坐席的接待位被占用的比例；"
            "基尼系数 0 是人人一样忙，越接近 1 越集中在少数人。在岗不到 1 小时的人不比较。"
        }
        (figures(&[("本月", Some(allocation)), ("上月", m.allocation_before.as_ref())]))
        h3 { "技能组" }
        (groups(&m.groups))
        h3 { "坐席" }
        (agents(&m.agents))
        @if !m.hours.is_empty() {
            h3 { "一天里的各小时" }
            (hours(&m.hours, m.wanted)?)
        }
    };
    Ok(Some(Section::new("allocation", "分配质量", body)))
}

/// The figures, one column for each time.
pub(super) fn figures(times: &[(&str, Option<&Allocation>)]) -> Markup {
    let row = |of: fn(&Allocation) -> Option<String>| -> Vec<Option<String>> {
        times
            .iter()
            .map(|(_, allocation)| allocation.and_then(of))
            .collect()
    };
    let rows = [
        ("接起", row(|a| Some(a.accepted.to_string()))),
        ("技能匹配率", row(|a| a.skill_match.map(|p| p.to_string()))),
        ("负荷基尼系数", row(|a| a.load_gini.map(|g| g.to_string()))),
        (
            "分给上次接待的坐席",
            row(|a| a.by_last_contact.map(|p| p.to_string())),
        ),
        ("别的组代接", row(|a| a.by_overflow.map(|p| p.to_string()))),
        ("拒接", row(|a| Some(a.refused.to_string()))),
        ("无人应答", row(|a| Some(a.missed.to_string()))),
        ("放开给别的组", row(|a| Some(a.overflowed.to_string()))),
        ("升级给高级坐席", row(|a| Some(a.escalated.to_string()))),
    ];
    html! {
        table.fit {
            thead { tr { th { "指标" } @for (name, _) in times { th.n { (name) } } } }
            tbody {
                @for (name, values) in rows {
                    tr { td { (name) } @for value in values { (cell(value)) } }
                }
            }
        }
    }
}

fn groups(groups: &[GroupRow]) -> Markup {
    html! {
        div.wide { table {
            thead { tr {
                th { "技能组" } th.n { "会话" } th.n { "坐席" } th.n { "接起率" } th.n { "ASA" } th.n { "放弃率" }
                th.n { "转接率" } th.n { "满意度" } th.n { "技能匹配" } th.n { "负荷基尼" }
            } }
            tbody {
                @for row in groups {
                    tr {
                        td { (row.group) } td.n { (row.contacts) } td.n { (row.agents) }
                        (cell(row.service_level)) (cell(row.asa)) (cell(row.abandonment)) (cell(row.transfer))
                        (cell(row.csat)) (cell(row.skill_match)) (cell(row.load_gini))
                    }
                }
            }
        } }
    }
}

fn agents(agents: &[AgentRow]) -> Markup {
    let loads = agents.iter().filter_map(|row| row.load);
    let most = loads.map(Percent::get).fold(0.0, f64::max);
    html! {
        div.wide { table {
            thead { tr {
                th { "坐席" } th { "技能组" } th.n { "接起" } th.n { "占比" } th.n { "在岗" } th.n { "占用率" } th.n { "负荷" }
                th aria-hidden="true" {} th.n { "ATT" } th.n { "ACW" } th.n { "拒接、未应答" } th.n { "满意度" }
            } }
            tbody {
                @for row in agents {
                    tr {
                        td { (row.name) }
                        td { @for (i, group) in row.groups.iter().enumerate() { @if i > 0 { "、" } (group) } }
                        td.n { (row.accepted) } (cell(row.share)) td.n { (row.staffed) } (cell(row.occupancy))
                        (cell(row.load)) (bar(row.load.map(Percent::get), most))
                        (cell(row.att)) (cell(row.after_work)) td.n { (row.declined) } (cell(row.csat))
                    }
                }
            }
        } }
    }
}

fn hours(hours: &[Hour], wanted: Percent) -> Result<Markup, ChartError> {
    let at = |hour: i8| hours.iter().find(|h| h.hour == hour);
    let levels: Vec<Option<f64>> = (0..24)
        .map(|hour| at(hour).and_then(|h| h.service_level).map(Percent::get))
        .collect();
    let arrivals: Vec<Option<f64>> = (0..24).map(|hour| at(hour).map(|h| h.arrivals)).collect();
    let agents: Vec<Option<f64>> = (0..24).map(|hour| at(hour).map(|h| h.agents)).collect();
    let target = format!("目标 {wanted}");
    let level = bar_chart(&Bars {
        title: "各小时的接起率",
        along: "点",
        first: 0,
        series: &[BarSeries {
            name: "接起率",
            values: &levels,
        }],
        unit: BarUnit::Percent,
        target: Some((wanted.get(), &target)),
    })?;
    let load = bar_chart(&Bars {
        title: "各小时的会话和在岗坐席",
        along: "点",
        first: 0,
        series: &[
            BarSeries {
                name: "每小时会话",
                values: &arrivals,
            },
            BarSeries {
                name: "在岗坐席",
                values: &agents,
            },
        ],
        unit: BarUnit::Count,
        target: None,
    })?;
    Ok(html! {
        (chart(&load, "只算有会话的日子的平均。"))
        (chart(&level, "按会话开始等待的小时；虚线是目标。"))
    })
}
