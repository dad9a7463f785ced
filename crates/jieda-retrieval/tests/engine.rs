//! Vectors at an engine outside: the same answers as with the embedded ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use jieda_knowledge::KnowledgeBase;
use jieda_retrieval::{
    FaqMask, Fusion, HybridIndex, NearestVectors, RowCosine, SearchMode, VectorIndex,
};
use jieda_types::{Retriever as _, StageError};
use proptest::prelude::*;
use support::{Understood, many, segmenter, text, vectors};

/// Scans all rows, like an engine whose graph misses nothing.
#[derive(Debug)]
struct Scan {
    rows: Vec<(u32, u32, Vec<f32>)>,
    /// Rows that were asked for last.
    asked: AtomicUsize,
}

impl Scan {
    fn of(vectors: &VectorIndex) -> Self {
        let rows = vectors.rows();
        Self {
            rows: rows
                .map(|row| (row.faq, row.row, row.vector.to_vec()))
                .collect(),
            asked: AtomicUsize::new(0),
        }
    }

    fn cosines_with(&self, query: &[f32]) -> impl Iterator<Item = RowCosine> {
        self.rows.iter().map(|(faq, row, vector)| RowCosine {
            faq: *faq,
            row: *row,
            cosine: dot(query, vector),
        })
    }
}

impl NearestVectors for Scan {
    fn nearest(&self, query: &[f32], limit: usize) -> Result<Vec<RowCosine>, StageError> {
        self.asked.store(limit, Ordering::Relaxed);
        let mut rows: Vec<_> = self.cosines_with(query).collect();
        rows.sort_by(|a, b| b.cosine.total_cmp(&a.cosine));
        rows.truncate(limit);
        Ok(rows)
    }

    fn cosines(&self, query: &[f32], faqs: &[u32]) -> Result<Vec<RowCosine>, StageError> {
        let rows = self.cosines_with(query);
        Ok(rows.filter(|row| faqs.contains(&row.faq)).collect())
    }
}

/// In the order of the index, so that bits can be compared.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    for (x, y) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    sums.iter().sum()
}

/// The embedded index and one with an engine.
fn both(kb: &KnowledgeBase, mode: SearchMode) -> (HybridIndex, HybridIndex) {
    let segmenter = segmenter();
    let weights = Fusion::shipped().unwrap().weights;
    let vectors = vectors(kb, segmenter);
    let engine = Arc::new(Scan::of(&vectors));
    let index = |vectors: &VectorIndex| {
        let copy = VectorIndex::from_bytes(vectors.as_bytes()).unwrap();
        HybridIndex::new(kb, text(kb, segmenter), Some(copy), &weights, mode).unwrap()
    };
    let distant = index(&vectors).with_engine(engine);
    assert!(distant.has_engine());
    (index(&vectors), distant)
}

fn asked(kb: &KnowledgeBase, which: usize) -> Understood {
    let faq = &kb.faqs[which % kb.faqs.len()];
    Understood::of(&format!("请问{}", faq.similar[0]), segmenter())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// While the sample is all there is: bit by bit what the embedded index gives, with every part of every score.
    #[test]
    fn few_faqs_are_ranked_and_explained_alike(
        faqs in 2usize..250,
        which in 0usize..250,
        (limit, every) in (1usize..60, 1usize..5),
        mode in 0..3usize,
    ) {
        let kb = many(faqs, 3);
        let (embedded, distant) = both(&kb, SearchMode::ALL[mode]);
        let query = asked(&kb, which);
        prop_assert_eq!(
            distant.search(&query.query(), limit).unwrap(),
            embedded.search(&query.query(), limit).unwrap()
        );
        let mask = FaqMask::of(faqs, |faq| faq % every == 0);
        prop_assert_eq!(
            distant.search_among(&query.query(), &mask, limit).unwrap(),
            embedded.search_among(&query.query(), &mask, limit).unwrap()
        );
        prop_assert_eq!(
            distant.signals(&query.query()).unwrap(),
            embedded.signals(&query.query()).unwrap()
        );
    }
}

#[test]
fn many_faqs_are_found_as_by_exact_search() {
    let kb = many(3_000, 4);
    let (embedded, distant) = both(&kb, SearchMode::Hybrid);
    let (mut found, mut all) = (0, 0);
    let mut off = Vec::new();
    for which in (0..kb.faqs.len()).step_by(150) {
        let query = asked(&kb, which);
        let expected = embedded.search(&query.query(), 10).unwrap();
        let given = distant.search(&query.query(), 10).unwrap();
        assert_eq!(
            given.top().unwrap().faq,
            expected.top().unwrap().faq,
            "{which}"
        );
        assert_eq!(given.vector_top, expected.vector_top, "{which}");
        all += expected.ranked.len();
        for candidate in &expected.ranked {
            let Some(same) = given.ranked.iter().find(|c| c.faq == candidate.faq) else {
                continue;
            };
            found += 1;
            assert_eq!(same.matched, candidate.matched);
            for (part, expected) in same.parts.iter().zip(&candidate.parts) {
                assert_eq!(part.raw.to_bits(), expected.raw.to_bits());
                off.push((part.normalized - expected.normalized).abs());
            }
        }
    }
    assert!(found * 100 >= all * 97, "{found} of {all}");
    // Standard scores are of a sample instead of all: they are near, and not the same.
    let mean = off.iter().sum::<f32>() / off.len() as f32;
    let most = off.iter().copied().fold(0.0, f32::max);
    eprintln!("standard scores are off by {mean} on average, {most} at most");
    assert!(mean < 0.1, "{mean}");
    assert!(most < 0.5, "{most}");
}

#[test]
fn an_faq_with_many_phrasings_does_not_crowd_out_others() {
    let mut kb = many(300, 3);
    let question = kb.faqs[5].question.clone();
    kb.faqs[5].similar = (0..900).map(|i| format!("{question}{i}")).collect();
    let (embedded, distant) = both(&kb, SearchMode::Vector);
    let query = Understood::of(&question, segmenter());
    assert_eq!(
        distant.search(&query.query(), 50).unwrap().ranked.len(),
        embedded.search(&query.query(), 50).unwrap().ranked.len()
    );
}

#[test]
fn only_so_many_rows_are_asked_for_as_are_of_use() {
    let kb = many(400, 3);
    let segmenter = segmenter();
    let vectors = vectors(&kb, segmenter);
    let engine = Arc::new(Scan::of(&vectors));
    let weights = Fusion::shipped().unwrap().weights;
    let text = text(&kb, segmenter);
    let index = HybridIndex::new(&kb, text, Some(vectors), &weights, SearchMode::Hybrid).unwrap();
    let index = index.with_engine(Arc::clone(&engine) as Arc<dyn NearestVectors>);
    index.search(&asked(&kb, 3).query(), 10).unwrap();
    assert!(engine.asked.load(Ordering::Relaxed) <= 800);
    // What is masked leads to a wider search, within bounds.
    let mask = FaqMask::of(kb.faqs.len(), |faq| faq == 399);
    let found = index.search_among(&asked(&kb, 3).query(), &mask, 10);
    assert_eq!(found.unwrap().ranked.len(), 1);
    assert!(engine.asked.load(Ordering::Relaxed) <= 1000);
}

/// Fails, or answers for another knowledge base.
#[derive(Debug)]
struct Faulty(Vec<RowCosine>, bool);

impl NearestVectors for Faulty {
    fn nearest(&self, _: &[f32], _: usize) -> Result<Vec<RowCosine>, StageError> {
        if self.1 {
            return Err(StageError::new("vector engine", "it is gone"));
        }
        Ok(self.0.clone())
    }

    fn cosines(&self, _: &[f32], _: &[u32]) -> Result<Vec<RowCosine>, StageError> {
        Ok(self.0.clone())
    }
}

#[test]
fn a_faulty_engine_is_an_error_and_words_are_still_found() {
    let kb = many(20, 2);
    let segmenter = segmenter();
    let weights = Fusion::shipped().unwrap().weights;
    let row = |faq, row| RowCosine {
        faq,
        row,
        cosine: 0.5,
    };
    for engine in [
        Faulty(Vec::new(), true),
        Faulty(Vec::new(), false),
        Faulty(vec![row(0, 0)], false),
        Faulty(vec![row(20, 0)], false),
        Faulty(vec![row(u32::MAX, 0)], false),
        Faulty(vec![row(0, 3)], false),
    ] {
        let (text, vectors) = (text(&kb, segmenter), vectors(&kb, segmenter));
        let index =
            HybridIndex::new(&kb, text, Some(vectors), &weights, SearchMode::Hybrid).unwrap();
        let index = index.with_engine(Arc::new(engine));
        let query = asked(&kb, 1);
        assert!(index.search(&query.query(), 5).is_err());
        let by_words = index.search_by_words(&query.query(), None, 5).unwrap();
        assert_eq!(by_words.top().unwrap().faq, kb.faqs[1].id);
    }
}

#[test]
fn the_same_rows_have_the_same_key() {
    let segmenter = segmenter();
    let (a, b) = (many(9, 3), many(10, 3));
    let key = |kb| vectors(kb, segmenter).key();
    assert_eq!(key(&a), key(&a));
    assert_ne!(key(&a), key(&b));
    let mut moved = a.clone();
    moved.faqs.swap(2, 3);
    assert_ne!(key(&a), key(&moved));
    // Who is served when is no part of it.
    let mut later = a.clone();
    later.faqs[0].enabled = false;
    assert_eq!(key(&a), key(&later));
    let index = vectors(&a, segmenter);
    assert_eq!(index.rows().count(), index.row_count());
    assert_eq!(index.rows().last().map(|r| (r.faq, r.row)), Some((8, 3)));
}
