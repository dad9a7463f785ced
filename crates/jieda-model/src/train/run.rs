//! A training from start to end.

use std::{
    fs,
    num::NonZeroUsize,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use candle_core::Device;
use sha2::{Digest as _, Sha256};

use super::{
    checkpoint::{Checkpoint, State, at},
    data::TrainingSet,
    error::TrainError,
    export,
    material::Material,
    network::Trainee,
    optimizer::Moments,
    options::{Output, Student, TrainOptions},
    report::{TrainEvent, TrainReport},
    session::Session,
    validate::Recall,
    work::WorkDir,
    workers::Workers,
};
use crate::{ModelError, ModelManifest, digest::hex, encoder, network, tokenize::TextTokenizer};

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
    /// Text without labels. Texts of FAQs that are held out are left out.
    pub texts: Vec<String>,
}

impl Training {
    /// Trains, validates after every epoch, and writes the best model; but no fine-tuned one that, as it
    /// is written, does not beat its base. `tell` may break off: then a checkpoint is written, and the
    /// next call with the same data and options goes on from there.
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
        self.options.check()?;
        let manifest = ModelManifest::load(&self.base)?;
        manifest.check_output(&self.name(), &self.output.version)?;
        let tokenizer = encoder::load_tokenizer(&self.base, &manifest)?;
        let (layers, frozen) = self.layers(&manifest, &tokenizer)?;
        let work = WorkDir::open(&self.output.dir)?;
        let threads = match self.device()? {
            Device::Cpu => self
                .options
                .threads
                .or_else(|| std::thread::available_parallelism().ok()),
            _ => None,
        };
        let session = Session {
            options: &self.options,
            workers: Workers::new(threads.unwrap_or(NonZeroUsize::MIN))?,
            material: Material::new(self, &tokenizer)?,
            trainee: self.load(&self.base, &manifest, (&layers, frozen))?,
        };
        let fingerprint = self.fingerprint(&manifest)?;
        let mut now = match Checkpoint::load(&work.checkpoint(), &fingerprint)? {
            Some(checkpoint) => {
                export::restore(session.trainee.trainable(), &checkpoint.parameters)?;
                checkpoint
            }
            None => {
                let before = self.before(&session, &manifest, &tokenizer)?;
                first(&session.trainee, before, fingerprint)?
            }
        };
        let started = TrainEvent::Started {
            recall: now.state.before.share(),
            epochs_done: now.state.epoch,
        };
        let mut going = tell(started).is_continue();
        let most = self.options.stop_after.unwrap_or(usize::MAX);
        let mut epochs = 0;
        while going && epochs < most && !session.is_over(&now.state) {
            going = session.epoch(&mut now, (&work.checkpoint(), tell))?;
            epochs += 1;
        }
        let finished = session.is_over(&now.state);
        let after = if finished {
            export::restore(session.trainee.trainable(), &now.best)?;
            let after = self.finish(&session, &manifest, &now.state, &work)?;
            work.remove();
            after
        } else {
            now.parameters = export::snapshot(session.trainee.trainable())?;
            now.save(&work.checkpoint())?;
            None
        };
        Ok(TrainReport {
            before: now.state.before.share(),
            after: after.unwrap_or(now.state.best).share(),
            best_epoch: now.state.best_epoch,
            epochs: now.state.history,
            finished,
            written: after.is_some(),
        })
    }

    /// The folder of checkpoints.
    #[must_use]
    pub fn work_dir(&self) -> PathBuf {
        WorkDir::of(&self.output.dir)
    }

    /// Writes the model and measures it as it was written, in its few bits; a fine-tuned one that does not
    /// beat its base is dropped. Gives its recall if it was kept.
    fn finish(
        &self,
        session: &Session<'_>,
        base: &ModelManifest,
        state: &State,
        work: &WorkDir,
    ) -> Result<Option<Recall>, TrainError> {
        let is_copy = self.options.epochs == 0;
        if !session.is_distillation() && !is_copy && state.best_epoch == 0 {
            return Ok(None);
        }
        let staged = work.stage()?;
        export::write_folder(&staged, &session.trainee, (&self.base, base), &self.output)?;
        let manifest =
            ModelManifest::of_trained(base, &staged, &self.name(), &self.output.version)?;
        manifest.save(&staged)?;
        let layers: Vec<usize> = (0..session.trainee.config.num_hidden_layers).collect();
        let written = self.load(&staged, &manifest, (&layers, 0))?;
        let recall = match session.material.recall(&written, &session.workers) {
            Err(TrainError::NoHeldOut) if is_copy => state.best,
            other => other?,
        };
        if !session.is_distillation() && !is_copy && recall.right <= state.before.right {
            return Ok(None);
        }
        fs::rename(&staged, &self.output.dir).map_err(at(&self.output.dir))?;
        Ok(Some(recall))
    }

    /// What is to be beaten: the base, whole and as it is used, with its prefix.
    fn before(
        &self,
        session: &Session<'_>,
        manifest: &ModelManifest,
        tokenizer: &TextTokenizer,
    ) -> Result<Recall, TrainError> {
        let asked = Material::labelled(&self.sets, tokenizer, &manifest.query_prefix)?;
        let recall = if self.distillation.is_some() {
            let config = encoder::load_config(&self.base, manifest)?;
            let all: Vec<usize> = (0..config.num_hidden_layers).collect();
            asked.recall(
                &self.load(&self.base, manifest, (&all, 0))?,
                &session.workers,
            )
        } else {
            asked.recall(&session.trainee, &session.workers)
        };
        match recall {
            Err(TrainError::NoHeldOut)
                if self.options.epochs == 0 || self.distillation.is_some() =>
            {
                Ok(Recall { right: 0, asked: 0 })
            }
            other => other,
        }
    }

    pub(super) fn name(&self) -> String {
        let name = self.output.dir.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    pub(super) fn device(&self) -> Result<Device, TrainError> {
        let choice = self.options.device;
        let opened = network::open_device(choice).map_err(|e| ModelError::Device {
            device: choice,
            message: e.to_string(),
        })?;
        Ok(opened.0)
    }

    /// Layers of the base that are taken, and how many of them stay as they are.
    pub(super) fn layers(
        &self,
        manifest: &ModelManifest,
        tokenizer: &TextTokenizer,
    ) -> Result<(Vec<usize>, usize), TrainError> {
        let config = encoder::load_config(&self.base, manifest)?;
        encoder::check_vocabulary(&self.base, tokenizer, &config)?;
        let layers: Vec<usize> = match &self.distillation {
            Some(distillation) => distillation.student.layers.clone(),
            None => (0..config.num_hidden_layers).collect(),
        };
        if let Some(&layer) = layers.iter().find(|&&l| l >= config.num_hidden_layers) {
            let last = config.num_hidden_layers.saturating_sub(1);
            return Err(TrainError::NoSuchLayer { layer, last });
        }
        let frozen = self.options.freeze;
        if layers.is_empty() || frozen >= layers.len() {
            return Err(TrainError::Option {
                name: if layers.is_empty() {
                    "layers"
                } else {
                    "freeze"
                },
                reason: format!("of {} layers none is left to train", layers.len()),
            });
        }
        Ok((layers, frozen))
    }

    pub(super) fn load(
        &self,
        dir: &Path,
        manifest: &ModelManifest,
        layers: (&[usize], usize),
    ) -> Result<Trainee, TrainError> {
        let config = encoder::load_config(dir, manifest)?;
        let device = self.device()?;
        Ok(encoder::load_weights(dir, manifest, |weights| {
            Trainee::load(weights, &config, manifest.pooling, layers, &device)
        })?)
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
}

/// Where a training begins.
fn first(trainee: &Trainee, before: Recall, fingerprint: String) -> Result<Checkpoint, TrainError> {
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
