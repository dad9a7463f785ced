//! Reading an utterance with the turns before, where it says too little by itself.

use jieda_retrieval::{Answered, FollowUpWeights};
use jieda_types::{Candidates, Confidence, ConversationState, IntentPrediction, Segmented, Topic};

use crate::{EngineError, Occasion, Searcher};

/// A text is of the conversation itself (thanks, a request for a human) and no question from this probability on.
const OF_THE_CONVERSATION: f64 = 0.5;

/// How follow-ups are read.
pub(crate) struct FollowUps<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) weights: &'a FollowUpWeights,
    /// How many candidates are looked at.
    pub(crate) limit: usize,
}

/// What is known of an utterance that was read alone.
pub(crate) struct Alone<'a> {
    pub(crate) segmented: &'a Segmented,
    pub(crate) candidates: &'a Candidates,
    pub(crate) intents: &'a IntentPrediction,
    /// Confidence in the best candidate, and from which on it would be sent.
    pub(crate) confidence: Confidence,
    pub(crate) reply: Confidence,
}

impl FollowUps<'_> {
    /// The candidates of an utterance that leaves out what it is about: none where it is clear by itself, is too long
    /// to leave much out, is no question, or where nothing was talked about.
    pub(crate) fn read(
        &self,
        alone: &Alone<'_>,
        state: &ConversationState,
        occasion: &Occasion,
    ) -> Result<Option<Candidates>, EngineError> {
        let Some(topic) = &state.topic else {
            return Ok(None);
        };
        let characters = alone.segmented.normalized.chars().count();
        if alone.confidence >= alone.reply
            || alone.segmented.has_no_words()
            || self.weights.likelihood(characters) < FollowUpWeights::LEAST
            || self.is_of_the_conversation(alone.intents)
        {
            return Ok(None);
        }
        let joined = format!("{} {}", topic.text, alone.segmented.normalized);
        let understood = self.searcher.understand(&joined)?;
        let joined = self
            .searcher
            .search_on(&understood.query(), occasion, self.limit)?;
        let answered = self.answered(topic);
        Ok(Some(self.weights.blend(
            alone.candidates,
            &joined,
            answered,
            characters,
        )))
    }

    fn is_of_the_conversation(&self, intents: &IntentPrediction) -> bool {
        intents.top().is_some_and(|top| {
            top.confidence.get() >= OF_THE_CONVERSATION
                && self.searcher.kb().intent(&top.id).is_none()
        })
    }

    fn answered<'t>(&'t self, topic: &'t Topic) -> Answered<'t> {
        let faq = topic.faq.as_ref();
        let known = faq.and_then(|id| self.searcher.kb().faq(id));
        Answered {
            faq,
            intent: known.map(|faq| &faq.intent),
        }
    }
}
