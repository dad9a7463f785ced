//! Vectors that an engine outside holds.

use std::{collections::HashSet, sync::Arc};

use jieda_types::{Embedding, FaqId, Signal, StageError};

use super::{
    failed,
    table::{Columns, Standards},
};
use crate::{
    FaqMask, NearestVectors, RowCosine, VectorIndex, VectorScores, fusion::Standard,
    vectors::VectorSample,
};

/// FAQs whose vectors are kept here, to tell what is usual for a query.
pub(super) const SAMPLE: usize = 1024;
/// Rows that are asked for at first, for each FAQ that is wanted.
const ROWS_A_FAQ: usize = 4;
/// Most rows that are asked for: engines search graphs, and a wide search is no quicker than a scan.
const MOST_ROWS: usize = 1000;
/// FAQs whose cosines are asked for at a time.
const AT_ONCE: usize = 2048;

/// The vectors of a knowledge base, at an engine.
///
/// Signals are standardised over all FAQs, and an engine can't give the cosines of all for every query. So
/// mean and deviation of the vector signals are those of a sample that is kept here: the same FAQs for every
/// query, and as long as there are no more than [`SAMPLE`], all of them.
#[derive(Debug)]
pub(super) struct Distant {
    engine: Arc<dyn NearestVectors>,
    /// Where each FAQ's rows start; one more entry closes the last.
    starts: Vec<u32>,
    sample: VectorSample,
}

impl Distant {
    /// `ids` are those of the FAQs, in order.
    pub(super) fn new(
        engine: Arc<dyn NearestVectors>,
        vectors: &VectorIndex,
        ids: &[FaqId],
    ) -> Self {
        let mut order: Vec<(u64, usize)> = ids.iter().map(hash).zip(0..).collect();
        if order.len() > SAMPLE {
            order.select_nth_unstable(SAMPLE);
            order.truncate(SAMPLE);
        }
        let mut faqs: Vec<usize> = order.into_iter().map(|(_, position)| position).collect();
        faqs.sort_unstable();
        Self {
            engine,
            starts: vectors.faq_starts(),
            sample: vectors.sample(&faqs),
        }
    }

    pub(super) fn dimensions(&self) -> usize {
        self.sample.dimensions()
    }

    /// Whether mean and deviation are those of all FAQs.
    pub(super) fn knows_all(&self) -> bool {
        self.starts.len() - 1 <= SAMPLE
    }

    /// Standards of the vector signals.
    pub(super) fn standards(&self, query: &Embedding, standards: Standards) -> Standards {
        let scores = self.sample.score(query);
        let of = |signal: fn(&VectorScores) -> f32| {
            Standard::of(&scores.iter().map(signal).collect::<Vec<f32>>())
        };
        standards
            .with(Signal::VectorBest, of(|scores| scores.best))
            .with(Signal::VectorMean, of(|scores| scores.mean))
            .with(Signal::VectorAnswer, of(|scores| scores.answer))
    }

    /// Puts into the columns of all FAQs what is known after one look at the engine: for each vector signal the
    /// most that it can be. A row that is not among the nearest is no nearer than the last of them.
    pub(super) fn add_bounds(
        &self,
        columns: &mut Columns,
        query: &Embedding,
        (mask, wanted): (Option<&FaqMask>, usize),
    ) -> Result<(), StageError> {
        let nearest = self.nearest(query, mask, wanted)?;
        let last = nearest
            .iter()
            .map(|row| row.cosine)
            .min_by(f32::total_cmp)
            .ok_or_else(|| failed("the vector engine has no rows of this knowledge base"))?;
        for signal in [Signal::VectorBest, Signal::VectorMean, Signal::VectorAnswer] {
            columns.raw[signal.index()].fill(last);
        }
        for row in &nearest {
            let faq = row.faq as usize;
            let phrasings = self.phrasings(row)?;
            if row.row as usize == phrasings {
                columns.raw[Signal::VectorAnswer.index()][faq] = row.cosine;
            } else {
                let best = &mut columns.raw[Signal::VectorBest.index()][faq];
                *best = best.max(row.cosine);
                columns.raw[Signal::VectorMean.index()][faq] +=
                    (row.cosine - last) / phrasings as f32;
            }
        }
        Ok(())
    }

    /// The rows next to a query: so many that they are of as many FAQs as are wanted, if that is possible.
    fn nearest(
        &self,
        query: &Embedding,
        mask: Option<&FaqMask>,
        wanted: usize,
    ) -> Result<Vec<RowCosine>, StageError> {
        let mut limit = wanted.saturating_mul(ROWS_A_FAQ).min(MOST_ROWS);
        loop {
            let rows = self.engine.nearest(query.as_slice(), limit)?;
            let served = |row: &&RowCosine| mask.is_none_or(|m| m.contains(row.faq as usize));
            let faqs: HashSet<u32> = rows.iter().filter(served).map(|row| row.faq).collect();
            if faqs.len() >= wanted || rows.len() < limit || limit == MOST_ROWS {
                return Ok(rows);
            }
            limit = limit.saturating_mul(ROWS_A_FAQ).min(MOST_ROWS);
        }
    }

    /// How many phrasings the FAQ of a row has.
    fn phrasings(&self, row: &RowCosine) -> Result<usize, StageError> {
        let faq = row.faq as usize;
        let rows = self.starts.get(faq..).and_then(|rest| match rest {
            [start, end, ..] => Some((end - start) as usize),
            _ => None,
        });
        rows.filter(|&rows| (row.row as usize) < rows)
            .map(|rows| rows - 1)
            .ok_or_else(|| failed("the vector engine gave a row of another knowledge base"))
    }

    /// Exact signals of some FAQs, by rising positions.
    pub(super) fn score(
        &self,
        query: &Embedding,
        faqs: &[u32],
    ) -> Result<Vec<VectorScores>, StageError> {
        let mut scores = Vec::with_capacity(faqs.len());
        for faqs in faqs.chunks(AT_ONCE) {
            self.score_some(query, faqs, &mut scores)?;
        }
        Ok(scores)
    }

    fn score_some(
        &self,
        query: &Embedding,
        faqs: &[u32],
        scores: &mut Vec<VectorScores>,
    ) -> Result<(), StageError> {
        // Where the rows of each begin in `cosines`.
        let mut begins = Vec::with_capacity(faqs.len() + 1);
        let mut end = 0;
        for &faq in faqs {
            begins.push(end);
            end += (self.starts[faq as usize + 1] - self.starts[faq as usize]) as usize;
        }
        begins.push(end);
        let mut cosines = vec![f32::NAN; end];
        for row in self.engine.cosines(query.as_slice(), faqs)? {
            self.phrasings(&row)?;
            if let Ok(i) = faqs.binary_search(&row.faq) {
                cosines[begins[i] + row.row as usize] = row.cosine;
            }
        }
        if cosines.iter().any(|cosine| cosine.is_nan()) {
            return Err(failed(
                "the vector engine has lost rows of this knowledge base: open it anew",
            ));
        }
        for range in begins.windows(2) {
            scores.extend(VectorScores::of_cosines(&cosines[range[0]..range[1]]));
        }
        Ok(())
    }
}

/// FNV-1a: a sample must not depend on the order of FAQs, nor on which others there are.
fn hash(id: &FaqId) -> u64 {
    id.as_str()
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        })
}
