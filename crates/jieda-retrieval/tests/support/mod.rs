//! What the tests share: a toy encoder that counts, and knowledge bases made on the spot.

#![allow(dead_code, reason = "every test file uses some of it")]

use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use jieda_knowledge::{AnswerTemplate, Faq, KnowledgeBase};
use jieda_retrieval::{KnownVectors, NothingKnown, TextIndex, VectorIndex};
use jieda_text::{JiebaSegmenter, UserDictionary};
use jieda_types::{
    Embedding, Encoded, Encoder, EncoderId, FaqId, IntentId, Query, Segmented, Segmenter,
    StageError, TextRole,
};

/// A bag of characters: texts with the same characters have the same vector.
pub(crate) struct BagOfCharacters {
    id: EncoderId,
    encoded: AtomicUsize,
}

impl BagOfCharacters {
    pub(crate) fn new(id: &str) -> Self {
        Self {
            id: EncoderId::new(id).unwrap(),
            encoded: AtomicUsize::new(0),
        }
    }

    /// How many texts it has encoded.
    pub(crate) fn encoded(&self) -> usize {
        self.encoded.load(Ordering::Relaxed)
    }
}

impl Encoder for BagOfCharacters {
    fn encode(&self, texts: &[&str], _: TextRole) -> Result<Vec<Encoded>, StageError> {
        self.encoded.fetch_add(texts.len(), Ordering::Relaxed);
        let encode = |text: &&str| {
            let mut bag = vec![0.0; 64];
            for (i, c) in text.chars().enumerate() {
                bag[c as usize * 7 % 64] += 1.0 + (i % 5) as f32 / 10.0;
            }
            Encoded {
                embedding: Embedding::normalized(bag),
                tokens: 1,
                truncated_tokens: 0,
            }
        };
        Ok(texts.iter().map(encode).collect())
    }

    fn id(&self) -> &EncoderId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        64
    }
}

/// One for all tests: its dictionary takes a quarter of a second.
pub(crate) fn segmenter() -> &'static JiebaSegmenter {
    static SEGMENTER: LazyLock<JiebaSegmenter> =
        LazyLock::new(|| JiebaSegmenter::new(&UserDictionary::default()).unwrap());
    &SEGMENTER
}

/// A knowledge base of FAQs with these phrasings and answers.
pub(crate) fn kb(faqs: &[(Vec<String>, String)]) -> KnowledgeBase {
    let faqs = faqs
        .iter()
        .enumerate()
        .map(|(i, (phrasings, answer))| faq(&format!("f{i:05}"), phrasings, answer))
        .collect();
    of_faqs(faqs)
}

pub(crate) fn of_faqs(faqs: Vec<Faq>) -> KnowledgeBase {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, line: &str| std::fs::write(dir.path().join(name), line).unwrap();
    write("intents.jsonl", r#"{"id":"i","name":"甲"}"#);
    write(
        "faqs.jsonl",
        r#"{"id":"f","intent":"i","question":"问","answer":"答"}"#,
    );
    KnowledgeBase {
        faqs,
        ..KnowledgeBase::load(dir.path()).unwrap()
    }
}

pub(crate) fn faq(id: &str, phrasings: &[String], answer: &str) -> Faq {
    Faq {
        id: FaqId::new(id).unwrap(),
        intent: IntentId::new("i").unwrap(),
        question: phrasings[0].clone(),
        similar: phrasings[1..].to_vec(),
        answer: AnswerTemplate::parse(answer).unwrap(),
        variants: Vec::new(),
        tags: Vec::new(),
        skill: None,
        channels: Vec::new(),
        valid_from: None,
        valid_until: None,
        enabled: true,
        priority: 0,
    }
}

/// Sentences of common and rarer words, the same ones for the same seed.
pub(crate) fn sentences(seed: u64, count: usize) -> Vec<String> {
    const WORDS: [&str; 40] = [
        "怎么",
        "如何",
        "查询",
        "办理",
        "退款",
        "发票",
        "订单",
        "快递",
        "密码",
        "账户",
        "余额",
        "手机",
        "银行卡",
        "信用卡",
        "积分",
        "会员",
        "优惠券",
        "地址",
        "修改",
        "取消",
        "什么时候",
        "到账",
        "费用",
        "收费",
        "免费",
        "运费",
        "的",
        "吗",
        "呢",
        "我",
        "E4",
        "x200",
        "套餐",
        "流量",
        "网点",
        "身份证",
        "营业执照",
        "洗衣机",
        "门锁",
        "水管",
    ];
    let mut random = fastrand::Rng::with_seed(seed);
    (0..count)
        .map(|i| {
            let length = random.usize(3..9);
            let mut sentence: String = (0..length)
                .map(|_| WORDS[random.usize(..WORDS.len())])
                .collect();
            sentence.push_str(&format!("{}号", seed as usize * 31 + i));
            sentence
        })
        .collect()
}

/// FAQs with made-up texts.
pub(crate) fn many(faqs: usize, phrasings: usize) -> KnowledgeBase {
    let texts: Vec<(Vec<String>, String)> = (0..faqs)
        .map(|i| {
            let phrasings = sentences(i as u64 + 1, phrasings);
            let answer = sentences(i as u64 + 500_000, 2).concat();
            (phrasings, answer)
        })
        .collect();
    kb(&texts)
}

pub(crate) fn vectors(kb: &KnowledgeBase, segmenter: &JiebaSegmenter) -> VectorIndex {
    vectors_knowing(kb, segmenter, &BagOfCharacters::new("bag"), &NothingKnown)
}

pub(crate) fn vectors_knowing(
    kb: &KnowledgeBase,
    segmenter: &JiebaSegmenter,
    encoder: &BagOfCharacters,
    known: &dyn KnownVectors,
) -> VectorIndex {
    VectorIndex::build(kb, segmenter, encoder, known, &mut |_, _| {}).unwrap()
}

pub(crate) fn text(kb: &KnowledgeBase, segmenter: &JiebaSegmenter) -> TextIndex {
    TextIndex::build(kb, segmenter).unwrap()
}

/// A text, cut and encoded.
pub(crate) struct Understood {
    pub(crate) segmented: Segmented,
    pub(crate) encoded: Encoded,
}

impl Understood {
    pub(crate) fn of(text: &str, segmenter: &JiebaSegmenter) -> Self {
        let segmented = segmenter.segment(text);
        let mut encoded = BagOfCharacters::new("bag")
            .encode(&[&segmented.normalized], TextRole::Query)
            .unwrap();
        Self {
            segmented,
            encoded: encoded.remove(0),
        }
    }

    pub(crate) fn query(&self) -> Query<'_> {
        Query {
            segmented: &self.segmented,
            encoded: Some(&self.encoded),
        }
    }
}
