//! What a customer wants: intents of the knowledge base, and of any conversation.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use jieda_model::IntentHead;
use jieda_retrieval::NearestIntents;
use jieda_types::{
    Candidates, Confidence, IntentClassifier, IntentId, IntentPrediction, IntentScore, Query,
    StageError,
};

use crate::{EngineError, IntentEvidence, intent_rules::IntentRules};

/// How much the rules of an intent count that a text fulfils, all together: its odds are multiplied by e² ≈ 7.4. One in
/// two becomes seven in eight, one in eight becomes one in two, and what the text as a whole says with certainty
/// stays. Several words of one intent are said together and are no independent evidence, so they count once. It is set by
/// hand: there are no knowledge bases with rules to learn it from.
const EVIDENCE: f64 = 2.0;
/// The share of an intent that nothing but its rules speaks for, before they are counted: after that it has 7 %.
const UNSEEN: f64 = 0.01;

/// Joins what is known of intents:
///
/// * those of the knowledge base, by the FAQs that were found; where it has a trained head, by both, each half: on
///   knowledge bases of FAQs the FAQs alone are as good, and only the head knows intents that have none;
/// * those of any conversation (small talk, thanks, request for a human, complaint), by a head that ships with the
///   model, so that a new knowledge base has them from the first minute. An intent that the knowledge base's own
///   head knows is left to it;
/// * keywords and patterns of intents, which shift the odds ([`EVIDENCE`]). Those of an intent of the knowledge base
///   say which of its intents it is, not whether it is one: they take nothing from a complaint or a request for a
///   human, which must reach one. Those of an intent of any conversation take from all others alike.
///
/// A text is of the knowledge base as far as it is none of the conversation's.
#[derive(Debug, Clone)]
pub(crate) struct Classifier {
    nearest: NearestIntents,
    own: Option<IntentHead>,
    conversation: Option<IntentHead>,
    rules: IntentRules,
}

impl Classifier {
    pub(crate) fn new(temperature: f64, own: Option<IntentHead>, rules: IntentRules) -> Self {
        Self {
            nearest: NearestIntents::new(temperature),
            own,
            conversation: None,
            rules,
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

    /// By the FAQs alone: what the confidence was fitted with. Rules must never come in here: the calibrator learned how
    /// much this number is worth on knowledge bases without rules, so a number that a hand-written rule has moved would
    /// make it say a probability, and [`Tuned`](crate::Tuned) keep a promise, that nobody has measured.
    pub(crate) fn by_faqs(&self, candidates: &Candidates) -> IntentPrediction {
        self.nearest.rank(candidates)
    }

    /// Names the intents, and the rules that had a part in it.
    pub(crate) fn explain(
        &self,
        query: &Query<'_>,
        candidates: &Candidates,
    ) -> (IntentPrediction, Vec<IntentEvidence>) {
        let normalized = &query.segmented.normalized;
        let predict = |head: &IntentHead| {
            let encoded = query.encoded?;
            Some(head.predict(normalized, &encoded.embedding))
        };
        let mut knowledge = self.nearest.rank(candidates);
        if let Some(own) = self.own.as_ref().and_then(predict) {
            knowledge = mixed_intents(knowledge, own);
        }
        let conversation = self.conversation.as_ref().and_then(predict);
        let fulfilled = self.rules.fulfilled(normalized);
        if fulfilled.is_empty() {
            return (joined(knowledge, conversation), Vec::new());
        }
        let before = joined(knowledge.clone(), conversation.clone());
        let is_of_conversation = |id: &IntentId| {
            let ranked = |p: &IntentPrediction| p.ranked.iter().any(|s| s.id == *id);
            conversation.as_ref().is_some_and(ranked) && !ranked(&knowledge)
        };
        let ids: BTreeSet<&IntentId> = fulfilled.iter().map(|(id, _)| id).collect();
        let (elsewhere, here): (BTreeSet<_>, BTreeSet<_>) =
            ids.into_iter().partition(|id| is_of_conversation(id));
        let after = joined(shifted(knowledge, &here), conversation.clone());
        let after = shifted(after, &elsewhere);
        let evidence = fulfilled.iter().map(|(intent, rule)| IntentEvidence {
            intent: intent.clone(),
            rule: rule.clone(),
            before: before.confidence_of(intent),
            after: after.confidence_of(intent),
        });
        let evidence = evidence.collect();
        (after, evidence)
    }
}

impl IntentClassifier for Classifier {
    fn classify(
        &self,
        query: &Query<'_>,
        candidates: &Candidates,
    ) -> Result<IntentPrediction, StageError> {
        Ok(self.explain(query, candidates).0)
    }
}

/// Multiplies the odds of some intents: p′ ∝ p · e^[`EVIDENCE`], with the sum of all as it was.
fn shifted(prediction: IntentPrediction, intents: &BTreeSet<&IntentId>) -> IntentPrediction {
    let total: f64 = prediction.ranked.iter().map(|s| s.confidence.get()).sum();
    if intents.is_empty() || total <= 0.0 {
        return prediction;
    }
    let mut scores: BTreeMap<IntentId, f64> = prediction
        .ranked
        .into_iter()
        .map(|s| (s.id, s.confidence.get()))
        .collect();
    for &id in intents {
        let p = scores.entry(id.clone()).or_default();
        *p = p.max(UNSEEN * total) * EVIDENCE.exp();
    }
    let scale = total / scores.values().sum::<f64>();
    IntentPrediction {
        ranked: ranked(scores.into_iter().map(|(id, p)| IntentScore {
            id,
            confidence: Confidence::saturating(p * scale),
        })),
        none: prediction.none,
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
fn joined(knowledge: IntentPrediction, conversation: Option<IntentPrediction>) -> IntentPrediction {
    let Some(conversation) = conversation else {
        return knowledge;
    };
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(name: &str) -> IntentId {
        IntentId::new(name).unwrap()
    }

    fn prediction(scores: &[(&str, f64)]) -> IntentPrediction {
        IntentPrediction {
            ranked: ranked(scores.iter().map(|&(name, p)| IntentScore {
                id: id(name),
                confidence: Confidence::saturating(p),
            })),
            none: None,
        }
    }

    #[test]
    fn odds_are_shifted() {
        let before = prediction(&[("a", 0.8), ("b", 0.2)]);
        let b = id("b");
        let after = shifted(before.clone(), &BTreeSet::from([&b]));
        // 0.2 · 7.389 / (0.8 + 0.2 · 7.389).
        assert!(
            (after.confidence_of(&b).get() - 0.648_8).abs() < 1e-4,
            "{after:?}"
        );
        assert_eq!(after.top().unwrap().id, b);
        // An intent that nothing else speaks for comes in with 7 %.
        let c = id("c");
        let after = shifted(before.clone(), &BTreeSet::from([&c]));
        assert!(
            (after.confidence_of(&c).get() - 0.068_8).abs() < 1e-4,
            "{after:?}"
        );
        // No rules: the same to the last bit. Nothing known: rules alone name nothing.
        assert_eq!(shifted(before.clone(), &BTreeSet::new()), before);
        let nothing = IntentPrediction::default();
        assert_eq!(shifted(nothing.clone(), &BTreeSet::from([&c])), nothing);
    }

    proptest! {
        #[test]
        fn the_sum_stays_and_the_intent_rises(p in prop::collection::vec(0.001..1.0_f64, 2..8), which in 0..8_usize) {
            let total: f64 = p.iter().sum::<f64>() * 1.25;
            let names: Vec<String> = (0..p.len()).map(|i| format!("i{i}")).collect();
            let scores: Vec<(&str, f64)> = names.iter().zip(&p).map(|(n, x)| (n.as_str(), x / total)).collect();
            let before = prediction(&scores);
            let chosen = id(&names[which % p.len()]);
            let after = shifted(before.clone(), &BTreeSet::from([&chosen]));
            let sum = |p: &IntentPrediction| p.ranked.iter().map(|s| s.confidence.get()).sum::<f64>();
            prop_assert!((sum(&before) - sum(&after)).abs() < 1e-9);
            prop_assert!(after.confidence_of(&chosen) > before.confidence_of(&chosen));
            for other in before.ranked.iter().filter(|s| s.id != chosen) {
                prop_assert!(after.confidence_of(&other.id) < other.confidence);
            }
        }
    }
}
