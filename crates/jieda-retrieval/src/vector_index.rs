//! Exact vector search over every phrasing, and over question + answer.
//!
//! A file holds both, so that opening it is one read: magic, format version, length of the encoder's
//! id (u32 each, little endian), the id, padded with zeros to a multiple of 4 bytes; dimensions, number
//! of FAQs (u32), the number of phrasings of each FAQ (u32), then the vectors (f32): all phrasings FAQ by FAQ, then one question + answer vector an FAQ.

use std::cmp::Reverse;

use jieda_knowledge::KnowledgeBase;
use jieda_types::{Embedding, Encoder, EncoderId, Segmenter, StageError, TextRole};

const MAGIC: &[u8; 8] = b"JIEDAVEC";
const FORMAT: u32 = 2;
/// Texts that are encoded between two reports of progress.
const CHUNK: usize = 32;

/// A vector file that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the vector file is damaged: {0}")]
pub struct VectorIndexError(&'static str);

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
#[derive(Debug, Clone, PartialEq)]
pub struct VectorIndex {
    encoder: EncoderId,
    dimensions: usize,
    /// Where each FAQ's phrasings start; one more entry closes the last.
    starts: Vec<usize>,
    /// `[phrasings, dimensions]`.
    phrasings: Vec<f32>,
    /// `[FAQs, dimensions]`.
    answers: Vec<f32>,
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
    /// Encodes a knowledge base. `progress` is told (done, all) texts.
    ///
    /// # Errors
    /// [`StageError`] when the encoder fails.
    pub fn build(
        kb: &KnowledgeBase,
        segmenter: &dyn Segmenter,
        encoder: &dyn Encoder,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, StageError> {
        let normalize = |text: &str| segmenter.segment(text).normalized;
        let mut texts: Vec<(String, TextRole)> = Vec::new();
        let mut starts = vec![0];
        for faq in &kb.faqs {
            texts.extend(
                faq.phrasings()
                    .map(|text| (normalize(text), TextRole::Query)),
            );
            starts.push(texts.len());
        }
        let phrasing_count = texts.len();
        texts.extend(
            kb.faqs
                .iter()
                .map(|faq| (normalize(&faq.question_and_answer()), TextRole::Passage)),
        );
        let vectors = encode_all(&texts, encoder, progress)?;
        let split = phrasing_count * encoder.dimensions();
        Ok(Self {
            encoder: encoder.id().clone(),
            dimensions: encoder.dimensions(),
            starts,
            phrasings: vectors[..split].to_vec(),
            answers: vectors[split..].to_vec(),
        })
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
        self.starts.windows(2).map(|range| range[1] - range[0])
    }

    /// Length of a vector.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Cosines of a query with every FAQ, in order. An FAQ without phrasings can't be.
    #[must_use]
    pub fn score(&self, query: &Embedding) -> Vec<VectorScores> {
        let query = query.as_slice();
        self.starts
            .windows(2)
            .zip(self.answers.chunks_exact(self.dimensions))
            .map(|(range, answer)| {
                let rows = self.phrasings[range[0] * self.dimensions..range[1] * self.dimensions]
                    .chunks_exact(self.dimensions);
                let count = rows.len().max(1) as f32;
                let mut scores = VectorScores {
                    best: f32::MIN,
                    best_phrasing: 0,
                    mean: 0.0,
                    answer: dot(query, answer),
                };
                for (i, row) in rows.enumerate() {
                    let cosine = dot(query, row);
                    scores.mean += cosine / count;
                    if cosine > scores.best {
                        (scores.best, scores.best_phrasing) = (cosine, i);
                    }
                }
                scores
            })
            .collect()
    }

    /// The file's contents.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let id = self.encoder.as_str().as_bytes();
        let mut bytes = MAGIC.to_vec();
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend((id.len() as u32).to_le_bytes());
        bytes.extend(id);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        let head = [self.dimensions, self.faq_count()];
        for n in head.into_iter().chain(self.phrasing_counts()) {
            bytes.extend((n as u32).to_le_bytes());
        }
        for v in self.phrasings.iter().chain(&self.answers) {
            bytes.extend(v.to_le_bytes());
        }
        bytes
    }

    /// Reads a file's contents.
    ///
    /// # Errors
    /// [`VectorIndexError`] when they are no vectors, or cut short.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VectorIndexError> {
        let rest = bytes
            .strip_prefix(MAGIC)
            .ok_or(VectorIndexError("not a vector file"))?;
        if rest.len() % 4 != 0 {
            return Err(VectorIndexError("cut short"));
        }
        let mut words = rest.chunks_exact(4).map(|b| [b[0], b[1], b[2], b[3]]);
        let mut number = || {
            words
                .next()
                .map(u32::from_le_bytes)
                .ok_or(VectorIndexError("cut short"))
        };
        if number()? != FORMAT {
            return Err(VectorIndexError("written by another version"));
        }
        let id_length = number()? as usize;
        let mut id = Vec::new();
        while id.len() < id_length {
            id.extend(number()?.to_le_bytes());
        }
        id.truncate(id_length);
        let encoder = String::from_utf8(id)
            .ok()
            .and_then(|id| EncoderId::new(id).ok())
            .ok_or(VectorIndexError("the encoder's id can't be read"))?;
        let dimensions = number()? as usize;
        let faqs = number()? as usize;
        let mut starts = vec![0];
        for _ in 0..faqs {
            let count = number()? as usize;
            let end = starts
                .last()
                .copied()
                .unwrap_or(0usize)
                .saturating_add(count);
            starts.push(end);
        }
        let phrasing_count = starts.last().copied().unwrap_or(0);
        let mut phrasings: Vec<f32> = words.map(f32::from_le_bytes).collect();
        let expected = phrasing_count
            .checked_add(faqs)
            .and_then(|n| n.checked_mul(dimensions));
        if dimensions == 0 || Some(phrasings.len()) != expected {
            return Err(VectorIndexError("its length is not what its head says"));
        }
        let answers = phrasings.split_off(phrasing_count * dimensions);
        Ok(Self {
            encoder,
            dimensions,
            starts,
            phrasings,
            answers,
        })
    }
}

/// Encodes texts in batches of like length, longest first: the time left is never promised too short.
fn encode_all(
    texts: &[(String, TextRole)],
    encoder: &dyn Encoder,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<f32>, StageError> {
    let dimensions = encoder.dimensions();
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&i| Reverse((texts[i].1 == TextRole::Passage, texts[i].0.len())));
    let mut vectors = vec![0.0; texts.len() * dimensions];
    let mut done = 0;
    progress(0, texts.len());
    for same_role in order.chunk_by(|&a, &b| texts[a].1 == texts[b].1) {
        for chunk in same_role.chunks(CHUNK) {
            let batch: Vec<&str> = chunk.iter().map(|&i| texts[i].0.as_str()).collect();
            let encoded = encoder.encode(&batch, texts[chunk[0]].1)?;
            for (&i, encoded) in chunk.iter().zip(encoded) {
                vectors[i * dimensions..(i + 1) * dimensions]
                    .copy_from_slice(encoded.embedding.as_slice());
            }
            done += chunk.len();
            progress(done, texts.len());
        }
    }
    Ok(vectors)
}

/// Eight independent sums, so that the compiler can use vector instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let tail: f32 = a_chunks
        .remainder()
        .iter()
        .zip(b_chunks.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    sums.iter().sum::<f32>() + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> VectorIndex {
        VectorIndex {
            encoder: EncoderId::new("e5@1+abc.int8").unwrap(),
            dimensions: 2,
            starts: vec![0, 2, 3],
            phrasings: vec![1.0, 0.0, 0.0, 1.0, 0.6, 0.8],
            answers: vec![0.0, 1.0, 1.0, 0.0],
        }
    }

    #[test]
    fn scores_are_cosines() {
        let scores = sample().score(&Embedding::normalized(vec![0.0, 1.0]));
        assert_eq!(
            (scores[0].best, scores[0].best_phrasing, scores[0].mean),
            (1.0, 1, 0.5)
        );
        assert_eq!((scores[1].best, scores[1].answer), (0.8, 0.0));
    }

    #[test]
    fn a_file_gives_back_what_was_written() {
        assert_eq!(VectorIndex::from_bytes(&sample().to_bytes()), Ok(sample()));
    }

    #[test]
    fn vectors_of_another_encoder_are_refused_and_both_are_named() {
        let other = EncoderId::new("bge@1+def.int8").unwrap();
        assert_eq!(sample().check_encoder(&sample().encoder), Ok(()));
        let message = sample().check_encoder(&other).unwrap_err().to_string();
        assert!(
            message.contains("e5@1+abc.int8") && message.contains("bge@1+def.int8"),
            "{message}"
        );
    }

    #[test]
    fn a_cut_file_is_refused() {
        let bytes = sample().to_bytes();
        for length in 0..bytes.len() {
            assert!(
                VectorIndex::from_bytes(&bytes[..length]).is_err(),
                "{length}"
            );
        }
    }
}
