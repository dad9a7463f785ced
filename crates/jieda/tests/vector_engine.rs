//! Vectors at an engine outside: brought before a release is current, searched, done without, forgotten.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use jieda::{
    Engine, EngineConfig, EngineError, Fault, LiveEngine, NearestVectors, Publishing, Reply,
    RowCosine, SharedEncoder, Timestamp, VectorEngine, VectorIndex, VectorKey, prune,
    release::{DataDir, Keep},
    types::{ConversationState, StageError, Utterance},
};
use tempfile::TempDir;

/// Keeps vectors in memory, and fails when it is told to.
#[derive(Debug, Default, Clone)]
struct Kept {
    sets: Arc<Mutex<HashMap<VectorKey, Set>>>,
    fails: Arc<AtomicBool>,
}

type Set = Vec<(u32, u32, Vec<f32>)>;

impl Kept {
    fn check(&self) -> Result<(), StageError> {
        match self.fails.load(Ordering::Relaxed) {
            true => Err(StageError::new("vector engine", "out of order")),
            false => Ok(()),
        }
    }

    fn count(&self) -> usize {
        self.sets.lock().unwrap().len()
    }
}

impl VectorEngine for Kept {
    fn open(&self, vectors: &VectorIndex) -> Result<Arc<dyn NearestVectors>, StageError> {
        self.check()?;
        let rows = vectors.rows();
        let rows = rows.map(|row| (row.faq, row.row, row.vector.to_vec()));
        let key = vectors.key();
        self.sets
            .lock()
            .unwrap()
            .insert(key.clone(), rows.collect());
        Ok(Arc::new(Opened(self.clone(), key)))
    }

    fn forget(&self, key: &VectorKey) -> Result<(), StageError> {
        self.check()?;
        self.sets.lock().unwrap().remove(key);
        Ok(())
    }
}

#[derive(Debug)]
struct Opened(Kept, VectorKey);

impl Opened {
    fn rows(&self, query: &[f32]) -> Result<Vec<RowCosine>, StageError> {
        self.0.check()?;
        let sets = self.0.sets.lock().unwrap();
        let set = sets.get(&self.1).into_iter().flatten();
        Ok(set
            .map(|(faq, row, vector)| RowCosine {
                faq: *faq,
                row: *row,
                cosine: vector.iter().zip(query).map(|(a, b)| a * b).sum(),
            })
            .collect())
    }
}

impl NearestVectors for Opened {
    fn nearest(&self, query: &[f32], limit: usize) -> Result<Vec<RowCosine>, StageError> {
        let mut rows = self.rows(query)?;
        rows.sort_by(|a, b| b.cosine.total_cmp(&a.cosine));
        rows.truncate(limit);
        Ok(rows)
    }

    fn cosines(&self, query: &[f32], faqs: &[u32]) -> Result<Vec<RowCosine>, StageError> {
        let mut rows = self.rows(query)?;
        rows.retain(|row| faqs.contains(&row.faq));
        Ok(rows)
    }
}

struct Fixture {
    dir: TempDir,
    kept: Kept,
    config: EngineConfig,
    encoder: SharedEncoder,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let kept = Kept::default();
        let config = config(dir.path(), "search.vectors = \"kept\"\ncache.texts = 0")
            .with_vector_engine(|address| {
                assert_eq!(address, "kept");
                Ok::<_, String>(Arc::new(kept.clone()) as Arc<dyn VectorEngine>)
            })
            .unwrap();
        let fixture = Self {
            encoder: SharedEncoder::load(&config).unwrap(),
            dir,
            kept,
            config,
        };
        fs::create_dir(fixture.kb()).unwrap();
        fixture.write("怎么开电子发票");
        fixture
    }

    fn kb(&self) -> PathBuf {
        self.dir.path().join("kb")
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn write(&self, question: &str) {
        let faq = |id: &str, question: &str, similar: &str| {
            serde_json::json!({
                "id": id, "intent": "service", "question": question, "similar": [similar],
                "answer": format!("关于{question}的回答。"),
            })
        };
        let faqs = [
            faq("refund", "退款多久到账", "钱什么时候退回来"),
            faq("invoice", question, "发票在哪里下载"),
            faq("password", "忘记登录密码怎么办", "密码忘了怎么找回"),
        ];
        let lines: String = faqs.iter().map(|faq| format!("{faq}\n")).collect();
        fs::write(self.kb().join("faqs.jsonl"), lines).unwrap();
    }

    fn publish(&self, second: i64) -> Result<(), EngineError> {
        let publishing = Publishing {
            config: &self.config,
            kb_dir: &self.kb(),
            data: &self.data(),
            by: "test",
            note: "",
            now: Timestamp::from_second(1_800_000_000 + second).unwrap(),
            encoder: Some(&self.encoder),
        };
        publishing.publish(&mut |_| {}).map(drop)
    }
}

fn config(dir: &Path, text: &str) -> EngineConfig {
    let text = format!("cache.dir = {:?}\n{text}", dir.join("cache"));
    EngineConfig::from_toml(&text, Path::new("test.toml")).unwrap()
}

fn ask(engine: &Engine, text: &str) -> Reply {
    let state = ConversationState::default();
    engine.answer(&Utterance::new(text), &state).unwrap().0
}

#[test]
fn a_release_is_brought_before_it_is_current_and_forgotten_when_it_goes() {
    let f = Fixture::new();
    f.publish(1).unwrap();
    assert_eq!(f.kept.count(), 1);
    let live = LiveEngine::open_with(f.config.clone(), &f.data(), f.encoder.clone()).unwrap();
    assert!(live.serving().engine.searcher().index().has_engine());
    let reply = ask(&live.serving().engine, "怎么开电子发票");
    assert_eq!(reply.faq.unwrap().as_str(), "invoice");

    for (second, question) in [
        (2, "电子发票怎么开"),
        (3, "如何开具电子发票"),
        (4, "开发票"),
    ] {
        f.write(question);
        f.publish(second).unwrap();
    }
    assert_eq!(f.kept.count(), 4);
    // An engine that is away holds a release up, and the one before stays.
    f.write("发票");
    f.kept.fails.store(true, Ordering::Relaxed);
    let error = f.publish(5).unwrap_err();
    assert!(matches!(error, EngineError::Vectors(_)));
    assert_eq!(error.fault(), Fault::Environment);
    f.kept.fails.store(false, Ordering::Relaxed);

    let mut publisher = DataDir::open(&f.data())
        .unwrap()
        .publisher("test", Timestamp::from_second(1_800_001_000).unwrap())
        .unwrap();
    let pruned = prune(&f.config, &mut publisher, Keep { newest: 1 }).unwrap();
    assert_eq!(f.kept.count(), pruned.kept.len());
    assert!(live.refresh().is_ok());
    let reply = ask(&live.serving().engine, "开发票");
    assert_eq!(reply.candidates.top().unwrap().faq.as_str(), "invoice");
    assert!(!reply.is_degraded());
}

#[test]
fn the_same_is_found_and_explained_as_without_an_engine() {
    let f = Fixture::new();
    let embedded = config(f.dir.path(), "");
    let open = |config| Engine::open_with(config, &f.kb(), &f.encoder, &mut |_| {}).unwrap();
    let (embedded, distant) = (open(&embedded), open(&f.config));
    assert_eq!(f.kept.count(), 1);
    assert_ne!(embedded.identity().policy, distant.identity().policy);
    for text in ["麻烦问下怎么开电子发票呀", "钱啥时候退", "忘记密码"] {
        let (expected, given) = (ask(&embedded, text), ask(&distant, text));
        assert_eq!(given.decision, expected.decision);
        assert!((given.confidence.get() - expected.confidence.get()).abs() < 1e-4);
        let parts = |reply: &Reply| -> Vec<f32> {
            let ranked = reply.candidates.ranked.iter();
            ranked
                .flat_map(|c| c.parts.iter().flat_map(|p| [p.raw, p.normalized, p.weight]))
                .collect()
        };
        let (expected, given) = (parts(&expected), parts(&given));
        assert_eq!(given.len(), expected.len());
        for (given, expected) in given.iter().zip(&expected) {
            assert!((given - expected).abs() < 1e-3, "{given} {expected}");
        }
    }
}

#[test]
fn when_the_engine_fails_words_alone_answer_and_less_surely() {
    let f = Fixture::new();
    let engine = Engine::open_with(&f.config, &f.kb(), &f.encoder, &mut |_| {}).unwrap();
    let question = "麻烦问下怎么开电子发票呀";
    assert!(!ask(&engine, question).is_degraded());
    f.kept.fails.store(true, Ordering::Relaxed);
    let unsure = ask(&engine, question);
    assert!(unsure.is_degraded());
    assert_eq!(unsure.candidates.top().unwrap().faq.as_str(), "invoice");
    assert_ne!(unsure.decision.name(), "auto_reply");
    let same = ask(&engine, "发票在哪里下载");
    assert_eq!(same.faq.unwrap().as_str(), "invoice");
    f.kept.fails.store(false, Ordering::Relaxed);
    assert!(!ask(&engine, question).is_degraded());
}

#[test]
fn an_address_that_nobody_knows_is_a_fault_of_the_configuration() {
    let f = Fixture::new();
    let unconnected = config(f.dir.path(), "search.vectors = \"postgres://u:secret@h/d\"");
    let open = |config| Engine::open_with(config, &f.kb(), &f.encoder, &mut |_| {});
    assert_eq!(open(&unconnected).unwrap_err().fault(), Fault::Config);
    assert!(!format!("{unconnected:?}").contains("secret"));
    let refused = unconnected.with_vector_engine(|_| Err("no such engine"));
    assert_eq!(refused.unwrap_err().fault(), Fault::Config);
    // What names none asks nobody.
    let embedded = config(f.dir.path(), "");
    let connect = |_: &str| -> Result<Arc<dyn VectorEngine>, String> { unreachable!() };
    assert!(embedded.with_vector_engine(connect).is_ok());
}
