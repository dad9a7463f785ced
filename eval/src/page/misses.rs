//! The worst misses, each with what spoke for either FAQ.

use jieda::types::Signal;
use maud::{Markup, html};

use super::{Language, Section, numbers::confidence};
use crate::quality::{Considered, Miss, MissList, Quality};

pub(super) fn section(q: &Quality, l: Language) -> Option<Section> {
    let wrong = &q.misses.wrong_replies;
    let lost = &q.misses.not_found;
    (wrong.n + lost.n > 0).then(|| {
        let body = html! {
            p.lead {
                (l.say(
                    "表里是每一路检索给这两条加了多少分（可正可负），合计高的排前面。“最像”只比最像的那句问法，“平均”比所有问法，“答案”连答案一起比。橙色的一路差得最多，多半就是出错的原因：语义差得多，补相似问法；字词差得多，看答案和问法里有没有容易误会的词。",
                    "The tables show what each signal added to the score of either FAQ; the higher sum comes first. The orange signal differs most, and is most likely why: phrasings help where it is a vector; where it is words, look for misleading ones in questions and answers.",
                ))
            }
            @if wrong.n > 0 {
                h3 { (l.say("答错的自动回复，最自信的在前", "Wrong replies, the surest first")) (count(wrong, l)) }
                @for miss in &wrong.worst { (shown(miss, l)) }
            }
            @if lost.n > 0 {
                h3 {
                    (l.say("正确答案不在前十条里，没有答错", "Right FAQ not among the first ten, and no reply"))
                    (count(lost, l))
                }
                @for miss in &lost.worst { (shown(miss, l)) }
            }
        };
        Section::new("misses", l.say("最严重的失误", "The worst misses"), body)
    })
}

fn count(list: &MissList, l: Language) -> String {
    let shown = list.worst.len();
    match l {
        Language::Chinese if shown < list.n => format!(" · 共 {}，列出 {shown}", list.n),
        Language::Chinese => format!(" · 共 {}", list.n),
        Language::English if shown < list.n => format!(" · {shown} of {}", list.n),
        Language::English => format!(" · {}", list.n),
    }
}

fn shown(miss: &Miss, l: Language) -> Markup {
    html! {
        div.miss {
            p { q.said { (miss.said) } }
            p.dim {
                (l.decision(miss.decision)) " · "
                (l.say("置信度", "confidence")) " " (confidence(miss.confidence)) " · "
                (l.say("规则", "rule")) " " code { (miss.rule) }
                @if miss.right.is_none() {
                    " · " span.tag { (l.say("知识库里没有答案", "no FAQ answers it")) }
                }
            }
            (trace(miss, l))
        }
    }
}

fn trace(miss: &Miss, l: Language) -> Markup {
    let found = miss.found.as_ref();
    let signals = found.map_or(&[][..], |found| &found.signals);
    let decisive = decisive(miss);
    let rows = [
        (l.say("找到", "found"), found),
        (l.say("应为", "right"), miss.right.as_ref()),
    ];
    html! {
        div.wide { table {
            thead { tr {
                th {}
                th.n { (l.say("名次", "rank")) }
                @for part in signals { th.n { (l.signal(part.signal)) } }
                th.n { (l.say("合计", "sum")) }
            } }
            tbody {
                @for (name, considered) in rows {
                    @if let Some(considered) = considered {
                        tr {
                            th scope="row" {
                                span.dim { (name) } " " (considered.question) " " span.id { (considered.faq) }
                            }
                            (scores(considered, signals.len(), decisive, l))
                        }
                    }
                }
            }
        } }
    }
}

/// The signal that speaks most for the found one against the right one, if both have signals.
fn decisive(miss: &Miss) -> Option<Signal> {
    let (found, right) = (miss.found.as_ref()?, miss.right.as_ref()?);
    let differences = found.signals.iter().zip(&right.signals);
    let differences = differences.map(|(f, r)| (f.signal, f.added - r.added));
    let most = differences.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    Some(most.0)
}

fn scores(
    considered: &Considered,
    signals: usize,
    decisive: Option<Signal>,
    l: Language,
) -> Markup {
    let Some(score) = considered.score else {
        return html! {
            td.n colspan=(signals + 2) { (l.say("不在候选里", "not among the candidates")) }
        };
    };
    html! {
        td.n { @if let Some(rank) = considered.rank { (rank) } }
        @for part in &considered.signals {
            td.n.decisive[decisive == Some(part.signal)] { (signed(part.added)) }
        }
        td.n { (signed(score)) }
    }
}

/// +1.23; nothing has no sign.
fn signed(value: f32) -> String {
    let text = format!("{value:+.2}");
    match text.as_str() {
        "+0.00" | "-0.00" => "0.00".to_owned(),
        _ => text,
    }
}
