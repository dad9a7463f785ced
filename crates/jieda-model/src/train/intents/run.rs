//! A tuning from start to end.

use std::{collections::BTreeSet, fs, num::NonZeroUsize, ops::ControlFlow};

use candle_core::Device;
use fastrand::Rng;
use jieda_types::{Encoder as _, TextRole};

use super::{
    INTENTS_OF_MODEL_FILE, IntentEpoch, IntentTrainEvent, IntentTrainReport, IntentTraining,
    LabelledText,
    classes::{Classes, Means},
    objective::Labels,
};
use crate::{
    IntentExample, IntentHead, ModelManifest, TransformerEncoder, encoder,
    intent::{Labelled, first},
    train::{
        checkpoint::at,
        error::TrainError,
        export,
        network::Trainee,
        optimizer::{AdamW, Moments},
        run::Training,
        work::WorkDir,
        workers::Workers,
    },
};

/// Texts that are encoded at once.
const CHUNK: usize = 128;

impl IntentTraining {
    /// Tunes, and writes the best epoch with its head; but not one that, as it is written, names no more held-out
    /// texts than a head on the base's vectors. `tell` may break off after any step: then nothing is written.
    ///
    /// A training that is broken off does not go on later: it takes minutes.
    ///
    /// # Errors
    /// [`TrainError`].
    pub fn run(
        &self,
        tell: &mut dyn FnMut(IntentTrainEvent) -> ControlFlow<()>,
    ) -> Result<IntentTrainReport, TrainError> {
        if self.output.dir.exists() {
            return Err(TrainError::OutputExists(self.output.dir.clone()));
        }
        self.options.check()?;
        self.objective.check()?;
        let training = self.training();
        let manifest = ModelManifest::load(&self.base)?;
        manifest.check_output(&training.name(), &self.output.version)?;
        let tokenizer = encoder::load_tokenizer(&self.base, &manifest)?;
        let (layers, frozen) = training.layers(&manifest, &tokenizer)?;
        let work = WorkDir::open(&self.output.dir)?;

        let base = TransformerEncoder::load_with(&self.base, &self.load)?;
        let examples = self.examples(&base)?;
        let labelled = Labelled::new(&examples)?;
        let held_out: Vec<bool> = labelled
            .folds(self.objective.held_out)
            .iter()
            .map(|&part| part == 0)
            .collect();
        let frozen_head = IntentHead::fit_tuned(base.id().clone(), &examples, &held_out, None)?;
        let before = accuracy(&frozen_head);
        drop(base);

        let device = training.device()?;
        let threads = match device {
            Device::Cpu => self
                .options
                .threads
                .or_else(|| std::thread::available_parallelism().ok()),
            _ => None,
        };
        let mut ids = Vec::with_capacity(examples.len());
        for example in &examples {
            ids.push(tokenizer.tokenize("", &example.text)?.ids);
        }
        let (held, learned): (Vec<usize>, Vec<usize>) =
            (0..examples.len()).partition(|&i| held_out[i]);
        let tuning = Tuning {
            of: self,
            labelled: &labelled,
            // A text without tokens has no vector.
            learned: learned
                .into_iter()
                .filter(|&i| !ids[i].is_empty())
                .collect(),
            held: held.into_iter().filter(|&i| !ids[i].is_empty()).collect(),
            ids,
            trainee: training.load(&self.base, &manifest, (&layers, frozen))?,
            workers: Workers::new(threads.unwrap_or(NonZeroUsize::MIN))?,
        };
        if tuning.held.is_empty() || tuning.learned.len() < 2 {
            return Err(TrainError::NoHeldOut);
        }
        let mut going = tell(IntentTrainEvent::Started { accuracy: before }).is_continue();
        let classes = Classes::new(&labelled, &tuning.learned, &device)?;
        let mut best = None;
        let mut epochs: Vec<IntentEpoch> = Vec::new();
        let mut moments = Pair {
            network: Moments::new(tuning.trainee.trainable()),
            classes: Moments::new(classes.parameters()),
        };
        while going && epochs.len() < self.options.epochs {
            let Some(loss) = tuning.epoch(epochs.len(), &classes, &mut moments, tell)? else {
                going = false;
                break;
            };
            let epoch = IntentEpoch {
                epoch: epochs.len() + 1,
                loss,
                accuracy: tuning.accuracy(&classes)?,
            };
            epochs.push(epoch);
            let beaten = |&(at, _, _): &(IntentEpoch, _, _)| at.accuracy > epoch.accuracy;
            // Of equal ones the last: it has seen more.
            if !best.as_ref().is_some_and(beaten) {
                let network = export::snapshot(tuning.trainee.trainable())?;
                best = Some((epoch, network, classes.head()?));
            }
            going = tell(IntentTrainEvent::Epoch(epoch)).is_continue();
            let best_epoch = best.as_ref().map_or(0, |(at, _, _)| at.epoch);
            if epoch.epoch - best_epoch >= self.options.patience {
                break;
            }
        }
        let report = |head: &IntentHead, best_epoch: usize, written: bool| IntentTrainReport {
            learned: tuning.learned.len(),
            held_out: tuning.held.len(),
            before,
            after: accuracy(head),
            epochs: epochs.clone(),
            best_epoch,
            head: head.info().clone(),
            written,
        };
        let Some((epoch, network, class_head)) = best.filter(|_| going) else {
            work.remove();
            return Ok(report(&frozen_head, 0, false));
        };
        export::restore(tuning.trainee.trainable(), &network)?;
        let staged = work.stage()?;
        export::write_folder(
            &staged,
            &tuning.trainee,
            (&self.base, &manifest),
            &self.output,
        )?;
        let name = training.name();
        ModelManifest::of_trained(&manifest, &staged, &name, &self.output.version)?
            .save(&staged)?;
        let tuned = TransformerEncoder::load_with(&staged, &self.load)?;
        let examples = self.examples(&tuned)?;
        let head =
            IntentHead::fit_tuned(tuned.id().clone(), &examples, &held_out, Some(&class_head))?;
        head.save(&staged.join(INTENTS_OF_MODEL_FILE))?;
        drop(tuned);
        let written = accuracy(&head) > before;
        if written {
            fs::rename(&staged, &self.output.dir).map_err(at(&self.output.dir))?;
        }
        work.remove();
        Ok(report(&head, epoch.epoch, written))
    }

    /// The folder where it is at work.
    #[must_use]
    pub fn work_dir(&self) -> std::path::PathBuf {
        WorkDir::of(&self.output.dir)
    }

    /// What loads and names models is the same as in any training.
    fn training(&self) -> Training {
        Training {
            base: self.base.clone(),
            sets: Vec::new(),
            distillation: None,
            options: self.options.clone(),
            output: self.output.clone(),
        }
    }

    /// The texts with vectors of an encoder, each once, in an order that does not depend on the file's.
    fn examples(&self, encoder: &TransformerEncoder) -> Result<Vec<IntentExample>, TrainError> {
        let texts: BTreeSet<&LabelledText> =
            self.texts.iter().filter(|t| !t.text.is_empty()).collect();
        let texts: Vec<&LabelledText> = texts.into_iter().collect();
        let mut examples = Vec::with_capacity(texts.len());
        for chunk in texts.chunks(CHUNK) {
            let batch: Vec<&str> = chunk.iter().map(|t| t.text.as_str()).collect();
            let encoded = encoder
                .encode(&batch, TextRole::Query)
                .map_err(candle_core::Error::wrap)?;
            let pairs = chunk.iter().zip(encoded);
            examples.extend(pairs.map(|(text, encoded)| IntentExample {
                text: text.text.clone(),
                intent: text.intent.clone(),
                vector: encoded.embedding,
            }));
        }
        Ok(examples)
    }
}

/// What held-out texts said of a head.
fn accuracy(head: &IntentHead) -> f64 {
    head.info().tried.first().map_or(0.0, |best| best.accuracy)
}

struct Pair {
    network: Moments,
    classes: Moments,
}

/// What does not change during a tuning, but for the numbers of the network.
struct Tuning<'a> {
    of: &'a IntentTraining,
    labelled: &'a Labelled<'a>,
    learned: Vec<usize>,
    held: Vec<usize>,
    /// Tokens of each example.
    ids: Vec<Vec<u32>>,
    trainee: Trainee,
    workers: Workers,
}

impl Tuning<'_> {
    /// One pass over the texts; the mean loss, or none when it was broken off.
    fn epoch(
        &self,
        epoch: usize,
        classes: &Classes,
        moments: &mut Pair,
        tell: &mut dyn FnMut(IntentTrainEvent) -> ControlFlow<()>,
    ) -> Result<Option<f64>, TrainError> {
        let (options, objective) = (&self.of.options, &self.of.objective);
        let seed = options.seed ^ (epoch as u64 + 1).wrapping_mul(0x9e37_79b9);
        let mut rng = Rng::with_seed(seed);
        let mut order = self.learned.clone();
        rng.shuffle(&mut order);
        // A text alone has nothing to be told from.
        let mut batches: Vec<&[usize]> = order.chunks(options.batch).collect();
        batches.retain(|batch| batch.len() > 1);
        let steps = batches.len();
        let is_learned = objective.contrast < 1.0;
        let mut means = Means::new(self.labelled.class_count(), self.labelled.dimensions);
        let none = self
            .labelled
            .has_none
            .then_some(self.labelled.intents.len());
        let optimizer = AdamW::default();
        let mut sum = 0.0;
        for (step, batch) in batches.into_iter().enumerate() {
            let done = epoch as f32 + step as f32 / steps as f32;
            let rate = options.rate(done / options.epochs as f32);
            let texts: Vec<Vec<u32>> = batch
                .iter()
                .map(|&i| thinned(&self.ids[i], objective.token_dropout, &mut rng))
                .collect();
            let texts: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
            let of_batch: Vec<usize> = batch.iter().map(|&i| self.labelled.classes[i]).collect();
            let labels = Labels {
                classes: &of_batch,
                none,
            };
            let done =
                self.trainee
                    .step_with(&texts, classes.parameters(), &self.workers, |vectors| {
                        if !is_learned {
                            for (row, &class) in vectors.to_vec2::<f32>()?.iter().zip(&of_batch) {
                                means.add(class, row);
                            }
                        }
                        objective.loss(vectors, &labels, classes, options.temperature)
                    })?;
            let by = (rate, &self.workers);
            let mut length = optimizer.update(
                self.trainee.trainable(),
                &done.gradients,
                &mut moments.network,
                by,
            )?;
            if is_learned {
                let share = rate / options.learning_rate.max(f32::MIN_POSITIVE);
                length += optimizer.update(
                    classes.parameters(),
                    &done.beside,
                    &mut moments.classes,
                    (objective.class_rate * share, &self.workers),
                )?;
            }
            if !length.is_finite() {
                return Err(TrainError::Diverged {
                    epoch: epoch + 1,
                    step: step + 1,
                });
            }
            sum += f64::from(done.loss);
            let event = IntentTrainEvent::Step {
                epoch: epoch + 1,
                step: step + 1,
                steps,
                loss: done.loss,
            };
            if tell(event).is_break() {
                return Ok(None);
            }
        }
        if !is_learned {
            classes.set(&means)?;
        }
        Ok(Some(sum / steps.max(1) as f64))
    }

    /// Share of the held-out texts whose class comes first.
    fn accuracy(&self, classes: &Classes) -> Result<f64, TrainError> {
        let mut right = 0;
        for chunk in self.held.chunks(CHUNK) {
            let texts: Vec<&[u32]> = chunk.iter().map(|&i| self.ids[i].as_slice()).collect();
            let vectors = self.trainee.encode(&texts, &self.workers)?;
            let logits = classes.logits(&vectors)?.to_vec2::<f32>()?;
            let guesses = logits.iter().map(|row| first(row));
            right += guesses
                .zip(chunk)
                .filter(|(guess, i)| *guess == Some(self.labelled.classes[**i]))
                .count();
        }
        Ok(right as f64 / self.held.len().max(1) as f64)
    }
}

/// A text with some of its tokens left out; never those at both ends, which are marks, and never all others.
fn thinned(ids: &[u32], chance: f64, rng: &mut Rng) -> Vec<u32> {
    let inner = 1..ids.len().saturating_sub(1);
    if chance <= 0.0 || inner.len() < 2 {
        return ids.to_vec();
    }
    let kept: Vec<u32> = ids
        .iter()
        .enumerate()
        .filter(|(i, _)| !inner.contains(i) || rng.f64() >= chance)
        .map(|(_, &id)| id)
        .collect();
    if kept.len() > 2 { kept } else { ids.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_text_stay() {
        let ids: Vec<u32> = (0..20).collect();
        let mut rng = Rng::with_seed(1);
        for _ in 0..200 {
            let thin = thinned(&ids, 0.9, &mut rng);
            assert_eq!((thin.first(), thin.last()), (Some(&0), Some(&19)));
            assert!(thin.len() > 2 && thin.is_sorted());
        }
        assert_eq!(thinned(&ids, 0.0, &mut rng), ids);
        assert_eq!(thinned(&[5, 6, 7], 0.9, &mut rng), [5, 6, 7]);
    }
}
