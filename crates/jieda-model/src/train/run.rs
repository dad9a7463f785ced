//! A training from start to end.

use std::{
    fs,
    num::NonZeroUsize,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use candle_core::{Device, Tensor};
use fastrand::Rng;
use jieda_types::{Encoder as _, TextRole};
use sha2::{Digest as _, Sha256};

use super::{
    checkpoint::{Checkpoint, State, at},
    contrast,
    data::{Purpose, Tokens, TrainingSet},
    distill::Teacher,
    error::TrainError,
    export,
    network::Trainee,
    optimizer::{AdamW, Moments},
    options::{Output, Student, TrainOptions},
    report::{EpochReport, TrainEvent, TrainReport},
    sampler::{self, Mistakes, PairBatch},
    validate::{self, Recall},
    workers::Workers,
};
use crate::{
    LoadOptions, ModelError, ModelManifest, Precision, TransformerEncoder,
    digest::hex,
    encoder,
    manifest::{CONFIG_FILE, OWN_WEIGHTS_FILE, TOKENIZER_FILE},
    network,
    tokenize::TextTokenizer,
};

/// What is to be trained, on what, and how.
#[derive(Debug, Clone)]
pub struct Training {
    /// Folder of the model to begin with, or of the teacher.
    pub base: PathBuf,
    /// Labelled queries.
    pub sets: Vec<TrainingSet>,
    /// A student is made; none fine-tunes the base itself.
    pub distillation: Option<Distillation>,
    /// How.
    pub options: TrainOptions,
    /// Where to.
    pub output: Output,
}

/// A student and what it learns to read.
#[derive(Debug, Clone)]
pub struct Distillation {
    /// What it is made of.
    pub student: Student,
    /// Text without labels.
    pub texts: Vec<String>,
}

/// Texts of a step that learns the teacher's vectors.
const TEXTS_PER_STEP: usize = 128;
/// Of as many FAQs of a set, one is held back when no set is for validation.
const HELD_OUT: usize = 8;

enum Job<'a> {
    Contrast(PairBatch<'a>),
    Distill(Vec<usize>),
}

/// What does not change during training.
struct Material {
    tokens: Vec<Tokens>,
    texts: Vec<Vec<u32>>,
    teacher: Option<Teacher>,
    /// A whole set is for validation.
    has_validation: bool,
}

impl Training {
    /// Trains, validates after every epoch, and writes the best model; but no fine-tuned one that did
    /// not beat its base. `tell` may break off: then a
    /// checkpoint is written, and the next call with the same data and options goes on from there.
    ///
    /// # Errors
    /// [`TrainError`].
    pub fn run(
        &self,
        tell: &mut dyn FnMut(TrainEvent) -> ControlFlow<()>,
    ) -> Result<TrainReport, TrainError> {
        if self.output.dir.exists() {
            return Err(TrainError::OutputExists(self.output.dir.clone()));
        }
        let manifest = ModelManifest::load(&self.base)?;
        let tokenizer = encoder::load_tokenizer(&self.base, &manifest)?;
        let threads = match self.device()? {
            Device::Cpu => self
                .options
                .threads
                .or_else(|| std::thread::available_parallelism().ok()),
            _ => None,
        };
        let workers = Workers::new(threads.unwrap_or(NonZeroUsize::MIN))?;
        let material = self.material(&tokenizer)?;
        let trainee = self.trainee(&manifest)?;
        let fingerprint = self.fingerprint(&manifest)?;
        let work = self.work_dir();
        fs::create_dir_all(&work).map_err(at(&work))?;
        let path = work.join("checkpoint.safetensors");
        let loaded = Checkpoint::load(&path, &fingerprint)?;
        let mut at_now = match loaded {
            Some(checkpoint) => {
                export::restore(trainee.trainable(), &checkpoint.parameters)?;
                checkpoint
            }
            None => {
                // The base is to be beaten as it is used, with its prefix.
                let asked = self.labelled(&tokenizer, &manifest.query_prefix)?;
                first(&trainee, asked.recall(&trainee, &workers)?, fingerprint)?
            }
        };
        let started = TrainEvent::Started {
            recall: at_now.state.before,
            epochs_done: at_now.state.epoch,
        };
        let mut going = tell(started).is_continue();
        let mut epochs_now = 0;
        while going && !self.is_over(&at_now.state) {
            if self
                .options
                .stop_after
                .is_some_and(|most| epochs_now >= most)
            {
                break;
            }
            going = self.epoch(&trainee, &workers, &material, &mut at_now, (&path, tell))?;
            epochs_now += 1;
        }
        let finished = self.is_over(&at_now.state);
        let written = finished && self.is_worth_writing(&at_now.state);
        if finished {
            if written {
                export::restore(trainee.trainable(), &at_now.best)?;
                self.write(&manifest, &trainee)?;
            }
            // The model is there: what is left over only takes space.
            let _ = fs::remove_dir_all(&work);
        } else {
            at_now.parameters = export::snapshot(trainee.trainable())?;
            at_now.save(&path)?;
        }
        Ok(TrainReport {
            before: at_now.state.before,
            after: at_now.state.best,
            best_epoch: at_now.state.best_epoch,
            epochs: at_now.state.history,
            finished,
            written,
        })
    }

    /// The folder of checkpoints.
    #[must_use]
    pub fn work_dir(&self) -> PathBuf {
        let mut name = self.output.dir.file_name().unwrap_or_default().to_owned();
        name.push(".training");
        self.output.dir.with_file_name(name)
    }

    /// Fine-tuning that did not beat the base on held-out queries is worth nothing. Without an epoch, the
    /// base itself is written, in other numbers.
    fn is_worth_writing(&self, state: &State) -> bool {
        self.distillation.is_some() || state.best_epoch > 0 || self.options.epochs == 0
    }

    fn is_over(&self, state: &State) -> bool {
        state.epoch >= self.options.epochs
            || state.epoch >= state.best_epoch + self.options.patience && state.step == 0
    }

    /// One epoch, or what is left of it; whether to go on.
    fn epoch(
        &self,
        trainee: &Trainee,
        workers: &Workers,
        material: &Material,
        now: &mut Checkpoint,
        (path, tell): (&Path, &mut dyn FnMut(TrainEvent) -> ControlFlow<()>),
    ) -> Result<bool, TrainError> {
        let planned_by = Mistakes::from_rows(&now.state.planned_by);
        let mut seen = Mistakes::from_rows(&now.state.seen);
        let jobs = self.jobs(material, now.state.epoch, &planned_by);
        if jobs.is_empty() {
            return Err(TrainError::NoPairs);
        }
        let optimizer = AdamW::default();
        while let Some(job) = jobs.get(now.state.step) {
            let done = now.state.epoch as f32 + now.state.step as f32 / jobs.len() as f32;
            let rate = self.rate(done / self.options.epochs as f32);
            let (loss, gradients) = self.step(trainee, workers, material, (job, &mut seen))?;
            let length = optimizer.update(
                trainee.trainable(),
                &gradients,
                &mut now.moments,
                (rate, workers),
            )?;
            if !length.is_finite() {
                return Err(TrainError::Diverged {
                    epoch: now.state.epoch + 1,
                    step: now.state.step + 1,
                });
            }
            now.state.step += 1;
            now.state.updates = now.moments.updates;
            now.state.loss += f64::from(loss);
            let going = tell(TrainEvent::Step {
                epoch: now.state.epoch + 1,
                step: now.state.step,
                steps: jobs.len(),
                loss,
                rate,
            });
            let every = self.options.checkpoint_every.max(1);
            let pause = now.state.step.is_multiple_of(every);
            if (pause || going.is_break()) && now.state.step < jobs.len() {
                now.state.seen = seen.to_rows();
                now.parameters = export::snapshot(trainee.trainable())?;
                now.save(path)?;
            }
            if going.is_break() {
                return Ok(false);
            }
        }
        let recall = material.recall(trainee, workers)?;
        let state = &mut now.state;
        let report = EpochReport {
            epoch: state.epoch + 1,
            loss: state.loss / jobs.len() as f64,
            recall: recall.at_1,
        };
        state.history.push(report);
        state.epoch += 1;
        (state.step, state.loss) = (0, 0.0);
        state.planned_by = seen.to_rows();
        state.seen = Vec::new();
        now.parameters = export::snapshot(trainee.trainable())?;
        // A student that was only cut out of its teacher is no candidate, and a later one is nearer.
        let is_better = match self.distillation {
            Some(_) => state.best_epoch == 0 || recall.at_1 >= state.best,
            None => recall.at_1 > state.best,
        };
        if is_better {
            state.best = recall.at_1;
            state.best_epoch = state.epoch;
            now.best.clone_from(&now.parameters);
        }
        now.save(path)?;
        Ok(tell(TrainEvent::Epoch(report)).is_continue())
    }

    fn jobs<'a>(&self, material: &'a Material, epoch: usize, mistakes: &Mistakes) -> Vec<Job<'a>> {
        let mut rng =
            Rng::with_seed(self.options.seed ^ (epoch as u64 + 1).wrapping_mul(0x9e37_79b9));
        let held_out = |set: usize, faq: usize| material.is_held_out(set, faq);
        let pairs = sampler::plan(
            &material.tokens,
            held_out,
            self.options.batch,
            mistakes,
            &mut rng,
        );
        let pairs = pairs.into_iter().map(Job::Contrast);
        if material.teacher.is_none() {
            return pairs.collect();
        }
        let mut order: Vec<usize> = (0..material.texts.len()).collect();
        rng.shuffle(&mut order);
        let mut pairs = pairs.peekable();
        let mut jobs = Vec::new();
        for texts in order.chunks(TEXTS_PER_STEP) {
            jobs.push(Job::Distill(texts.to_vec()));
            // A step of each by turns, as long as there are queries.
            jobs.extend(pairs.next());
        }
        jobs
    }

    fn step(
        &self,
        trainee: &Trainee,
        workers: &Workers,
        material: &Material,
        (job, seen): (&Job<'_>, &mut Mistakes),
    ) -> Result<(f32, Vec<Vec<f32>>), TrainError> {
        match (job, &material.teacher) {
            (Job::Contrast(batch), teacher) => {
                let queries = batch.pairs.iter().map(|p| p.query);
                let texts: Vec<&[u32]> = queries
                    .chain(batch.pairs.iter().map(|p| p.positive))
                    .collect();
                let outcome = trainee.step(&texts, workers, |vectors| {
                    for (asked, found) in contrast::mistakes(vectors)? {
                        seen.count(batch.set, batch.pairs[asked].faq, batch.pairs[found].faq);
                    }
                    let loss = contrast::info_nce(vectors, self.options.temperature)?;
                    // Beside a teacher, labels only lean on the vectors.
                    if teacher.is_some() {
                        loss * 0.5
                    } else {
                        Ok(loss)
                    }
                })?;
                Ok(outcome)
            }
            (Job::Distill(members), Some(teacher)) => {
                let texts: Vec<&[u32]> = members
                    .iter()
                    .map(|&i| material.texts[i].as_slice())
                    .collect();
                Ok(trainee.step(&texts, workers, |vectors| teacher.loss(vectors, members))?)
            }
            (Job::Distill(_), None) => Err(TrainError::NoPairs),
        }
    }

    /// Up from 0, then down to 0, linearly.
    fn rate(&self, done: f32) -> f32 {
        let TrainOptions {
            warm_up,
            learning_rate,
            ..
        } = self.options;
        let share = if done < warm_up {
            (done / warm_up).max(1e-3)
        } else {
            ((1.0 - done) / (1.0 - warm_up)).max(0.0)
        };
        learning_rate * share
    }

    fn device(&self) -> Result<Device, TrainError> {
        let choice = self.options.device;
        let opened = network::open_device(choice).map_err(|e| ModelError::Device {
            device: choice,
            message: e.to_string(),
        })?;
        Ok(opened.0)
    }

    fn trainee(&self, manifest: &ModelManifest) -> Result<Trainee, TrainError> {
        let config = encoder::load_config(&self.base, manifest)?;
        let layers: Vec<usize> = match &self.distillation {
            Some(distillation) => distillation.student.layers.clone(),
            None => (0..config.num_hidden_layers).collect(),
        };
        if let Some(&layer) = layers.iter().find(|&&l| l >= config.num_hidden_layers) {
            let last = config.num_hidden_layers - 1;
            return Err(TrainError::NoSuchLayer { layer, last });
        }
        let device = self.device()?;
        Ok(encoder::load_weights(&self.base, manifest, |weights| {
            Trainee::load(
                weights,
                &config,
                manifest.pooling,
                (&layers, self.options.freeze),
                &device,
            )
        })?)
    }

    /// Labelled texts, with a prefix before each.
    fn labelled(&self, tokenizer: &TextTokenizer, prefix: &str) -> Result<Material, TrainError> {
        let tokens = self
            .sets
            .iter()
            .map(|set| Tokens::new(set, tokenizer, prefix));
        Ok(Material {
            tokens: tokens.collect::<Result<_, _>>()?,
            texts: Vec::new(),
            teacher: None,
            has_validation: self.sets.iter().any(|s| s.purpose == Purpose::Validate),
        })
    }

    fn material(&self, tokenizer: &TextTokenizer) -> Result<Material, TrainError> {
        let mut material = self.labelled(tokenizer, "")?;
        if let Some(distillation) = &self.distillation {
            let ids = distillation
                .texts
                .iter()
                .map(|text| tokenizer.tokenize("", text));
            material.texts = ids.map(|t| t.map(|t| t.ids)).collect::<Result<_, _>>()?;
            material.teacher = Some(self.teacher(&distillation.texts)?);
        }
        Ok(material)
    }

    fn teacher(&self, texts: &[String]) -> Result<Teacher, TrainError> {
        let options = LoadOptions {
            precision: Precision::F32,
            threads: self.options.threads,
            ..LoadOptions::default()
        };
        let encoder = TransformerEncoder::load_with(&self.base, &options)?;
        let mut numbers: Vec<f32> = Vec::with_capacity(texts.len() * encoder.dimensions());
        for texts in texts.chunks(256) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let vectors = encoder.encode(&texts, TextRole::Query);
            let vectors = vectors.map_err(candle_core::Error::wrap)?;
            numbers.extend(vectors.iter().flat_map(|v| v.embedding.as_slice()));
        }
        let shape = (texts.len(), encoder.dimensions());
        Ok(Teacher::new(Tensor::from_vec(
            numbers,
            shape,
            &Device::Cpu,
        )?)?)
    }

    /// A training with another of these is another training.
    fn fingerprint(&self, manifest: &ModelManifest) -> Result<String, TrainError> {
        let mut hash = Sha256::new();
        let TrainOptions {
            epochs,
            batch,
            learning_rate,
            warm_up,
            temperature,
            patience,
            seed,
            freeze,
            ..
        } = self.options;
        hash.update(format!(
            "{} {epochs} {batch} {learning_rate} {warm_up} {temperature} {patience} {seed} {freeze}\0",
            manifest.encoder_id()?
        ));
        if let Some(distillation) = &self.distillation {
            hash.update(format!("{:?}\0", distillation.student));
            for text in &distillation.texts {
                hash.update(format!("{text}\0"));
            }
        }
        hash.update(format!("{:?}", self.sets));
        Ok(hex(&hash.finalize()[..16]))
    }

    fn write(&self, base: &ModelManifest, trainee: &Trainee) -> Result<(), TrainError> {
        let staged = self.work_dir().join("model");
        if staged.exists() {
            fs::remove_dir_all(&staged).map_err(at(&staged))?;
        }
        fs::create_dir_all(&staged).map_err(at(&staged))?;
        let weights = staged.join(OWN_WEIGHTS_FILE);
        encoder::load_weights(&self.base, base, |source| {
            export::write_gguf(&weights, trainee.parameters(), source, self.output.storage)
        })?;
        let copy = |name: &str, bytes: &[u8]| {
            let path = staged.join(name);
            fs::write(&path, bytes).map_err(at(&path))
        };
        copy(
            TOKENIZER_FILE,
            &base.read_verified(&self.base, TOKENIZER_FILE)?,
        )?;
        let config = base.read_verified(&self.base, CONFIG_FILE)?;
        let mut config: serde_json::Value =
            serde_json::from_slice(&config).map_err(candle_core::Error::wrap)?;
        config["num_hidden_layers"] = trainee.config.num_hidden_layers.into();
        let text = serde_json::to_string_pretty(&config).map_err(candle_core::Error::wrap)?;
        copy(CONFIG_FILE, format!("{text}\n").as_bytes())?;
        let name = self
            .output
            .dir
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let manifest = ModelManifest::of_trained(base, &staged, &name, &self.output.version)?;
        manifest.save(&staged)?;
        fs::rename(&staged, &self.output.dir).map_err(at(&self.output.dir))
    }
}

impl Material {
    fn is_held_out(&self, set: usize, faq: usize) -> bool {
        match self.tokens[set].purpose {
            Purpose::Validate => true,
            Purpose::Train => !self.has_validation && faq % HELD_OUT == HELD_OUT / 2,
        }
    }

    fn recall(&self, trainee: &Trainee, workers: &Workers) -> Result<Recall, TrainError> {
        let held_out = |set: usize, faq: usize| self.is_held_out(set, faq);
        Ok(validate::recall(trainee, workers, &self.tokens, &held_out)?)
    }
}

/// Where a training begins.
fn first(trainee: &Trainee, before: Recall, fingerprint: String) -> Result<Checkpoint, TrainError> {
    let before = before.at_1;
    let parameters = export::snapshot(trainee.trainable())?;
    Ok(Checkpoint {
        state: State {
            fingerprint,
            epoch: 0,
            step: 0,
            updates: 0,
            before,
            best: before,
            best_epoch: 0,
            history: Vec::new(),
            planned_by: Vec::new(),
            seen: Vec::new(),
            loss: 0.0,
        },
        best: parameters.clone(),
        parameters,
        moments: Moments::new(trainee.trainable()),
    })
}
