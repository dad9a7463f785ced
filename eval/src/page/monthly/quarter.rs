//! The sections of a quarter: a column for each month.

use std::collections::BTreeMap;

use jieda_routing::{AgentId, Skill};
use maud::{Markup, html};

use super::{
    super::frame::{Section, chart},
    allocation::figures,
    cells::cell,
};
use crate::{
    charts::{BarSeries, BarUnit, Bars, ChartError, bar_chart},
    monthly::{AgentRow, FigureKind, GroupRow, MonthOfQuarter, Percent, Quarterly},
};

pub(super) fn allocation(q: &Quarterly) -> Option<Section> {
    (!q.months.is_empty()).then(|| {
        let names: Vec<String> = q.months.iter().map(|m| m.month.to_string()).collect();
        let months = names.iter().zip(&q.months);
        let times: Vec<_> = months.map(|(name, m)| (name.as_str(), Some(&m.allocation))).collect();
        let body = html! {
            p.lead {
                "技能匹配：接起的坐席有这一组的技能，并达到要求的等级。负荷：坐席的接待位被占用的比例；"
                "基尼系数 0 是人人一样忙，越接近 1 越集中在少数人。"
            }
            (figures(&times))
        };
        Section::new("allocation", "分配质量", body)
    })
}

pub(super) fn service(q: &Quarterly) -> Option<Section> {
    let of = |month: &MonthOfQuarter, kind: FigureKind| {
        let figure = month.service.iter().find(|figure| figure.kind == kind);
        figure.cloned()
    };
    (!q.months.is_empty()).then(|| {
        let body = html! {
            p.lead { "接起率按 " (q.within) "内接起计算；“–”是没有数据，不是 0。" }
            table.fit {
                thead { tr { th { "指标" } (month_heads(q)) th.n { "目标" } } }
                tbody {
                    @for kind in FigureKind::ALL {
                        @let row: Vec<_> = q.months.iter().map(|month| of(month, kind)).collect();
                        @if row.iter().flatten().any(|figure| figure.now.is_some()) {
                            tr {
                                td.name { (kind.name()) }
                                @for figure in &row { (cell(figure.as_ref().and_then(|f| f.now))) }
                                (cell(row.iter().flatten().find_map(|f| f.target)))
                            }
                        }
                    }
                }
            }
        };
        Section::new("service", "人工服务", body)
    })
}

/// What stands in a cell of a group.
type Text = fn(&GroupRow) -> Option<String>;

pub(super) fn groups(q: &Quarterly) -> Result<Option<Section>, ChartError> {
    let mut groups: BTreeMap<&Skill, Vec<Option<&GroupRow>>> = BTreeMap::new();
    for (i, month) in q.months.iter().enumerate() {
        for row in &month.groups {
            let months = groups
                .entry(&row.group)
                .or_insert_with(|| vec![None; q.months.len()]);
            months[i] = Some(row);
        }
    }
    if groups.is_empty() {
        return Ok(None);
    }
    let parts: [(&str, Text); 5] = [
        ("会话", |row| Some(row.contacts.to_string())),
        ("接起率", |row| row.service_level.map(|p| p.to_string())),
        ("平均应答速度", |row| row.asa.map(|s| s.to_string())),
        ("技能匹配率", |row| {
            row.skill_match.map(|p| p.to_string())
        }),
        ("负荷基尼系数", |row| {
            row.load_gini.map(|g| g.to_string())
        }),
    ];
    let body = html! {
        div.tiles {
            @for (title, of) in parts {
                div {
                    h3 { (title) }
                    table.fit {
                        thead { tr { th { "技能组" } (month_heads(q)) } }
                        tbody {
                            @for (group, months) in &groups {
                                tr { td { (group) } @for row in months { (cell(row.and_then(of))) } }
                            }
                        }
                    }
                }
            }
        }
        (hours(q)?)
    };
    Ok(Some(Section::new("groups", "技能组", body)))
}

pub(super) fn agents(q: &Quarterly) -> Option<Section> {
    let mut agents: BTreeMap<AgentId, Vec<Option<&AgentRow>>> = BTreeMap::new();
    for (i, month) in q.months.iter().enumerate() {
        for row in &month.agents {
            let months = agents
                .entry(row.agent)
                .or_insert_with(|| vec![None; q.months.len()]);
            months[i] = Some(row);
        }
    }
    let name = |months: &[Option<&AgentRow>]| {
        let last = months.iter().flatten().last();
        last.map(|row| row.name.clone()).unwrap_or_default()
    };
    (!agents.is_empty()).then(|| {
        let body = html! {
            p.lead { "各月接起的次数和负荷。" }
            div.wide { table.fit {
                thead {
                    tr {
                        th { "坐席" }
                        @for month in &q.months { th.n { (month.month) " 接起" } th.n { "占比" } th.n { "负荷" } }
                    }
                }
                tbody {
                    @for months in agents.values() {
                        tr {
                            td { (name(months)) }
                            @for row in months {
                                (cell(row.map(|r| r.accepted)))
                                (cell(row.and_then(|r| r.share)))
                                (cell(row.and_then(|r| r.load)))
                            }
                        }
                    }
                }
            } }
        };
        Section::new("agents", "坐席", body)
    })
}

fn month_heads(q: &Quarterly) -> Markup {
    html! { @for month in &q.months { th.n { (month.month) } } }
}

/// The service level by the hour, in the last month.
fn hours(q: &Quarterly) -> Result<Markup, ChartError> {
    let Some(last) = q.months.last().filter(|last| !last.hours.is_empty()) else {
        return Ok(html! {});
    };
    let level = |hour: i8| {
        let hour = last.hours.iter().find(|h| h.hour == hour)?;
        hour.service_level.map(Percent::get)
    };
    let levels: Vec<Option<f64>> = (0..24).map(level).collect();
    let title = format!("{} 各小时的接起率", last.month);
    let target = format!("目标 {}", q.wanted);
    let svg = bar_chart(&Bars {
        title: &title,
        along: "点",
        first: 0,
        series: &[BarSeries {
            name: "接起率",
            values: &levels,
        }],
        unit: BarUnit::Percent,
        target: Some((q.wanted.get(), &target)),
    })?;
    Ok(html! { h3 { "一天里的各小时" } (chart(&svg, "按会话开始等待的小时；虚线是目标。")) })
}
