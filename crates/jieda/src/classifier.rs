//! What a customer wants: intents of the knowledge base, and of any conversation.

use std::path::Path;

use jieda_model::IntentHead;
use jieda_retrieval::NearestIntents;
use jieda_types::{
    Candidates, Confidence, IntentClassifier, IntentPrediction, IntentScore, Query,
    StageError,
};

use crate::EngineError;

/// Joins what is known of intents:
///
/// * those of the knowledge base, by its trained head, or by the FAQs that were found until there is one;
/// * those of any conversation (small talk, thanks, request for a human, complaint), by a head that ships with the
///   model, so that a new knowledge base has them from the first minute. An intent that the knowledge base's own
///   head knows is left to it.
///
/// A text is of the knowledge base as far as it is none of the conversation's.
#[derive(Debug, Clone)]
pub(crate) struct Classifier {
    nearest: NearestIntents,
    own: Option<IntentHead>,
    conversation: Option<IntentHead>,
}

impl Classifier {
    pub(crate) fn new(temperature: f64, own: Option<IntentHead>) -> Self {
        Self {
            nearest: NearestIntents::new(temperature),
            own,
            conversation: None,
        }
    }

    /// With the head of a model's folder, if it has one. It lies beside the weights that it was fitted with, so the
    /// encoder is not asked: it may compute in other numbers now, which hardly moves a vector.
    pub(crate) fn with_conversation(self, file: Option<&Path>) -> Result<Self, EngineError> {
        Ok(Self {
            conversation: file.map(IntentHead::load).transpose()?,
            ..self
        })
    }

    /// By the FAQs alone: what the confidence was fitted with.
    pub(crate) fn by_faqs(&self, candidates: &Candidates) -> IntentPrediction {
        self.nearest.rank(candidates)
    }
}

impl IntentClassifier for Classifier {
    fn classify(
        &self,
        query: &Query<'_>,
        candidates: &Candidates,
    ) -> Result<IntentPrediction, StageError> {
        let predict = |head: &IntentHead| {
            let encoded = query.encoded?;
            Some(head.predict(&query.segmented.normalized, &encoded.embedding))
        };
        let own = self.own.as_ref().and_then(predict);
        let mut prediction = own.unwrap_or_else(|| self.nearest.rank(candidates));
        if let Some(conversation) = self.conversation.as_ref().and_then(predict) {
            prediction = join(prediction, conversation);
        }
        Ok(prediction)
    }
}

/// Knowledge base and conversation in one ranking.
fn join(knowledge: IntentPrediction, conversation: IntentPrediction) -> IntentPrediction {
    let elsewhere = conversation.none.map_or(1.0, Confidence::get);
    let added: Vec<IntentScore> = conversation
        .ranked
        .into_iter()
        .filter(|s| knowledge.ranked.iter().all(|k| k.id != s.id))
        .collect();
    let mut ranked: Vec<IntentScore> = knowledge
        .ranked
        .into_iter()
        .map(|s| IntentScore {
            confidence: Confidence::saturating(s.confidence.get() * elsewhere),
            ..s
        })
        .chain(added)
        .collect();
    ranked.sort_by(|a, b| b.confidence.get().total_cmp(&a.confidence.get()));
    IntentPrediction {
        ranked,
        none: knowledge
            .none
            .map(|none| Confidence::saturating(none.get() * elsewhere)),
    }
}
