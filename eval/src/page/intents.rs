//! Which intents are taken for which.

use maud::{Markup, html};

use super::{
    Language, Section,
    numbers::{percent, range},
};
use crate::quality::{Confusion, Quality};

/// More intents than these don't fit beside each other.
const MOST_COLUMNS: usize = 30;
/// Most mistakes that are listed.
const LISTED: usize = 12;

pub(super) fn section(q: &Quality, l: Language) -> Option<Section> {
    let confusion = q.confusion.as_ref()?;
    let body = html! {
        p.lead { (lead(confusion, l)) }
        @if confusion.intents.len() <= MOST_COLUMNS { (heat_map(confusion, l)) }
        @if !confusion.mistaken.is_empty() {
            h3 { (l.say("认错最多的", "Most often mistaken")) }
            (mistaken(confusion, l))
        }
    };
    Some(Section::new(
        "intents",
        l.say("意图混淆", "Confusion of intents"),
        body,
    ))
}

fn lead(confusion: &Confusion, l: Language) -> String {
    let accuracy = &confusion.accuracy;
    let (share, range) = (percent(accuracy.value), range(&accuracy.interval));
    let f1 = confusion.macro_f1;
    match l {
        Language::Chinese => format!(
            "有答案的问题里，意图认对的 {share}（95% 区间 {range}），各意图平均 F1 {f1:.3}。认错意图不一定答错，但工单会分错组。"
        ),
        Language::English => format!(
            "Intents of answerable queries: {share} right (95% interval {range}), macro-F1 {f1:.3}. A wrong intent need not mean a wrong answer, but sends a ticket to the wrong group."
        ),
    }
}

fn heat_map(confusion: &Confusion, l: Language) -> Markup {
    html! {
        p.dim {
            (l.say(
                "每行是真正的意图，每列是认成的意图（编号同行）。蓝色是认对的，橙色是认错的，越深占这一行越多。",
                "Rows are what it is, columns what it was taken for, by the numbers of the rows. Blue is right, orange wrong; the darker, the larger the share of its row.",
            ))
        }
        div.wide {
            table.heat {
                thead { tr {
                    th {}
                    @for number in 1..=confusion.intents.len() { th { (number) } }
                } }
                tbody {
                    @for (i, (intent, row)) in confusion.intents.iter().zip(&confusion.counts).enumerate() {
                        // What was only named has no row of its own.
                        @if intent.n > 0 {
                            tr {
                                th scope="row" { (i + 1) " " (l.intent(&intent.name)) }
                                @for (j, &n) in row.iter().enumerate() {
                                    td.zero[n == 0] style=[shade(n, intent.n, i == j)] { (n) }
                                }
                            }
                        }
                    }
                }
            }
        }
        @let only_named: Vec<_> = confusion.intents.iter().enumerate().filter(|(_, intent)| intent.n == 0).collect();
        @if !only_named.is_empty() {
            p.dim {
                (l.say("只被认成、没有被问到的：", "Named, but not asked for: "))
                @for (place, (i, intent)) in only_named.iter().enumerate() {
                    @if place > 0 { (l.say("，", ", ")) }
                    (i + 1) " " (l.intent(&intent.name))
                }
                (l.say("。", "."))
            }
        }
    }
}

/// The colour of a cell; none for an empty one.
fn shade(n: usize, of: usize, right: bool) -> Option<String> {
    let share = n as f64 / of.max(1) as f64;
    let (colour, depth) = if right {
        ("0,114,178", 0.10 + 0.45 * share)
    } else {
        // A few mistakes must be seen.
        ("213,94,0", 0.18 + 1.2 * share)
    };
    (n > 0).then(|| format!("background:rgba({colour},{:.2})", depth.min(0.75)))
}

fn mistaken(confusion: &Confusion, l: Language) -> Markup {
    let name = |i: usize| {
        confusion
            .intents
            .get(i)
            .map_or("", |intent| l.intent(&intent.name))
    };
    let of = |i: usize| confusion.intents.get(i).map_or(0, |intent| intent.n);
    html! {
        table {
            thead { tr {
                th { (l.say("真正的意图", "it is")) }
                th { (l.say("认成了", "taken for")) }
                th.n { (l.say("次数", "n")) }
                th.n { (l.say("占该意图", "of the intent")) }
                th { (l.say("客户的话（例）", "a customer's words")) }
            } }
            tbody {
                @for m in confusion.mistaken.iter().take(LISTED) {
                    tr {
                        td { (name(m.is)) }
                        td { (name(m.named)) }
                        td.n { (m.n) }
                        td.n { (percent(m.n as f64 / of(m.is).max(1) as f64)) }
                        td { "“" (m.example) "”" }
                    }
                }
            }
        }
    }
}
