//! An intent head on disk.

use std::{collections::BTreeMap, path::Path};

use jieda_types::{EncoderId, IntentId};
use serde::{Deserialize, Serialize};

use super::{
    Blend, ClassHead, IntentHead, IntentHeadInfo, Scorer,
    grams::{Style, Vocabulary},
    kernel::Kernel,
    neighbours::Neighbours,
    novelty::Novelty,
    rows::Rows,
    softmax::Softmax,
};
use crate::artifact::{self, Artifact, ArtifactError, ArtifactKind, Numbers};

const KIND: ArtifactKind = ArtifactKind::IntentHead;

/// All that is no tensor.
#[derive(Serialize, Deserialize)]
struct Head {
    intents: Vec<IntentId>,
    has_none: bool,
    dimensions: usize,
    temperature: f32,
    novelty_mean: f32,
    novelty_deviation: f32,
    scorer: ScorerHead,
    /// Weights of the fitted head and of the classes that were learned with the encoder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blend: Option<[f32; 2]>,
    info: IntentHeadInfo,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum ScorerHead {
    Neighbours {
        temperature: f32,
        classes: Vec<usize>,
    },
    Linear {
        grams: Vec<u64>,
    },
    Kernel {
        grams: Vec<u64>,
    },
}

impl IntentHead {
    /// Reads a file that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// [`ArtifactError`].
    pub fn load(path: &Path) -> Result<Self, ArtifactError> {
        let file: Artifact<Head> = Artifact::read(KIND, path)?;
        Self::of(file).map_err(|message| ArtifactError::Damaged {
            kind: KIND,
            path: path.to_owned(),
            message,
        })
    }

    /// Reads a file and refuses it if it belongs to another encoder.
    ///
    /// # Errors
    /// [`ArtifactError`].
    pub fn load_for(path: &Path, encoder: &EncoderId) -> Result<Self, ArtifactError> {
        let head = Self::load(path)?;
        artifact::check_encoder(KIND, path, &head.encoder, encoder)?;
        Ok(head)
    }

    fn of(mut file: Artifact<Head>) -> Result<Self, String> {
        let ([_, dimensions], vectors) = if file.head.has_none {
            ([0, file.head.dimensions], Vec::new())
        } else {
            file.take("known")?
        };
        let scorer = scorer(&mut file)?;
        let blend = blend(&mut file)?;
        let head = file.head;
        let sound = dimensions == head.dimensions
            && head.temperature.is_finite()
            && head.temperature > 0.0
            && head.novelty_deviation > 0.0
            && !head.intents.is_empty();
        let whole = Self {
            encoder: file.encoder,
            intents: head.intents,
            has_none: head.has_none,
            dimensions,
            scorer,
            blend,
            temperature: head.temperature,
            novelty: Novelty {
                vectors: Rows::of(&vectors, dimensions),
                mean: head.novelty_mean,
                deviation: head.novelty_deviation,
            },
            info: head.info,
        };
        joined(sound, whole)
    }

    /// Writes it; a file that is there is replaced whole or not at all.
    ///
    /// # Errors
    /// [`ArtifactError::File`].
    pub fn save(&self, path: &Path) -> Result<(), ArtifactError> {
        let d = self.dimensions;
        let matrix = |values: &'_ [f32]| vec![values.len() / d.max(1), d];
        let known = self.novelty.vectors.to_vectors();
        let vectors = match &self.scorer {
            Scorer::Neighbours(neighbours) => neighbours.vectors.to_vectors(),
            Scorer::Kernel(kernel, _) => kernel.vectors.to_vectors(),
            Scorer::Linear(..) => Vec::new(),
        };
        let mut numbers: BTreeMap<&str, Numbers<'_>> = BTreeMap::new();
        if !known.is_empty() {
            numbers.insert("known", (matrix(&known), known.as_slice()));
        }
        let scorer = match &self.scorer {
            Scorer::Neighbours(n) => {
                numbers.insert("vectors", (matrix(&vectors), vectors.as_slice()));
                ScorerHead::Neighbours {
                    temperature: n.temperature,
                    classes: n.classes.clone(),
                }
            }
            Scorer::Linear(softmax, vocabulary) => {
                let (grams, idf) = vocabulary.parts();
                let rows = softmax.weights.len() / softmax.classes.max(1);
                let shape = vec![rows, softmax.classes];
                numbers.insert("weights", (shape, softmax.weights.as_slice()));
                numbers.insert("bias", (vec![softmax.classes], softmax.bias.as_slice()));
                numbers.insert("idf", (vec![idf.len()], idf));
                ScorerHead::Linear { grams }
            }
            Scorer::Kernel(kernel, vocabulary) => {
                let (grams, idf) = vocabulary.parts();
                let lines = |values: &[f32]| values.len() / kernel.classes.max(1);
                let by_class = |values: &'_ [f32]| vec![lines(values), kernel.classes];
                numbers.insert("vectors", (matrix(&vectors), vectors.as_slice()));
                numbers.insert("pull", (by_class(&kernel.pull), kernel.pull.as_slice()));
                numbers.insert("grams", (by_class(&kernel.grams), kernel.grams.as_slice()));
                numbers.insert("bias", (vec![kernel.classes], kernel.bias.as_slice()));
                numbers.insert("idf", (vec![idf.len()], idf));
                ScorerHead::Kernel { grams }
            }
        };
        if let Some(blend) = &self.blend {
            let classes = &blend.classes;
            let shape = vec![classes.bias.len(), classes.dimensions];
            numbers.insert("class_weights", (shape, classes.weights.as_slice()));
            let shape = vec![classes.bias.len()];
            numbers.insert("class_bias", (shape, classes.bias.as_slice()));
        }
        let head = Head {
            blend: self
                .blend
                .as_ref()
                .map(|blend| [blend.fitted_weight, blend.class_weight]),
            intents: self.intents.clone(),
            has_none: self.has_none,
            dimensions: d,
            temperature: self.temperature,
            novelty_mean: self.novelty.mean,
            novelty_deviation: self.novelty.deviation,
            scorer,
            info: self.info.clone(),
        };
        artifact::write(path, &self.encoder, &head, &numbers)
    }
}

/// What was put together, if its parts fit.
fn joined<T>(fits: bool, whole: T) -> Result<T, String> {
    fits.then_some(whole)
        .ok_or_else(|| "its parts don't fit together".to_owned())
}

fn blend(file: &mut Artifact<Head>) -> Result<Option<Blend>, String> {
    let Some([fitted_weight, class_weight]) = file.head.blend else {
        return Ok(None);
    };
    let ([classes, dimensions], weights) = file.take("class_weights")?;
    let ([biases], bias) = file.take("class_bias")?;
    let sound = classes == file.head.intents.len() + usize::from(file.head.has_none)
        && biases == classes
        && dimensions == file.head.dimensions
        && fitted_weight.is_finite()
        && class_weight.is_finite();
    let blend = Blend {
        classes: ClassHead {
            dimensions,
            weights,
            bias,
        },
        fitted_weight,
        class_weight,
        share: file.head.info.class_share,
    };
    joined(sound, Some(blend))
}

fn scorer(file: &mut Artifact<Head>) -> Result<Scorer, String> {
    let classes_of_head = file.head.intents.len() + usize::from(file.head.has_none);
    let dimensions = file.head.dimensions;
    match &file.head.scorer {
        ScorerHead::Neighbours {
            temperature,
            classes,
        } => {
            let (temperature, classes) = (*temperature, classes.clone());
            let ([rows, columns], vectors) = file.take("vectors")?;
            let sound = columns == dimensions
                && rows == classes.len()
                && classes.iter().all(|&c| c < classes_of_head)
                && temperature > 0.0;
            let neighbours = Neighbours {
                vectors: Rows::of(&vectors, dimensions),
                classes,
                temperature,
            };
            joined(sound, Scorer::Neighbours(neighbours))
        }
        ScorerHead::Kernel { grams } => {
            let hashes = grams.clone();
            let ([texts, columns], vectors) = file.take("vectors")?;
            let ([pulls, classes], pull) = file.take("pull")?;
            let ([rows, gram_classes], grams) = file.take("grams")?;
            let ([biases], bias) = file.take("bias")?;
            let ([weighed], idf) = file.take("idf")?;
            let sound = columns == dimensions
                && texts == pulls
                && classes == classes_of_head
                && gram_classes == classes
                && biases == classes
                && weighed == hashes.len()
                && rows == hashes.len();
            let kernel = Kernel {
                classes,
                vectors: Rows::of(&vectors, dimensions),
                pull,
                grams,
                bias,
            };
            let vocabulary = Vocabulary::from_parts(Style::Plain, hashes, idf);
            joined(sound, Scorer::Kernel(kernel, vocabulary))
        }
        ScorerHead::Linear { grams } => {
            let grams = grams.clone();
            let ([rows, classes], weights) = file.take("weights")?;
            let ([biases], bias) = file.take("bias")?;
            let ([weighed], idf) = file.take("idf")?;
            let sound = classes == classes_of_head
                && biases == classes
                && weighed == grams.len()
                && rows == dimensions + grams.len();
            let softmax = Softmax {
                classes,
                weights,
                bias,
            };
            let vocabulary = Vocabulary::from_parts(Style::Rare, grams, idf);
            joined(sound, Scorer::Linear(softmax, vocabulary))
        }
    }
}
