//! Where things stand in a vector file.

use std::ops::Range;

use super::{VectorIndexError, kernels::CODE};
use crate::bytes::ALIGNMENT;

#[cfg(target_endian = "big")]
compile_error!("index files hold little-endian numbers that are read in place");

const MAGIC: &[u8; 8] = b"JIEDAVEC";
const FORMAT: u32 = 3;
/// Length of the head in bytes.
const HEAD: usize = ALIGNMENT;

/// Bytes of the hash of a text.
pub(super) const HASH: usize = 16;

/// Above so many rows an index has a [sketch](super::sketch). Below, scanning everything exactly is
/// as fast.
pub(super) const EXACT_ROWS: usize = 4096;

/// What the head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) dimensions: usize,
    pub(super) faqs: usize,
    /// Vectors: one a phrasing, and one an FAQ for question + answer.
    pub(super) rows: usize,
    /// Bytes of the encoder's id.
    pub(super) id: usize,
    pub(super) sketched: bool,
}

impl Head {
    pub(super) fn write(&self, out: &mut [u8]) {
        let numbers = [
            FORMAT,
            self.dimensions as u32,
            self.faqs as u32,
            self.rows as u32,
            self.id as u32,
            if self.sketched { CODE as u32 } else { 0 },
        ];
        out[..8].copy_from_slice(MAGIC);
        for (slot, number) in out[8..HEAD].chunks_exact_mut(4).zip(numbers) {
            slot.copy_from_slice(&number.to_le_bytes());
        }
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, VectorIndexError> {
        let damaged = |what| Err(VectorIndexError::Damaged(what));
        if !bytes.starts_with(MAGIC) {
            return damaged("not a vector file");
        }
        let Some(head) = bytes.get(8..HEAD) else {
            return damaged("cut short");
        };
        let mut numbers = head
            .chunks_exact(4)
            .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize);
        let mut next = || numbers.next().unwrap_or(0);
        if next() != FORMAT as usize {
            return damaged("written by another version");
        }
        let [dimensions, faqs, rows, id, code] = [next(), next(), next(), next(), next()];
        if dimensions == 0 || ![0, CODE].contains(&code) {
            return damaged("its head can't be");
        }
        Ok(Self {
            dimensions,
            faqs,
            rows,
            id,
            sketched: code != 0,
        })
    }
}

/// The sections, in bytes from the start of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) id: Range<usize>,
    pub(super) starts: Range<usize>,
    pub(super) hashes: Range<usize>,
    pub(super) sketch: Option<SketchLayout>,
    pub(super) vectors: Range<usize>,
    /// Of the whole file.
    pub(super) length: usize,
}

/// The sections of the first stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SketchLayout {
    pub(super) mean: Range<usize>,
    pub(super) rotation: Range<usize>,
    pub(super) scales: Range<usize>,
    pub(super) codes: Range<usize>,
}

impl Layout {
    /// None when no file can be that large.
    pub(super) fn of(head: &Head) -> Option<Self> {
        // Where a row starts is a u32, and so is every count of the head.
        let fits = [head.dimensions, head.faqs, head.rows, head.id]
            .iter()
            .all(|&n| n < u32::MAX as usize);
        if !fits {
            return None;
        }
        let mut end = HEAD;
        let mut section = |count: usize, each: usize| -> Option<Range<usize>> {
            let start = end.checked_next_multiple_of(ALIGNMENT)?;
            end = start.checked_add(count.checked_mul(each)?)?;
            Some(start..end)
        };
        let vector = head.dimensions.checked_mul(4)?;
        let id = section(head.id, 1)?;
        let starts = section(head.faqs + 1, 4)?;
        let hashes = section(head.rows, HASH)?;
        let sketch = if head.sketched {
            Some(SketchLayout {
                mean: section(1, vector)?,
                rotation: section(CODE, vector)?,
                scales: section(CODE, 4)?,
                codes: section(head.rows, CODE)?,
            })
        } else {
            None
        };
        let vectors = section(head.rows, vector)?;
        Some(Self {
            id,
            starts,
            hashes,
            sketch,
            length: vectors.end,
            vectors,
        })
    }
}
