//! What must not be answered: texts that belong to a human, and queries that nothing answers.

use maud::{Markup, html};

use super::{
    Language, Section,
    numbers::{cell_heads, cells},
};
use crate::quality::{Handoffs, Kind, Quality, Text};

pub(super) fn section(q: &Quality, l: Language) -> Option<Section> {
    let handoffs = q.handoffs.as_ref();
    let kinds = q.unanswerable_kinds.as_ref();
    (handoffs.is_some() || kinds.is_some()).then(|| {
        let body = html! {
            @if let Some(handoffs) = handoffs { (of_humans(handoffs, l)) }
            @if let Some(kinds) = kinds {
                h3 { (l.say("没有答案的问题，被硬答的比例", "Queries that nothing answers: share that got a reply")) }
                (table(&kinds.by_kind, l.say("硬答率", "replied"), l, |name| l.kind(name)))
            }
        };
        let title = l.say("不该由机器人回答的", "What must not be answered");
        Section::new("boundaries", title, body)
    })
}

fn of_humans(handoffs: &Handoffs, l: Language) -> Markup {
    html! {
        @if !handoffs.by_reason.is_empty() {
            h3 { (l.say("应该马上转人工的，转了的比例", "Texts that belong to a human: share that was handed over")) }
            (table(&handoffs.by_reason, l.say("转了", "handed over"), l, |name| l.reason(name)))
        }
        @if !handoffs.missed.is_empty() {
            h3 { (l.say("漏转的话", "Not handed over")) }
            (texts(&handoffs.missed, l))
        }
        @if !handoffs.mistaken.is_empty() {
            h3 { (l.say("误转的话：只是看着像", "Handed over, and only looked like it")) }
            (texts(&handoffs.mistaken, l))
        }
    }
}

fn table<'k>(
    kinds: &'k [Kind],
    share: &str,
    l: Language,
    name: impl Fn(&'k str) -> &'k str,
) -> Markup {
    html! {
        div.wide { table.fit {
            thead { tr {
                th { (l.say("类别", "kind")) }
                th.n { (l.say("数量", "n")) }
                (cell_heads(share, l))
            } }
            tbody {
                @for kind in kinds {
                    tr {
                        td { (kind.name.as_deref().map_or(l.say("未标注", "not labelled"), &name)) }
                        td.n { (kind.share.n) }
                        (cells(&kind.share))
                    }
                }
            }
        } }
    }
}

fn texts(texts: &[Text], l: Language) -> Markup {
    html! {
        table {
            thead { tr {
                th { (l.say("客户的话", "the customer's words")) }
                @if texts.iter().any(|text| text.reason.is_some()) { th { (l.say("类别", "kind")) } }
                th { (l.say("机器人的处理", "what was done")) }
                th { (l.say("规则", "rule")) }
            } }
            tbody {
                @for text in texts {
                    tr {
                        td { "“" (text.said) "”" }
                        @if let Some(reason) = &text.reason { td { (l.reason(reason)) } }
                        td { (l.decision(text.decision)) }
                        td { code { (text.rule) } }
                    }
                }
            }
        }
    }
}
