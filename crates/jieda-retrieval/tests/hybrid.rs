//! The hybrid index through its public API, with a toy encoder: no model is needed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::fs;

use jieda_knowledge::KnowledgeBase;
use jieda_retrieval::{
    FusionWeights, HybridIndex, NearestIntents, NothingKnown, SearchMode, TextIndex, VectorIndex,
};
use jieda_text::{JiebaSegmenter, UserDictionary};
use jieda_types::{
    Candidates, Embedding, Encoded, Encoder, EncoderId, Query, Retriever, Segmenter, Signal,
    StageError, TextRole,
};

/// A bag of characters: texts with the same characters have the same vector.
struct BagOfCharacters(EncoderId);

impl BagOfCharacters {
    fn new() -> Self {
        Self(EncoderId::new("bag").unwrap())
    }
}

impl Encoder for BagOfCharacters {
    fn encode(&self, texts: &[&str], _: TextRole) -> Result<Vec<Encoded>, StageError> {
        let encode = |text: &&str| {
            let mut bag = vec![0.0; 64];
            for c in text.chars() {
                bag[c as usize % 64] += 1.0;
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
        &self.0
    }

    fn dimensions(&self) -> usize {
        64
    }
}

struct Fixture {
    segmenter: JiebaSegmenter,
    index: HybridIndex,
    _dir: tempfile::TempDir,
}

impl Fixture {
    fn new(mode: SearchMode) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(
            dir.path().join("intents.jsonl"),
            concat!(
                r#"{"id":"fault","name":"故障"}"#,
                "\n",
                r#"{"id":"refund","name":"退款"}"#,
            ),
        )
        .unwrap();
        fs::write(dir.path().join("faqs.jsonl"), concat!(
            r#"{"id":"e4","intent":"fault","question":"洗衣机显示E4怎么办","similar":["报E4"],"answer":"检查门锁。"}"#, "\n",
            r#"{"id":"e3","intent":"fault","question":"洗衣机显示E3怎么办","similar":["报E3"],"answer":"检查水管。"}"#, "\n",
            r#"{"id":"r1","intent":"refund","question":"退款多久到账","similar":["钱什么时候退回来"],"answer":"信用卡五天，余额即时。"}"#,
        )).unwrap();
        let kb = KnowledgeBase::load(dir.path()).unwrap();
        let segmenter = JiebaSegmenter::new(&UserDictionary::default()).unwrap();
        let built = TextIndex::build(&kb, &segmenter).unwrap();
        let vectors = VectorIndex::build(
            &kb,
            &segmenter,
            &BagOfCharacters::new(),
            &NothingKnown,
            &mut |_, _| {},
        )
        .unwrap();
        // Through the file, as in real life.
        let text = TextIndex::from_bytes(built.as_bytes()).unwrap();
        let weights = FusionWeights::new([0.3, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1]).unwrap();
        let index = HybridIndex::new(&kb, text, Some(vectors), &weights, mode).unwrap();
        Self {
            segmenter,
            index,
            _dir: dir,
        }
    }

    fn search(&self, text: &str) -> Candidates {
        let segmented = self.segmenter.segment(text);
        let encoded = BagOfCharacters::new()
            .encode(&[&segmented.normalized], TextRole::Query)
            .unwrap();
        let query = Query {
            segmented: &segmented,
            encoded: encoded.first(),
        };
        self.index.search(&query, 10).unwrap()
    }
}

#[test]
fn codes_are_found_however_they_are_written() {
    for mode in SearchMode::ALL {
        let fixture = Fixture::new(mode);
        let check = |text: &str, faq: &str| {
            let candidates = fixture.search(text);
            assert_eq!(
                candidates.top().unwrap().faq.as_str(),
                faq,
                "{mode}: {text}"
            );
        };
        check("洗衣机显示E4", "e4");
        check("洗衣机显示e3", "e3");
        check("洗衣机显示Ｅ３", "e3");
    }
    let bm25 = Fixture::new(SearchMode::Bm25);
    assert_eq!(bm25.search("E 4").top().unwrap().faq.as_str(), "e4");
}

#[test]
fn words_of_the_answer_find_the_faq() {
    let candidates = Fixture::new(SearchMode::Bm25).search("信用卡余额");
    assert_eq!(candidates.top().unwrap().faq.as_str(), "r1");
    assert_eq!(candidates.lexical_top.unwrap().as_str(), "r1");
}

#[test]
fn a_score_is_the_sum_of_its_parts() {
    for mode in SearchMode::ALL {
        for candidate in Fixture::new(mode).search("退款到账").ranked {
            let sum: f32 = candidate.parts.iter().map(|p| p.contribution()).sum();
            assert!((sum - candidate.score.0).abs() < 1e-5, "{mode}");
            let weights: f32 = candidate.parts.iter().map(|p| p.weight).sum();
            assert!((weights - 1.0).abs() < 1e-5, "{mode}");
        }
    }
}

#[test]
fn modes_use_their_own_signals() {
    let used = |mode| -> Vec<Signal> {
        let candidates = Fixture::new(mode).search("退款到账");
        let parts = candidates.top().unwrap().parts.clone();
        parts
            .into_iter()
            .filter(|p| p.weight > 0.0)
            .map(|p| p.signal)
            .collect()
    };
    assert!(used(SearchMode::Bm25).iter().all(|s| !s.is_vector()));
    assert_eq!(used(SearchMode::Vector), [Signal::VectorBest]);
    assert_eq!(used(SearchMode::Hybrid).len(), Signal::ALL.len());
}

#[test]
fn strange_queries_do_no_harm() {
    let long = "退款".repeat(20_000);
    for mode in SearchMode::ALL {
        let fixture = Fixture::new(mode);
        for text in ["", "？？？", "Pro: (", "\"", "AND OR", "👍", "\u{0}", &long] {
            let candidates = fixture.search(text);
            assert_eq!(candidates.ranked.len(), 3, "{mode}");
            assert!((0.0..=1.0).contains(&candidates.covered));
        }
        assert_eq!(fixture.search("？？？").lexical_top, None);
    }
}

#[test]
fn coverage_is_the_share_of_the_query() {
    let fixture = Fixture::new(SearchMode::Hybrid);
    assert!((fixture.search("退款多久到账").covered - 1.0).abs() < 1e-6);
    let half = fixture.search("退款飞船").covered;
    assert!(half > 0.0 && half < 1.0, "{half}");
}

#[test]
fn intents_add_up_to_one() {
    let candidates = Fixture::new(SearchMode::Hybrid).search("退款多久到账");
    let prediction = NearestIntents::new(0.4).rank(&candidates);
    assert_eq!(prediction.top().unwrap().id.as_str(), "refund");
    let sum: f64 = prediction.ranked.iter().map(|s| s.confidence.get()).sum();
    assert!((sum - 1.0).abs() < 1e-9);
}

#[test]
fn a_cut_text_index_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("intents.jsonl"),
        r#"{"id":"i","name":"甲"}"#,
    )
    .unwrap();
    let faq = r#"{"id":"f","intent":"i","question":"问题","answer":"答案"}"#;
    fs::write(dir.path().join("faqs.jsonl"), faq).unwrap();
    let kb = KnowledgeBase::load(dir.path()).unwrap();
    let segmenter = JiebaSegmenter::new(&UserDictionary::default()).unwrap();
    let index = TextIndex::build(&kb, &segmenter).unwrap();
    let bytes = index.as_bytes();
    assert!(TextIndex::from_bytes(bytes).is_ok());
    for length in (0..bytes.len()).step_by(97) {
        assert!(TextIndex::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
    assert!(TextIndex::from_bytes(&[0xFF; 64]).is_err());
}
