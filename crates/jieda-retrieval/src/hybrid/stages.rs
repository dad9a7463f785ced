//! One stage where everything can be exact, two where that would take too long.

use jieda_types::{Candidates, Embedding, Query, Signal, StageError};

use super::{
    HybridIndex, SearchMode, Vectors, failed,
    rank::{Evidence, Scored},
    signals::{embedding, text_signals},
    table::{Columns, Standards},
};
use crate::{FaqMask, VectorIndex, text::Terms};

/// FAQs that the second stage scores exactly, beside those that were asked for.
pub(super) const RESCORED: usize = 160;
/// FAQs that it scores because vectors alone put them first.
const RESCORED_BY_VECTORS: usize = 32;
/// Text signals that features of the confidence are made from (`jieda_decision::Features`).
const CONFIDENCE_READS: [Signal; 2] = [Signal::WordsQuestion, Signal::GramsAll];

impl HybridIndex {
    pub(super) fn in_one_stage(
        &self,
        query: &Query<'_>,
        (mask, mode): (Option<&FaqMask>, SearchMode),
        limit: usize,
    ) -> Result<Candidates, StageError> {
        let columns = self.exact(query, self.everyone(), mode)?;
        let ranking = self.ranking(columns.standards(), mode);
        let columns = columns.among(mask);
        let best = ranking.best(&columns, limit);
        Ok(Candidates {
            ranked: ranking.candidates(&columns, &best),
            vector_top: ranking.lead(&columns, Evidence::Vectors),
            lexical_top: ranking.lead(&columns, Evidence::Text),
            covered: self.covered(query, &columns, &best)?,
        })
    }

    pub(super) fn in_two_stages(
        &self,
        query: &Query<'_>,
        (vectors, mask): (&Vectors, Option<&FaqMask>),
        limit: usize,
    ) -> Result<Candidates, StageError> {
        let embedding = embedding(query, vectors)?;
        let terms = Terms::of(query.segmented);
        let weights = self.mode.weights(&self.hybrid_weights);
        // The confidence wants these standardised, whatever their weight; where FAQs are few, all are.
        let all = vectors.are_few();
        let wanted =
            |signal| all || weights.get(signal) > 0.0 || CONFIDENCE_READS.contains(&signal);

        let mut columns = Columns::of(self.everyone());
        self.add_text(&mut columns, &terms, wanted)?;
        let standards = match vectors {
            Vectors::Embedded(index) => columns.add_approximate_vectors(index, embedding),
            Vectors::Distant(distant) => {
                let wanted = limit
                    .saturating_add(RESCORED_BY_VECTORS)
                    .min(columns.faqs.len());
                distant.add_bounds(&mut columns, embedding, (mask, wanted))?;
                distant.standards(embedding, columns.standards())
            }
        };
        let ranking = self.ranking(standards, self.mode);
        let columns = columns.among(mask);
        let mut chosen: Vec<u32> = ranking
            .best(&columns, limit.saturating_add(RESCORED))
            .into_iter()
            .map(|(column, _)| column)
            .chain(ranking.best_by(&columns, Evidence::Vectors, RESCORED_BY_VECTORS))
            .collect();
        chosen.sort_unstable();
        chosen.dedup();

        let mut rescored = columns.select(&chosen);
        rescored.add_vectors(vectors, embedding)?;
        let best = ranking.best(&rescored, limit);
        let returned: Vec<u32> = best.iter().map(|&(column, _)| column).collect();
        for signal in text_signals().filter(|&s| !wanted(s)) {
            self.add_text_of(&mut rescored, &returned, &terms, signal)?;
        }
        Ok(Candidates {
            ranked: ranking.candidates(&rescored, &best),
            vector_top: ranking.lead(&rescored, Evidence::Vectors),
            lexical_top: ranking.lead(&columns, Evidence::Text),
            covered: self.covered(query, &rescored, &best)?,
        })
    }

    /// How much of the query the best FAQ covers.
    fn covered(
        &self,
        query: &Query<'_>,
        columns: &Columns,
        best: &[Scored],
    ) -> Result<f32, StageError> {
        let Some(&(column, _)) = best.first() else {
            return Ok(0.0);
        };
        let faq = columns.faqs[column as usize] as usize;
        self.text.covered(query.segmented, faq).map_err(failed)
    }
}

impl Columns {
    /// Approximate vector signals of every FAQ; gives the standards of all signals.
    fn add_approximate_vectors(&mut self, vectors: &VectorIndex, query: &Embedding) -> Standards {
        if let Some(rough) = vectors.approximate(query, &self.faqs) {
            self.raw[Signal::VectorBest.index()] = rough.best;
            self.raw[Signal::VectorMean.index()] = rough.mean;
            self.raw[Signal::VectorAnswer.index()] = rough.answer;
        }
        self.standards()
    }
}
