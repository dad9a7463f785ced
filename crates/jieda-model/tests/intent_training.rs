//! Tuning small generated models for intents.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod generate;

use std::{fs, num::NonZeroUsize, ops::ControlFlow, path::Path};

use generate::XLM_R;
use jieda_model::{
    IntentHead, LoadOptions, Precision, TransformerEncoder,
    train::{
        INTENTS_OF_MODEL_FILE, IntentObjective, IntentTrainEvent, IntentTrainReport,
        IntentTraining, LabelledText, Output, Storage, TrainError, TrainOptions,
    },
};
use jieda_types::{Encoder as _, IntentId, TextRole};
use tempfile::TempDir;

const FIRST: [&str; 6] = ["退", "款", "收", "到", "没", "有"];
const SECOND: [&str; 6] = ["查", "物", "流", "订", "单", "号"];
const BETWEEN: [&str; 4] = ["你好", "我想", "怎么", "的吗"];

/// Whether both words are of the same half of their list: no word tells it, and no two that stand side by side.
fn texts() -> Vec<LabelledText> {
    let mut texts = Vec::new();
    for (i, a) in FIRST.iter().enumerate() {
        for (j, b) in SECOND.iter().enumerate() {
            for between in BETWEEN {
                let intent = if (i < 3) == (j < 3) {
                    "alike"
                } else {
                    "unlike"
                };
                texts.push(LabelledText {
                    text: format!("{a}{between}{b}"),
                    intent: Some(IntentId::new(intent).unwrap()),
                });
            }
        }
    }
    texts
}

struct Fixture {
    dir: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("base")).unwrap();
        XLM_R.write(&dir.path().join("base"));
        Self { dir }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn training(&self, out: &str) -> IntentTraining {
        IntentTraining {
            base: self.path().join("base"),
            texts: texts(),
            objective: IntentObjective {
                token_dropout: 0.0,
                held_out: 4,
                ..IntentObjective::default()
            },
            options: TrainOptions {
                epochs: 3,
                batch: 24,
                learning_rate: 3e-3,
                threads: NonZeroUsize::new(2),
                ..TrainOptions::for_intents()
            },
            load: LoadOptions {
                precision: Precision::F32,
                ..LoadOptions::default()
            },
            output: Output {
                dir: self.path().join(out),
                version: "3".into(),
                storage: Storage::F32,
            },
        }
    }
}

fn run(training: &IntentTraining) -> IntentTrainReport {
    training.run(&mut |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn what_no_word_tells_is_learned() {
    let f = Fixture::new();
    let mut training = f.training("new");
    training.options.epochs = 40;
    training.options.patience = 40;
    let report = run(&training);
    assert_eq!(report.learned + report.held_out, 144);
    assert!(report.after > report.before && report.written, "{report:?}");
    // A model like any other, with its head.
    let out = f.path().join("new");
    let encoder = TransformerEncoder::load_with(&out, &training.load).unwrap();
    let head = IntentHead::load_for(&out.join(INTENTS_OF_MODEL_FILE), encoder.id()).unwrap();
    assert_eq!(*head.info(), report.head);
    let texts = texts();
    let right = texts.iter().filter(|text| {
        let encoded = encoder.encode(&[&text.text], TextRole::Query).unwrap();
        let top = head.predict(&text.text, &encoded[0].embedding);
        Some(&top.top().unwrap().id) == text.intent.as_ref()
    });
    assert!(right.count() * 10 > texts.len() * 8);
    assert!(!training.work_dir().exists());
    // What is there is not written over.
    let error = training
        .run(&mut |_| ControlFlow::Continue(()))
        .unwrap_err();
    assert!(matches!(error, TrainError::OutputExists(_)));
}

#[test]
fn contrast_learns_too() {
    let f = Fixture::new();
    let mut training = f.training("new");
    training.objective.contrast = 1.0;
    training.options.epochs = 6;
    let report = run(&training);
    let first = report.epochs.first().unwrap().loss;
    let last = report.epochs.last().unwrap().loss;
    assert!(last < first, "{report:?}");
}

#[test]
fn the_same_seed_gives_the_same_model_on_any_number_of_threads() {
    let f = Fixture::new();
    let reports: Vec<IntentTrainReport> = [1, 3]
        .map(|threads| {
            let mut training = f.training(&format!("new-{threads}"));
            training.options.threads = NonZeroUsize::new(threads);
            run(&training)
        })
        .into();
    let epochs = |report: &IntentTrainReport| report.epochs.clone();
    assert_eq!(epochs(&reports[0]), epochs(&reports[1]));
}

#[test]
fn a_training_that_is_broken_off_leaves_nothing() {
    let f = Fixture::new();
    let training = f.training("new");
    let report = training
        .run(&mut |event| match event {
            IntentTrainEvent::Step { epoch: 2, .. } => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
        .unwrap();
    assert!(!report.written && report.epochs.len() == 1);
    assert!(!f.path().join("new").exists() && !training.work_dir().exists());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let f = Fixture::new();
    let fails = |training: &IntentTraining, expected: &str| {
        let error = training
            .run(&mut |_| ControlFlow::Continue(()))
            .unwrap_err();
        let message = error.to_string();
        assert!(message.contains(expected), "{message}");
    };
    let mut training = f.training("new");
    training.objective.contrast = 1.5;
    fails(&training, "contrast");
    let mut training = f.training("new");
    training
        .texts
        .retain(|t| t.intent.as_ref().unwrap().as_str() == "alike");
    fails(&training, "at least two");
    let mut training = f.training("new");
    training.texts.truncate(30);
    training.objective.held_out = 1000;
    fails(&training, "held out");
    assert!(!f.path().join("new").exists());
}
