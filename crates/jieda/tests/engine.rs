//! The engine with the shipped model, on a small knowledge base of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use jieda::{
    Engine, EngineConfig, EngineError, Fault, IntentRule, Progress, SharedEncoder,
    types::{
        ConversationState, Decision, Encoded, Encoder, EncoderId, HandoffReason, IntentId,
        StageError, TextRole, Utterance,
    },
};
use tempfile::TempDir;

const INTENTS: &str = concat!(
    r#"{"id":"refund","name":"退款"}"#,
    "\n",
    r#"{"id":"return","name":"退货"}"#,
    "\n",
    r#"{"id":"account","name":"账户"}"#,
);

const FAQS: &str = concat!(
    r#"{"id":"refund-time","intent":"refund","question":"退款多久到账","similar":["钱什么时候退回来","退款几天到"],"answer":"一般3个工作日到账。"}"#,
    "\n",
    r#"{"id":"return-how","intent":"return","question":"怎么申请退货","similar":["买的东西不想要了怎么退","退货流程"],"answer":"在订单页点“申请退货”。"}"#,
    "\n",
    r#"{"id":"return-fee","intent":"return","question":"退货运费谁承担","similar":["退货邮费谁出"],"answer":"质量问题由商家承担。"}"#,
    "\n",
    r#"{"id":"balance","intent":"account","question":"账户余额有多少","similar":["我卡里还剩多少钱"],"answer":"您的余额为{balance}元。"}"#,
    "\n",
    r#"{"id":"password","intent":"account","question":"忘记登录密码怎么办","similar":["密码忘了怎么找回"],"answer":"点“忘记密码”，或拨打{hotline}。"}"#,
    "\n",
    r#"{"id":"invoice","intent":"account","question":"怎么开电子发票","similar":["发票在哪里下载"],"answer":"在订单页点“申请开票”。"}"#,
);

struct Fixture {
    kb: TempDir,
    config: EngineConfig,
    _cache: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let kb = tempfile::tempdir().unwrap();
        fs::write(
            kb.path().join("kb.toml"),
            "[variables]\nhotline = \"400-800-0000\"\n",
        )
        .unwrap();
        fs::write(kb.path().join("intents.jsonl"), INTENTS).unwrap();
        fs::write(kb.path().join("faqs.jsonl"), FAQS).unwrap();
        let cache = tempfile::tempdir().unwrap();
        let models = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let config = EngineConfig {
            model_dir: models.join("jieda-zh-small"),
            cache_dir: cache.path().to_owned(),
            ..EngineConfig::from_toml("cache.dir = \"unused\"", Path::new("test.toml")).unwrap()
        };
        Self {
            kb,
            config,
            _cache: cache,
        }
    }

    /// Opens the engine, and says how many texts were encoded and whether a rebuild was reported.
    fn open(&self) -> (Engine, usize, bool) {
        let (mut encoded, mut rebuilt) = (0, false);
        let engine = Engine::open(
            &self.config,
            self.kb.path(),
            &mut |progress| match progress {
                Progress::Encoding { done, .. } => encoded = done,
                Progress::Rebuilding => rebuilt = true,
            },
        )
        .unwrap_or_else(|e| panic!("{e}"));
        (engine, encoded, rebuilt)
    }

    /// Files of the cache whose name starts with this.
    fn cached(&self, prefix: &str) -> Vec<PathBuf> {
        let version = fs::read_dir(&self.config.cache_dir)
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path();
        fs::read_dir(version)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| {
                path.file_name()
                    .unwrap()
                    .to_string_lossy()
                    .starts_with(prefix)
            })
            .collect()
    }
}

fn ask(engine: &Engine, text: &str) -> jieda::Reply {
    engine
        .answer(&Utterance::new(text), &ConversationState::default())
        .unwrap()
        .0
}

/// An encoder that works until it is told to fail.
struct Failing {
    inner: Arc<dyn Encoder>,
    fails: AtomicBool,
}

impl Encoder for Failing {
    fn encode(&self, texts: &[&str], role: TextRole) -> Result<Vec<Encoded>, StageError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(StageError::new("encoder", "out of order"));
        }
        self.inner.encode(texts, role)
    }

    fn id(&self) -> &EncoderId {
        self.inner.id()
    }

    fn dimensions(&self) -> usize {
        self.inner.dimensions()
    }
}

#[test]
fn when_the_encoder_fails_words_alone_answer_and_less_surely() {
    let fixture = Fixture::new();
    let config = EngineConfig {
        remembered_texts: 0,
        ..fixture.config.clone()
    };
    let inner = Arc::clone(SharedEncoder::load(&config).unwrap().encoder());
    let failing = Arc::new(Failing {
        inner,
        fails: AtomicBool::new(false),
    });
    let shared = SharedEncoder::from(Arc::clone(&failing) as Arc<dyn Encoder>);
    let engine = Engine::open_with(&config, fixture.kb.path(), &shared, &mut |_| {}).unwrap();
    let question = "麻烦问下怎么开电子发票呀";
    assert_eq!(ask(&engine, question).decision.name(), "auto_reply");
    assert!(!ask(&engine, question).is_degraded());
    failing.fails.store(true, Ordering::Relaxed);
    let unsure = ask(&engine, question);
    assert!(unsure.is_degraded());
    assert_eq!(unsure.candidates.top().unwrap().faq.as_str(), "invoice");
    assert_ne!(unsure.decision.name(), "auto_reply");
    // What an FAQ asks word for word, it answers.
    let same = ask(&engine, "發票在哪裡下載？");
    assert!(same.is_degraded());
    assert_eq!(same.faq.unwrap().as_str(), "invoice");
    // Requests for a human need no vectors.
    assert_eq!(ask(&engine, "转人工").decision.name(), "handoff");
    failing.fails.store(false, Ordering::Relaxed);
    assert!(!ask(&engine, question).is_degraded());
}

#[test]
fn what_was_read_before_is_remembered_and_answered_alike() {
    let (engine, ..) = Fixture::new().open();
    let (new, now) = (ConversationState::default(), jieda::Occasion::now());
    assert!(!engine.remembers("怎么开发票", &new, &now));
    let first = ask(&engine, "怎么开发票");
    assert!(engine.remembers("怎么开发票", &new, &now));
    let again = ask(&engine, "怎么开发票");
    let untimed = |reply: jieda::Reply| jieda::Reply {
        timings: jieda::Timings::default(),
        ..reply
    };
    assert_eq!(untimed(first), untimed(again));
}

#[test]
fn questions_get_their_answers() {
    let (engine, ..) = Fixture::new().open();
    let check = |text: &str, faq: &str| {
        let candidates = ask(&engine, text).candidates;
        assert_eq!(candidates.top().unwrap().faq.as_str(), faq, "{text}");
    };
    check("退款多久到账", "refund-time");
    check("退貨運費誰出", "return-fee");
    check("密码想不起来了", "password");
    check("我要退货", "return-how");
}

/// Which number it is makes no difference, nor whether it was masked before.
#[test]
fn numbers_of_orders_and_phones_have_no_part_in_the_search() {
    let fixture = Fixture::new();
    let (engine, ..) = fixture.open();
    let texts = [
        "我的手机13800001234，订单号20261128001，钱什么时候退回来",
        "我的手机138****1234，订单号20261128001，钱什么时候退回来",
        "我的手机15987654321，订单号88776655443322，钱什么时候退回来",
    ];
    let replies = texts.map(|text| ask(&engine, text));
    for reply in &replies {
        assert_eq!(reply.candidates.top().unwrap().faq.as_str(), "refund-time");
        assert_eq!(reply.confidence, replies[0].confidence);
        assert_eq!(reply.intents, replies[0].intents);
        assert!(
            !reply
                .trace
                .normalized
                .contains(|c: char| c.is_ascii_digit())
        );
    }
    // The hotline of an answer is a number that may be asked about.
    let found = engine.searcher().segment("400-800-0000打不通").unwrap();
    assert_eq!(found.normalized, "400-800-0000打不通");
    // A number alone is no question, and no fault of the customer.
    let alone = ask(&engine, "20261128001");
    assert_eq!(alone.trace.rule, "no_words");
}

#[test]
fn rules_of_intents_move_intents_and_no_confidence() {
    let f = Fixture::new();
    let (plain, ..) = f.open();
    let text = "ＶＩＰ會員怎么把钱要回来";
    let before = ask(&plain, text);
    assert!(before.trace.intent_evidence.is_empty());
    let rules = r#""keywords":["vip会员","不相干"],"patterns":["把.{0,3}要"]}"#;
    let intents = INTENTS.replace(r#""name":"账户"}"#, &format!(r#""name":"账户",{rules}"#));
    fs::write(f.kb.path().join("intents.jsonl"), intents).unwrap();
    let (ruled, encoded, _) = f.open();
    assert_eq!(encoded, 0, "no text is encoded anew for a rule");
    let after = ask(&ruled, text);
    let account = IntentId::new("account").unwrap();
    let found: Vec<&IntentRule> = after
        .trace
        .intent_evidence
        .iter()
        .map(|e| &e.rule)
        .collect();
    assert_eq!(
        found,
        [
            &IntentRule::Keyword("vip会员".into()),
            &IntentRule::Pattern {
                pattern: "把.{0,3}要".into(),
                found: "把钱要".into()
            }
        ]
    );
    let evidence = &after.trace.intent_evidence[0];
    assert_eq!(evidence.intent, account);
    assert_eq!(evidence.before, before.intents.confidence_of(&account));
    assert_eq!(evidence.after, after.intents.confidence_of(&account));
    assert!(evidence.after > evidence.before);
    // Whoever wants a human or complains is not talked out of it.
    for id in ["human_request", "complaint"].map(|id| IntentId::new(id).unwrap()) {
        assert_eq!(
            after.intents.confidence_of(&id),
            before.intents.confidence_of(&id)
        );
    }
    assert_eq!(after.confidence, before.confidence);
    assert_eq!(after.trace.features, before.trace.features);
    // Where no rule speaks, nothing changes.
    let other = "退货运费谁承担";
    assert_eq!(ask(&ruled, other).intents, ask(&plain, other).intents);
}

#[test]
fn a_reply_tells_how_it_came_about() {
    let (engine, ..) = Fixture::new().open();
    let reply = ask(&engine, "忘记登录密码怎么办？？");
    assert_eq!(reply.faq.as_ref().unwrap().as_str(), "password");
    assert_eq!(reply.text, "点“忘记密码”，或拨打400-800-0000。");
    assert_eq!(reply.trace.rule, "confident");
    assert_eq!(reply.trace.normalized, "忘记登录密码怎么办?");
    assert_eq!(reply.intents.top().unwrap().id.as_str(), "account");
    assert_eq!(reply.reason(), None);
    assert!(reply.timings.total >= reply.timings.encode);
}

#[test]
fn no_answer_is_sent_with_a_hole() {
    let (engine, ..) = Fixture::new().open();
    let mut utterance = Utterance::new("账户余额有多少");
    let (reply, state) = engine
        .answer(&utterance, &ConversationState::default())
        .unwrap();
    assert_eq!(
        reply.decision,
        Decision::Handoff {
            reason: HandoffReason::MissingVariable
        }
    );
    assert_eq!(reply.trace.missing_variables, ["balance"]);
    assert!(!reply.text.contains('{'));
    assert_eq!(state.handed_over, Some(HandoffReason::MissingVariable));
    utterance.variables = BTreeMap::from([("balance".into(), "12.50".into())]);
    let (reply, _) = engine
        .answer(&utterance, &ConversationState::default())
        .unwrap();
    assert_eq!(reply.text, "您的余额为12.50元。");
}

#[test]
fn faulty_utterances_are_the_customers_fault() {
    let (engine, ..) = Fixture::new().open();
    let fault = |text: &str| {
        engine
            .answer(&Utterance::new(text), &ConversationState::default())
            .unwrap_err()
            .fault()
    };
    assert_eq!(fault(""), Fault::Input);
    assert_eq!(fault(" \u{0}\u{200B}\n"), Fault::Input);
    assert_eq!(fault(&"长".repeat(40_000)), Fault::Input);
    ask(&engine, "？");
    ask(&engine, "👍👍👍");
    ask(&engine, "<s></s><pad>");
}

#[test]
fn the_cache_makes_the_second_opening_quick() {
    let fixture = Fixture::new();
    let (_, encoded, rebuilt) = fixture.open();
    assert_eq!((encoded, rebuilt), (20, false)); // 14 phrasings, 6 question + answer
    let (_, encoded, rebuilt) = fixture.open();
    assert_eq!((encoded, rebuilt), (0, false));
    assert!(
        fixture.cached(".tmp").is_empty(),
        "nothing half-made is left"
    );
}

#[test]
fn a_damaged_cache_is_built_again() {
    let fixture = Fixture::new();
    fixture.open();
    for prefix in ["vectors-", "text-"] {
        let path = fixture.cached(prefix).remove(0);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
        let (engine, encoded, rebuilt) = fixture.open();
        assert_eq!((encoded > 0, rebuilt), (prefix == "vectors-", true));
        assert_eq!(
            ask(&engine, "退款多久到账").faq.unwrap().as_str(),
            "refund-time"
        );
    }
    let (engine, encoded, rebuilt) = fixture.open();
    assert_eq!((encoded, rebuilt), (0, false));
    assert!(engine.searcher().kb().warnings.is_empty());
}

#[test]
fn several_builders_do_no_harm() {
    let fixture = Fixture::new();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| fixture.open());
        }
    });
    assert_eq!(
        (
            fixture.cached("text-").len(),
            fixture.cached("vectors-").len()
        ),
        (1, 1)
    );
    assert!(fixture.cached(".tmp").is_empty());
}

#[cfg(unix)]
#[test]
fn a_cache_that_is_readable_is_enough() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::new();
    fixture.open();
    let folder = fixture
        .cached("text-")
        .remove(0)
        .parent()
        .unwrap()
        .to_owned();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let (_, encoded, rebuilt) = fixture.open();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!((encoded, rebuilt), (0, false));
}

#[test]
fn a_change_of_the_knowledge_base_is_noticed() {
    let fixture = Fixture::new();
    fixture.open();
    let changed = FAQS.replace("一般3个工作日到账。", "一般5个工作日到账。");
    fs::write(fixture.kb.path().join("faqs.jsonl"), changed).unwrap();
    let (engine, encoded, _) = fixture.open();
    assert_eq!(encoded, 20);
    assert_eq!(ask(&engine, "退款多久到账").text, "一般5个工作日到账。");
}

#[test]
fn whose_fault_it_is_is_known() {
    let fixture = Fixture::new();
    let open = |config: &EngineConfig, kb: &Path| -> EngineError {
        Engine::open(config, kb, &mut |_| {}).unwrap_err()
    };
    assert_eq!(
        open(&fixture.config, Path::new("/nowhere")).fault(),
        Fault::Knowledge
    );
    let config = EngineConfig {
        model_dir: "/nowhere".into(),
        ..fixture.config.clone()
    };
    assert_eq!(open(&config, fixture.kb.path()).fault(), Fault::Model);
    let config = EngineConfig {
        cache_dir: "/proc/nowhere".into(),
        ..fixture.config.clone()
    };
    assert_eq!(open(&config, fixture.kb.path()).fault(), Fault::Environment);
}

/// An engine whose answer needs an order number, and a conversation that was asked for one.
fn asked_for_an_order() -> (Fixture, Engine, ConversationState) {
    let fixture = Fixture::new();
    let faq = concat!(
        r#"{"id":"order-where","intent":"account","question":"我的订单到哪里了","similar":["订单现在在哪","查一下订单物流"],"#,
        r#""answer":"订单{order_id}正在派送。"}"#,
    );
    fs::write(
        fixture.kb.path().join("faqs.jsonl"),
        format!("{FAQS}\n{faq}"),
    )
    .unwrap();
    let (engine, ..) = fixture.open();
    let question = Utterance::new("我的订单到哪里了");
    let (reply, state) = engine
        .answer(&question, &ConversationState::default())
        .unwrap();
    assert_eq!(reply.decision.name(), "ask_value", "{}", reply.text);
    (fixture, engine, state)
}

#[test]
fn a_bare_number_is_the_order_that_was_asked_for() {
    let (_fixture, engine, state) = asked_for_an_order();
    for (reply, number) in [
        ("20261128001", "20261128001"),
        ("是sf1234567890", "SF1234567890"),
        ("订单号：20261128002", "20261128002"),
        ("886321", "886321"),
    ] {
        let (answer, next) = engine.answer(&Utterance::new(reply), &state).unwrap();
        assert_eq!(answer.trace.rule, "value_given", "{reply}");
        assert_eq!(answer.text, format!("订单{number}正在派送。"));
        assert_eq!(next.slots["order_id"], number);
    }
}

#[test]
fn what_is_no_order_number_is_not_taken_for_one() {
    let (_fixture, engine, state) = asked_for_an_order();
    for reply in [
        "13800001234",
        "299元",
        "2026-11-03",
        "我不记得了",
        "6222000000000009",
    ] {
        let (answer, next) = engine.answer(&Utterance::new(reply), &state).unwrap();
        assert_ne!(answer.trace.rule, "value_given", "{reply}");
        assert!(!next.slots.contains_key("order_id"), "{reply}");
    }
    // Nobody asked: a number alone is nothing.
    let number = Utterance::new("20261128001");
    let (_, next) = engine
        .answer(&number, &ConversationState::default())
        .unwrap();
    assert!(next.slots.is_empty());
}
