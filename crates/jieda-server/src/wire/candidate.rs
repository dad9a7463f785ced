//! Candidates and intents.

use jieda::{
    KnowledgeBase,
    types::{Candidate, FaqId, IntentId, IntentScore, ScorePart},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::rounded;

/// An FAQ that may answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CandidateBody {
    /// The FAQ.
    #[schema(value_type = String)]
    pub faq: FaqId,
    /// Its standard question.
    pub question: String,
    /// The fused score; it compares candidates of one text and means nothing else.
    pub score: f64,
    /// The intent that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub intent: Option<IntentId>,
    /// The phrasing that is nearest to the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
    /// What the turns before add to the score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<f64>,
    /// The parts of the score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<PartBody>>,
}

/// One signal's share in a score.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartBody {
    /// Which signal, such as `vector_best` or `words_question`.
    pub signal: &'static str,
    /// A cosine or a BM25 score.
    pub raw: f64,
    /// Standardised over the FAQs for this text.
    pub normalized: f64,
    /// The weight of the signal.
    pub weight: f64,
    /// What it adds.
    pub contribution: f64,
}

/// An intent with its probability.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IntentBody {
    /// The intent.
    #[schema(value_type = String)]
    pub id: IntentId,
    /// As people call it; its id, where it is none of the knowledge base's.
    pub name: String,
    /// Its probability.
    pub confidence: f64,
}

impl CandidateBody {
    /// FAQ, question and score.
    #[must_use]
    pub fn short(candidate: &Candidate) -> Self {
        Self {
            faq: candidate.faq.clone(),
            question: candidate.question.clone(),
            score: rounded(f64::from(candidate.score.0)),
            intent: None,
            matched: None,
            context: None,
            parts: None,
        }
    }

    /// With every part of the score.
    #[must_use]
    pub fn explained(candidate: &Candidate) -> Self {
        Self {
            intent: Some(candidate.intent.clone()),
            matched: Some(candidate.matched.clone()),
            context: Some(rounded(f64::from(candidate.context))),
            parts: Some(candidate.parts.iter().map(PartBody::of).collect()),
            ..Self::short(candidate)
        }
    }
}

impl PartBody {
    fn of(part: &ScorePart) -> Self {
        let number = |value: f32| rounded(f64::from(value));
        Self {
            signal: part.signal.name(),
            raw: number(part.raw),
            normalized: number(part.normalized),
            weight: number(part.weight),
            contribution: number(part.contribution()),
        }
    }
}

impl IntentBody {
    /// An intent with its name in a knowledge base.
    #[must_use]
    pub fn of(score: &IntentScore, kb: &KnowledgeBase) -> Self {
        let known = kb.intent(&score.id);
        Self {
            id: score.id.clone(),
            name: known.map_or_else(|| score.id.to_string(), |intent| intent.name.clone()),
            confidence: rounded(score.confidence.get()),
        }
    }
}
