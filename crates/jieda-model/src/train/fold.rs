//! What is learned, and what is held out to see how well.

use super::data::{Purpose, TrainingFaq, TrainingSet};

/// Of as many FAQs of a set, one is held out when several sets are learned.
const FAQS: usize = 8;
/// Of as many queries, one is held out when one set alone is learned.
const QUERIES: usize = 5;
/// A FAQ with fewer queries keeps them all to learn from.
const FEWEST_QUERIES: usize = 3;

/// What is held out of a FAQ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fold {
    /// Nothing.
    None,
    /// The FAQ itself: none of its texts is learned.
    Faq,
    /// Some of its queries, by their places.
    Queries(Vec<usize>),
}

/// Set by set, FAQ by FAQ. Whole sets are for validation, if any are. Without one, it depends on what
/// the model is for: several sets make a model for knowledge bases that it has not seen, which FAQs that
/// it has not learned stand for; one set alone adapts a model to that knowledge base, and what will be
/// asked there is other queries of the same FAQs.
pub(super) fn plan(sets: &[TrainingSet]) -> Vec<Vec<Fold>> {
    if sets.iter().any(|set| set.purpose == Purpose::Validate) {
        let of = |set: &TrainingSet| match set.purpose {
            Purpose::Validate => vec![Fold::Faq; set.faqs.len()],
            Purpose::Train => vec![Fold::None; set.faqs.len()],
        };
        return sets.iter().map(of).collect();
    }
    if let [one] = sets {
        let folds = of_queries(one);
        if folds.iter().any(|fold| *fold != Fold::None) {
            return vec![folds];
        }
    }
    sets.iter().map(of_faqs).collect()
}

fn of_queries(set: &TrainingSet) -> Vec<Fold> {
    let mut seen = 0;
    let mut of = |faq: &TrainingFaq| {
        if faq.queries.len() < FEWEST_QUERIES {
            return Fold::None;
        }
        let first = seen;
        seen += faq.queries.len();
        let held: Vec<usize> = (0..faq.queries.len())
            .filter(|i| (first + i) % QUERIES == QUERIES / 2)
            .collect();
        if held.is_empty() {
            Fold::None
        } else {
            Fold::Queries(held)
        }
    };
    set.faqs.iter().map(&mut of).collect()
}

fn of_faqs(set: &TrainingSet) -> Vec<Fold> {
    let mut askable = 0;
    let mut of = |faq: &TrainingFaq| {
        // With one phrasing and no query there is nothing to ask with.
        let can = !faq.phrasings.is_empty() && faq.phrasings.len() + faq.queries.len() > 1;
        let held = can && askable % FAQS == FAQS / 2;
        askable += usize::from(can);
        if held { Fold::Faq } else { Fold::None }
    };
    set.faqs.iter().map(&mut of).collect()
}
