//! Where queries went: all of them add up.

use maud::{Markup, html};

use super::{Language, Section, numbers::percent};
use crate::quality::{Outcome, Outcomes, Quality};

pub(super) fn section(q: &Quality, l: Language) -> Option<Section> {
    let answerable = q.answerable.as_ref();
    let unanswerable = q.unanswerable.as_ref();
    (answerable.is_some() || unanswerable.is_some()).then(|| {
        let body = html! {
            p.lead {
                (l.say(
                    "每个问题只算一次，加起来是全部。反问只要选项里有正确的那一条，客户点一下就能得到答案。",
                    "Every query counts once. A clarifying question that offers the right FAQ is one click from the answer.",
                ))
            }
            @if let Some(outcomes) = answerable {
                div.whole {
                    h3 { (l.say("有答案的问题", "Queries that have an answer")) " · " (outcomes.n) }
                    (shown(outcomes, l, |outcome| l.outcome(outcome)))
                }
            }
            @if let Some(outcomes) = unanswerable {
                div.whole {
                    h3 { (l.say("没有答案的问题", "Queries that nothing answers")) " · " (outcomes.n) }
                    (shown(outcomes, l, |outcome| l.outcome_without_answer(outcome)))
                }
            }
        };
        Section::new("outcomes", l.say("问题都去了哪里", "Where queries went"), body)
    })
}

fn shown(outcomes: &Outcomes, l: Language, name: impl Fn(Outcome) -> &'static str) -> Markup {
    let share = |n: usize| n as f64 / outcomes.n as f64;
    let ends = outcomes.counts.iter().scan(0.0, |end, count| {
        let from = *end;
        *end += share(count.n);
        Some((count, from))
    });
    html! {
        svg.stack viewBox="0 0 1000 26" preserveAspectRatio="none" aria-hidden="true" {
            @for (count, from) in ends {
                rect x=(format!("{:.1}", 1000.0 * from)) y="0" height="26"
                    // A hair of white between neighbours.
                    width=(format!("{:.1}", (1000.0 * share(count.n) - 1.5).max(0.5)))
                    fill=(colour(count.outcome)) {}
            }
        }
        table.fit {
            thead { tr {
                th { (l.say("去向", "outcome")) }
                th.n { (l.say("数量", "n")) }
                th.n { (l.say("占比", "share")) }
            } }
            tbody {
                @for count in &outcomes.counts {
                    tr {
                        td {
                            svg.swatch viewBox="0 0 10 10" aria-hidden="true" {
                                rect width="10" height="10" fill=(colour(count.outcome)) {}
                            }
                            (name(count.outcome))
                        }
                        td.n { (count.n) }
                        td.n { (percent(share(count.n))) }
                    }
                }
            }
        }
    }
}

/// Told apart by those who don't tell red from green, too (Okabe & Ito 2008); the good ones are blue.
fn colour(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::RightReply => "#0072b2",
        Outcome::UsefulClarify => "#7fc1e8",
        Outcome::Rephrase => "#c9ced6",
        Outcome::UselessClarify => "#8d95a1",
        Outcome::HandedOver => "#f0c75e",
        Outcome::Other => "#e6e9ed",
        Outcome::WrongReply => "#d55e00",
    }
}
