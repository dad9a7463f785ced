//! Releases from the engine's side: made, swapped while answers go on, refused when damaged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use jieda::{
    Built, Channel, EngineConfig, EngineError, Fault, LiveEngine, Occasion, Outcome, Publishing,
    Refreshed, Timestamp,
    release::{Check, DataDir, ReleaseError, ReleaseId},
    types::{ConversationState, Decision, Utterance},
};
use tempfile::TempDir;

struct Fixture {
    dir: TempDir,
    config: EngineConfig,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let cache = dir.path().join("cache");
        let text = format!("cache.dir = {cache:?}");
        let config = EngineConfig::from_toml(&text, Path::new("test.toml")).unwrap();
        let fixture = Self { dir, config };
        fs::create_dir(fixture.kb()).unwrap();
        fixture
    }

    fn kb(&self) -> PathBuf {
        self.dir.path().join("kb")
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Writes a folder in which every answer names its version.
    fn write(&self, version: usize) {
        let faq = |id: &str, question: &str, similar: &str| {
            serde_json::json!({
                "id": id, "intent": "service", "question": question, "similar": [similar],
                "answer": format!("第{version}版的{question}。"),
            })
        };
        let faqs = [
            faq("refund", "退款多久到账", "钱什么时候退回来"),
            faq("invoice", "怎么开电子发票", "发票在哪里下载"),
            faq("password", "忘记登录密码怎么办", "密码忘了怎么找回"),
        ];
        let lines: String = faqs.iter().map(|faq| format!("{faq}\n")).collect();
        fs::write(self.kb().join("faqs.jsonl"), lines).unwrap();
    }

    fn publish(&self, second: i64) -> Result<Built, EngineError> {
        let publishing = Publishing {
            config: &self.config,
            kb_dir: &self.kb(),
            data: &self.data(),
            by: "test",
            note: "",
            now: Timestamp::from_second(1_800_000_000 + second).unwrap(),
            encoder: None,
        };
        publishing.publish(&mut |_| {})
    }

    fn publish_version(&self, version: usize) -> ReleaseId {
        self.write(version);
        let built = self.publish(version as i64).unwrap();
        built.release.id().clone()
    }

    fn promote(&self, id: &ReleaseId) {
        let now = Timestamp::from_second(1_800_001_000).unwrap();
        let mut publisher = DataDir::open(&self.data())
            .unwrap()
            .publisher("test", now)
            .unwrap();
        publisher.promote(id, Check::Sizes, now).unwrap();
    }

    fn live(&self) -> LiveEngine {
        LiveEngine::open(self.config.clone(), &self.data()).unwrap()
    }
}

/// An answer, and the release that it was asked of.
fn ask(live: &LiveEngine, text: &str) -> (String, ReleaseId) {
    let serving = live.serving();
    let state = ConversationState::default();
    let (reply, _) = serving
        .engine
        .answer(&Utterance::new(text), &state)
        .unwrap();
    (reply.text, serving.release.clone())
}

#[test]
fn an_engine_follows_publication_and_rollback() {
    let f = Fixture::new();
    let first = f.publish_version(1);
    let live = f.live();
    assert_eq!(ask(&live, "退款多久到账").0, "第1版的退款多久到账。");
    let second = f.publish_version(2);
    // Nothing changes until it is told.
    assert_eq!(ask(&live, "退款多久到账").0, "第1版的退款多久到账。");
    let old = Arc::downgrade(&live.serving());
    let swapped = Refreshed::Swapped {
        from: first.clone(),
        to: second.clone(),
    };
    assert_eq!(live.refresh().unwrap(), swapped);
    assert_eq!(
        ask(&live, "退款多久到账"),
        ("第2版的退款多久到账。".into(), second)
    );
    assert!(
        old.upgrade().is_none(),
        "the old engine's memory is given back"
    );
    assert_eq!(live.refresh().unwrap(), Refreshed::Unchanged);
    f.promote(&first);
    live.refresh().unwrap();
    assert_eq!(
        ask(&live, "退款多久到账"),
        ("第1版的退款多久到账。".into(), first)
    );
}

#[test]
fn what_has_not_changed_is_not_published_again() {
    let f = Fixture::new();
    let first = f.publish_version(1);
    let again = f.publish(60).unwrap();
    assert_eq!(
        (again.release.id(), again.outcome),
        (&first, Outcome::Unchanged)
    );
    // A field that needs no new index is a change all the same.
    let path = f.kb().join("faqs.jsonl");
    let lines = fs::read_to_string(&path).unwrap();
    fs::write(&path, lines.replacen("{", "{\"enabled\":false,", 1)).unwrap();
    let third = f.publish(120).unwrap();
    assert_ne!(third.release.id(), &first);
}

#[test]
fn only_new_texts_are_encoded() {
    let f = Fixture::new();
    f.publish_version(1);
    f.write(2);
    // The answers change, the phrasings don't.
    let Outcome::New { encoded, reused } = f.publish(2).unwrap().outcome else {
        panic!("nothing new")
    };
    assert_eq!((encoded, reused), (3, 6));
    // What a damaged release holds is encoded anew.
    let data = DataDir::open(&f.data()).unwrap();
    for info in data.releases().unwrap() {
        let path = data
            .release(&info.id)
            .unwrap()
            .file("vectors.index")
            .unwrap();
        let mut bytes = fs::read(&path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        replace(&path, &bytes);
    }
    f.write(3);
    let built = f.publish(3).unwrap();
    assert_eq!(
        built.outcome,
        Outcome::New {
            encoded: 9,
            reused: 0
        }
    );
    built.release.verify().unwrap();
}

#[test]
fn validity_and_channels_are_looked_at_when_a_question_is_asked() {
    let f = Fixture::new();
    f.write(1);
    let path = f.kb().join("faqs.jsonl");
    let lines = fs::read_to_string(&path).unwrap();
    let mut faqs: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    faqs[0]["valid_from"] = "2026-11-11 20:00".into();
    faqs[0]["valid_until"] = "2026-11-12".into();
    faqs[1]["channels"] = serde_json::json!(["app"]);
    faqs[2]["enabled"] = false.into();
    let lines: String = faqs.iter().map(|faq| format!("{faq}\n")).collect();
    fs::write(&path, lines).unwrap();
    f.publish(0).unwrap();
    let live = f.live();
    let serving = live.serving();
    let found = |text: &str, time: &str, channel: Option<&str>| -> Vec<String> {
        let mut occasion = Occasion::at(time.parse().unwrap());
        if let Some(name) = channel {
            occasion = occasion.on(Channel::new(name).unwrap());
        }
        let state = ConversationState::default();
        let utterance = Utterance::new(text);
        let (reply, _) = serving
            .engine
            .answer_on(&utterance, &state, &occasion)
            .unwrap();
        let mut ids: Vec<String> = reply
            .candidates
            .ranked
            .iter()
            .map(|c| c.faq.to_string())
            .collect();
        ids.sort();
        ids
    };
    // In the knowledge base's own time zone, Asia/Shanghai.
    let check = |time: &str, channel, expected: &[&str]| {
        assert_eq!(
            found("退款多久到账", time, channel),
            expected,
            "{time} {channel:?}"
        );
    };
    check("2026-11-11T19:59:59+08:00", None, &["invoice"]);
    check("2026-11-11T20:00:00+08:00", None, &["invoice", "refund"]);
    check("2026-11-12T15:59:59Z", None, &["invoice", "refund"]);
    check("2026-11-12T16:00:00Z", None, &["invoice"]);
    check(
        "2026-11-12T00:00:00+08:00",
        Some("APP"),
        &["invoice", "refund"],
    );
    check("2026-11-12T00:00:00+08:00", Some("web"), &["refund"]);
    check("2026-11-13T00:00:00+08:00", Some("web"), &[]);
}

/// Few FAQs are served on a channel; what belongs to the others must not be answered from them. Five of the
/// sixty are, all the same; 23 were when signals were standardised over the served FAQs alone.
#[test]
fn a_few_served_faqs_are_not_taken_for_answers() {
    let f = Fixture::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let lines = |path: &str| -> Vec<serde_json::Value> {
        let text = fs::read_to_string(root.join(path)).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let mut faqs = lines("kb-samples/ecommerce/faqs.jsonl");
    for (i, faq) in faqs.iter_mut().enumerate() {
        let channels = if i < 3 {
            vec!["web", "app"]
        } else {
            vec!["web"]
        };
        faq["channels"] = serde_json::json!(channels);
        faq.as_object_mut().unwrap().remove("intent");
        faq["intent"] = "all".into();
    }
    let text: String = faqs.iter().map(|faq| format!("{faq}\n")).collect();
    fs::write(f.kb().join("faqs.jsonl"), text).unwrap();
    f.publish(0).unwrap();
    let live = f.live();
    let serving = live.serving();
    let occasion = Occasion::now().on(Channel::new("app").unwrap());
    let served: Vec<&str> = faqs[..3]
        .iter()
        .map(|faq| faq["id"].as_str().unwrap())
        .collect();
    let queries = lines("eval/truth/ecommerce/queries.jsonl");
    let others = queries
        .iter()
        .filter(|q| q["split"] == "train" && !served.contains(&q["faq"].as_str().unwrap()))
        .step_by(9)
        .take(60);
    let mut wrong = Vec::new();
    for query in others {
        let utterance = Utterance::new(query["text"].as_str().unwrap());
        let state = ConversationState::default();
        let (reply, _) = serving
            .engine
            .answer_on(&utterance, &state, &occasion)
            .unwrap();
        if let Decision::AutoReply { faq } = &reply.decision {
            wrong.push(format!("{} → {faq} {}", utterance.text, reply.confidence));
        }
    }
    assert!(wrong.len() <= 6, "{wrong:#?}");
}

#[test]
fn a_faulty_folder_is_refused_and_changes_nothing() {
    let f = Fixture::new();
    let first = f.publish_version(1);
    fs::write(
        f.kb().join("faqs.jsonl"),
        "{\"id\":\"x\",\"question\":\"\"}\n[]\n",
    )
    .unwrap();
    let error = f.publish(5).unwrap_err();
    let EngineError::Knowledge(faults) = &error else {
        panic!("{error}")
    };
    assert!(faults.errors.len() >= 2, "{faults}");
    assert_eq!(error.fault(), Fault::Knowledge);
    let data = DataDir::open(&f.data()).unwrap();
    assert_eq!(data.current().unwrap().as_ref(), Some(&first));
    assert_eq!(data.releases().unwrap().len(), 1);
}

#[test]
fn a_damaged_release_is_refused_and_the_old_one_goes_on() {
    let f = Fixture::new();
    let first = f.publish_version(1);
    let live = f.live();
    let second = f.publish_version(2);
    let data = DataDir::open(&f.data()).unwrap();
    let release = data.release(&second).unwrap();
    for file in &release.manifest().files {
        let path = release.path().join(file.path.to_string());
        let sound = fs::read(&path).unwrap();
        let mut bytes = sound.clone();
        bytes[sound.len() / 2] ^= 4;
        replace(&path, &bytes);
        let error = live.refresh().unwrap_err();
        let is_damaged = matches!(error, EngineError::Release(ReleaseError::Damaged { .. }));
        assert!(is_damaged, "{}: {error}", file.path);
        assert_eq!(ask(&live, "退款多久到账").1, first);
        assert!(LiveEngine::open(f.config.clone(), &f.data()).is_err());
        replace(&path, &sound);
    }
    live.refresh().unwrap();
    assert_eq!(ask(&live, "退款多久到账").1, second);
}

/// Files of a release are read-only.
fn replace(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_follower_tells_of_swaps_and_of_what_it_refuses() {
    let f = Fixture::new();
    f.publish_version(1);
    let live = Arc::new(f.live());
    let (send, told) = mpsc::channel();
    let follower = live.follow(Duration::from_millis(5), move |news| {
        send.send(news.map_err(|e| e.to_string())).unwrap();
    });
    let second = f.publish_version(2);
    let wait = Duration::from_secs(60);
    let Refreshed::Swapped { to, .. } = told.recv_timeout(wait).unwrap().unwrap() else {
        panic!("no swap")
    };
    assert_eq!(to, second);
    fs::write(f.data().join("CURRENT"), "damaged").unwrap();
    let error = told.recv_timeout(wait).unwrap().unwrap_err();
    assert!(error.contains("CURRENT"), "{error}");
    assert_eq!(ask(&live, "退款多久到账").1, second);
    drop(follower);
    // Once is enough.
    assert!(told.try_recv().is_err());
}

/// Swaps in a row; the environment may ask for more.
fn swaps() -> usize {
    let asked = std::env::var("JIEDA_SWAPS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(12)
}

#[test]
fn answers_during_swaps_are_of_one_release_each() {
    let f = Fixture::new();
    let releases = [f.publish_version(1), f.publish_version(2)];
    let live = f.live();
    let (done, answers) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let texts = ["退款多久到账", "怎么开电子发票", "忘记登录密码怎么办"];
                for text in texts.into_iter().cycle() {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    let (answer, release) = ask(&live, text);
                    let version = 1 + releases.iter().position(|id| *id == release).unwrap();
                    assert_eq!(answer, format!("第{version}版的{text}。"));
                    answers.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for i in 0..swaps() {
            f.promote(&releases[i % 2]);
            live.refresh().unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(answers.load(Ordering::Relaxed) > swaps());
}
