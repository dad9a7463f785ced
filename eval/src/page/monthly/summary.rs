//! What those in charge have to know.

use jieda_routing::sla::Met;
use maud::{Markup, html};

use super::super::frame::Section;
use crate::monthly::{Agreement, Allocation, Bot, Missing, Monthly, Quarterly, Suggestion};

/// Most suggestions in the summary.
const STEPS: usize = 6;
/// Most of one rule.
const OF_A_RULE: usize = 2;

pub(super) fn section(m: &Monthly) -> Section {
    let body = html! {
        div.glance {
            @if let Some(bot) = &m.bot { p { (of_bot(bot, m.bot_before.as_ref())) } }
            @if let Some(service) = &m.service {
                @let contacts: usize = m.groups.iter().map(|group| group.contacts).sum();
                p {
                    "人工接待 " b { (contacts) } " 个会话"
                    @for figure in service.iter().filter(|f| f.target.is_some()) {
                        @if let Some(now) = figure.now { "，" (figure.kind.name()) " " b { (now) } }
                    }
                    "。"
                }
            }
            @if let Some(agreement) = &m.agreement { p { (of_agreement(agreement)) } }
            @if let Some(allocation) = &m.allocation { p { (of_allocation(allocation)) } }
            @if m.bot.is_none() && m.service.is_none() { p { "本月没有可用的数据。" } }
        }
        (steps(&m.suggestions))
        (missing(&m.missing))
    };
    Section::new("summary", "一眼看完", body)
}

pub(super) fn of_quarter(q: &Quarterly) -> Section {
    let last = q.months.last();
    let body = html! {
        div.glance {
            @for month in &q.months {
                p { (month.month.in_words()) "：" (of_allocation(&month.allocation)) }
            }
            @if let Some(agreement) = &q.agreement { p { (of_agreement(agreement)) } }
            @if last.is_none() { p { "本季度没有可用的数据。" } }
        }
        (steps(&q.suggestions))
        (missing(&q.missing))
    };
    Section::new("summary", "一眼看完", body)
}

fn of_bot(bot: &Bot, before: Option<&Bot>) -> Markup {
    html! {
        "机器人接待 " b { (bot.conversations) } " 个会话"
        @if let Some(before) = before { "（上月 " (before.conversations) "）" }
        @if let Some(coverage) = bot.coverage { "，直接答上 " b { (coverage) } " 的问题" }
        @if let Some(rate) = bot.handoff_rate { "，" b { (rate) } " 的会话转了人工" }
        @if let Some(stars) = bot.satisfaction { "，评分平均 " b { (stars) } }
        "。"
    }
}

fn of_agreement(agreement: &Agreement) -> Markup {
    let Some(last) = agreement.months.last() else {
        return html! {};
    };
    let count = |met| last.targets.iter().filter(|t| t.met == met).count();
    let (yes, no, unknown) = (count(Met::Yes), count(Met::No), count(Met::Unmeasured));
    html! {
        "服务协议（" (last.month.in_words()) "）的 " (last.targets.len()) " 项目标，达到 " b { (yes) } " 项"
        @if no > 0 { "，没有达到 " b.tag { (no) " 项" } }
        @if unknown > 0 { "，" (unknown) " 项没有数据" }
        @if last.credit.get() > 0.0 {
            "；应抵扣本期费用的 " b { (last.credit) }
            @if let Some(amount) = last.amount { "，即 " b { (amount) } " 元" }
        }
        @if !agreement.plan.is_empty() { "；" b.tag { (agreement.plan.len()) " 项要提交改进计划" } }
        "。"
    }
}

fn of_allocation(allocation: &Allocation) -> Markup {
    html! {
        "坐席接起 " b { (allocation.accepted) } " 次"
        @if let Some(matched) = allocation.skill_match { "，技能匹配 " b { (matched) } }
        @if let Some(gini) = allocation.load_gini { "，负荷基尼系数 " b { (gini) } "（0 最均匀）" }
        "。"
    }
}

fn steps(suggestions: &[Suggestion]) -> Markup {
    let rules = suggestions.chunk_by(|a, b| a.rule == b.rule);
    let first = rules.flat_map(|of_rule| of_rule.iter().take(OF_A_RULE));
    let shown: Vec<&Suggestion> = first.take(STEPS).collect();
    html! {
        @if !suggestions.is_empty() {
            h3 { "先做这些" }
            ol.steps {
                @for suggestion in &shown { li { (suggestion.text) } }
            }
            @if suggestions.len() > shown.len() {
                p.dim { "共 " (suggestions.len()) " 条建议，" a href="#suggestions" { "全部" } "。" }
            }
        }
    }
}

fn missing(missing: &[Missing]) -> Markup {
    html! {
        @if !missing.is_empty() {
            h3 { "这份报告缺什么" }
            ul.missing {
                @for part in missing { li { b { (part.part.name()) } "：" (part.why) "。" } }
            }
        }
    }
}
