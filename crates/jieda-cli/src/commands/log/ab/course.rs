//! A stored conversation, as a trial sees it.

use jieda::types::{Decision, FaqId};
use jieda_eval::ab::{Course, Solved, Step};
use jieda_store::{ConversationLog, Feedback, Outcome, Turn};

/// What happened in a conversation.
pub(super) fn of(log: &ConversationLog) -> Course {
    let mut steps = Vec::new();
    // The FAQ whose answer waits for a value: sending it then is no second time.
    let mut waits_for_value: Option<FaqId> = None;
    for turn in &log.turns {
        let begun = waits_for_value.take();
        if let Some(answered) = answered(turn) {
            let goes_on = begun.is_some() && begun.as_ref() == faq_of(&answered);
            if let Some(Decision::AskValue { faq, .. }) = decision(turn) {
                waits_for_value = Some(faq.clone());
            }
            if !goes_on {
                steps.push(answered);
            }
        }
        if let Some(Decision::Handoff { .. }) = decision(turn) {
            steps.push(Step::HandedOver);
        }
        steps.extend(turn.rating().map(Step::Rated));
        let on_turn = log.feedback.iter().filter(|f| f.turn == Some(turn.number));
        steps.extend(on_turn.flat_map(said));
    }
    let on_the_whole = log.feedback.iter().filter(|f| f.turn.is_none());
    steps.extend(on_the_whole.flat_map(said));
    Course {
        settled: log.conversation.updated.as_microsecond(),
        steps,
    }
}

fn decision(turn: &Turn) -> Option<&Decision> {
    turn.answer.as_ref().map(|answer| &answer.decision)
}

/// The answer that was given, or would have been but for a value.
fn answered(turn: &Turn) -> Option<Step> {
    let answer = turn.answer.as_ref()?;
    let given = answer.variant.clone().map(Step::Given);
    given.or_else(|| answer.faq().cloned().map(Step::Answered))
}

fn faq_of(step: &Step) -> Option<&FaqId> {
    match step {
        Step::Given(variant) => Some(&variant.faq),
        Step::Answered(faq) => Some(faq),
        _ => None,
    }
}

fn said(feedback: &Feedback) -> Vec<Step> {
    let rated = feedback.rating.map(Step::Rated);
    let solved = feedback.outcome.map(|outcome| {
        Step::Solved(match outcome {
            Outcome::Solved => Solved::Yes,
            Outcome::Unsolved => Solved::No,
        })
    });
    rated.into_iter().chain(solved).collect()
}
