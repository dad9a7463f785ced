//! What a training works on, in tokens, and what of it is held out.

use std::collections::HashSet;

use candle_core::{Device, Tensor};
use jieda_types::{Encoder as _, TextRole};

use super::{
    data::{Purpose, Tokens, TrainingSet},
    distill::Teacher,
    error::TrainError,
    network::Trainee,
    run::{Distillation, Training},
    validate::{self, Recall},
    workers::Workers,
};
use crate::{LoadOptions, Precision, TransformerEncoder, tokenize::TextTokenizer};

/// Of as many FAQs of a set, one is held out when no set is for validation.
const HELD_OUT: usize = 8;

/// What does not change during training.
pub(super) struct Material {
    pub(super) tokens: Vec<Tokens>,
    /// Set by set, FAQ by FAQ.
    held_out: Vec<Vec<bool>>,
    /// Text without labels; none of it is of a FAQ that is held out.
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
        let tokens = sets
            .iter()
            .map(|set| Tokens::new(set, tokenizer, prefix))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            held_out: hold_out(&tokens),
            tokens,
            texts: Vec::new(),
            teacher: None,
        })
    }

    pub(super) fn is_held_out(&self, set: usize, faq: usize) -> bool {
        self.held_out[set][faq]
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
        let held_out = |set: usize, faq: usize| self.is_held_out(set, faq);
        let recall = validate::recall(trainee, workers, &self.tokens, &held_out)?;
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
        for (set, held_out) in training.sets.iter().zip(&self.held_out) {
            for (faq, _) in set.faqs.iter().zip(held_out).filter(|(_, held)| **held) {
                let texts = faq.phrasings.iter().chain(&faq.queries);
                hidden.extend(texts.chain(&faq.with_answer).map(String::as_str));
            }
        }
        let texts = distillation.texts.iter().map(String::as_str);
        texts.filter(|text| !hidden.contains(text)).collect()
    }
}

/// Whole sets for validation; without any, one in eight of the FAQs that can be asked for.
fn hold_out(sets: &[Tokens]) -> Vec<Vec<bool>> {
    let has_validation = sets.iter().any(|set| set.purpose == Purpose::Validate);
    let of = |set: &Tokens| match set.purpose {
        Purpose::Validate => vec![true; set.faqs.len()],
        Purpose::Train if has_validation => vec![false; set.faqs.len()],
        Purpose::Train => {
            let mut askable = 0;
            let hold = |faq: &super::data::FaqTokens| {
                let can = validate::can_be_asked(faq);
                let held = can && askable % HELD_OUT == HELD_OUT / 2;
                askable += usize::from(can);
                held
            };
            set.faqs.iter().map(hold).collect()
        }
    };
    sets.iter().map(of).collect()
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
