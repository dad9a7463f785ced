//! The signals of one query, FAQ by FAQ.

use jieda_types::Signal;

use crate::{
    FaqMask,
    fusion::{FusionWeights, Standard, standardize},
};

/// Raw signals of one query: one row a signal, one column an FAQ. What fusion weights are learned
/// from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SignalTable {
    /// Rows in the order of [`Signal::ALL`]; a signal that did not take part is all zeros.
    pub raw: Vec<Vec<f32>>,
}

impl SignalTable {
    /// The rows, standardised.
    #[must_use]
    pub fn standardized(&self) -> Vec<Vec<f32>> {
        let mut rows = self.raw.clone();
        rows.iter_mut().for_each(|row| standardize(row));
        rows
    }
}

/// Signals of some FAQs.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    /// Positions of the FAQs, rising.
    pub(super) faqs: Vec<u32>,
    /// One row a signal in the order of [`Signal::ALL`], as long as `faqs`.
    pub(super) raw: [Vec<f32>; Signal::ALL.len()],
    /// The phrasing that each is best known by.
    pub(super) best_phrasing: Vec<usize>,
}

impl Columns {
    /// All zeros.
    pub(super) fn of(faqs: Vec<u32>) -> Self {
        let count = faqs.len();
        Self {
            raw: std::array::from_fn(|_| vec![0.0; count]),
            best_phrasing: vec![0; count],
            faqs,
        }
    }

    pub(super) fn row(&self, signal: Signal) -> &[f32] {
        &self.raw[signal.index()]
    }

    /// Mean and deviation of every signal.
    pub(super) fn standards(&self) -> Standards {
        Standards(std::array::from_fn(|i| Standard::of(&self.raw[i])))
    }

    /// Those of a mask; `self` has every FAQ.
    pub(super) fn among(self, mask: Option<&FaqMask>) -> Self {
        let Some(mask) = mask else {
            return self;
        };
        let positions: Vec<u32> = mask.positions().map(|position| position as u32).collect();
        self.select(&positions)
    }

    /// Some of the columns, by their numbers.
    pub(super) fn select(&self, columns: &[u32]) -> Self {
        let pick = |row: &[f32]| columns.iter().map(|&i| row[i as usize]).collect();
        Self {
            faqs: columns.iter().map(|&i| self.faqs[i as usize]).collect(),
            raw: std::array::from_fn(|i| pick(&self.raw[i])),
            best_phrasing: columns
                .iter()
                .map(|&i| self.best_phrasing[i as usize])
                .collect(),
        }
    }

    /// What some signals add to the fused score of each FAQ.
    pub(super) fn fused(
        &self,
        standards: &Standards,
        weights: &FusionWeights,
        signals: &[Signal],
    ) -> Vec<f32> {
        // As `Iterator::sum` begins.
        let mut scores = vec![-0.0; self.faqs.len()];
        for &signal in signals {
            let (weight, standard) = (weights.get(signal), standards.of(signal));
            for (score, &raw) in scores.iter_mut().zip(self.row(signal)) {
                *score += weight * standard.apply(raw);
            }
        }
        scores
    }
}

/// What the signals of one query are standardised by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standards([Standard; Signal::ALL.len()]);

impl Standards {
    pub(super) fn of(&self, signal: Signal) -> Standard {
        self.0[signal.index()]
    }

    /// The same with another one.
    pub(super) fn with(mut self, signal: Signal, standard: Standard) -> Self {
        self.0[signal.index()] = standard;
        self
    }
}
