//! The rows of an index one by one, for whoever holds them elsewhere.

use sha2::{Digest as _, Sha256};

use super::{TextHash, VectorIndex, layout::HASH};

/// Names the rows of an index: what an engine outside keeps them under. Nothing of the vectors is read for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VectorKey {
    /// A hash of the encoder, of the texts, and of where each belongs, in hexadecimal digits: indexes with the same
    /// have the same rows.
    pub rows: String,
    /// A hash of the encoder and of the length of its vectors, in hexadecimal digits: only these can be compared.
    pub encoder: String,
}

/// A vector of an index, and of what it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VectorRow<'a> {
    /// Position of the FAQ.
    pub faq: u32,
    /// Which of its rows: its phrasings in order, then question + answer.
    pub row: u32,
    /// The text: equal ones have equal vectors.
    pub text: TextHash,
    /// The vector.
    pub vector: &'a [f32],
}

impl VectorIndex {
    /// How many rows it has: one a phrasing, and one an FAQ for question + answer.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.starts().last().map_or(0, |&end| end as usize)
    }

    /// Where the rows of each FAQ start, counted through all FAQs; one more entry closes the last.
    #[must_use]
    pub fn faq_starts(&self) -> Vec<u32> {
        self.starts().to_vec()
    }

    /// All rows, FAQ by FAQ.
    pub fn rows(&self) -> impl Iterator<Item = VectorRow<'_>> {
        let mut rows = self.hashes().iter();
        let mut vectors = self.vectors().chunks_exact(self.dimensions);
        self.starts()
            .windows(2)
            .zip(0..)
            .flat_map(|(range, faq)| (0..range[1] - range[0]).map(move |row| (faq, row)))
            .map_while(move |(faq, row)| {
                Some(VectorRow {
                    faq,
                    row,
                    text: TextHash(*rows.next()?),
                    vector: vectors.next()?,
                })
            })
    }

    /// What its rows are named by.
    #[must_use]
    pub fn key(&self) -> VectorKey {
        let mut hash = Sha256::new();
        hash.update((self.dimensions as u64).to_le_bytes());
        hash.update(self.encoder().as_str());
        let encoder = hash.clone();
        hash.update([0]);
        hash.update((self.starts().len() as u64).to_le_bytes());
        hash.update(bytemuck::cast_slice::<u32, u8>(self.starts()));
        hash.update(bytemuck::cast_slice::<[u8; HASH], u8>(self.hashes()));
        VectorKey {
            rows: digits(hash, 16),
            encoder: digits(encoder, 8),
        }
    }
}

/// The beginning of a hash.
fn digits(hash: Sha256, bytes: usize) -> String {
    let digest = hash.finalize();
    digest
        .iter()
        .take(bytes)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
