//! Vectors that lie as real ones do.
//!
//! A vector is a sum of independent normal draws: what all texts share, the topic (50 FAQs each), the
//! FAQ, and the text itself. Their shares and the spectrum of the draws are those of 3,339 texts
//! of seven knowledge bases under the project's own encoder: squared length of the mean 0.27; half of
//! the variance in 16 of 384 directions, 89 % in 128; cosine of two phrasings of an FAQ 0.71 (5 % to
//! 95 %: 0.52 to 0.85), of different FAQs 0.27 (0.11 to 0.48).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use fastrand::Rng;
use jieda_types::{
    Embedding, Encoded, Encoder, EncoderId, InvalidId, Segmented, Segmenter, StageError, TextRole,
};

pub(crate) const DIMENSIONS: usize = 384;

/// How many directions, and which share of the variance they hold together.
const SPECTRUM: [(usize, f32); 8] = [
    (16, 0.498),
    (16, 0.153),
    (32, 0.132),
    (32, 0.068),
    (32, 0.043),
    (64, 0.052),
    (64, 0.029),
    (128, 0.025),
];
const FAQS_PER_TOPIC: usize = 50;
/// Squared lengths.
const MEAN: f32 = 0.27;
const TOPIC: f32 = 0.12;
const FAQ: f32 = 0.32;
/// Of what only this text says; the rest to 1 on average.
const PHRASING: std::ops::Range<f32> = 0.14..0.44;
const ANSWER: f32 = 0.40;
const QUERY: std::ops::Range<f32> = 0.25..0.55;

/// What is to be drawn.
#[derive(Clone, Copy)]
pub(crate) enum Text {
    Phrasing(usize),
    Answer,
    Query(usize),
}

/// The vector of a text of an FAQ; always the same one.
pub(crate) fn vector(faq: usize, text: Text) -> Embedding {
    let (seed, own) = match text {
        Text::Phrasing(i) => (i as u64, share(faq, i, PHRASING)),
        Text::Answer => (1_000, ANSWER),
        Text::Query(i) => (2_000 + i as u64, share(faq, i + 77, QUERY)),
    };
    let mut sum = vec![0.0; DIMENSIONS];
    add(&mut sum, 1, MEAN);
    add(&mut sum, 1_000_003 + (faq / FAQS_PER_TOPIC) as u64, TOPIC);
    add(&mut sum, (faq as u64 + 1) << 24, FAQ);
    add(&mut sum, (faq as u64 + 1) << 24 | (seed + 1), own);
    turn(&mut sum);
    Embedding::normalized(sum)
}

fn share(faq: usize, i: usize, range: std::ops::Range<f32>) -> f32 {
    let unit = Rng::with_seed((faq * 131 + i) as u64).f32();
    range.start + unit * (range.end - range.start)
}

/// Adds a draw of this squared length.
fn add(sum: &mut [f32], seed: u64, squared: f32) {
    let mut random = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut slots = sum.iter_mut();
    for (count, held) in SPECTRUM {
        let deviation = (squared * held / count as f32).sqrt();
        for slot in slots.by_ref().take(count) {
            // The sum of three: near enough to normal.
            let draw = random.f32() + random.f32() + random.f32() - 1.5;
            *slot += 2.0 * draw * deviation;
        }
    }
}

/// Four reflections, so that the directions of the spectrum are not the axes.
fn turn(vector: &mut [f32]) {
    for seed in 0..4 {
        let mut random = Rng::with_seed(900 + seed);
        let mirror: Vec<f32> = (0..DIMENSIONS).map(|_| random.f32() - 0.5).collect();
        let squared: f32 = mirror.iter().map(|m| m * m).sum();
        let along: f32 = mirror.iter().zip(&*vector).map(|(m, v)| m * v).sum();
        for (v, m) in vector.iter_mut().zip(&mirror) {
            *v -= 2.0 * along / squared * m;
        }
    }
}

/// Segments, and remembers which text was the how-manieth: that is how the index walks its rows.
pub(crate) struct Recorder<'a> {
    inner: &'a dyn Segmenter,
    /// Number of each normalised text when it was first met, and how many there were.
    met: Mutex<(HashMap<String, usize>, usize)>,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(inner: &'a dyn Segmenter) -> Self {
        Self {
            inner,
            met: Mutex::default(),
        }
    }
}

impl Segmenter for Recorder<'_> {
    fn segment(&self, text: &str) -> Segmented {
        let segmented = self.inner.segment(text);
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        let number = met.1;
        met.0.entry(segmented.normalized.clone()).or_insert(number);
        met.1 += 1;
        segmented
    }
}

/// Makes up the vectors of the texts that a [`Recorder`] met.
pub(crate) struct MadeUp<'a> {
    id: EncoderId,
    recorder: &'a Recorder<'a>,
    /// Rows of an FAQ: its phrasings and its answer.
    rows: usize,
}

impl<'a> MadeUp<'a> {
    pub(crate) fn new(recorder: &'a Recorder<'a>, phrasings: usize) -> Result<Self, InvalidId> {
        Ok(Self {
            id: EncoderId::new("made-up")?,
            recorder,
            rows: phrasings + 1,
        })
    }
}

impl Encoder for MadeUp<'_> {
    fn encode(&self, texts: &[&str], _: TextRole) -> Result<Vec<Encoded>, StageError> {
        let met = self
            .recorder
            .met
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let encode = |text: &&str| {
            let row = met.0.get(*text).copied().unwrap_or(0);
            let text = match row % self.rows {
                last if last + 1 == self.rows => Text::Answer,
                phrasing => Text::Phrasing(phrasing),
            };
            Encoded {
                embedding: vector(row / self.rows, text),
                tokens: 1,
                truncated_tokens: 0,
            }
        };
        Ok(texts.iter().map(encode).collect())
    }

    fn id(&self) -> &EncoderId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }
}
