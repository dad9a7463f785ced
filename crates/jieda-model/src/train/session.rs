//! Epochs and their steps.

use std::{ops::ControlFlow, path::Path};

use fastrand::Rng;

use super::{
    checkpoint::{Checkpoint, State},
    contrast::{self, Alike},
    error::TrainError,
    export,
    material::Material,
    network::Trainee,
    optimizer::AdamW,
    options::TrainOptions,
    report::{EpochReport, TrainEvent},
    sampler::{self, Mistakes, PairBatch},
    workers::Workers,
};

/// Texts of a step that learns the teacher's vectors.
const TEXTS_PER_STEP: usize = 128;
/// Weight of contrast beside a teacher, where labels only lean on the vectors.
const BESIDE_TEACHER: f64 = 0.5;

/// What a training runs on.
pub(super) struct Session<'a> {
    pub(super) options: &'a TrainOptions,
    pub(super) workers: Workers,
    pub(super) material: Material,
    pub(super) trainee: Trainee,
}

enum Job<'a> {
    Contrast(PairBatch<'a>),
    Distill(Vec<usize>),
}

impl Session<'_> {
    /// Whether a student is made, by a teacher.
    pub(super) fn is_distillation(&self) -> bool {
        self.material.teacher.is_some()
    }

    pub(super) fn is_over(&self, state: &State) -> bool {
        let without_gain = state.epoch - state.best_epoch;
        state.epoch >= self.options.epochs
            || state.step == 0 && without_gain >= self.options.patience
    }

    /// One epoch, or what is left of it; whether to go on.
    pub(super) fn epoch(
        &self,
        now: &mut Checkpoint,
        (path, tell): (&Path, &mut dyn FnMut(TrainEvent) -> ControlFlow<()>),
    ) -> Result<bool, TrainError> {
        let planned_by = Mistakes::from_rows(&now.state.planned_by);
        let mut seen = Mistakes::from_rows(&now.state.seen);
        let jobs = self.jobs(now.state.epoch, &planned_by);
        if jobs.is_empty() {
            return Err(TrainError::NoPairs);
        }
        let optimizer = AdamW::default();
        while let Some(job) = jobs.get(now.state.step) {
            let done = now.state.epoch as f32 + now.state.step as f32 / jobs.len() as f32;
            let rate = self.options.rate(done / self.options.epochs as f32);
            let (loss, gradients) = self.step(job, &mut seen)?;
            let parameters = self.trainee.trainable();
            let moments = &mut now.moments;
            let length =
                optimizer.update(parameters, &gradients, moments, (rate, &self.workers))?;
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
            let pause = now
                .state
                .step
                .is_multiple_of(self.options.checkpoint_every.max(1));
            if pause || going.is_break() {
                now.state.seen = seen.to_rows();
                now.parameters = export::snapshot(self.trainee.trainable())?;
                now.save(path)?;
            }
            if going.is_break() {
                return Ok(false);
            }
        }
        let report = self.end_of_epoch(now, &seen, jobs.len())?;
        now.save(path)?;
        Ok(tell(TrainEvent::Epoch(report)).is_continue())
    }

    /// Validates, and takes over what was learned if it is better.
    fn end_of_epoch(
        &self,
        now: &mut Checkpoint,
        seen: &Mistakes,
        steps: usize,
    ) -> Result<EpochReport, TrainError> {
        let state = &mut now.state;
        let recall = match self.material.recall(&self.trainee, &self.workers) {
            // A student without labelled queries: the last epoch is the nearest to its teacher.
            Err(TrainError::NoHeldOut) if self.is_distillation() => state.best,
            other => other?,
        };
        let report = EpochReport {
            epoch: state.epoch + 1,
            loss: state.loss / steps as f64,
            recall: recall.share(),
        };
        state.history.push(report);
        state.epoch += 1;
        (state.step, state.loss) = (0, 0.0);
        state.planned_by = seen.to_rows();
        state.seen = Vec::new();
        now.parameters = export::snapshot(self.trainee.trainable())?;
        // A student's first epoch beats the layers that were only cut out of the teacher.
        let is_better = if self.is_distillation() {
            state.best_epoch == 0 || recall.right >= state.best.right
        } else {
            recall.right > state.best.right
        };
        if is_better {
            state.best = recall;
            state.best_epoch = state.epoch;
            now.best.clone_from(&now.parameters);
        }
        Ok(report)
    }

    fn jobs(&self, epoch: usize, mistakes: &Mistakes) -> Vec<Job<'_>> {
        let seed = self.options.seed ^ (epoch as u64 + 1).wrapping_mul(0x9e37_79b9);
        let mut rng = Rng::with_seed(seed);
        let (tokens, most) = (&self.material.tokens, self.options.batch);
        let pairs = sampler::plan(tokens, most, mistakes, &mut rng);
        let mut pairs = pairs.into_iter().map(Job::Contrast);
        if self.material.teacher.is_none() {
            return pairs.collect();
        }
        let mut order: Vec<usize> = (0..self.material.texts.len()).collect();
        rng.shuffle(&mut order);
        let mut jobs = Vec::new();
        for texts in order.chunks(TEXTS_PER_STEP) {
            jobs.push(Job::Distill(texts.to_vec()));
            // A step of each by turns, as long as there are queries.
            jobs.extend(pairs.next());
        }
        jobs
    }

    fn step(&self, job: &Job<'_>, seen: &mut Mistakes) -> Result<(f32, Vec<Vec<f32>>), TrainError> {
        let (trainee, workers) = (&self.trainee, &self.workers);
        match (job, &self.material.teacher) {
            (Job::Contrast(batch), teacher) => {
                let queries = batch.pairs.iter().map(|p| p.query);
                let positives = batch.pairs.iter().map(|p| p.positive);
                let texts: Vec<&[u32]> = queries.chain(positives).collect();
                let alike = Alike::new(&batch.pairs);
                Ok(trainee.step(&texts, workers, |vectors| {
                    for (asked, found) in contrast::mistakes(vectors, &alike)? {
                        seen.count(batch.set, batch.pairs[asked].faq, batch.pairs[found].faq);
                    }
                    let loss = contrast::info_nce(vectors, self.options.temperature, &alike)?;
                    match teacher {
                        Some(_) => loss * BESIDE_TEACHER,
                        None => Ok(loss),
                    }
                })?)
            }
            (Job::Distill(members), Some(teacher)) => {
                let texts = members.iter().map(|&i| self.material.texts[i].as_slice());
                let texts: Vec<&[u32]> = texts.collect();
                Ok(trainee.step(&texts, workers, |vectors| teacher.loss(vectors, members))?)
            }
            (Job::Distill(_), None) => Err(TrainError::NoPairs),
        }
    }
}
