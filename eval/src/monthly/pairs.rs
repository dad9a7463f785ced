//! FAQs between which the engine could not decide: clarifying questions, and what was chosen.

use std::collections::BTreeMap;

use jieda::KnowledgeBase;
use jieda_types::{Decision, FaqId};
use serde::Serialize;

use super::talk::Talk;

/// Two FAQs that were offered together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfferedPair {
    /// The one that was chosen more often; by id where both were alike.
    pub first: OfferedFaq,
    /// The other.
    pub second: OfferedFaq,
    /// Clarifying questions that offered both.
    pub offered: usize,
    /// Of these, ended with neither: another option, another question, or a human.
    pub neither: usize,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfferedFaq {
    /// The FAQ.
    pub faq: FaqId,
    /// Its standard question, as it was offered last.
    pub question: String,
    /// How often it was chosen.
    pub chosen: usize,
}

#[derive(Default)]
struct Counts {
    offered: usize,
    chosen: [usize; 2],
}

/// All pairs, those that were offered together most often first.
pub(super) fn offered_pairs(talks: &[&Talk], kb: Option<&KnowledgeBase>) -> Vec<OfferedPair> {
    let mut pairs: BTreeMap<[&FaqId; 2], Counts> = BTreeMap::new();
    let mut questions: BTreeMap<&FaqId, &str> = BTreeMap::new();
    for talk in talks {
        let decisions: Vec<&Decision> = talk.decisions().map(|(_, decision)| decision).collect();
        for (place, decision) in decisions.iter().enumerate() {
            let Decision::Clarify { options } = decision else {
                continue;
            };
            let chosen = decisions.get(place + 1).and_then(|next| led_to(next));
            for (i, option) in options.iter().enumerate() {
                questions.insert(&option.faq, &option.question);
                for other in &options[i + 1..] {
                    let mut pair = [&option.faq, &other.faq];
                    pair.sort();
                    let counts = pairs.entry(pair).or_default();
                    counts.offered += 1;
                    for (count, faq) in counts.chosen.iter_mut().zip(pair) {
                        *count += usize::from(chosen == Some(faq));
                    }
                }
            }
        }
    }
    let question = |faq: &FaqId| {
        let known = kb
            .and_then(|kb| kb.faq(faq))
            .map(|faq| faq.question.as_str());
        let offered = || questions.get(faq).copied().filter(|text| !text.is_empty());
        known.or_else(offered).unwrap_or(faq.as_str()).to_owned()
    };
    let rows = pairs.into_iter().map(|(faqs, counts)| {
        let side = |i: usize| OfferedFaq {
            faq: faqs[i].clone(),
            question: question(faqs[i]),
            chosen: counts.chosen[i],
        };
        let (first, second) = if counts.chosen[1] > counts.chosen[0] {
            (side(1), side(0))
        } else {
            (side(0), side(1))
        };
        OfferedPair {
            neither: counts.offered - first.chosen - second.chosen,
            offered: counts.offered,
            first,
            second,
        }
    });
    let mut rows: Vec<OfferedPair> = rows.collect();
    // Stable: of pairs that were offered alike, those of the smaller ids come first.
    rows.sort_by_key(|pair| std::cmp::Reverse(pair.offered));
    rows
}

/// The FAQ that a decision goes on with.
fn led_to(decision: &Decision) -> Option<&FaqId> {
    match decision {
        Decision::AutoReply { faq } | Decision::AskValue { faq, .. } => Some(faq),
        _ => None,
    }
}
