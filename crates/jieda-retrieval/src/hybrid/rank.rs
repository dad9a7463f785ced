//! From signals to candidates.

use jieda_types::{Candidate, FaqId, Score, ScorePart, Signal};

use super::{
    SearchMode,
    catalog::Catalog,
    table::{Columns, Standards},
};
use crate::fusion::FusionWeights;

/// How a query is ranked.
pub(super) struct Ranking<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) mode: SearchMode,
    /// Of the mode.
    pub(super) weights: FusionWeights,
    pub(super) standards: Standards,
}

/// A column, and its score.
pub(super) type Scored = (u32, Score);

/// Signals of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    Vectors,
    Text,
}

impl Ranking<'_> {
    /// The best columns, best first; ties are broken by priority, then by FAQ id.
    pub(super) fn best(&self, columns: &Columns, limit: usize) -> Vec<Scored> {
        let scores = columns.fused(&self.standards, &self.weights, &self.signals());
        let mut order: Vec<Scored> = (0..).zip(scores.into_iter().map(Score)).collect();
        let rank = |column: u32| self.catalog.rank(columns.faqs[column as usize] as usize);
        let best_first = |(i, a): &Scored, (j, b): &Scored| {
            Score::best_first(a, b).then_with(|| rank(*i).cmp(&rank(*j)))
        };
        if limit < order.len() {
            order.select_nth_unstable_by(limit, best_first);
            order.truncate(limit);
        }
        order.sort_unstable_by(best_first);
        order
    }

    /// The columns that some signals alone would put first, in no order.
    pub(super) fn best_by(&self, columns: &Columns, evidence: Evidence, limit: usize) -> Vec<u32> {
        let scores = columns.fused(&self.standards, &self.weights, &self.signals_of(evidence));
        let mut order: Vec<u32> = (0..columns.faqs.len() as u32).collect();
        if limit < order.len() {
            order.select_nth_unstable_by(limit, |&i, &j| {
                scores[j as usize]
                    .total_cmp(&scores[i as usize])
                    .then(i.cmp(&j))
            });
            order.truncate(limit);
        }
        order
    }

    /// The FAQ that the vectors alone (or BM25 alone) would put first; none when nothing is shared.
    pub(super) fn lead(&self, columns: &Columns, evidence: Evidence) -> Option<FaqId> {
        let signals = self.signals_of(evidence);
        let partial = columns.fused(&self.standards, &self.weights, &signals);
        (0..columns.faqs.len())
            .filter(|&i| signals.iter().any(|&s| columns.row(s)[i] > 0.0))
            .max_by(|&a, &b| partial[a].total_cmp(&partial[b]).then(b.cmp(&a)))
            .map(|i| self.catalog.ids()[columns.faqs[i] as usize].clone())
    }

    pub(super) fn candidates(&self, columns: &Columns, best: &[Scored]) -> Vec<Candidate> {
        best.iter()
            .map(|&(column, score)| self.candidate(columns, column as usize, score))
            .collect()
    }

    fn candidate(&self, columns: &Columns, column: usize, score: Score) -> Candidate {
        let faq = columns.faqs[column] as usize;
        let parts = Signal::ALL
            .into_iter()
            .filter(|s| self.mode != SearchMode::Bm25 || !s.is_vector())
            .map(|signal| {
                let raw = columns.row(signal)[column];
                ScorePart {
                    signal,
                    raw,
                    normalized: self.standards.of(signal).apply(raw),
                    weight: self.weights.get(signal),
                }
            })
            .collect();
        let phrasing = |i| self.catalog.phrasing(faq, i).to_owned();
        Candidate {
            faq: self.catalog.ids()[faq].clone(),
            intent: self.catalog.intent(faq).clone(),
            question: phrasing(0),
            matched: phrasing(columns.best_phrasing[column]),
            score,
            context: 0.0,
            parts,
        }
    }

    /// The signals that take part.
    fn signals(&self) -> Vec<Signal> {
        Signal::ALL
            .into_iter()
            .filter(|&s| self.weights.get(s) > 0.0)
            .collect()
    }

    fn signals_of(&self, evidence: Evidence) -> Vec<Signal> {
        let mut signals = self.signals();
        signals.retain(|s| s.is_vector() == (evidence == Evidence::Vectors));
        signals
    }
}
