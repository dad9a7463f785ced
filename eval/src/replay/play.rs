//! One recorded conversation on one engine.

use std::collections::BTreeMap;

use jieda::{Conversation, Engine, EngineError, Reply};
use jieda_types::{Decision, Event, MaskedText};
use serde::Serialize;

use crate::{
    decision::{every_variable, is_by_confidence},
    logs::{Decided, DecisionKind, Recorded, RecordedTurn, Variables},
    risk::Truth,
    transcripts::{Act, Expected, act_of},
};

/// What leads up to a turn: see the [module](super).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    /// What the engine itself has done so far.
    Closed,
    /// What was done then.
    Open,
}

/// What became of one of the customer's turns.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// It was a human's to answer, and the course is open.
    WithHuman,
    /// There is no word in it, or too many.
    Unreadable,
    /// The engine decided.
    Decided(Box<PlayedTurn>),
}

/// A decision, and how it compares with the label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlayedTurn {
    pub(super) decided: Decided,
    pub(super) judged: Option<Judged>,
    /// Confidence and truth, where a label says which FAQ answers or that none does; a confidence that had no say is no
    /// number.
    pub(super) observed: Option<(f64, Truth)>,
}

/// What a label says of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judged {
    /// It is the expected one, and a reply the expected answer.
    pub(super) right: bool,
    /// It is a reply with another answer, or where none was due.
    pub(super) wrong_reply: bool,
}

/// Plays conversations on one engine.
pub(super) struct Player<'a> {
    engine: &'a Engine,
    course: Course,
    /// For every turn, where the log knows none.
    values: Option<BTreeMap<String, MaskedText>>,
}

impl<'a> Player<'a> {
    pub(super) fn new(engine: &'a Engine, course: Course, variables: Variables) -> Self {
        Self {
            engine,
            course,
            values: match variables {
                Variables::Recorded => None,
                Variables::AllKnown => Some(every_variable(engine)),
            },
        }
    }

    /// One step for each of the customer's turns.
    pub(super) fn play(&self, recorded: &Recorded) -> Result<Vec<Step>, EngineError> {
        let mut conversation = Conversation::new(&recorded.id);
        let mut steps = Vec::new();
        for turn in &recorded.turns {
            conversation.customer.clone_from(&turn.occasion.customer);
            if self.course == Course::Open && turn.is_customers() {
                if turn.with_human {
                    steps.push(Step::WithHuman);
                    continue;
                }
                follow_the_record(&mut conversation, turn);
            }
            let event = self.with_values(&turn.event);
            let event = event.as_ref().unwrap_or(&turn.event);
            match conversation.play(self.engine, event, &turn.occasion) {
                Ok(Some(reply)) => {
                    let played = self.turn(turn, &reply);
                    steps.push(Step::Decided(Box::new(played)));
                }
                Ok(None) => {}
                Err(EngineError::EmptyUtterance | EngineError::UtteranceTooLong { .. }) => {
                    steps.push(Step::Unreadable);
                }
                Err(e) => return Err(e),
            }
        }
        Ok(steps)
    }

    fn with_values(&self, event: &Event) -> Option<Event> {
        match (event, &self.values) {
            (Event::Said { text, .. }, Some(values)) => Some(Event::Said {
                text: text.clone(),
                variables: values.clone(),
            }),
            _ => None,
        }
    }

    fn turn(&self, turn: &RecordedTurn, reply: &Reply) -> PlayedTurn {
        let expected = turn.expected.as_ref();
        PlayedTurn {
            decided: Decided {
                decision: DecisionKind::from(&reply.decision),
                reason: match reply.decision {
                    Decision::Handoff { reason } => Some(reason),
                    _ => None,
                },
                faq: reply.faq.clone(),
                rule: Some(reply.trace.rule.clone()),
                confidence: Some(reply.confidence.get()),
            },
            judged: expected.map(|expected| judged(expected, reply)),
            observed: expected.and_then(|expected| {
                let truth = truth(expected, reply)?;
                let confidence = if is_by_confidence(self.engine, reply) {
                    reply.confidence.get()
                } else {
                    f64::NAN
                };
                Some((confidence, truth))
            }),
        }
    }
}

/// The state that led up to a turn then; as much of it as is known.
fn follow_the_record(conversation: &mut Conversation, turn: &RecordedTurn) {
    match &turn.before {
        Some(before) => conversation.state.clone_from(before),
        None if conversation.state.handed_over.is_some() => conversation.hand_back(),
        None => {}
    }
}

fn judged(expected: &Expected, reply: &Reply) -> Judged {
    let act = act_of(&reply.decision);
    let is_its_answer = expected.decision == Act::Reply && reply.faq == expected.faq;
    Judged {
        right: act == expected.decision && (act != Act::Reply || is_its_answer),
        wrong_reply: act == Act::Reply && !is_its_answer,
    }
}

/// Thresholds have no business with small talk and handovers.
fn truth(expected: &Expected, reply: &Reply) -> Option<Truth> {
    match expected.decision {
        Act::Reply => Some(Truth::Answerable {
            rank: expected
                .faq
                .as_ref()
                .and_then(|faq| reply.candidates.rank_of(faq)),
        }),
        Act::Clarify => Some(Truth::Unanswerable),
        Act::Handoff | Act::Smalltalk | Act::Silent => None,
    }
}
