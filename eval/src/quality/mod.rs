//! How well customers are served from a knowledge base: all that a report shows, as data.
//!
//! The principal type is [`Quality`]. [`Sample::measure`] makes it: every labelled text is put to the engine once
//! ([`ask_all`]), conversations are played, and the rest is counting. Every headline figure is a [`Figure`] with its
//! interval. [`crate::page`] sets it as a page. Customers' words are masked, as everywhere.

mod asked;
mod boundaries;
mod confidence;
mod confusion;
mod conversations;
mod figure;
mod groups;
mod headline;
mod latency;
mod misses;
mod outcomes;
mod pairs;
mod source;

#[cfg(test)]
pub(crate) mod tests;

use jieda::{Engine, EngineError, KnowledgeBase, Occasion};
use serde::Serialize;

use crate::{
    decision::Labelled,
    transcripts::{Played, Transcript, play_on},
};

pub use asked::{Asked, ask_all};
pub use boundaries::{Handoffs, Kind, Text, Unanswerable};
pub use confidence::{AtThreshold, Calibration};
pub use confusion::{Confusion, Mistaken, ToldIntent};
pub use conversations::{Conversations, WrongTurn};
pub use figure::{Figure, Trial};
pub use groups::{Group, Groups};
pub use headline::Headline;
pub use latency::{Stage, StageTime};
pub use misses::{Considered, Contribution, Miss, MissList, Misses};
pub use outcomes::{Outcome, OutcomeCount, Outcomes};
pub use pairs::{Advice, ConfusedFaq, ConfusedPair};
pub use source::{Role, Source, SourceFile, Subject};

/// Whether times are part of the result: they are never the same twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Times {
    /// Left out: the same input gives the same result.
    #[default]
    Omitted,
    /// Told, as this machine had them.
    Told,
}

/// What is measured on.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// Labelled texts.
    pub labelled: Labelled,
    /// Conversations; may be empty.
    pub transcripts: Vec<Transcript>,
    /// When and where everything is asked; a labelled query that names its channel is asked there.
    pub occasion: Occasion,
    /// Whether times are told.
    pub times: Times,
}

/// How well customers are served from a knowledge base.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// What answered.
    pub subject: Subject,
    /// The figures that one looks at first.
    pub headline: Headline,
    /// Where answerable queries went.
    pub answerable: Option<Outcomes>,
    /// Where unanswerable queries went.
    pub unanswerable: Option<Outcomes>,
    /// What the confidence is worth, and what other thresholds would do.
    pub calibration: Option<Calibration>,
    /// Queries by style, channel and intent.
    pub groups: Groups,
    /// Which intents are taken for which; none where only one is asked for.
    pub confusion: Option<Confusion>,
    /// FAQs that are taken for each other, the worst first.
    pub confused_pairs: Vec<ConfusedPair>,
    /// The worst misses.
    pub misses: Misses,
    /// Texts that belong to a human.
    pub handoffs: Option<Handoffs>,
    /// Queries that no FAQ answers, by how far off they are.
    pub unanswerable_kinds: Option<Unanswerable>,
    /// Whole conversations.
    pub conversations: Option<Conversations>,
    /// How long each step took; empty unless [`Times::Told`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub latency: Vec<StageTime>,
    /// Where the figures come from.
    pub source: Source,
}

impl Sample {
    /// Asks and plays everything, and counts. `progress` is told (done, all) texts and conversations.
    ///
    /// # Errors
    /// [`EngineError`] when a text is empty or too long, or a stage fails.
    pub fn measure(
        &self,
        engine: &Engine,
        source: Source,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Quality, EngineError> {
        let texts = self.labelled.len();
        let all = texts + self.transcripts.len();
        let asked = ask_all(engine, &self.labelled, &self.occasion, &mut |done, _| {
            progress(done, all);
        })?;
        let report = &mut |done, _| progress(texts + done, all);
        let played = play_on(engine, &self.transcripts, &self.occasion, report)?;
        let answers = Answers {
            asked,
            transcripts: &self.transcripts,
            played,
        };
        let counted = Quality::of(
            &answers,
            Subject::of(engine),
            source,
            engine.searcher().kb(),
        );
        Ok(Quality {
            latency: match self.times {
                Times::Omitted => Vec::new(),
                Times::Told => latency::latency(&answers.asked),
            },
            ..counted
        })
    }
}

/// What the engine answered.
pub(crate) struct Answers<'a> {
    /// To each labelled text.
    pub(crate) asked: Vec<Asked>,
    /// Conversations, and …
    pub(crate) transcripts: &'a [Transcript],
    /// … how each went, in the same order.
    pub(crate) played: Vec<Played>,
}

impl Quality {
    /// Counts; times are left out.
    pub(crate) fn of(
        answers: &Answers<'_>,
        subject: Subject,
        source: Source,
        kb: &KnowledgeBase,
    ) -> Self {
        let Answers {
            asked,
            transcripts,
            played,
        } = answers;
        let confusion = Confusion::of(asked, kb);
        Self {
            headline: Headline::of(asked, played),
            answerable: Outcomes::of(asked.iter().filter(|a| a.is_answerable())),
            unanswerable: Outcomes::of(asked.iter().filter(|a| a.is_unanswerable())),
            calibration: Calibration::of(asked, &subject.thresholds, subject.tuned.as_ref()),
            groups: Groups::of(asked, kb),
            confusion: confusion.filter(|c| c.intents.len() > 1),
            confused_pairs: pairs::confused_pairs(asked, kb),
            misses: Misses::of(asked, kb),
            handoffs: Handoffs::of(asked),
            unanswerable_kinds: Unanswerable::of(asked),
            conversations: Conversations::of(transcripts, played, kb),
            latency: Vec::new(),
            subject,
            source,
        }
    }
}
