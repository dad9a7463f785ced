//! What the engine makes of each text.

use std::collections::BTreeMap;

use jieda::{Engine, EngineError, Occasion};
use jieda_types::{
    Candidate, Confidence, ConversationState, Decision, Embedding, IntentScore, Utterance,
};

use crate::{Cause, Causes, Miss, Seen};

/// Texts that are encoded at once, and answered between two reports of progress.
const CHUNK: usize = 64;
/// Candidates that are kept of each text.
const CANDIDATES: usize = 3;

/// A text, however often it was missed.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) text: &'a str,
    pub(crate) causes: Causes,
    /// The FAQs that answered it badly, with how often.
    pub(crate) rated_low: BTreeMap<&'a jieda_types::FaqId, usize>,
    /// The latest time that it was said.
    pub(crate) last: Option<&'a Seen>,
}

/// A text as the engine reads it now.
#[derive(Debug)]
pub(crate) struct Read<'a> {
    pub(crate) asked: Asked<'a>,
    pub(crate) embedding: Embedding,
    /// Best first.
    pub(crate) candidates: Vec<Candidate>,
    /// That the best candidate answers it.
    pub(crate) confidence: Confidence,
    pub(crate) intents: Vec<IntentScore>,
    /// Whether several FAQs are near, and none is sure.
    pub(crate) tie: Tie,
}

/// Whether the engine would ask which question is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tie {
    Clear,
    Near,
}

/// The distinct texts, the most frequent first, then in the order of their characters.
pub(crate) fn distinct(misses: &[Miss]) -> Vec<Asked<'_>> {
    let mut by_text: BTreeMap<&str, Asked<'_>> = BTreeMap::new();
    for miss in misses {
        let text = miss.text.trim();
        let asked = by_text.entry(text).or_insert_with(|| Asked {
            text,
            causes: Causes::default(),
            rated_low: BTreeMap::new(),
            last: None,
        });
        asked.causes.count(&miss.cause);
        if let Cause::LowRating(faq) = &miss.cause {
            *asked.rated_low.entry(faq).or_default() += 1;
        }
        let key = |seen: &Seen| (seen.at, seen.conversation.clone(), seen.turn);
        asked.last = asked
            .last
            .into_iter()
            .chain(&miss.seen)
            .max_by_key(|s| key(s));
    }
    let mut texts: Vec<_> = by_text.into_values().collect();
    texts.sort_by_key(|asked| std::cmp::Reverse(asked.causes.total()));
    texts
}

/// Reads texts. Those that can't be read any more (another limit of length), that have no vector, or that get their
/// answer by now are left out; what was rated low stays whatever answers it.
pub(crate) fn read<'a>(
    engine: &Engine,
    asked: Vec<Asked<'a>>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Read<'a>>, EngineError> {
    let searcher = engine.searcher();
    let readable = |asked: &Asked<'_>| searcher.segment(asked.text).is_ok();
    let all = asked.len();
    let mut done = 0;
    let mut texts = Vec::new();
    let mut left = asked.into_iter().peekable();
    progress(0, all);
    while left.peek().is_some() {
        let taken: Vec<_> = left.by_ref().take(CHUNK).collect();
        done += taken.len();
        let chunk: Vec<_> = taken.into_iter().filter(readable).collect();
        let words: Vec<&str> = chunk.iter().map(|asked| asked.text).collect();
        let understood = searcher.understand_all(&words)?;
        for (asked, understood) in chunk.into_iter().zip(understood) {
            let Some(encoded) = understood.encoded else {
                continue;
            };
            let (decision, reply) = ask(engine, asked.text)?;
            if Cause::of(&decision).is_none() && asked.causes.low_rating == 0 {
                continue;
            }
            let mut candidates = reply.candidates.ranked;
            candidates.truncate(CANDIDATES);
            texts.push(Read {
                asked,
                embedding: encoded.embedding,
                candidates,
                confidence: reply.confidence,
                intents: reply.intents.ranked,
                tie: match decision {
                    Decision::Clarify { .. } => Tie::Near,
                    _ => Tie::Clear,
                },
            });
        }
        progress(done, all);
    }
    Ok(texts)
}

/// Asks the engine every text, each as the first of a conversation, and gives those that get no answer. `progress` is
/// told (done, all).
///
/// # Errors
/// [`EngineError`] when a text is empty or too long, or a stage fails.
pub fn missed_now<'a>(
    engine: &Engine,
    texts: impl ExactSizeIterator<Item = &'a str>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Miss>, EngineError> {
    let all = texts.len();
    let mut misses = Vec::new();
    progress(0, all);
    for (done, text) in (1..).zip(texts) {
        let (decision, reply) = ask(engine, text)?;
        if let Some(cause) = Cause::of(&decision) {
            misses.push(Miss::new(reply.said.as_str(), cause));
        }
        progress(done, all);
    }
    Ok(misses)
}

/// At no particular time: an FAQ that is out of date today is no gap of last month.
fn ask(engine: &Engine, text: &str) -> Result<(Decision, jieda::Reply), EngineError> {
    let utterance = Utterance::new(text);
    let state = ConversationState::default();
    let (reply, _) = engine.answer_on(&utterance, &state, &Occasion::whenever())?;
    Ok((reply.decision.clone(), reply))
}
