//! Vector files: built from what is known, read back, refused when damaged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::fs;

use jieda_knowledge::KnowledgeBase;
use jieda_retrieval::{KnownVectors, NothingKnown, TextHash, VectorIndex};
use jieda_types::{Embedding, EncoderId, Segmenter as _, TextRole};
use support::{
    BagOfCharacters, Understood, faq, many, of_faqs, segmenter, vectors, vectors_knowing,
};

/// Enough for a sketch.
fn large() -> KnowledgeBase {
    many(900, 4)
}

#[test]
fn only_unknown_texts_are_encoded_and_the_bytes_are_the_same() {
    let segmenter = segmenter();
    let check = |name: &str, old: &KnowledgeBase, new: &KnowledgeBase, encoded: usize| {
        let older = vectors(old, segmenter);
        let encoder = BagOfCharacters::new("bag");
        let index = vectors_knowing(new, segmenter, &encoder, &older);
        assert_eq!(encoder.encoded(), encoded, "{name}");
        assert!(index == vectors(new, segmenter), "{name}");
    };
    let old = many(20, 3);
    check("the same", &old, &old, 0);
    let fewer = of_faqs(old.faqs[..10].to_vec());
    check("fewer", &old, &fewer, 0);
    check("more", &fewer, &old, 10 * 4);
    let mut changed = old.clone();
    changed.faqs[3].similar[0] = "全新的说法".into();
    check("a phrasing", &old, &changed, 1);
    let mut question = old.clone();
    question.faqs[3].question = "全新的问法".into();
    // The question, and question with answer.
    check("a question", &old, &question, 2);
    let mut twice = old.clone();
    twice.faqs[3].similar = vec![
        "全新的说法".into(),
        "全新的说法！".replace('！', ""),
        "又一种".into(),
    ];
    check("the same text twice", &old, &twice, 2);
}

#[test]
fn several_know_more_than_one_and_another_encoder_knows_nothing() {
    let segmenter = segmenter();
    let all = many(12, 2);
    let halves = [&all.faqs[..6], &all.faqs[6..]].map(|faqs| of_faqs(faqs.to_vec()));
    let known: Vec<VectorIndex> = halves.iter().map(|kb| vectors(kb, segmenter)).collect();
    let encoder = BagOfCharacters::new("bag");
    vectors_knowing(&all, segmenter, &encoder, &known);
    assert_eq!(encoder.encoded(), 0);
    let other = BagOfCharacters::new("another");
    vectors_knowing(&all, segmenter, &other, &known);
    assert_eq!(other.encoded(), 12 * 3);
}

#[test]
fn a_vector_is_known_by_its_text_and_role() {
    let segmenter = segmenter();
    let kb = of_faqs(vec![faq(
        "a",
        &["退款".into(), "退钱".into()],
        "五天到账。",
    )]);
    let index = vectors(&kb, segmenter);
    let bag = EncoderId::new("bag").unwrap();
    let known = |role, text: &str| {
        let normalized = segmenter.segment(text).normalized;
        index
            .vector(&bag, TextHash::of(role, &normalized))
            .is_some()
    };
    assert!(known(TextRole::Query, "退款") && known(TextRole::Query, "退钱"));
    assert!(known(TextRole::Passage, "退款。五天到账。"));
    assert!(!known(TextRole::Passage, "退款") && !known(TextRole::Query, "退"));
}

#[test]
fn scores_are_cosines() {
    let segmenter = segmenter();
    let texts = ["退款到账".to_owned(), "钱什么时候退回来".to_owned()];
    let index = vectors(&of_faqs(vec![faq("a", &texts, "五天。")]), segmenter);
    let query = Understood::of("退款几天到账", segmenter).encoded.embedding;
    let cosines = texts.map(|text| {
        Understood::of(&text, segmenter)
            .encoded
            .embedding
            .cosine(&query)
    });
    let scores = index.score(&query)[0];
    assert!((scores.best - cosines[0]).abs() < 1e-6);
    assert_eq!(scores.best_phrasing, 0);
    assert!((scores.mean - (cosines[0] + cosines[1]) / 2.0).abs() < 1e-6);
}

#[test]
fn a_file_gives_back_what_was_written_mapped_or_not() {
    let segmenter = segmenter();
    for kb in [many(3, 2), large()] {
        let index = vectors(&kb, segmenter);
        assert!(VectorIndex::from_bytes(index.as_bytes()).unwrap() == index);
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), index.as_bytes()).unwrap();
        let mapped = VectorIndex::open(file.path()).unwrap();
        assert!(mapped == index);
        let query = Embedding::normalized(vec![1.0; 64]);
        assert_eq!(mapped.score(&query), index.score(&query));
    }
    assert!(VectorIndex::open("no/such/file".as_ref()).is_err());
    let empty = tempfile::NamedTempFile::new().unwrap();
    assert!(VectorIndex::open(empty.path()).is_err());
}

#[test]
fn an_encoder_that_gives_too_little_is_an_error() {
    struct Mute(EncoderId);
    impl jieda_types::Encoder for Mute {
        fn encode(
            &self,
            _: &[&str],
            _: TextRole,
        ) -> Result<Vec<jieda_types::Encoded>, jieda_types::StageError> {
            Ok(Vec::new())
        }
        fn id(&self) -> &EncoderId {
            &self.0
        }
        fn dimensions(&self) -> usize {
            8
        }
    }
    let mute = Mute(EncoderId::new("mute").unwrap());
    let built = VectorIndex::build(
        &many(2, 2),
        segmenter(),
        &mute,
        &NothingKnown,
        &mut |_, _| {},
    );
    assert!(built.is_err());
}

#[test]
fn vectors_of_another_encoder_are_refused_and_both_are_named() {
    let index = vectors(&many(1, 1), segmenter());
    assert_eq!(index.check_encoder(&EncoderId::new("bag").unwrap()), Ok(()));
    let other = EncoderId::new("bge@1+def.int8").unwrap();
    let message = index.check_encoder(&other).unwrap_err().to_string();
    assert!(
        message.contains("bag") && message.contains("bge@1+def.int8"),
        "{message}"
    );
}

#[test]
fn a_cut_file_is_refused() {
    let segmenter = segmenter();
    let small = vectors(&many(3, 2), segmenter);
    for length in 0..small.as_bytes().len() {
        assert!(
            VectorIndex::from_bytes(&small.as_bytes()[..length]).is_err(),
            "{length}"
        );
    }
    let large = vectors(&large(), segmenter);
    let bytes = large.as_bytes();
    for length in (0..bytes.len())
        .step_by(bytes.len() / 50)
        .chain([bytes.len() - 1])
    {
        assert!(
            VectorIndex::from_bytes(&bytes[..length]).is_err(),
            "{length}"
        );
    }
    let longer = [bytes, &[0]].concat();
    assert!(VectorIndex::from_bytes(&longer).is_err());
}

/// Whatever a head says: an error, or an index that can be used without a panic.
#[test]
fn heads_that_lie_do_no_harm() {
    let segmenter = segmenter();
    let query = Embedding::normalized(vec![0.5; 64]);
    let bag = EncoderId::new("bag").unwrap();
    let mut refused = 0;
    for kb in [many(3, 2), large()] {
        let sound = vectors(&kb, segmenter).as_bytes().to_vec();
        // The head, the id, and the first starts.
        for at in (0..256).step_by(4) {
            for lie in [
                0,
                1,
                2,
                64,
                128,
                0x7FFF_FFFF,
                0x8000_0000,
                0xFFFF_FFFE,
                u32::MAX,
            ] {
                let mut bytes = sound.clone();
                bytes[at..at + 4].copy_from_slice(&lie.to_le_bytes());
                match VectorIndex::from_bytes(&bytes) {
                    Err(_) => refused += 1,
                    Ok(index) => {
                        let _ = index.score(&query);
                        let text = TextHash::of(TextRole::Query, "退款");
                        let _ = index.vector(&bag, text);
                    }
                }
            }
        }
    }
    assert!(refused > 300, "{refused}");
}
