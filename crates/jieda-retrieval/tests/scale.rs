//! Two stages against one, and masks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use jieda_knowledge::KnowledgeBase;
use jieda_retrieval::{FaqMask, Fusion, FusionWeights, HybridIndex, SearchMode};
use jieda_text::JiebaSegmenter;
use jieda_types::{Candidates, FaqId, Retriever as _, Signal};
use proptest::prelude::*;
use support::{Understood, many, segmenter, text, vectors};

fn index(kb: &KnowledgeBase, segmenter: &JiebaSegmenter, mode: SearchMode) -> HybridIndex {
    let weights = Fusion::shipped().unwrap().weights;
    let (text, vectors) = (text(kb, segmenter), vectors(kb, segmenter));
    HybridIndex::new(kb, text, Some(vectors), &weights, mode).unwrap()
}

fn ids(candidates: &Candidates) -> Vec<&FaqId> {
    candidates.ranked.iter().map(|c| &c.faq).collect()
}

/// The FAQs that exact search puts first.
fn exact(
    index: &HybridIndex,
    query: &Understood,
    weights: &FusionWeights,
    limit: usize,
) -> Vec<FaqId> {
    let rows = index.signals(&query.query()).unwrap().standardized();
    let mut order: Vec<(f32, FaqId)> = index
        .faq_ids()
        .enumerate()
        .map(|(i, id)| {
            let parts = Signal::ALL.map(|s| weights.get(s) * rows[s.index()][i]);
            (parts.iter().sum(), id.clone())
        })
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    order.into_iter().take(limit).map(|(_, id)| id).collect()
}

#[test]
fn two_stages_find_what_one_finds_and_show_exact_values() {
    let segmenter = segmenter();
    let kb = many(1_200, 4);
    let weights = Fusion::shipped().unwrap().weights;
    let index = index(&kb, segmenter, SearchMode::Hybrid);
    let (mut found, mut all) = (0, 0);
    for faq in kb.faqs.iter().step_by(60) {
        let query = Understood::of(&faq.similar[1], segmenter);
        let table = index.signals(&query.query()).unwrap();
        let candidates = index.search(&query.query(), 10).unwrap();
        assert_eq!(candidates.top().unwrap().faq, faq.id);
        let exact = exact(&index, &query, &weights, 10);
        all += exact.len();
        found += exact
            .iter()
            .filter(|id| candidates.rank_of(id).is_some())
            .count();
        for candidate in &candidates.ranked {
            let position = kb.faqs.iter().position(|f| f.id == candidate.faq).unwrap();
            for part in &candidate.parts {
                let raw = table.raw[part.signal.index()][position];
                assert_eq!(part.raw.to_bits(), raw.to_bits(), "{}", part.signal);
            }
            let sum: f32 = candidate.parts.iter().map(|p| p.contribution()).sum();
            assert!((sum - candidate.score.0).abs() < 1e-4);
        }
    }
    assert!(found * 100 >= all * 98, "{found} of {all}");
}

#[test]
fn two_stages_rank_and_limit_alike() {
    let segmenter = segmenter();
    let kb = many(1_200, 4);
    for mode in SearchMode::ALL {
        let index = index(&kb, segmenter, mode);
        let query = Understood::of("信用卡退款什么时候到账", segmenter);
        let many = index.search(&query.query(), 50).unwrap();
        assert_eq!(many.ranked.len(), 50);
        assert!(
            many.ranked.is_sorted_by(|a, b| a.score.0 >= b.score.0),
            "{mode}"
        );
        let few = index.search(&query.query(), 3).unwrap();
        assert_eq!(ids(&few), ids(&many)[..3], "{mode}");
        let everyone = index.search(&query.query(), usize::MAX).unwrap();
        assert_eq!(everyone.ranked.len(), kb.faqs.len());
    }
}

#[test]
fn masks_hold_in_two_stages() {
    let segmenter = segmenter();
    let kb = many(1_200, 4);
    let index = index(&kb, segmenter, SearchMode::Hybrid);
    let query = Understood::of(&kb.faqs[7].question, segmenter);
    let everyone = FaqMask::of(kb.faqs.len(), |_| true);
    assert_eq!(
        index.search_among(&query.query(), &everyone, 10).unwrap(),
        index.search(&query.query(), 10).unwrap()
    );
    let others = FaqMask::of(kb.faqs.len(), |i| i % 3 == 0);
    let found = index.search_among(&query.query(), &others, 400).unwrap();
    assert_eq!(found.ranked.len(), 400);
    let allowed = |id: &FaqId| kb.faqs.iter().position(|f| f.id == *id).unwrap() % 3 == 0;
    assert!(found.ranked.iter().all(|c| allowed(&c.faq)));
    assert!(
        found
            .vector_top
            .iter()
            .chain(&found.lexical_top)
            .all(allowed)
    );
}

#[test]
fn an_empty_mask_finds_nothing_and_a_foreign_one_is_an_error() {
    let segmenter = segmenter();
    for kb in [many(5, 2), many(1_200, 4)] {
        for mode in SearchMode::ALL {
            let index = index(&kb, segmenter, mode);
            let query = Understood::of("退款", segmenter);
            let nobody = FaqMask::none(kb.faqs.len());
            let found = index.search_among(&query.query(), &nobody, 10).unwrap();
            assert_eq!(found, Candidates::default());
            let foreign = FaqMask::none(kb.faqs.len() + 1);
            assert!(index.search_among(&query.query(), &foreign, 10).is_err());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// A masked search is the search for everyone without the others: no score changes.
    #[test]
    fn a_mask_takes_others_out_and_changes_nothing_else(
        keep in proptest::collection::vec(any::<bool>(), 2..40),
        asked in 0usize..40,
    ) {
        let segmenter = segmenter();
        let kb = many(keep.len(), 2);
        let mask = FaqMask::of(keep.len(), |i| keep[i]);
        let query = Understood::of(&kb.faqs[asked % keep.len()].similar[0], segmenter);
        let index = index(&kb, segmenter, SearchMode::Hybrid);
        let masked = index.search_among(&query.query(), &mask, keep.len()).unwrap();
        let mut everyone = index.search(&query.query(), keep.len()).unwrap();
        let kept = |id: &FaqId| keep[kb.faqs.iter().position(|f| f.id == *id).unwrap()];
        everyone.ranked.retain(|candidate| kept(&candidate.faq));
        prop_assert_eq!(&masked.ranked, &everyone.ranked);
        prop_assert!(masked.vector_top.iter().chain(&masked.lexical_top).all(kept));
    }

    #[test]
    fn a_mask_holds_the_positions_that_it_was_given(
        keep in proptest::collection::vec(any::<bool>(), 0..300),
    ) {
        let mask = FaqMask::of(keep.len(), |i| keep[i]);
        let positions: Vec<usize> = mask.positions().collect();
        let expected: Vec<usize> = (0..keep.len()).filter(|&i| keep[i]).collect();
        prop_assert_eq!(&positions, &expected);
        prop_assert!((0..keep.len() + 70).all(|i| mask.contains(i) == expected.contains(&i)));
        prop_assert_eq!(mask.is_empty(), expected.is_empty());
    }
}
