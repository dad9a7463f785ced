//! Training of small generated models: it learns, it is repeatable, it goes on where it stopped.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod generate;

use std::{fs, num::NonZeroUsize, ops::ControlFlow, path::Path};

use generate::XLM_R;
use jieda_model::{
    LoadOptions, ModelManifest, Precision, TransformerEncoder,
    train::{
        Distillation, Output, Purpose, Storage, Student, TrainError, TrainEvent, TrainOptions,
        TrainReport, Training, TrainingFaq, TrainingSet,
    },
};
use jieda_types::{Embedding, Encoder as _, TextRole};
use tempfile::TempDir;

/// Words that the generated vocabulary has; each FAQ is about two of them.
const WORDS: [&str; 8] = [
    "退货", "物流", "运费", "发票", "地址", "订单", "退款", "查收",
];

fn set(purpose: Purpose) -> TrainingSet {
    let faqs = (0..WORDS.len()).map(|i| {
        let (a, b) = (WORDS[i], WORDS[(i + 3) % WORDS.len()]);
        TrainingFaq {
            phrasings: vec![format!("怎么{a}"), format!("{a}怎么{b}")],
            with_answer: Some(format!("怎么{a} 你好，{a}没有{b}")),
            queries: vec![
                format!("我想{a}"),
                format!("你好{a}{a}"),
                format!("没有{a}吗{b}"),
            ],
        }
    });
    TrainingSet {
        name: "words".into(),
        faqs: faqs.collect(),
        purpose,
    }
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

    fn training(&self, out: &str) -> Training {
        Training {
            base: self.path().join("base"),
            sets: vec![set(Purpose::Train), set(Purpose::Validate)],
            distillation: None,
            options: TrainOptions {
                epochs: 3,
                batch: 6,
                learning_rate: 3e-3,
                patience: 3,
                threads: NonZeroUsize::new(2),
                checkpoint_every: 2,
                ..TrainOptions::default()
            },
            output: Output {
                dir: self.path().join(out),
                version: "7".into(),
                storage: Storage::F32,
            },
        }
    }

    fn weights(&self, out: &str) -> Vec<u8> {
        fs::read(self.path().join(out).join("model.gguf")).unwrap()
    }
}

fn run(training: &Training) -> TrainReport {
    training.run(&mut |_| ControlFlow::Continue(())).unwrap()
}

fn encode(dir: &Path, texts: &[&str]) -> Vec<Embedding> {
    let options = LoadOptions {
        precision: Precision::F32,
        ..LoadOptions::default()
    };
    let encoder = TransformerEncoder::load_with(dir, &options).unwrap();
    let encoded = encoder.encode(texts, TextRole::Query).unwrap();
    encoded.into_iter().map(|e| e.embedding).collect()
}

#[test]
fn queries_learn_to_find_their_faq() {
    let f = Fixture::new();
    let report = run(&f.training("new"));
    assert!(report.finished);
    assert!(report.after > report.before, "{report:?}");
    let first = report.epochs.first().unwrap().loss;
    let last = report.epochs.last().unwrap().loss;
    assert!(last < first, "{report:?}");
    // What was written is what was measured, and a model like any other.
    let manifest = ModelManifest::load(&f.path().join("new")).unwrap();
    assert_eq!(
        (manifest.name.as_str(), manifest.version.as_str()),
        ("new", "7")
    );
    assert!(manifest.source.contains("base@"), "{}", manifest.source);
    assert!(manifest.verify(&f.path().join("new")).is_empty());
    let words = set(Purpose::Validate);
    let (mut right, mut all) = (0, 0);
    for (i, faq) in words.faqs.iter().enumerate() {
        for query in &faq.queries {
            let query = &encode(&f.path().join("new"), &[query])[0];
            let best = words.faqs.iter().map(|faq| {
                let phrasings: Vec<&str> = faq.phrasings.iter().map(String::as_str).collect();
                let vectors = encode(&f.path().join("new"), &phrasings);
                vectors
                    .iter()
                    .map(|v| v.cosine(query))
                    .fold(f32::MIN, f32::max)
            });
            let best: Vec<f32> = best.collect();
            right += usize::from((0..best.len()).all(|j| best[j] <= best[i]));
            all += 1;
        }
    }
    assert!((right as f64 / f64::from(all) - report.after).abs() < 1e-9);
    assert!(!f.path().join("new.training").exists());
}

#[test]
fn the_same_seed_is_the_same_model_on_any_number_of_threads() {
    let f = Fixture::new();
    for (out, threads, seed) in [("a", 1, 1), ("b", 3, 1), ("c", 1, 2)] {
        let mut training = f.training(out);
        training.options.threads = NonZeroUsize::new(threads);
        training.options.seed = seed;
        run(&training);
    }
    assert!(f.weights("a") == f.weights("b"));
    assert!(f.weights("a") != f.weights("c"));
}

#[test]
fn an_interrupted_training_goes_on_where_it_stopped() {
    let f = Fixture::new();
    run(&f.training("whole"));
    let training = f.training("parts");
    // In the middle of the first epoch, at the end of the second, and by request after one epoch.
    let interrupted = training.run(&mut |event| match event {
        TrainEvent::Step { step: 3, .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert!(!interrupted.unwrap().finished);
    assert!(!f.path().join("parts").exists());
    let mut paused = training.clone();
    paused.options.stop_after = Some(1);
    assert!(!run(&paused).finished);
    let report = run(&training);
    assert!(report.finished);
    assert_eq!(report.epochs.len(), 3);
    assert!(f.weights("parts") == f.weights("whole"));
}

#[test]
fn what_was_not_asked_for_is_refused() {
    let f = Fixture::new();
    let error = |training: &Training| {
        let outcome = training.run(&mut |_| ControlFlow::Continue(()));
        outcome.unwrap_err()
    };
    let mut training = f.training("base");
    assert!(matches!(error(&training), TrainError::OutputExists(_)));
    training = f.training("new");
    training.options.stop_after = Some(1);
    run(&training);
    training.options.seed = 9;
    assert!(matches!(error(&training), TrainError::ForeignCheckpoint(_)));
    training = f.training("none");
    training.sets[0].faqs.truncate(3);
    assert!(matches!(error(&training), TrainError::NoPairs));
    training = f.training("wild");
    training.options.learning_rate = f32::INFINITY;
    assert!(matches!(error(&training), TrainError::Diverged { .. }));
    training = f.training("deep");
    training.distillation = Some(Distillation {
        student: Student { layers: vec![0, 2] },
        texts: vec!["退货".into()],
    });
    assert!(matches!(
        error(&training),
        TrainError::NoSuchLayer { layer: 2, last: 1 }
    ));
}

#[test]
fn some_is_held_out_where_no_set_is_for_validation() {
    // Several sets: one FAQ of eight in each, with three queries. One alone: of 24 queries, each fifth.
    for (sets, asked) in [(2, 6.0), (1, 5.0)] {
        let f = Fixture::new();
        let mut training = f.training("new");
        training.sets = vec![set(Purpose::Train); sets];
        training.options.epochs = 1;
        let report = run(&training);
        let right = report.before * asked;
        assert!((right - right.round()).abs() < 1e-9, "{report:?}");
        let right = report.epochs[0].recall * asked;
        assert!((right - right.round()).abs() < 1e-9, "{report:?}");
    }
}

#[test]
fn what_is_no_better_than_its_base_is_not_written() {
    let f = Fixture::new();
    let mut training = f.training("new");
    training.options.learning_rate = 0.0;
    let report = run(&training);
    assert!(report.finished && !report.written, "{report:?}");
    assert_eq!(report.best_epoch, 0);
    assert!(!f.path().join("new").exists());
    assert!(!f.path().join("new.training").exists());
}

#[test]
fn frozen_layers_stay_as_they_are() {
    let f = Fixture::new();
    let mut training = f.training("new");
    training.options.freeze = 1;
    assert!(run(&training).written);
    let mut training = f.training("base-again");
    training.options.epochs = 0;
    run(&training);
    let read = |out: &str| {
        let mut file = fs::File::open(f.path().join(out).join("model.gguf")).unwrap();
        let content = candle_core::quantized::gguf_file::Content::read(&mut file).unwrap();
        let mut tensor = |name: &str| -> Vec<f32> {
            let device = candle_core::Device::Cpu;
            let tensor = content.tensor(&mut file, name, &device).unwrap();
            let tensor = tensor.dequantize(&device).unwrap();
            tensor.flatten_all().unwrap().to_vec1().unwrap()
        };
        [
            tensor("embeddings.LayerNorm.weight"),
            tensor("encoder.layer.0.output.dense.weight"),
            tensor("encoder.layer.1.output.dense.weight"),
        ]
    };
    let (new, base) = (read("new"), read("base-again"));
    assert!(new[0] == base[0] && new[1] == base[1]);
    assert!(new[2] != base[2]);
}

#[test]
fn a_student_comes_near_its_teacher() {
    let f = Fixture::new();
    let words = set(Purpose::Train);
    let faqs = words.faqs.iter();
    let mut texts: Vec<String> = faqs
        .flat_map(|f| [&f.phrasings[..], &f.queries[..]].concat())
        .collect();
    texts.sort();
    texts.dedup();
    let mut training = f.training("student");
    training.sets.truncate(1);
    training.distillation = Some(Distillation {
        student: Student { layers: vec![1] },
        texts: texts.clone(),
    });
    let distance = |dir: &Path| {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let (ours, teacher) = (encode(dir, &texts), encode(&f.path().join("base"), &texts));
        let sum: f32 = ours
            .iter()
            .zip(&teacher)
            .map(|(a, b)| 1.0 - a.cosine(b))
            .sum();
        sum / texts.len() as f32
    };
    training.options.epochs = 1;
    training.options.learning_rate = 0.0;
    training.output.dir = f.path().join("cut");
    run(&training);
    training.options.epochs = 40;
    training.options.patience = 40;
    training.options.learning_rate = 3e-3;
    training.output.dir = f.path().join("student");
    run(&training);
    let manifest = ModelManifest::load(&f.path().join("student")).unwrap();
    assert_eq!(manifest.dimensions, 64);
    let (before, after) = (
        distance(&f.path().join("cut")),
        distance(&f.path().join("student")),
    );
    assert!(after < before, "{before} {after}");
}

#[test]
fn fewer_bits_stay_near() {
    let f = Fixture::new();
    let texts = ["怎么退货", "我想查收订单"];
    let mut vectors = Vec::new();
    for (out, storage) in [
        ("f32", Storage::F32),
        ("q8", Storage::Q8),
        ("q8q5", Storage::Q8Q5),
        ("q5", Storage::Q5),
    ] {
        let mut training = f.training(out);
        training.output.storage = storage;
        training.options.epochs = 0;
        run(&training);
        vectors.push(encode(&f.path().join(out), &texts));
    }
    for (fewer, least) in vectors[1..].iter().zip([0.999, 0.99, 0.98]) {
        for (a, b) in fewer.iter().zip(&vectors[0]) {
            assert!(a.cosine(b) > least, "{}", a.cosine(b));
        }
    }
}
