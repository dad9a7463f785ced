//! What every engine must do, and what the tests share.

#![allow(dead_code, reason = "every test file uses some of it")]

pub(crate) mod made_up;

use std::collections::HashSet;

use jieda_retrieval::{
    Fusion, HybridIndex, NearestVectors, RowCosine, SearchMode, TextIndex, VectorEngine,
    VectorIndex,
};
use jieda_text::{JiebaSegmenter, UserDictionary};
use jieda_types::{Candidates, Encoded, Query, Retriever as _, Segmenter as _};
use made_up::{MadeUp, knowledge, text, vectors};

/// Rounding: engines add up in another order.
const ROUNDING: f32 = 2e-6;
const DIMENSIONS: usize = 96;

/// An engine keeps what it is given, finds what is near, and forgets.
pub(crate) fn conforms(engine: &dyn VectorEngine) {
    let encoder = MadeUp::new(DIMENSIONS);
    let small = vectors(&knowledge(40, 3), &encoder);
    // The same FAQs with others: most texts are the same, positions too.
    let large = vectors(&knowledge(90, 3), &encoder);
    let opened = engine.open(&small).unwrap();
    let again = engine.open(&small).unwrap();
    let others = engine.open(&large).unwrap();
    for vectors in [&*opened, &*again] {
        finds_what_is_near(vectors, &small, &encoder);
    }
    finds_what_is_near(&*others, &large, &encoder);
    has_no_more_than_there_is(&*opened, &small, &encoder);
    knows_rows_with_the_same_text(engine);

    // What one forgets, the other still has.
    engine.forget(&small.key()).unwrap();
    engine.forget(&small.key()).unwrap();
    let query = encoder.vector(&text(3, 7));
    assert_eq!(opened.nearest(query.as_slice(), 5).unwrap(), []);
    assert_eq!(opened.cosines(query.as_slice(), &[3]).unwrap(), []);
    finds_what_is_near(&*others, &large, &encoder);
    let back = engine.open(&small).unwrap();
    finds_what_is_near(&*back, &small, &encoder);
    engine.forget(&large.key()).unwrap();
    finds_what_is_near(&*back, &small, &encoder);

    explains_as_the_embedded_index(engine, 60);
    explains_as_the_embedded_index(engine, 1_500);
    takes_several_at_once(engine);
}

fn finds_what_is_near(engine: &dyn NearestVectors, vectors: &VectorIndex, encoder: &MadeUp) {
    for faq in [0, 7, 33] {
        let query = encoder.vector(&text(faq, 9));
        let mut expected: Vec<RowCosine> = cosines(vectors, query.as_slice()).collect();
        expected.sort_by(|a, b| b.cosine.total_cmp(&a.cosine));
        let found = engine.nearest(query.as_slice(), 20).unwrap();
        assert_eq!(found.len(), 20);
        assert!(found.is_sorted_by(|a, b| a.cosine >= b.cosine));
        let rows = |rows: &[RowCosine]| -> HashSet<(u32, u32)> {
            rows.iter().map(|row| (row.faq, row.row)).collect()
        };
        // A graph may miss some.
        let common = rows(&found).intersection(&rows(&expected[..20])).count();
        assert!(common >= 18, "{common}");
        assert_eq!(found[0].faq, faq as u32);
        for row in &found {
            let same = expected
                .iter()
                .find(|e| (e.faq, e.row) == (row.faq, row.row));
            assert!((same.unwrap().cosine - row.cosine).abs() < ROUNDING);
        }

        let asked = [faq as u32, 38, 1];
        let mut found = engine.cosines(query.as_slice(), &asked).unwrap();
        found.sort_by_key(|row| (row.faq, row.row));
        expected.retain(|row| asked.contains(&row.faq));
        expected.sort_by_key(|row| (row.faq, row.row));
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!((found.faq, found.row), (expected.faq, expected.row));
            assert!((found.cosine - expected.cosine).abs() < ROUNDING);
        }
    }
}

fn has_no_more_than_there_is(engine: &dyn NearestVectors, vectors: &VectorIndex, encoder: &MadeUp) {
    let query = encoder.vector(&text(1, 1));
    let all = engine.nearest(query.as_slice(), 1_000).unwrap();
    assert_eq!(all.len(), vectors.row_count());
    assert_eq!(engine.nearest(query.as_slice(), 1).unwrap().len(), 1);
    let unknown = vectors.faq_count() as u32;
    assert_eq!(engine.cosines(query.as_slice(), &[unknown]).unwrap(), []);
    assert_eq!(engine.cosines(query.as_slice(), &[]).unwrap(), []);
}

/// Two FAQs may share a phrasing.
fn knows_rows_with_the_same_text(engine: &dyn VectorEngine) {
    let encoder = MadeUp::new(DIMENSIONS);
    let mut kb = knowledge(10, 2);
    kb.faqs[8].question = kb.faqs[2].question.clone();
    let vectors = vectors(&kb, &encoder);
    let opened = engine.open(&vectors).unwrap();
    let query = encoder.vector(&text(2, 0));
    let nearest = opened.nearest(query.as_slice(), 2).unwrap();
    let mut faqs = [nearest[0].faq, nearest[1].faq];
    faqs.sort_unstable();
    assert_eq!(faqs, [2, 8]);
    engine.forget(&vectors.key()).unwrap();
}

/// The same candidates, in the same order, with the same parts.
fn explains_as_the_embedded_index(engine: &dyn VectorEngine, faqs: usize) {
    let encoder = MadeUp::new(DIMENSIONS);
    let kb = knowledge(faqs, 2);
    let segmenter = JiebaSegmenter::new(&UserDictionary::default()).unwrap();
    let weights = Fusion::shipped().unwrap().weights;
    let index = |vectors| {
        let text = TextIndex::build(&kb, &segmenter).unwrap();
        HybridIndex::new(&kb, text, Some(vectors), &weights, SearchMode::Hybrid).unwrap()
    };
    let embedded = index(vectors(&kb, &encoder));
    let opened = engine.open(&vectors(&kb, &encoder)).unwrap();
    let distant = index(vectors(&kb, &encoder)).with_engine(opened);
    for faq in (0..faqs).step_by(faqs / 6) {
        let asked = text(faq, 1);
        let segmented = segmenter.segment(&asked);
        let encoded = Encoded {
            embedding: encoder.vector(&text(faq, 9)),
            tokens: 1,
            truncated_tokens: 0,
        };
        let query = Query {
            segmented: &segmented,
            encoded: Some(&encoded),
        };
        let expected = embedded.search(&query, 10).unwrap();
        let given = distant.search(&query, 10).unwrap();
        are_alike(&given, &expected, faqs);
    }
    engine.forget(&vectors(&kb, &encoder).key()).unwrap();
}

fn are_alike(given: &Candidates, expected: &Candidates, faqs: usize) {
    // Standards come from all FAQs, or from a sample: then a score far out is off by some hundredths of itself.
    let tolerance = |score: f32| {
        if faqs <= 1_024 {
            1e-3
        } else {
            0.2 + 0.1 * score.abs()
        }
    };
    assert_eq!(given.ranked.len(), expected.ranked.len());
    assert_eq!(given.vector_top, expected.vector_top);
    assert_eq!(given.lexical_top, expected.lexical_top);
    assert!((given.covered - expected.covered).abs() < 1e-6);
    for (given, expected) in given.ranked.iter().zip(&expected.ranked) {
        if faqs <= 1_024 {
            assert_eq!(given.faq, expected.faq);
        }
        if given.faq != expected.faq {
            continue;
        }
        assert_eq!(given.matched, expected.matched);
        assert_eq!(given.parts.len(), expected.parts.len());
        for (given, expected) in given.parts.iter().zip(&expected.parts) {
            assert_eq!(given.signal, expected.signal);
            assert_eq!(given.weight, expected.weight);
            assert!((given.raw - expected.raw).abs() < 1e-4);
            let off = (given.normalized - expected.normalized).abs();
            assert!(
                off < tolerance(expected.normalized),
                "{given:?} of {faqs} is not {expected:?}"
            );
        }
    }
    assert_eq!(given.ranked[0].faq, expected.ranked[0].faq);
}

/// Replicas that open a release at the same moment all get it.
fn takes_several_at_once(engine: &dyn VectorEngine) {
    let encoder = MadeUp::new(DIMENSIONS);
    let vectors = vectors(&knowledge(70, 3), &encoder);
    std::thread::scope(|scope| {
        let replicas: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| engine.open(&vectors).unwrap()))
            .collect();
        for replica in replicas {
            finds_what_is_near(&*replica.join().unwrap(), &vectors, &encoder);
        }
    });
}

fn cosines<'a>(vectors: &'a VectorIndex, query: &'a [f32]) -> impl Iterator<Item = RowCosine> + 'a {
    vectors.rows().map(move |row| RowCosine {
        faq: row.faq,
        row: row.row,
        cosine: row.vector.iter().zip(query).map(|(a, b)| a * b).sum(),
    })
}
