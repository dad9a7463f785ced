//! Cases of retrieval.

use serde::{Deserialize, Serialize};

use super::{Case, named};
use crate::{
    retrieval::Case as Searched,
    suite::{Better, FigureOf, Measure},
    truth::LabelledQuery,
};

/// A query that was searched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetrievalCase {
    /// The conversation that it was taken from.
    pub conversation: String,
    /// Way of speaking.
    pub style: String,
    /// The FAQ that answers it.
    pub expected: String,
    /// The FAQ that came first.
    pub found: String,
    /// Where the right one came, 1 for first; empty when it was not found.
    pub rank: Option<usize>,
    /// Whether the right one came first.
    pub right: bool,
    /// The query.
    pub text: String,
}

impl RetrievalCase {
    /// What became of a query.
    pub(crate) fn of(query: &LabelledQuery, searched: &Searched) -> Self {
        Self {
            conversation: query.conversation.clone().unwrap_or_default(),
            style: query.style.clone().unwrap_or_default(),
            expected: query.faq.to_string(),
            found: searched
                .found
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            rank: searched.rank,
            right: searched.rank == Some(1),
            text: query.text.clone(),
        }
    }

    fn within(&self, k: usize) -> Option<bool> {
        Some(self.rank.is_some_and(|rank| rank <= k))
    }
}

impl Case for RetrievalCase {
    const FIGURES: &'static [FigureOf<Self>] = &[
        FigureOf {
            name: "recall@1",
            better: Better::Higher,
            of: Measure::Share(|case| case.within(1)),
        },
        FigureOf {
            name: "recall@3",
            better: Better::Higher,
            of: Measure::Share(|case| case.within(3)),
        },
        FigureOf {
            name: "recall@10",
            better: Better::Higher,
            of: Measure::Share(|case| case.within(10)),
        },
        FigureOf {
            name: "mrr@10",
            better: Better::Higher,
            of: Measure::Mean(|case| {
                let rank = case.rank.filter(|&rank| rank <= 10);
                Some(rank.map_or(0.0, |rank| 1.0 / rank as f64))
            }),
        },
    ];

    fn key(&self) -> String {
        format!("{}\t{}\t{}", self.conversation, self.expected, self.text)
    }

    fn cluster(&self) -> Option<&str> {
        named(&self.conversation)
    }

    fn group(&self) -> &str {
        &self.style
    }

    fn is_right(&self) -> Option<bool> {
        Some(self.right)
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn expected(&self) -> String {
        self.expected.clone()
    }

    fn came(&self) -> String {
        let rank = self
            .rank
            .map_or_else(|| "-".to_owned(), |rank| rank.to_string());
        format!("{}（{rank}）", self.found)
    }
}
