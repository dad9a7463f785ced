//! FAQs that are taken for each other.

use maud::{Markup, html};

use super::{Language, Section};
use crate::quality::{Advice, ConfusedFaq, ConfusedPair, Quality};

/// Most pairs that are shown.
const SHOWN: usize = 15;

pub(super) fn section(q: &Quality, l: Language) -> Option<Section> {
    let pairs = &q.confused_pairs;
    (!pairs.is_empty()).then(|| {
        let body = html! {
            p.lead { (lead(pairs, l)) }
            table.pairs {
                thead { tr {
                    th.n { (l.say("认错", "lost")) }
                    th { (l.say("两条常见问题", "the two FAQs")) }
                    th { (l.say("客户的话（例）", "a customer's words")) }
                    th { (l.say("建议", "what to do")) }
                } }
                tbody {
                    @for pair in pairs.iter().take(SHOWN) { (row(pair, l)) }
                }
            }
            p.dim {
                (l.say(
                    "用来评测的话不要原样抄进知识库，否则下次评测会虚高；请换成意思相同的说法，或用线上真实的问法。",
                    "Don't copy the words of this sample into the knowledge base, or the next report flatters it: use other words of the same meaning.",
                ))
            }
        };
        Section::new("pairs", l.say("容易混淆的常见问题", "FAQs that are taken for each other"), body)
    })
}

fn lead(pairs: &[ConfusedPair], l: Language) -> String {
    let n: usize = pairs.iter().map(ConfusedPair::lost).sum();
    let (all, shown) = (pairs.len(), pairs.len().min(SHOWN));
    match l {
        Language::Chinese => format!(
            "问的是这一条，先找到的却是那一条：共 {n} 次，涉及 {all} 对；这里是最多的 {shown} 对。"
        ),
        Language::English => format!(
            "The other FAQ of the pair was found first: {n} queries in {all} pairs, of which these are the {shown} worst."
        ),
    }
}

fn row(pair: &ConfusedPair, l: Language) -> Markup {
    let sides = [&pair.first, &pair.second];
    html! {
        tr {
            td.n { (pair.lost()) @if l == Language::Chinese { " 次" } }
            td.both {
                @for side in sides { div { (faq(side, l)) } }
            }
            td {
                @for side in sides {
                    @if let Some(example) = &side.example { div { "“" (example) "”" } }
                }
            }
            td { (advice(pair, l)) }
        }
    }
}

fn faq(side: &ConfusedFaq, l: Language) -> Markup {
    let ConfusedFaq {
        asked,
        lost,
        replied,
        ..
    } = side;
    html! {
        (side.question) " " span.id { (side.faq) }
        @if *lost > 0 {
            br;
            span.dim {
                @match l {
                    Language::Chinese => {
                        (asked) " 问里 " (lost) " 次认成另一条" @if *replied > 0 { "，" span.tag { (replied) " 次答错" } }
                    }
                    Language::English => {
                        (lost) " of " (asked) " taken for the other" @if *replied > 0 { ", " span.tag { (replied) " wrong replies" } }
                    }
                }
            }
        }
    }
}

fn advice(pair: &ConfusedPair, l: Language) -> Markup {
    let (a, b) = (&pair.first.question, &pair.second.question);
    match (pair.advice, l) {
        (Advice::JoinOrSetApart, Language::Chinese) => html! {
            "互相认错。答案能合就合成一条；不能合，把差别（对象、条件、渠道）写进两条的标准问题。"
        },
        (Advice::JoinOrSetApart, Language::English) => html! {
            "Each is found for the other: join them, or say in both questions what sets them apart."
        },
        (Advice::MovePhrasings, Language::Chinese) => html! {
            "给“" (a) "”补上这类说法；再看“" (b) "”的相似问法里有没有本属于它的。"
        },
        (Advice::MovePhrasings, Language::English) => html! {
            "Give “" (a) "” such phrasings, and look whether some of “" (b) "” belong to it."
        },
        (Advice::AddPhrasing, Language::Chinese) => html! { "给前一条补上这类相似问法。" },
        (Advice::AddPhrasing, Language::English) => html! { "Give the first one such a phrasing." },
    }
}
