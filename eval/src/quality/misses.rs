//! The worst misses, each with how it came about.

use jieda::{
    KnowledgeBase,
    types::{Candidate, FaqId, MaskedText, Signal},
};
use serde::Serialize;

use super::Asked;
use crate::decision::Label;

/// Most misses of a kind that are kept.
const MOST: usize = 10;
/// From this place on an FAQ counts as not found.
const NOT_FOUND: usize = 10;

/// The worst misses of each kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Misses {
    /// Wrong replies, the surest first.
    pub wrong_replies: MissList,
    /// Answerable queries whose FAQ is not among the first 10, those where another was surest first.
    pub not_found: MissList,
}

/// Some misses, and how many there are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MissList {
    /// All of the kind.
    pub n: usize,
    /// The worst.
    pub worst: Vec<Miss>,
}

/// A query that went wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Miss {
    /// What the customer said.
    pub said: MaskedText,
    /// Confidence of the best candidate.
    pub confidence: f64,
    /// What was decided, as JSON has it.
    pub decision: &'static str,
    /// The rule that decided.
    pub rule: String,
    /// The FAQ that answers it; none where none does.
    pub right: Option<Considered>,
    /// The FAQ that came first.
    pub found: Option<Considered>,
}

/// An FAQ and what spoke for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Considered {
    /// The FAQ.
    pub faq: FaqId,
    /// Its standard question.
    pub question: String,
    /// Where it came, 1 for first; none when it was not among the candidates.
    pub rank: Option<usize>,
    /// The fused score; none when it was not among the candidates.
    pub score: Option<f32>,
    /// What each signal added to it.
    pub signals: Vec<Contribution>,
}

/// What one signal added to a fused score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Contribution {
    /// The signal.
    pub signal: Signal,
    /// What it added: its standardised value times its weight.
    pub added: f32,
}

impl Misses {
    pub(super) fn of(asked: &[Asked], kb: &KnowledgeBase) -> Self {
        let query = |a: &&Asked| a.is_answerable() || a.is_unanswerable();
        let wrong = asked.iter().filter(query).filter(|a| a.is_wrong_reply());
        let lost = asked
            .iter()
            .filter(|a| a.is_answerable() && !a.is_within(NOT_FOUND) && !a.turn.is_replied());
        Self {
            wrong_replies: MissList::of(wrong.collect(), kb),
            not_found: MissList::of(lost.collect(), kb),
        }
    }
}

impl MissList {
    /// Those of highest confidence first; the order of the file where it is the same.
    fn of(mut asked: Vec<&Asked>, kb: &KnowledgeBase) -> Self {
        asked.sort_by(|a, b| b.turn.confidence.total_cmp(&a.turn.confidence));
        Self {
            n: asked.len(),
            worst: asked.iter().take(MOST).map(|a| Miss::of(a, kb)).collect(),
        }
    }
}

impl Miss {
    fn of(asked: &Asked, kb: &KnowledgeBase) -> Self {
        let turn = &asked.turn;
        let right = match &turn.label {
            Label::Answerable { faq, .. } => Some(match (&asked.right, turn.rank) {
                (Some(candidate), Some(rank)) => Considered::at(rank, candidate),
                _ => Considered::missing(faq, kb),
            }),
            _ => None,
        };
        Self {
            said: asked.said.clone(),
            confidence: turn.confidence,
            decision: turn.decision.name(),
            rule: turn.rule.clone(),
            right,
            found: asked.found.as_ref().map(|c| Considered::at(1, c)),
        }
    }
}

impl Considered {
    fn at(rank: usize, candidate: &Candidate) -> Self {
        let parts = candidate.parts.iter().filter(|part| part.weight > 0.0);
        Self {
            faq: candidate.faq.clone(),
            question: candidate.question.clone(),
            rank: Some(rank),
            score: Some(candidate.score.0),
            signals: parts
                .map(|part| Contribution {
                    signal: part.signal,
                    added: part.contribution(),
                })
                .collect(),
        }
    }

    fn missing(faq: &FaqId, kb: &KnowledgeBase) -> Self {
        Self {
            faq: faq.clone(),
            question: kb
                .faq(faq)
                .map_or_else(String::new, |faq| faq.question.clone()),
            rank: None,
            score: None,
            signals: Vec::new(),
        }
    }
}
