//! What a customer wants: intents of the knowledge base, and of any conversation.

use std::{collections::BTreeMap, path::Path};

use jieda_model::IntentHead;
use jieda_retrieval::NearestIntents;
use jieda_types::{
    Candidates, Confidence, IntentClassifier, IntentId, IntentPrediction, IntentScore, Query,
    StageError,
};

use crate::EngineError;

/// Joins what is known of intents:
///
/// * those of the knowledge base, by the FAQs that were found; where it has a trained head, by both, each half: on
///   knowledge bases of FAQs the FAQs alone are as good, and only the head knows intents that have none;
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
        let mut prediction = self.nearest.rank(candidates);
        if let Some(own) = self.own.as_ref().and_then(predict) {
            prediction = mixed_intents(prediction, own);
        }
        if let Some(conversation) = self.conversation.as_ref().and_then(predict) {
            prediction = join(prediction, conversation);
        }
        Ok(prediction)
    }
}

/// What an engine says of a knowledge base's intents that has a head of its own: by the FAQs that were found and by
/// the head, each half. One that says nothing is left out.
#[must_use]
pub fn mixed_intents(by_faqs: IntentPrediction, head: IntentPrediction) -> IntentPrediction {
    if by_faqs.ranked.is_empty() {
        return head;
    }
    let mut half: BTreeMap<IntentId, f64> = BTreeMap::new();
    for score in by_faqs.ranked.into_iter().chain(head.ranked) {
        *half.entry(score.id).or_default() += score.confidence.get() / 2.0;
    }
    IntentPrediction {
        ranked: ranked(half.into_iter().map(|(id, p)| IntentScore {
            id,
            confidence: Confidence::saturating(p),
        })),
        none: head.none,
    }
}

fn ranked(scores: impl Iterator<Item = IntentScore>) -> Vec<IntentScore> {
    let mut ranked: Vec<IntentScore> = scores.collect();
    ranked.sort_by(|a, b| b.confidence.get().total_cmp(&a.confidence.get()));
    ranked
}

/// Knowledge base and conversation in one ranking.
fn join(knowledge: IntentPrediction, conversation: IntentPrediction) -> IntentPrediction {
    let elsewhere = conversation.none.map_or(1.0, Confidence::get);
    let added: Vec<IntentScore> = conversation
        .ranked
        .into_iter()
        .filter(|s| knowledge.ranked.iter().all(|k| k.id != s.id))
        .collect();
    let knowledge_scores = knowledge.ranked.into_iter().map(|s| IntentScore {
        confidence: Confidence::saturating(s.confidence.get() * elsewhere),
        ..s
    });
    IntentPrediction {
        ranked: ranked(knowledge_scores.chain(added)),
        none: knowledge
            .none
            .map(|none| Confidence::saturating(none.get() * elsewhere)),
    }
}
