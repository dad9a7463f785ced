//! Playing transcripts against an engine.

use jieda::{Conversation, Engine, EngineError, Occasion, Reply};
use jieda_types::{Decision, Event, FaqId, HandoffReason, MaskedText};
use serde::Serialize;

use super::{Act, Expected, Transcript, TranscriptTurn};
use crate::decision::every_variable;

/// A conversation that was played.
#[derive(Debug, Clone, PartialEq)]
pub struct Played {
    /// Its id.
    pub id: String,
    /// Its turns.
    pub turns: Vec<PlayedTurn>,
}

/// One turn that was played.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayedTurn {
    /// What the customer said; empty for a button.
    pub text: String,
    /// Whether it can't be understood without the turns before.
    pub context: bool,
    /// What should have become of it.
    pub expected: Expected,
    /// What did.
    pub reached: Reached,
    /// The FAQ that retrieval puts first for the words alone, whatever was said before.
    pub found_alone: Option<FaqId>,
}

/// What became of a turn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reached {
    /// What was done.
    pub act: Act,
    /// Why it was handed over.
    pub reason: Option<HandoffReason>,
    /// The rule that decided.
    pub rule: String,
    /// The FAQ that was sent, else the one that came first.
    pub found: Option<FaqId>,
    /// Confidence in it.
    pub confidence: f64,
}

impl PlayedTurn {
    /// Whether the decision is the expected one, and a reply the expected answer.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.reached.act == self.expected.decision
            && (self.expected.decision != Act::Reply || self.reached.found == self.expected.faq)
    }

    /// Whether it came to a human for the reason that is expected.
    #[must_use]
    pub fn is_right_handoff(&self) -> bool {
        let expected = self.expected.reason;
        let by = self.reached.reason;
        matches!((expected, by), (Some(expected), Some(by)) if expected.is(by))
    }
}

/// Plays transcripts, each from its first turn, in a closed loop: at no particular time, every variable of every
/// answer known. `progress` is told (done, all).
///
/// # Errors
/// [`EngineError`] when a text is empty or too long, or a stage fails.
pub fn play(
    engine: &Engine,
    transcripts: &[Transcript],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Played>, EngineError> {
    play_on(engine, transcripts, &Occasion::whenever(), progress)
}

/// The same on an occasion; the customers are those of the transcripts.
///
/// # Errors
/// As [`play`].
pub fn play_on(
    engine: &Engine,
    transcripts: &[Transcript],
    occasion: &Occasion,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Played>, EngineError> {
    let mut played = Vec::with_capacity(transcripts.len());
    progress(0, transcripts.len());
    let variables = every_variable(engine);
    for transcript in transcripts {
        let occasion = occasion.clone().of(transcript.customer.clone());
        let mut conversation = Conversation::new(&transcript.id);
        let mut turns = Vec::with_capacity(transcript.turns.len());
        for turn in &transcript.turns {
            let event = match (&turn.text, turn.satisfaction) {
                (Some(text), _) => Event::Said {
                    text: MaskedText::assume_masked(text),
                    variables: variables.clone(),
                },
                (None, Some(rating)) => Event::Rated { rating },
                // `read_transcripts` lets no such turn through.
                (None, None) => continue,
            };
            if let Some(reply) = conversation.play(engine, &event, &occasion)? {
                turns.push(turn_played(engine, turn, reply)?);
            }
        }
        played.push(Played {
            id: transcript.id.clone(),
            turns,
        });
        progress(played.len(), transcripts.len());
    }
    Ok(played)
}

fn turn_played(
    engine: &Engine,
    turn: &TranscriptTurn,
    reply: Reply,
) -> Result<PlayedTurn, EngineError> {
    let found_alone = match &turn.text {
        Some(text) if turn.expect.faq.is_some() => {
            let searcher = engine.searcher();
            let found = searcher.search(&searcher.understand(text)?, 1)?;
            found.top().map(|c| c.faq.clone())
        }
        _ => None,
    };
    let act = act_of(&reply.decision);
    let top = reply.candidates.top().map(|c| c.faq.clone());
    Ok(PlayedTurn {
        text: turn.text.clone().unwrap_or_default(),
        context: turn.context,
        expected: turn.expect.clone(),
        reached: Reached {
            act,
            reason: match reply.decision {
                Decision::Handoff { reason } => Some(reason),
                _ => None,
            },
            rule: reply.trace.rule,
            found: reply.faq.or(top),
            confidence: reply.confidence.get(),
        },
        found_alone,
    })
}

/// What a decision is, as people label it.
pub(crate) fn act_of(decision: &Decision) -> Act {
    match decision {
        Decision::AutoReply { .. } => Act::Reply,
        Decision::Clarify { .. } | Decision::Rephrase | Decision::AskValue { .. } => Act::Clarify,
        Decision::Handoff { .. } => Act::Handoff,
        Decision::SmallTalk { .. } => Act::Smalltalk,
        Decision::Silent => Act::Silent,
    }
}
