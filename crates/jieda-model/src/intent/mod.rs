//! An intent head: what a text wants, by name, from its vector and its words.
//!
//! [`IntentHead::fit`] learns from labelled texts in seconds, on top of an encoder that stays as it is. Three methods,
//! of which cross-validation takes the best one unless told:
//!
//! * **neighbours**: the labelled texts that lie nearest; works from one example an intent, and with any number of
//!   intents;
//! * **linear**: softmax regression over the vector and character n-grams;
//! * **kernel**: kernel ridge regression over both, for intents that are several clusters, as those made of FAQs are.
//!
//! Probabilities are scaled by a temperature that was fitted to held-out texts (Guo et al. 2017, arXiv 1706.04599).
//! "None of these" has a score of its own: learned, where the data has texts without an intent, else from how
//! strange the text is to all that was learned.

mod blend;
mod examples;
mod file;
mod fit;
mod grams;
mod kernel;
mod lbfgs;
mod neighbours;
mod novelty;
mod quality;
mod rows;
mod softmax;

use jieda_types::{Confidence, Embedding, EncoderId, IntentId, IntentPrediction, IntentScore};
use serde::{Deserialize, Serialize};

pub use examples::{Contradiction, IntentExample, IntentFitError, contradictions};
pub use fit::IntentOptions;
pub use quality::{FoldQuality, macro_f1};

pub(crate) use blend::{ClassHead, first};
pub(crate) use examples::Labelled;

use blend::Blend;
use grams::Vocabulary;
use kernel::Kernel;
use neighbours::Neighbours;
use novelty::Novelty;
use softmax::{Row, Softmax};

/// How a head comes to its scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentMethod {
    /// The labelled texts that lie nearest.
    Neighbours,
    /// Softmax regression.
    Linear,
    /// Kernel ridge regression.
    Kernel,
}

impl IntentMethod {
    /// Temperature of a head that could not be tried on held-out texts. The kernel's scores lie between −1 and 1; what
    /// was fitted for it on six sets of texts was 0.15 to 0.16, and 0.27 on a noisy one.
    fn usual_temperature(self) -> f64 {
        match self {
            Self::Neighbours | Self::Linear => 1.0,
            Self::Kernel => 0.16,
        }
    }
}

impl std::str::FromStr for IntentMethod {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "neighbours" => Ok(Self::Neighbours),
            "linear" => Ok(Self::Linear),
            "kernel" => Ok(Self::Kernel),
            _ => Err(format!(
                "unknown method `{text}`; known: neighbours, linear, kernel"
            )),
        }
    }
}

/// What a head was learned from, and how good it was on texts that it had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntentHeadInfo {
    /// How it comes to its scores.
    pub method: IntentMethod,
    /// Texts that it was fitted on, those without an intent included.
    pub examples: usize,
    /// Texts that have none of the intents.
    pub without: usize,
    /// What cross-validation found for each way that was tried, the chosen one first; empty when there were too few
    /// texts for it.
    pub tried: Vec<FoldQuality>,
    /// Where the encoder was tuned for these intents: how much the classes say that were learned with it, 0 to 1. The
    /// rest is the method's.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub class_share: f32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
fn is_zero(share: &f32) -> bool {
    *share == 0.0
}

/// Names intents.
///
/// ```no_run
/// use jieda_model::IntentHead;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let vector = jieda_types::Embedding::normalized(vec![1.0; 384]);
/// let head = IntentHead::load("kb/intents.safetensors".as_ref())?;
/// let prediction = head.predict("怎么退货", &vector);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct IntentHead {
    encoder: EncoderId,
    intents: Vec<IntentId>,
    /// Whether the class after the intents is "none of these".
    has_none: bool,
    dimensions: usize,
    scorer: Scorer,
    /// Classes that were learned together with the encoder, where it was tuned for these intents.
    blend: Option<Blend>,
    temperature: f32,
    novelty: Novelty,
    info: IntentHeadInfo,
}

/// A score for each class.
#[derive(Debug, Clone, PartialEq)]
enum Scorer {
    Neighbours(Neighbours),
    Linear(Softmax, Vocabulary),
    Kernel(Kernel, Vocabulary),
}

impl Scorer {
    fn logits(&self, text: &str, vector: &[f32], classes: usize) -> Vec<f32> {
        match self {
            Self::Neighbours(neighbours) => neighbours.logits(vector, classes),
            Self::Linear(softmax, vocabulary) => softmax.logits(&Row {
                dense: vector,
                sparse: vocabulary.features(text),
            }),
            Self::Kernel(kernel, vocabulary) => kernel.logits(&Row {
                dense: vector,
                sparse: vocabulary.features(text),
            }),
        }
    }
}

impl IntentHead {
    /// Ranks the intents of a text, normalised as it was encoded. A vector of other dimensions gets no prediction: an
    /// encoder whose id was checked gives none.
    #[must_use]
    pub fn predict(&self, text: &str, vector: &Embedding) -> IntentPrediction {
        let vector = vector.as_slice();
        if vector.len() != self.dimensions {
            return IntentPrediction::default();
        }
        let classes = self.intents.len() + usize::from(self.has_none);
        let mut p = self.scorer.logits(text, vector, classes);
        if let Some(blend) = &self.blend {
            p = blend.of(&p, vector);
        }
        p.iter_mut().for_each(|x| *x /= self.temperature);
        softmax::softmax(&mut p);
        let none = match (self.has_none, p.last()) {
            (true, Some(&none)) => f64::from(none),
            _ => self.novelty.probability(vector),
        };
        let mut ranked: Vec<IntentScore> = self
            .intents
            .iter()
            .zip(p)
            .map(|(id, p)| IntentScore {
                id: id.clone(),
                confidence: Confidence::saturating(p.into()),
            })
            .collect();
        ranked.sort_by(|a, b| b.confidence.get().total_cmp(&a.confidence.get()));
        IntentPrediction {
            ranked,
            none: Some(Confidence::saturating(none)),
        }
    }

    /// The encoder whose vectors it knows.
    #[must_use]
    pub fn encoder(&self) -> &EncoderId {
        &self.encoder
    }

    /// The intents that it tells apart.
    #[must_use]
    pub fn intents(&self) -> &[IntentId] {
        &self.intents
    }

    /// What it was learned from.
    #[must_use]
    pub fn info(&self) -> &IntentHeadInfo {
        &self.info
    }
}
