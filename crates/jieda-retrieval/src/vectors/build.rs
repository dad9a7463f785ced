//! Making a vector file from a knowledge base.

use std::{
    cmp::Reverse,
    collections::{HashMap, hash_map::Entry},
};

use jieda_knowledge::KnowledgeBase;
use jieda_types::{Encoded, Encoder, Segmenter, StageError, TextRole};

use super::{
    KnownVectors, TextHash, VectorIndex,
    kernels::Code,
    layout::{EXACT_ROWS, HASH, Head, Layout, SketchLayout},
    rotation::Rotation,
    sketch,
};
use crate::bytes::AlignedBytes;

/// Texts that are encoded between two reports of progress.
const CHUNK: usize = 32;

/// A text that no one knows the vector of.
struct Pending {
    row: usize,
    role: TextRole,
    text: String,
}

/// What is known before anything is encoded.
struct Plan {
    /// Where each FAQ's rows start; one more entry closes the last.
    starts: Vec<u32>,
    /// Of every row.
    hashes: Vec<TextHash>,
    /// The first row of each text; the same text has the same vector.
    originals: Vec<usize>,
}

impl VectorIndex {
    /// Makes vectors of every phrasing and of every question with its answer. What `known` knows is
    /// taken from there, a text that occurs twice is encoded once, and `progress` is told (done, all)
    /// of the texts that have to be encoded. The same texts, vectors and encoder give the same bytes,
    /// whatever was known.
    ///
    /// # Errors
    /// [`StageError`] when the encoder fails, or when the vectors are more than a file can hold
    /// (2³² rows).
    pub fn build(
        kb: &KnowledgeBase,
        segmenter: &dyn Segmenter,
        encoder: &dyn Encoder,
        known: &dyn KnownVectors,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, StageError> {
        let dimensions = encoder.dimensions();
        let rows = kb.faqs.iter().map(|faq| faq.phrasings().count() + 1).sum();
        let head = Head {
            dimensions,
            faqs: kb.faqs.len(),
            rows,
            id: encoder.id().as_str().len(),
            sketched: rows > EXACT_ROWS,
        };
        let layout = Layout::of(&head)
            .filter(|_| dimensions > 0)
            .ok_or_else(|| failed("more vectors than a vector file can hold"))?;
        let mut file = AlignedBytes::zeroed(layout.length);
        let (before, vectors) = file.as_mut_slice().split_at_mut(layout.vectors.start);
        let vectors: &mut [f32] = bytemuck::cast_slice_mut(vectors);

        let mut pending = Vec::new();
        let plan = Plan::of(kb, segmenter, |row, role, text, hash| {
            let known = known.vector(encoder.id(), hash);
            match known.filter(|vector| vector.len() == dimensions) {
                Some(vector) => vectors[row * dimensions..][..dimensions].copy_from_slice(vector),
                None => pending.push(Pending { row, role, text }),
            }
        });
        encode_all(&mut pending, encoder, vectors, progress)?;
        for (row, &original) in plan.originals.iter().enumerate() {
            if original != row {
                let from = original * dimensions;
                vectors.copy_within(from..from + dimensions, row * dimensions);
            }
        }

        head.write(before);
        before[layout.id.clone()].copy_from_slice(encoder.id().as_str().as_bytes());
        before[layout.starts.clone()].copy_from_slice(bytemuck::cast_slice(&plan.starts));
        for (slot, hash) in before[layout.hashes.clone()]
            .chunks_exact_mut(HASH)
            .zip(&plan.hashes)
        {
            slot.copy_from_slice(&hash.0);
        }
        if let Some(sections) = &layout.sketch {
            write_sketch(sections, vectors, dimensions, before);
        }
        Self::read(file.into()).map_err(failed)
    }
}

impl Plan {
    /// `first` sees each text once, when it is first met: its row, role, normalised text and hash.
    fn of(
        kb: &KnowledgeBase,
        segmenter: &dyn Segmenter,
        mut first: impl FnMut(usize, TextRole, String, TextHash),
    ) -> Self {
        let mut plan = Self {
            starts: vec![0],
            hashes: Vec::new(),
            originals: Vec::new(),
        };
        let mut seen: HashMap<TextHash, usize> = HashMap::new();
        for faq in &kb.faqs {
            let question_and_answer = faq.question_and_answer();
            let texts = faq
                .phrasings()
                .map(|text| (text, TextRole::Query))
                .chain([(question_and_answer.as_str(), TextRole::Passage)]);
            for (text, role) in texts {
                let row = plan.hashes.len();
                let normalized = segmenter.normalize(text);
                let hash = TextHash::of(role, &normalized);
                plan.hashes.push(hash);
                match seen.entry(hash) {
                    Entry::Occupied(original) => plan.originals.push(*original.get()),
                    Entry::Vacant(slot) => {
                        slot.insert(row);
                        plan.originals.push(row);
                        first(row, role, normalized, hash);
                    }
                }
            }
            plan.starts.push(plan.hashes.len() as u32);
        }
        plan
    }
}

/// Encodes texts in batches of like length, longest first: the time left is never promised too short.
fn encode_all(
    pending: &mut [Pending],
    encoder: &dyn Encoder,
    vectors: &mut [f32],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<(), StageError> {
    let dimensions = encoder.dimensions();
    pending.sort_by_key(|p| Reverse((p.role == TextRole::Passage, p.text.len())));
    let all = pending.len();
    let mut done = 0;
    progress(0, all);
    for same_role in pending.chunk_by(|a, b| a.role == b.role) {
        for chunk in same_role.chunks(CHUNK) {
            let batch: Vec<&str> = chunk.iter().map(|p| p.text.as_str()).collect();
            let encoded = encoder.encode(&batch, chunk[0].role)?;
            let fits = |e: &Encoded| e.embedding.as_slice().len() == dimensions;
            if encoded.len() != chunk.len() || !encoded.iter().all(fits) {
                return Err(failed("the encoder gave other vectors than were asked for"));
            }
            for (pending, encoded) in chunk.iter().zip(encoded) {
                vectors[pending.row * dimensions..][..dimensions]
                    .copy_from_slice(encoded.embedding.as_slice());
            }
            done += chunk.len();
            progress(done, all);
        }
    }
    Ok(())
}

fn write_sketch(sections: &SketchLayout, vectors: &[f32], dimensions: usize, out: &mut [u8]) {
    let rotation = Rotation::learn(vectors, dimensions);
    let scales = sketch::scales(&rotation);
    let codes: &mut [Code] = bytemuck::cast_slice_mut(&mut out[sections.codes.clone()]);
    sketch::encode(&rotation, &scales, vectors, codes);
    out[sections.mean.clone()].copy_from_slice(bytemuck::cast_slice(&rotation.mean));
    out[sections.rotation.clone()].copy_from_slice(bytemuck::cast_slice(&rotation.directions));
    out[sections.scales.clone()].copy_from_slice(bytemuck::cast_slice(&scales));
}

fn failed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StageError {
    StageError::new("vectors", source)
}
