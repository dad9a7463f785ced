//! Which texts meet in a batch.
//!
//! A batch is of one knowledge base: negatives of another industry teach nothing. In each round every
//! FAQ brings one query and one text that it must find; a knowledge base larger than a batch is cut so
//! that FAQs which were mistaken for each other meet.

use std::collections::{HashMap, HashSet};

use fastrand::Rng;

use super::data::{FaqTokens, Tokens};

/// A query, and what it must find before all else in the batch.
pub(super) struct Pair<'a> {
    pub(super) faq: usize,
    pub(super) query: &'a [u32],
    pub(super) positive: &'a [u32],
}

/// Pairs of different FAQs of one set.
pub(super) struct PairBatch<'a> {
    pub(super) set: usize,
    pub(super) pairs: Vec<Pair<'a>>,
}

/// How often FAQs were mistaken for one another: `(set, asked, found)`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mistakes(pub(super) HashMap<(usize, usize), HashMap<usize, u32>>);

impl Mistakes {
    pub(super) fn count(&mut self, set: usize, asked: usize, found: usize) {
        *self
            .0
            .entry((set, asked))
            .or_default()
            .entry(found)
            .or_default() += 1;
        *self
            .0
            .entry((set, found))
            .or_default()
            .entry(asked)
            .or_default() += 1;
    }

    /// What a FAQ is mistaken for, most often first.
    fn of(&self, set: usize, faq: usize) -> Vec<usize> {
        let mut found: Vec<(usize, u32)> = self
            .0
            .get(&(set, faq))
            .map(|found| found.iter().map(|(&faq, &n)| (faq, n)).collect())
            .unwrap_or_default();
        found.sort_by_key(|&(faq, n)| (std::cmp::Reverse(n), faq));
        found.into_iter().map(|(faq, _)| faq).collect()
    }
}

/// Share of pairs whose other side is question + answer, and another query.
const WITH_ANSWER: f64 = 0.15;
const OTHER_QUERY: f64 = 0.2;
/// Fewer pairs than this have too few negatives.
const FEWEST: usize = 4;

/// The batches of an epoch: each FAQ's queries once, but for what is left of the longest lists.
pub(super) fn plan<'a>(
    sets: &'a [Tokens],
    most: usize,
    mistakes: &Mistakes,
    rng: &mut Rng,
) -> Vec<PairBatch<'a>> {
    let mut batches = Vec::new();
    for (s, set) in sets.iter().enumerate() {
        let faqs: Vec<usize> = (0..set.faqs.len())
            .filter(|&f| set.faqs[f].is_learned && can_pair(&set.faqs[f]))
            .collect();
        if faqs.len() < FEWEST {
            continue;
        }
        let queries: usize = faqs.iter().map(|&f| count(&set.faqs[f])).sum();
        let orders: HashMap<usize, Vec<usize>> = faqs
            .iter()
            .map(|&f| {
                let mut order: Vec<usize> = (0..count(&set.faqs[f])).collect();
                rng.shuffle(&mut order);
                (f, order)
            })
            .collect();
        for round in 0..queries.div_ceil(faqs.len()) {
            for group in groups(&faqs, s, most, mistakes, rng) {
                let pairs = group
                    .into_iter()
                    .map(|f| pair(&set.faqs[f], f, orders[&f][round % orders[&f].len()], rng))
                    .collect();
                batches.push(PairBatch { set: s, pairs });
            }
        }
    }
    rng.shuffle(&mut batches);
    batches
}

fn can_pair(faq: &FaqTokens) -> bool {
    !faq.phrasings.is_empty() && faq.phrasings.len() + faq.queries.len() >= 2
}

/// Anchors of a FAQ: its queries, or its phrasings where it has none.
fn count(faq: &FaqTokens) -> usize {
    if faq.queries.is_empty() {
        faq.phrasings.len()
    } else {
        faq.queries.len()
    }
}

/// Cuts FAQs into groups of like size; those that were mistaken for one another stay together.
fn groups(
    faqs: &[usize],
    set: usize,
    most: usize,
    mistakes: &Mistakes,
    rng: &mut Rng,
) -> Vec<Vec<usize>> {
    let mut order = faqs.to_vec();
    rng.shuffle(&mut order);
    // Rather larger than asked for than with too few negatives.
    let count = faqs.len().div_ceil(most).min(faqs.len() / FEWEST).max(1);
    let mut free: HashSet<usize> = faqs.iter().copied().collect();
    let mut groups: Vec<Vec<usize>> = vec![Vec::new()];
    for first in order {
        let mut next = vec![first];
        while let Some(faq) = next.pop() {
            if !free.remove(&faq) {
                continue;
            }
            let full = faqs.len() / count + usize::from(groups.len() <= faqs.len() % count);
            if groups.last().is_some_and(|group| group.len() == full) {
                // A chain of look-alikes ends with its group.
                groups.push(Vec::new());
                next.clear();
            }
            if let Some(group) = groups.last_mut() {
                group.push(faq);
            }
            next.extend(mistakes.of(set, faq).into_iter().take(3).rev());
        }
    }
    groups
}

fn pair<'a>(faq: &'a FaqTokens, id: usize, query: usize, rng: &mut Rng) -> Pair<'a> {
    let from_phrasings = faq.queries.is_empty();
    let anchor = if from_phrasings {
        &faq.phrasings[query]
    } else {
        &faq.queries[query]
    };
    let other = |texts: &'a [Vec<u32>], rng: &mut Rng| -> Option<&'a [u32]> {
        let others: Vec<&'a Vec<u32>> = texts.iter().filter(|t| *t != anchor).collect();
        (!others.is_empty()).then(|| others[rng.usize(..others.len())].as_slice())
    };
    let chance = rng.f64();
    let positive = if chance < WITH_ANSWER && faq.with_answer.is_some() {
        faq.with_answer.as_deref()
    } else if chance < WITH_ANSWER + OTHER_QUERY {
        other(&faq.queries, rng)
    } else {
        None
    };
    let positive = positive
        .or_else(|| other(&faq.phrasings, rng))
        .or_else(|| other(&faq.queries, rng));
    Pair {
        faq: id,
        query: anchor,
        // A FAQ whose texts are all the same finds itself, and pushes others away.
        positive: positive.unwrap_or(anchor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(faqs: usize, queries: usize) -> Tokens {
        let ids = |faq: usize, text: usize| vec![faq as u32, text as u32];
        let faqs = (0..faqs).map(|f| FaqTokens {
            is_learned: true,
            phrasings: (0..2).map(|p| ids(f, 100 + p)).collect(),
            with_answer: None,
            queries: (0..queries).map(|q| ids(f, q)).collect(),
            asked: Vec::new(),
        });
        Tokens {
            faqs: faqs.collect(),
        }
    }

    #[test]
    fn every_query_is_asked_once_in_batches_of_like_size() {
        for (faqs, most) in [
            (4, 100),
            (5, 4),
            (9, 4),
            (10, 4),
            (100, 100),
            (101, 100),
            (250, 64),
        ] {
            let sets = [set(faqs, 3)];
            let batches = plan(&sets, most, &Mistakes::default(), &mut Rng::with_seed(1));
            let mut asked: Vec<&[u32]> = Vec::new();
            for batch in &batches {
                assert!(batch.pairs.len() >= FEWEST, "{faqs} {most}");
                assert!(batch.pairs.len() <= most.max(2 * FEWEST), "{faqs} {most}");
                let mut of: Vec<usize> = batch.pairs.iter().map(|p| p.faq).collect();
                of.sort_unstable();
                of.dedup();
                assert_eq!(of.len(), batch.pairs.len(), "a FAQ meets itself");
                for pair in &batch.pairs {
                    assert_eq!(pair.query[0], pair.positive[0], "of the same FAQ");
                    assert_ne!(pair.query, pair.positive);
                    asked.push(pair.query);
                }
            }
            asked.sort_unstable();
            asked.dedup();
            assert_eq!(asked.len(), faqs * 3, "{faqs} {most}");
        }
    }

    #[test]
    fn those_that_were_mistaken_for_each_other_meet() {
        let sets = [set(200, 1)];
        let mut mistakes = Mistakes::default();
        for faq in (0..200).step_by(2) {
            mistakes.count(0, faq, faq + 1);
        }
        let together = |mistakes: &Mistakes| {
            let batches = plan(&sets, 10, mistakes, &mut Rng::with_seed(1));
            let met = |batch: &PairBatch<'_>| {
                let has = |faq| batch.pairs.iter().any(|p| p.faq == faq);
                (0..200)
                    .step_by(2)
                    .filter(|&f| has(f) && has(f + 1))
                    .count()
            };
            batches.iter().map(met).sum::<usize>()
        };
        // A pair can be cut at the end of its group.
        assert!(together(&mistakes) >= 80, "{}", together(&mistakes));
        assert!(together(&Mistakes::default()) < 30);
    }

    #[test]
    fn sets_that_are_too_small_are_left_out() {
        let sets = [set(3, 5), set(4, 5)];
        let batches = plan(&sets, 100, &Mistakes::default(), &mut Rng::with_seed(1));
        assert!(batches.iter().all(|batch| batch.set == 1));
        assert_eq!(batches.len(), 5);
    }
}
