//! The text index: the same scores as tantivy's own queries, the same bytes for the same texts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::{collections::BTreeSet, fs};

use jieda_knowledge::KnowledgeBase;
use jieda_retrieval::TextIndex;
use jieda_text::{JiebaSegmenter, grams};
use jieda_types::{Segmented, Segmenter as _, Signal};
use proptest::prelude::*;
use support::{many, segmenter, sentences, text};
use tantivy::{
    Index, Term,
    query::{BooleanQuery, EnableScoring, Query as _, TermQuery},
    schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token},
};

const SIGNALS: [Signal; 4] = [
    Signal::WordsQuestion,
    Signal::GramsQuestion,
    Signal::WordsAll,
    Signal::GramsAll,
];

fn terms(signal: Signal, text: &Segmented) -> Vec<String> {
    match signal {
        Signal::WordsQuestion | Signal::WordsAll => text.words().map(str::to_owned).collect(),
        _ => grams(&text.normalized)
            .into_iter()
            .map(|g| g.text)
            .collect(),
    }
}

/// BM25 as tantivy's queries compute it, document by document.
fn reference(
    kb: &KnowledgeBase,
    segmenter: &JiebaSegmenter,
    query: &Segmented,
    signal: Signal,
) -> Vec<f32> {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_index_option(IndexRecordOption::WithFreqs)
        .set_fieldnorms(true);
    let options = TextOptions::default().set_indexing_options(indexing);
    let field: Field = builder.add_text_field("text", options);
    let index = Index::create_in_ram(builder.build());
    let mut writer = index.writer_with_num_threads(1, 30_000_000).unwrap();
    for faq in &kb.faqs {
        let with_answer = matches!(signal, Signal::WordsAll | Signal::GramsAll);
        let answer = faq.answer.plain();
        let texts = faq
            .phrasings()
            .chain(with_answer.then_some(answer.as_str()));
        let tokens = texts
            .flat_map(|text| terms(signal, &segmenter.segment(text)))
            .enumerate()
            .map(|(position, text)| Token {
                position,
                text,
                ..Token::default()
            })
            .collect();
        let mut document = tantivy::TantivyDocument::new();
        document.add_pre_tokenized_text(
            field,
            PreTokenizedString {
                text: String::new(),
                tokens,
            },
        );
        writer.add_document(document).unwrap();
    }
    writer.commit().unwrap();
    writer.wait_merging_threads().unwrap();
    let searcher = index.reader().unwrap().searcher();
    let mut scores = vec![0.0; kb.faqs.len()];
    let asked: BTreeSet<String> = terms(signal, query).into_iter().collect();
    let union = BooleanQuery::union(
        asked
            .iter()
            .map(|text| {
                let term = Term::from_field_text(field, text);
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<_>
            })
            .collect(),
    );
    if asked.is_empty() {
        return scores;
    }
    let weight = union
        .weight(EnableScoring::enabled_from_searcher(&searcher))
        .unwrap();
    let [segment] = searcher.segment_readers() else {
        panic!("one segment was expected");
    };
    weight
        .for_each(segment, &mut |doc, score| scores[doc as usize] = score)
        .unwrap();
    scores
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn scores_are_those_of_tantivy_bit_by_bit(faqs in 1usize..400, seed in 0u64..1000) {
        let segmenter = segmenter();
        let kb = many(faqs, 2);
        let index = text(&kb, segmenter);
        for query in sentences(seed, 3).iter().map(String::as_str).chain(["", "？", "退", "天外飞仙"]) {
            let query = segmenter.segment(query);
            for signal in SIGNALS {
                let ours: Vec<u32> = index.score(&query, signal).unwrap().iter().map(|s| s.to_bits()).collect();
                let theirs: Vec<u32> = reference(&kb, segmenter, &query, signal).iter().map(|s| s.to_bits()).collect();
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}

#[test]
fn the_same_texts_give_the_same_bytes() {
    let segmenter = segmenter();
    let kb = many(30, 3);
    assert!(text(&kb, segmenter).as_bytes() == text(&kb, segmenter).as_bytes());
}

#[test]
fn a_mapped_file_answers_as_what_was_written() {
    let segmenter = segmenter();
    let index = text(&many(300, 3), segmenter);
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), index.as_bytes()).unwrap();
    let mapped = TextIndex::open(file.path()).unwrap();
    assert_eq!(mapped.faq_count(), 300);
    let query = segmenter.segment("信用卡退款什么时候到账");
    for signal in Signal::ALL {
        assert_eq!(
            mapped.score(&query, signal).unwrap(),
            index.score(&query, signal).unwrap()
        );
    }
    assert_eq!(
        mapped.covered(&query, 7).unwrap(),
        index.covered(&query, 7).unwrap()
    );
    assert!(TextIndex::open("no/such/file".as_ref()).is_err());
}

#[test]
fn packed_files_that_are_cut_or_lie_are_errors() {
    let segmenter = segmenter();
    let index = text(&many(5, 2), segmenter);
    let bytes = index.as_bytes();
    for length in 0..bytes.len() {
        assert!(TextIndex::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
    // The number of files, the length of the first name, and of the first contents.
    let name = u64::from_le_bytes(bytes[8..16].try_into().unwrap()) as usize;
    for at in [0, 8, 16 + name] {
        for lie in [0, 1, u64::from(u32::MAX), i64::MAX as u64, u64::MAX] {
            let mut bytes = bytes.to_vec();
            bytes[at..at + 8].copy_from_slice(&lie.to_le_bytes());
            assert!(TextIndex::from_bytes(&bytes).is_err(), "{at} {lie}");
        }
    }
}
