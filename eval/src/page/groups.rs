//! Answerable queries by style, channel and intent.

use maud::{Markup, html};

use super::{
    Language, Section,
    numbers::{cell_heads, cells, percent},
};
use crate::quality::{Group, Quality};

pub(super) fn section(q: &Quality, l: Language) -> Option<Section> {
    let groups = [
        (l.say("按说法", "By style"), &q.groups.by_style),
        (l.say("按渠道", "By channel"), &q.groups.by_channel),
        (l.say("按意图", "By intent"), &q.groups.by_intent),
    ];
    let any = groups.iter().any(|(_, groups)| !groups.is_empty());
    any.then(|| {
        let body = html! {
            p.lead {
                (l.say(
                    "有答案的问题分组来看，找得最差的排在最前。数量少的组区间很宽，高低可能只是碰巧。",
                    "Queries that have an answer, the group that finds least first. Small groups have wide intervals: what they show may be chance.",
                ))
            }
            @for (title, groups) in groups.iter().filter(|(_, groups)| !groups.is_empty()) {
                h3 { (title) }
                (table(groups, l))
            }
        };
        Section::new("groups", l.say("分组情况", "Groups"), body)
    })
}

fn table(groups: &[Group], l: Language) -> Markup {
    html! {
        div.wide { table {
            thead { tr {
                th { (l.say("组", "group")) }
                th.n { (l.say("数量", "n")) }
                (cell_heads("recall@1", l))
                th.n { (l.say("自动回复率", "auto-reply rate")) }
                th.n { (l.say("答错 / 回复", "wrong / replies")) }
                th.n { (l.say("答错率", "wrong rate")) }
            } }
            tbody {
                @for group in groups { (row(group, l)) }
            }
        } }
    }
}

fn row(group: &Group, l: Language) -> Markup {
    let name = group.name.as_deref();
    html! {
        tr {
            td { (name.unwrap_or(l.say("未标注", "not labelled"))) }
            td.n { (group.recall_at_1.n) }
            (cells(&group.recall_at_1))
            td.n { (percent(group.auto_reply_rate.value)) }
            @match &group.wrong_rate {
                Some(wrong) => {
                    td.n { (wrong.hits()) " / " (wrong.n) }
                    td.n { (percent(wrong.value)) }
                }
                None => {
                    td.n { "0 / 0" }
                    td.n { "–" }
                }
            }
        }
    }
}
