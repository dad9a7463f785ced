//! What a training works on, in tokens, and what of it is held out.

use std::collections::HashSet;

use candle_core::{Device, Tensor};
use jieda_types::{Encoder as _, TextRole};

use super::{
    data::{Tokens, TrainingSet},
    distill::Teacher,
    error::TrainError,
    fold::{self, Fold},
    network::Trainee,
    run::{Distillation, Training},
    validate::{self, Recall},
    workers::Workers,
};
use crate::{LoadOptions, Precision, TransformerEncoder, tokenize::TextTokenizer};

/// What does not change during training.
pub(super) struct Material {
    pub(super) tokens: Vec<Tokens>,
    folds: Vec<Vec<Fold>>,
    /// Text without labels; none of it is held out.
    pub(super) texts: Vec<Vec<u32>>,
    pub(super) teacher: Option<Teacher>,
}

impl Material {
    pub(super) fn new(training: &Training, tokenizer: &TextTokenizer) -> Result<Self, TrainError> {
        let mut material = Self::labelled(&training.sets, tokenizer, "")?;
        if let Some(distillation) = &training.distillation {
            let texts = material.texts_to_learn(training, distillation);
            let (mut kept, mut ids) = (Vec::new(), Vec::new());
            for text in texts {
                let tokens = tokenizer.tokenize("", text)?.ids;
                if !tokens.is_empty() {
                    kept.push(text);
                    ids.push(tokens);
                }
            }
            if kept.is_empty() {
                return Err(TrainError::NoPairs);
            }
            material.teacher = Some(teacher(training, &kept)?);
            material.texts = ids;
        }
        Ok(material)
    }

    /// Labelled texts alone, with a prefix before each.
    pub(super) fn labelled(
        sets: &[TrainingSet],
        tokenizer: &TextTokenizer,
        prefix: &str,
    ) -> Result<Self, TrainError> {
        let folds = fold::plan(sets);
        let tokens = sets
            .iter()
            .zip(&folds)
            .map(|(set, folds)| Tokens::new(set, folds, tokenizer, prefix))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            tokens,
            folds,
            texts: Vec::new(),
            teacher: None,
        })
    }

    /// recall@1 of what is held out.
    ///
    /// # Errors
    /// Nothing can be asked.
    pub(super) fn recall(
        &self,
        trainee: &Trainee,
        workers: &Workers,
    ) -> Result<Recall, TrainError> {
        let recall = validate::recall(trainee, workers, &self.tokens)?;
        if recall.asked == 0 {
            return Err(TrainError::NoHeldOut);
        }
        Ok(recall)
    }

    fn texts_to_learn<'a>(
        &self,
        training: &'a Training,
        distillation: &'a Distillation,
    ) -> Vec<&'a str> {
        let mut hidden: HashSet<&str> = HashSet::new();
        for (set, folds) in training.sets.iter().zip(&self.folds) {
            for (faq, fold) in set.faqs.iter().zip(folds) {
                match fold {
                    Fold::None => {}
                    Fold::Faq => {
                        let texts = faq.phrasings.iter().chain(&faq.queries);
                        hidden.extend(texts.chain(&faq.with_answer).map(String::as_str));
                    }
                    Fold::Queries(held) => {
                        hidden.extend(held.iter().map(|&i| faq.queries[i].as_str()));
                    }
                }
            }
        }
        let texts = distillation.texts.iter().map(String::as_str);
        texts.filter(|text| !hidden.contains(text)).collect()
    }
}

/// Vectors of the base, in f32 and with its own prefix.
fn teacher(training: &Training, texts: &[&str]) -> Result<Teacher, TrainError> {
    let options = LoadOptions {
        precision: Precision::F32,
        threads: training.options.threads,
        device: training.options.device,
        ..LoadOptions::default()
    };
    let encoder = TransformerEncoder::load_with(&training.base, &options)?;
    let mut numbers: Vec<f32> = Vec::with_capacity(texts.len() * encoder.dimensions());
    for texts in texts.chunks(256) {
        let vectors = encoder.encode(texts, TextRole::Query);
        let vectors = vectors.map_err(candle_core::Error::wrap)?;
        numbers.extend(vectors.iter().flat_map(|v| v.embedding.as_slice()));
    }
    let shape = (texts.len(), encoder.dimensions());
    let vectors = Tensor::from_vec(numbers, shape, &Device::Cpu)?;
    Ok(Teacher::new(vectors)?)
}
