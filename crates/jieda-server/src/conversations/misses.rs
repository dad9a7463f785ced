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
        let is_bad =
            said.outcome == Some(Outcome::Unsolved) || said.rating.is_some_and(|r| r <= low);
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A turn: its rule and decision, and what was said or rated.
    fn turn(number: usize, rule: &str, decision: Value, event: Value) -> Turn {
        let mut answer = json!({
            "reply": "", "confidence": 0.5, "rule": rule, "release": "r", "policy": "p", "latency_us": 1, "trace": null,
        });
        let mut turn = json!({
            "number": number, "at": "2026-11-29T00:00:00Z", "state": {},
        });
        for (object, fields) in [(&mut answer, decision), (&mut turn, event)] {
            object
                .as_object_mut()
                .unwrap()
                .extend(fields.as_object().unwrap().clone());
        }
        turn["answer"] = answer;
        serde_json::from_value(turn).unwrap()
    }

    fn said(text: &str) -> Value {
        json!({ "event": "said", "text": text })
    }

    fn reply() -> Value {
        json!({ "decision": "auto_reply", "faq": "q-1" })
    }

    fn clarify() -> Value {
        json!({ "decision": "clarify", "options": [] })
    }

    fn check(turns: &[Turn], feedback: Value, expected: &[(&str, u32, Cause)]) {
        let feedback: Vec<Feedback> = serde_json::from_value(feedback).unwrap();
        let conversation = ConversationId::new("c").unwrap();
        let kept = Kept {
            conversation: &conversation,
            turns: &turns.iter().collect::<Vec<_>>(),
            feedback: &feedback,
        };
        let found = misses(kept, Rating::new(3).unwrap());
        let found: Vec<_> = found
            .iter()
            .map(|m| {
                (
                    m.text.as_str(),
                    m.seen.as_ref().unwrap().turn,
                    m.cause.clone(),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_had_no_answer_is_missed() {
        let rephrase = json!({ "decision": "rephrase" });
        let handoff = |reason: &str| json!({ "decision": "handoff", "reason": reason });
        let turns = [
            turn(1, "failed_match", rephrase.clone(), said("甲")),
            turn(2, "ambiguous", clarify(), said("乙")),
            turn(3, "clarify_none", rephrase, said("都不是")),
            turn(4, "confident", reply(), said("丙")),
            turn(
                5,
                "repeated_failure",
                handoff("repeated_failure"),
                said("丁"),
            ),
            turn(6, "human", handoff("human_request"), said("转人工")),
        ];
        let expected = [
            ("甲", 1, Cause::Rephrase),
            ("乙", 2, Cause::Clarify),
            ("丁", 5, Cause::Handover),
        ];
        check(&turns, json!([]), &expected);
    }

    #[test]
    fn a_low_rating_is_of_the_words_that_asked() {
        let low = || Cause::LowRating(FaqId::new("q-1").unwrap());
        let unsatisfied = json!({ "decision": "handoff", "reason": "low_satisfaction" });
        let rated = |n: i32| json!({ "event": "rated", "rating": n });
        let mut turns = vec![
            turn(1, "ambiguous", clarify(), said("甲")),
            turn(2, "clarify_picked", reply(), said("1")),
            turn(3, "low_satisfaction", unsatisfied.clone(), rated(2)),
        ];
        let clarified = ("甲", 1, Cause::Clarify);
        check(&turns, json!([]), &[clarified.clone(), ("甲", 1, low())]);
        // In words; and a good one.
        turns[2] = turn(3, "low_satisfaction", unsatisfied, said("不满意"));
        check(&turns, json!([]), &[clarified.clone(), ("甲", 1, low())]);
        turns[2] = turn(
            3,
            "rated",
            json!({ "decision": "smalltalk", "kind": "rated" }),
            rated(5),
        );
        check(&turns, json!([]), std::slice::from_ref(&clarified));
        // Feedback: on the turn, on the whole, on a turn that replied nothing; twice is once.
        let bad = |turn: Option<u32>| json!({ "at": "2026-11-29T00:00:00Z", "turn": turn, "outcome": "unsolved" });
        let expected = [clarified.clone(), ("甲", 1, low())];
        check(&turns, json!([bad(Some(2)), bad(None)]), &expected);
        check(&turns, json!([bad(Some(1))]), &[clarified]);
    }
}
