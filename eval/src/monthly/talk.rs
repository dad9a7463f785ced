//! A conversation, as far as a report is concerned: no words, no states, no traces.

use jieda_types::{Decision, FaqId, IntentId, Rating, Urgency};
use jiff::Timestamp;

/// A conversation with the engine.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Talk {
    /// Where it took place.
    pub channel: Option<String>,
    /// The likeliest intent of all that was said.
    pub intent: Option<IntentId>,
    /// What happened, in order.
    pub turns: Vec<TalkTurn>,
    /// What was said of it afterwards.
    pub feedback: Vec<TalkFeedback>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct TalkTurn {
    /// Its place, from 1.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: TalkEvent,
    /// What was decided; nothing where a human spoke.
    pub decision: Option<Decision>,
    /// The ticket that was drafted, where it was handed over.
    pub ticket: Option<DraftedTicket>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TalkEvent {
    /// The customer said something.
    Said,
    /// The customer rated, by a button or in words.
    Rated(Rating),
    /// A human had a part in it.
    Agent,
}

/// What a drafted ticket is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftedTicket {
    /// Type, such as 退款.
    pub kind: String,
    /// How much it presses.
    pub urgency: Urgency,
}

/// Feedback on a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TalkFeedback {
    /// The turn that it is on; the whole without one.
    pub turn: Option<u32>,
    /// How satisfied he is.
    pub rating: Option<Rating>,
}

impl Talk {
    /// The time of its first turn: a conversation belongs, as a whole, to the period in which it began.
    #[must_use]
    pub fn opened(&self) -> Option<Timestamp> {
        self.turns.first().map(|turn| turn.at)
    }

    /// Whether, at any time, it went to a human.
    #[must_use]
    pub fn was_handed_over(&self) -> bool {
        self.decisions()
            .any(|(_, decision)| matches!(decision, Decision::Handoff { .. }))
    }

    /// Turns with a decision.
    pub(super) fn decisions(&self) -> impl Iterator<Item = (&TalkTurn, &Decision)> {
        self.turns
            .iter()
            .filter_map(|turn| Some((turn, turn.decision.as_ref()?)))
    }

    /// Ratings, each with the FAQ whose answer it is on: the one of the turn that the feedback names, else the last
    /// one before.
    pub(super) fn ratings(&self) -> Vec<(Rating, Option<&FaqId>)> {
        let mut ratings = Vec::new();
        let mut last = None;
        for turn in &self.turns {
            if let TalkEvent::Rated(rating) = turn.event {
                ratings.push((rating, last));
            }
            last = answered(turn).or(last);
        }
        let on = |feedback: &TalkFeedback| match feedback.turn {
            None => last,
            Some(number) => self
                .turns
                .iter()
                .find(|t| t.number == number)
                .and_then(answered),
        };
        let said = self.feedback.iter();
        ratings.extend(said.filter_map(|feedback| Some((feedback.rating?, on(feedback)))));
        ratings
    }
}

/// The FAQ whose answer a turn sent.
pub(super) fn answered(turn: &TalkTurn) -> Option<&FaqId> {
    match turn.decision.as_ref()? {
        Decision::AutoReply { faq } => Some(faq),
        _ => None,
    }
}
