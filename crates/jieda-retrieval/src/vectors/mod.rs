//! Vectors of every phrasing, and of every question with its answer.
//!
//! Up to [4096 rows](layout::EXACT_ROWS) every vector is scored exactly for every query. Above, a
//! [sketch] of 128 bytes a vector is scanned first: it gives every FAQ approximate signals, and the
//! best few hundred are then scored exactly (see [`HybridIndex`](crate::HybridIndex)).
//!
//! # The file
//!
//! A file is used in place, mapped: opening it reads its head and 4 bytes an FAQ. Numbers are little
//! endian; each section starts at a multiple of 64 bytes.
//!
//! | section | contents |
//! |---|---|
//! | head, 64 bytes | `JIEDAVEC`; u32s: format, dimensions, FAQs, rows, length of the encoder's id, bytes of a code (0 without sketch); zeros |
//! | encoder | its id, UTF-8 |
//! | starts | u32 an FAQ: its first row; one more closes the last. The rows of an FAQ are its phrasings, then question + answer |
//! | hashes | 16 bytes a row: see [`TextHash`] |
//! | sketch | mean (f32 a dimension), 128 directions (f32 a dimension), 128 scales (f32), 128 bytes a row |
//! | vectors | f32 a dimension, row by row |

mod build;
mod kernels;
mod known;
mod layout;
mod rotation;
mod rows;
mod sample;
mod sketch;

use std::{
    fmt, io,
    ops::Range,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use jieda_types::{Embedding, EncoderId};

use self::{
    kernels::best_instructions,
    layout::{HASH, Head, Layout},
    sample::score_rows,
    sketch::Sketch,
};
pub use self::{
    known::{KnownVectors, NothingKnown, TextHash},
    rows::{VectorKey, VectorRow},
};
pub(crate) use self::{sample::VectorSample, sketch::Approximations};
use crate::bytes::FileBytes;

/// A vector file that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum VectorIndexError {
    /// No vector file, or one that was cut short.
    #[error("the vector file is damaged: {0}")]
    Damaged(&'static str),
    /// It can't be read.
    #[error("the vector file {path} can't be read")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Vectors were made by another encoder than the one that is to search them: cosines between the two
/// mean nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the vectors were made by {index}, and queries are encoded by {query}: encode anew, or use that model"
)]
pub struct ForeignVectors {
    /// Who made the vectors.
    pub index: EncoderId,
    /// Who encodes queries.
    pub query: EncoderId,
}

/// Vectors of a knowledge base, all of one encoder.
pub struct VectorIndex {
    bytes: FileBytes,
    layout: Layout,
    encoder: EncoderId,
    dimensions: usize,
    /// Where each FAQ's rows start; one more entry closes the last. Checked: rising, the last is the
    /// number of rows.
    starts: Vec<u32>,
    /// Rows by their hash, for [`KnownVectors`]; made when first asked.
    by_hash: OnceLock<Vec<u32>>,
}

/// The vector signals of one FAQ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VectorScores {
    /// Cosine with the best phrasing.
    pub best: f32,
    /// Which phrasing that is.
    pub best_phrasing: usize,
    /// Mean cosine over the phrasings.
    pub mean: f32,
    /// Cosine with question + answer.
    pub answer: f32,
}

impl VectorIndex {
    /// Maps a file. The caller has checked that it is what was written; it must not be changed while
    /// it is open.
    ///
    /// # Errors
    /// [`VectorIndexError`] when it can't be read or is no vector file of the length that it claims.
    pub fn open(path: &Path) -> Result<Self, VectorIndexError> {
        let bytes = FileBytes::map(path).map_err(|source| VectorIndexError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::read(bytes)
    }

    /// Reads a file's contents, and keeps a copy.
    ///
    /// # Errors
    /// [`VectorIndexError`] when they are no vectors, or cut short.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VectorIndexError> {
        Self::read(FileBytes::copied(bytes))
    }

    fn read(bytes: FileBytes) -> Result<Self, VectorIndexError> {
        let damaged = VectorIndexError::Damaged;
        let head = Head::read(&bytes)?;
        let layout = Layout::of(&head)
            .filter(|layout| layout.length == bytes.len())
            .ok_or(damaged("its length is not what its head says"))?;
        let encoder = std::str::from_utf8(&bytes[layout.id.clone()])
            .ok()
            .and_then(|id| EncoderId::new(id).ok())
            .ok_or(damaged("the encoder's id can't be read"))?;
        let starts: Vec<u32> = bytemuck::cast_slice(&bytes[layout.starts.clone()]).to_vec();
        // At least one phrasing and the answer each.
        let rising = starts
            .windows(2)
            .all(|pair| pair[0] < pair[1] && pair[1] - pair[0] >= 2);
        let ends = (starts.first(), starts.last().map(|&end| end as usize));
        if !rising || ends != (Some(&0), Some(head.rows)) {
            return Err(damaged("its FAQs can't be told apart"));
        }
        Ok(Self {
            layout,
            encoder,
            dimensions: head.dimensions,
            starts,
            by_hash: OnceLock::new(),
            bytes,
        })
    }

    /// The file's contents.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Who made the vectors.
    #[must_use]
    pub fn encoder(&self) -> &EncoderId {
        &self.encoder
    }

    /// Refuses an encoder that did not make these vectors.
    ///
    /// # Errors
    /// [`ForeignVectors`], which names both.
    pub fn check_encoder(&self, query: &EncoderId) -> Result<(), ForeignVectors> {
        if self.encoder == *query {
            return Ok(());
        }
        Err(ForeignVectors {
            index: self.encoder.clone(),
            query: query.clone(),
        })
    }

    /// How many FAQs it holds.
    #[must_use]
    pub fn faq_count(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many phrasings each FAQ has, in order.
    pub fn phrasing_counts(&self) -> impl Iterator<Item = usize> {
        self.starts
            .windows(2)
            .map(|range| (range[1] - range[0] - 1) as usize)
    }

    /// Length of a vector.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Cosines of a query with every FAQ, in order.
    #[must_use]
    pub fn score(&self, query: &Embedding) -> Vec<VectorScores> {
        self.score_faqs(query, 0..self.faq_count())
    }

    /// Cosines with some FAQs, by position.
    pub(crate) fn score_faqs(
        &self,
        query: &Embedding,
        faqs: impl Iterator<Item = usize>,
    ) -> Vec<VectorScores> {
        best_instructions(
            #[inline(always)]
            || {
                let mut scores = Vec::with_capacity(faqs.size_hint().0);
                // No `map`: its closure would not be compiled for the best instructions.
                for faq in faqs {
                    scores.push(self.score_faq(query.as_slice(), faq));
                }
                scores
            },
        )
    }

    #[inline(always)]
    fn score_faq(&self, query: &[f32], faq: usize) -> VectorScores {
        let (first, end) = (self.starts[faq] as usize, self.starts[faq + 1] as usize);
        let rows = &self.vectors()[first * self.dimensions..end * self.dimensions];
        score_rows(query, rows, self.dimensions)
    }

    /// Approximate cosines with some FAQs, by position; none when the index is small enough to score
    /// all of them exactly.
    pub(crate) fn approximate(&self, query: &Embedding, faqs: &[u32]) -> Option<Approximations> {
        Some(self.sketch()?.approximate(query, faqs))
    }

    /// Whether FAQs can be scored approximately first.
    pub(crate) fn is_sketched(&self) -> bool {
        self.layout.sketch.is_some()
    }

    fn sketch(&self) -> Option<Sketch<'_>> {
        let sections = self.layout.sketch.as_ref()?;
        Some(Sketch {
            mean: self.floats(&sections.mean),
            rotation: self.floats(&sections.rotation),
            scales: self.floats(&sections.scales),
            codes: bytemuck::cast_slice(&self.bytes[sections.codes.clone()]),
            starts: &self.starts,
        })
    }

    /// Where each FAQ's rows start; one more entry closes the last.
    pub(crate) fn starts(&self) -> &[u32] {
        &self.starts
    }

    fn vectors(&self) -> &[f32] {
        self.floats(&self.layout.vectors)
    }

    /// Sections are aligned, and so is what they are counted from.
    fn floats(&self, section: &Range<usize>) -> &[f32] {
        bytemuck::cast_slice(&self.bytes[section.clone()])
    }

    fn hashes(&self) -> &[[u8; HASH]] {
        bytemuck::cast_slice(&self.bytes[self.layout.hashes.clone()])
    }
}

impl KnownVectors for VectorIndex {
    fn vector(&self, encoder: &EncoderId, text: TextHash) -> Option<&[f32]> {
        if self.encoder != *encoder {
            return None;
        }
        let hashes = self.hashes();
        let by_hash = self.by_hash.get_or_init(|| {
            let mut rows: Vec<u32> = (0..hashes.len() as u32).collect();
            rows.sort_unstable_by_key(|&row| (hashes[row as usize], row));
            rows
        });
        let at = by_hash.partition_point(|&row| hashes[row as usize] < text.0);
        let row = *by_hash.get(at)? as usize;
        (hashes[row] == text.0).then(|| &self.vectors()[row * self.dimensions..][..self.dimensions])
    }
}

/// Indexes with the same contents are equal.
impl PartialEq for VectorIndex {
    fn eq(&self, other: &Self) -> bool {
        *self.bytes == *other.bytes
    }
}

impl fmt::Debug for VectorIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VectorIndex")
            .field("encoder", &self.encoder)
            .field("dimensions", &self.dimensions)
            .field("faqs", &self.faq_count())
            .finish_non_exhaustive()
    }
}
