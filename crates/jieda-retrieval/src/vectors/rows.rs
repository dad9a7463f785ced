//! The rows of an index one by one, for whoever holds them elsewhere.

use sha2::{Digest as _, Sha256};

use super::{TextHash, VectorIndex};

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

    /// Names its rows: the encoder, the texts, and where each belongs. Indexes with the same key have the same
    /// rows; nothing of the vectors is read for it.
    #[must_use]
    pub fn key(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.encoder().as_str());
        hash.update([0]);
        hash.update((self.dimensions as u64).to_le_bytes());
        hash.update((self.starts().len() as u64).to_le_bytes());
        hash.update(bytemuck::cast_slice::<u32, u8>(self.starts()));
        hash.update(bytemuck::cast_slice::<_, u8>(self.hashes()));
        let digest = hash.finalize();
        digest.iter().take(16).map(|b| format!("{b:02x}")).collect()
    }
}
