//! FAQs that are taken for each other.

use std::collections::BTreeMap;

use jieda::{
    KnowledgeBase,
    types::{FaqId, MaskedText},
};
use serde::Serialize;

use super::Asked;
use crate::decision::Label;

/// Two FAQs, one of which was found for queries of the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConfusedPair {
    /// The one that lost more queries to the other; by id where both lost alike.
    pub first: ConfusedFaq,
    /// The other.
    pub second: ConfusedFaq,
    /// What can be done.
    pub advice: Advice,
}

/// One of two FAQs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConfusedFaq {
    /// The FAQ.
    pub faq: FaqId,
    /// Its standard question.
    pub question: String,
    /// Queries that it answers.
    pub asked: usize,
    /// Of these, queries for which the other was found first.
    pub lost: usize,
    /// Of these, queries that got the wrong answer.
    pub replied: usize,
    /// One of those that were lost: one that got the wrong answer, if any did.
    pub example: Option<MaskedText>,
}

/// What can be done about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Each is found for the other: join them, or say in both questions what sets them apart.
    JoinOrSetApart,
    /// The second takes several queries of the first: give the first the phrasings that it lacks, and look whether the
    /// second has some that belong to the first.
    MovePhrasings,
    /// A single query: the first lacks a phrasing.
    AddPhrasing,
}

impl ConfusedPair {
    /// Queries that the two lost to each other.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.first.lost + self.second.lost
    }
}

/// All pairs, those that lost most to each other first.
pub(super) fn confused_pairs(asked: &[Asked], kb: &KnowledgeBase) -> Vec<ConfusedPair> {
    let mut all: BTreeMap<&FaqId, usize> = BTreeMap::new();
    let mut lost: BTreeMap<(&FaqId, &FaqId), Vec<&Asked>> = BTreeMap::new();
    for query in asked {
        let Label::Answerable { faq, .. } = &query.turn.label else {
            continue;
        };
        *all.entry(faq).or_default() += 1;
        if let Some(found) = query.turn.found.as_ref().filter(|found| *found != faq) {
            lost.entry((faq, found)).or_default().push(query);
        }
    }
    let side = |faq: &FaqId, to: &FaqId| {
        let queries = lost.get(&(faq, to)).map_or(&[][..], Vec::as_slice);
        let replied = queries.iter().filter(|a| a.turn.is_replied());
        let example = replied.clone().next().or(queries.first());
        ConfusedFaq {
            faq: faq.clone(),
            question: kb
                .faq(faq)
                .map_or_else(String::new, |faq| faq.question.clone()),
            asked: all.get(faq).copied().unwrap_or_default(),
            lost: queries.len(),
            replied: replied.count(),
            example: example.map(|asked| asked.said.clone()),
        }
    };
    // A pair that lost queries both ways stands there twice: once is enough.
    let once =
        |&&(faq, found): &&(&FaqId, &FaqId)| faq < found || !lost.contains_key(&(found, faq));
    let mut pairs: Vec<ConfusedPair> = lost
        .keys()
        .filter(once)
        .map(|&(faq, found)| paired(side(faq, found), side(found, faq)))
        .collect();
    pairs.sort_by(|a, b| {
        let by = |pair: &ConfusedPair| (pair.lost(), pair.first.replied + pair.second.replied);
        let ids = |pair: &ConfusedPair| (pair.first.faq.clone(), pair.second.faq.clone());
        by(b).cmp(&by(a)).then_with(|| ids(a).cmp(&ids(b)))
    });
    pairs
}

fn paired(a: ConfusedFaq, b: ConfusedFaq) -> ConfusedPair {
    let (first, second) = if (b.lost, &a.faq) > (a.lost, &b.faq) {
        (b, a)
    } else {
        (a, b)
    };
    let advice = match (first.lost, second.lost) {
        (_, 1..) => Advice::JoinOrSetApart,
        (2.., 0) => Advice::MovePhrasings,
        _ => Advice::AddPhrasing,
    };
    ConfusedPair {
        first,
        second,
        advice,
    }
}
