//! What customers came for.

use maud::{Markup, html};

use super::{
    super::frame::Section,
    cells::{bar, cell, change_of_count, largest},
};
use crate::monthly::{Counted, FaqUse, IntentCount, Problems};

/// FAQs that are shown.
const FAQS: usize = 15;

pub(super) fn section(problems: &Problems) -> Section {
    let body = html! {
        @if !problems.intents.is_empty() {
            h3 { "会话多半是问什么" }
            (intents(&problems.intents))
        }
        @if !problems.faqs.is_empty() {
            h3 { "答得最多的常见问题" }
            (faqs(&problems.faqs))
        }
        @if !problems.tickets.is_empty() {
            div.beside {
                div { h3 { "工单类型" } (counted(&problems.tickets)) }
                div { h3 { "紧急程度" } (counted(&problems.urgencies)) }
            }
        }
        @if problems.intents.is_empty() && problems.faqs.is_empty() && problems.tickets.is_empty() {
            p { "本月的会话里没有认出意图，也没有答过常见问题。" }
        }
    };
    Section::new("problems", "主要问题", body)
}

fn intents(intents: &[IntentCount]) -> Markup {
    let most = largest(intents.iter().map(|row| row.count));
    html! {
        table.fit {
            thead { tr { th { "意图" } th.n { "会话" } th.n { "占比" } th aria-hidden="true" {} th.n { "比上月" } } }
            tbody {
                @for row in intents {
                    tr {
                        td { (row.name) @if row.name != row.intent.as_str() { " " span.id { (row.intent) } } }
                        td.n { (row.count) }
                        (cell(row.share))
                        (bar(Some(row.count as f64), most))
                        (change_of_count(row.count, row.before))
                    }
                }
            }
        }
    }
}

fn faqs(faqs: &[FaqUse]) -> Markup {
    html! {
        table {
            thead { tr {
                th { "常见问题" } th.n { "回答" } th.n { "比上月" } th.n { "评分次数" } th.n { "平均" } th.n { "1、2 分" }
            } }
            tbody {
                @for row in faqs.iter().take(FAQS) {
                    tr {
                        td { (row.name()) @if row.question.is_some() { " " span.id { (row.faq) } } }
                        td.n { (row.answers) }
                        (change_of_count(row.answers, row.before))
                        td.n { (row.ratings) }
                        (cell(row.satisfaction))
                        (cell(Some(row.low).filter(|_| row.ratings > 0)))
                    }
                }
            }
        }
    }
}

fn counted(rows: &[Counted]) -> Markup {
    let most = largest(rows.iter().map(|row| row.count));
    html! {
        table.fit {
            tbody {
                @for row in rows {
                    tr { td { (row.name) } td.n { (row.count) } (cell(row.share)) (bar(Some(row.count as f64), most)) }
                }
            }
        }
    }
}
