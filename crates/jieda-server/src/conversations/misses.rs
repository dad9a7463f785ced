//! What a kept conversation says of gaps in the knowledge.

use jieda::types::{ConversationId, Decision, FaqId, HandoffReason, Rating};
use jieda_gaps::{Cause, Miss, Seen};
use jieda_store::{Answer, Event, Feedback, Outcome, Turn};

/// Rules that answer to words which ask nothing themselves: "都不是", or no word at all.
const ASKS_NOTHING: [&str; 2] = ["clarify_none", "no_words"];
/// Rules that answer what was asked before: an option was picked, a value given.
const ASKED_BEFORE: [&str; 2] = ["clarify_picked", "value_given"];

/// The turns of one conversation, in order, and what was said of it.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The conversation.
    pub conversation: &'a ConversationId,
    /// Its turns, as far as they are known.
    pub turns: &'a [&'a Turn],
    /// Feedback on it.
    pub feedback: &'a [Feedback],
}

/// What was missed in a conversation: texts without an answer, and texts whose answer was rated at or below `low`, or
/// reported as no solution.
#[must_use]
pub fn misses(kept: Kept<'_>, low: Rating) -> Vec<Miss> {
    let Kept {
        conversation,
        turns,
        feedback,
    } = kept;
    let mut misses = Vec::new();
    // What was asked last, and each answer with what it answers.
    let mut asked: Option<&Turn> = None;
    let mut replied: Vec<(&Turn, &Turn, &FaqId)> = Vec::new();
    let miss = |turn: &Turn, cause: Cause| {
        Some(Miss {
            text: turn.event.text()?.as_str().to_owned(),
            cause,
            seen: Some(Seen {
                conversation: conversation.clone(),
                turn: turn.number.get(),
                at: Some(turn.at),
            }),
        })
    };
    let mut rated_low = Vec::new();
    for &turn in turns {
        let Some(answer) = &turn.answer else { continue };
        if is_low_rating(turn, answer, low) {
            rated_low.extend(replied.last().copied());
            continue;
        }
        if !matches!(turn.event, Event::Said { .. }) || ASKS_NOTHING.contains(&&*answer.rule) {
            continue;
        }
        if !ASKED_BEFORE.contains(&&*answer.rule) || asked.is_none() {
            asked = Some(turn);
        }
        misses.extend(Cause::of(&answer.decision).and_then(|cause| miss(turn, cause)));
        if let (Some(faq), Some(asked)) = (answer.faq(), asked) {
            replied.push((turn, asked, faq));
        }
    }
    for said in feedback {
        let is_bad = said.outcome == Some(Outcome::Unsolved) || said.rating.is_some_and(|r| r <= low);
        if is_bad {
            let on = |&&(turn, ..): &&(&Turn, &Turn, &FaqId)| {
                said.turn.is_none_or(|number| number == turn.number)
            };
            rated_low.extend(replied.iter().rfind(on).copied());
        }
    }
    // A reply that was rated twice was bad once.
    rated_low.sort_by_key(|(turn, ..)| turn.number);
    rated_low.dedup_by_key(|(turn, ..)| turn.number);
    let low = rated_low.into_iter();
    misses.extend(low.filter_map(|(_, asked, faq)| miss(asked, Cause::LowRating(faq.clone()))));
    misses
}

fn is_low_rating(turn: &Turn, answer: &Answer, low: Rating) -> bool {
    let reason = HandoffReason::LowSatisfaction;
    matches!(turn.event, Event::Rated { rating } if rating <= low)
        || answer.decision == (Decision::Handoff { reason })
}
