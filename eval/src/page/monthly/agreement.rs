//! Targets, credits and plans.

use maud::{Markup, html};

use super::{super::frame::Section, cells::cell, service::verdict};
use crate::monthly::{Agreement, Coverage, JudgedMonth};

pub(super) fn section(agreement: &Agreement) -> Section {
    let last = agreement.months.last();
    let body = html! {
        @if let Some(last) = last { (targets(last)) (credit(agreement, last)) }
        @if agreement.months.len() > 1 {
            h3 { "各月" }
            (months(agreement))
        }
        h3 { "改进计划" }
        @if agreement.plan.is_empty() {
            p { "没有目标连续 " (agreement.plan_months) " 个月没有达到，不用提交改进计划。" }
        } @else {
            (plan(agreement))
        }
    };
    Section::new("agreement", "服务协议", body)
}

fn targets(month: &JudgedMonth) -> Markup {
    html! {
        p.lead { (month.month.in_words()) "。正好达到目标算达到；没有数据的既不算达到，也不算没有达到。" }
        table.fit {
            thead { tr { th { "目标" } th.n { "应达到" } th.n { "实际" } th { "达标" } th.n { "抵扣（占费用）" } } }
            tbody {
                @for target in &month.targets {
                    tr {
                        td { (target.target) }
                        (cell(Some(target.at)))
                        (cell(target.reached))
                        td { (verdict(target.met)) }
                        (cell(Some(target.credit).filter(|credit| credit.get() > 0.0)))
                    }
                }
            }
        }
    }
}

fn credit(agreement: &Agreement, month: &JudgedMonth) -> Markup {
    html! {
        p {
            "抵扣合计 " b { (month.credit) } "，上限是本期费用的 " (agreement.most_credit)
            @match (month.due, month.amount) {
                (Some(due), Some(amount)) => { "；应付 " (due) " 元，抵扣 " b { (amount) } " 元。" }
                _ => "；没有给出应付费用，不算金额。",
            }
        }
        p.dim { "抵扣 = ((a − x) · c) · d：x 是实际达到的，低于 a 才抵扣，c 是每差 1 个百分点抵扣的比例，d 是应付费用；各项之和不超过上限。" }
    }
}

fn months(agreement: &Agreement) -> Markup {
    let names = agreement
        .months
        .last()
        .map_or(&[][..], |month| &month.targets);
    html! {
        div.wide { table.fit {
            thead { tr {
                th { "目标" } th.n { "应达到" }
                @for month in &agreement.months {
                    th.n { (month.month) @if month.coverage == Coverage::Part { br; span.dim { "不足整月" } } }
                }
            } }
            tbody {
                @for (i, target) in names.iter().enumerate() {
                    tr {
                        td { (target.target) }
                        (cell(Some(target.at)))
                        @for judged in agreement.months.iter().filter_map(|month| month.targets.get(i)) {
                            td.n {
                                @match judged.reached {
                                    Some(reached) if judged.met == jieda_routing::sla::Met::No => span.tag { (reached) },
                                    Some(reached) => (reached),
                                    None => span.dim { "–" },
                                }
                            }
                        }
                    }
                }
                tr {
                    td { "抵扣合计（占费用）" } td {}
                    @for month in &agreement.months { (cell(Some(month.credit))) }
                }
            }
        } }
    }
}

fn plan(agreement: &Agreement) -> Markup {
    html! {
        p.lead { "同一目标连续 " (agreement.plan_months) " 个月没有达到，要提交改进计划。措施、负责人和期限请填写。" }
        table.roomy {
            thead { tr { th { "目标" } th.n { "应达到" } th { "各月实际" } th { "改进措施、负责人、期限" } } }
            tbody {
                @for owed in &agreement.plan {
                    tr {
                        td { (owed.target) }
                        (cell(Some(owed.at)))
                        td {
                            @for (i, missed) in owed.months.iter().enumerate() {
                                @if i > 0 { "，" }
                                (missed.month) " " span.tag { (missed.reached) }
                            }
                        }
                        td.blank {}
                    }
                }
            }
        }
    }
}
