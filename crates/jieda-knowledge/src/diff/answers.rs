//! What changed in the answers that customers get.

use jieda_types::FaqId;
use serde::Serialize;

use super::KnowledgeDiff;

/// A query with the best answer of both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Asked {
    /// What was asked.
    pub query: String,
    /// The answer of the old side; none when it has none.
    pub old: Option<TopAnswer>,
    /// The answer of the new side.
    pub new: Option<TopAnswer>,
}

/// The best answer to a query. Whether an FAQ that was found and not sent counts as one is the
/// caller's business.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopAnswer {
    /// The FAQ.
    pub faq: FaqId,
    /// Its standard question, for people.
    pub question: String,
    /// How sure: a score or a confidence.
    pub score: f64,
    /// What was decided, such as `直接回复`. It is shown, and compared with that of the other side.
    pub decision: String,
}

/// How the answer to a query changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerChange {
    /// There was an answer, and there is none now.
    Lost,
    /// Another FAQ answers.
    OtherFaq,
    /// The same FAQ, and another decision.
    OtherDecision,
    /// There is an answer now.
    Gained,
}

/// A query whose answer changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangedAnswer {
    /// How.
    pub change: AnswerChange,
    /// The query and its answers.
    #[serde(flatten)]
    pub asked: Asked,
}

/// How many answers changed how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct AnswerCounts {
    /// All queries.
    pub queries: usize,
    /// Answered as before, or by neither side.
    pub same: usize,
    /// Not answered any more.
    pub lost: usize,
    /// Answered by another FAQ.
    pub other_faq: usize,
    /// Answered by the same FAQ with another decision.
    pub other_decision: usize,
    /// Answered now.
    pub gained: usize,
}

/// What changed in the answers to a set of queries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerDiff {
    /// How many changed how.
    pub counts: AnswerCounts,
    /// Those that changed: lost ones first, then by kind, each in the order of the queries.
    pub changed: Vec<ChangedAnswer>,
}

impl AnswerDiff {
    /// Compares the answers of both sides. `knowledge` says which FAQs only have another id: they are
    /// the same.
    pub fn between(asked: impl IntoIterator<Item = Asked>, knowledge: &KnowledgeDiff) -> Self {
        let renamed = knowledge.renamed();
        let mut counts = AnswerCounts::default();
        let mut changed = Vec::new();
        for asked in asked {
            counts.queries += 1;
            let change = match (&asked.old, &asked.new) {
                (None, None) => None,
                (Some(_), None) => Some(AnswerChange::Lost),
                (None, Some(_)) => Some(AnswerChange::Gained),
                (Some(old), Some(new)) => {
                    let same_faq = *renamed.get(&old.faq).unwrap_or(&&old.faq) == &new.faq;
                    let same_decision = old.decision == new.decision;
                    match (same_faq, same_decision) {
                        (false, _) => Some(AnswerChange::OtherFaq),
                        (true, false) => Some(AnswerChange::OtherDecision),
                        (true, true) => None,
                    }
                }
            };
            *match change {
                None => &mut counts.same,
                Some(AnswerChange::Lost) => &mut counts.lost,
                Some(AnswerChange::Gained) => &mut counts.gained,
                Some(AnswerChange::OtherFaq) => &mut counts.other_faq,
                Some(AnswerChange::OtherDecision) => &mut counts.other_decision,
            } += 1;
            changed.extend(change.map(|change| ChangedAnswer { change, asked }));
        }
        // Stable: the order of queries stays.
        changed.sort_by_key(|answer| answer.change);
        Self { counts, changed }
    }
}

impl AnswerChange {
    /// In Chinese, for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Lost => "不再有答案",
            Self::OtherFaq => "换了答案",
            Self::OtherDecision => "处理方式变了",
            Self::Gained => "新有答案",
        }
    }
}
