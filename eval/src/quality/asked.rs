//! Asking every labelled text once, and keeping what a report shows of the answers.

use jieda::{
    Engine, EngineError, Occasion, Timings,
    types::{Candidate, IntentId, MaskedText},
};

use crate::decision::{Label, Labelled, Turn, ask_each};

/// A labelled text and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The label and the decision.
    pub turn: Turn,
    /// The words as they may be shown.
    pub said: MaskedText,
    /// The best candidate, with its evidence.
    pub found: Option<Candidate>,
    /// The right candidate, where it was found.
    pub right: Option<Candidate>,
    /// The intent that was named first.
    pub intent: Option<IntentId>,
    /// How long each step took.
    pub timings: Timings,
}

impl Asked {
    /// The conversation that it is a turn of.
    pub(super) fn conversation(&self) -> Option<&str> {
        self.turn.conversation.as_deref()
    }

    /// Whether an FAQ answers it.
    pub(super) fn is_answerable(&self) -> bool {
        matches!(self.turn.label, Label::Answerable { .. })
    }

    /// Whether no FAQ answers it.
    pub(super) fn is_unanswerable(&self) -> bool {
        matches!(self.turn.label, Label::Unanswerable { .. })
    }

    /// Whether the right FAQ is among the first `k`.
    pub(super) fn is_within(&self, k: usize) -> bool {
        self.turn.rank.is_some_and(|rank| rank <= k)
    }

    /// Whether it got a reply that is wrong; one to an unanswerable text is.
    pub(super) fn is_wrong_reply(&self) -> bool {
        self.turn.is_replied() && !self.is_within(1)
    }
}

/// Asks everything on an occasion, each text as the first of a conversation. `progress` is told (done, all).
///
/// # Errors
/// [`EngineError`] when a text is empty or too long, or a stage fails.
pub fn ask_all(
    engine: &Engine,
    labelled: &Labelled,
    occasion: &Occasion,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Asked>, EngineError> {
    let all = labelled.len();
    let mut asked = Vec::with_capacity(all);
    progress(0, all);
    ask_each(engine, labelled, occasion, &mut |turn, reply| {
        let place = turn.rank.and_then(|rank| rank.checked_sub(1));
        let mut ranked = reply.candidates.ranked;
        let right = place.and_then(|place| ranked.get(place).cloned());
        asked.push(Asked {
            said: reply.said,
            found: (!ranked.is_empty()).then(|| ranked.swap_remove(0)),
            right,
            intent: reply.intents.top().map(|top| top.id.clone()),
            timings: reply.timings,
            turn,
        });
        progress(asked.len(), all);
    })?;
    Ok(asked)
}
