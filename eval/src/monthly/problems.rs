//! What customers came for: intents, FAQs, tickets.

use std::collections::BTreeMap;

use jieda::KnowledgeBase;
use jieda_types::{Decision, FaqId, IntentId, Rating};
use serde::Serialize;

use super::{
    bot::mean,
    talk::{DraftedTicket, Talk, answered},
    units::{Percent, Stars},
};

/// Most that is listed.
const MOST: usize = 15;

/// Main types of problems. What names none is left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problems {
    /// The likeliest intent of each conversation, the most frequent first.
    pub intents: Vec<IntentCount>,
    /// FAQs by how often they answered, the most frequent first.
    pub faqs: Vec<FaqUse>,
    /// Types of drafted tickets, the most frequent first.
    pub tickets: Vec<Counted>,
    /// How much these press.
    pub urgencies: Vec<Counted>,
}

/// An intent and how many conversations are about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntentCount {
    /// Which.
    pub intent: IntentId,
    /// As people call it; its id where the knowledge base doesn't know it.
    pub name: String,
    /// Conversations in this month.
    pub count: usize,
    /// Percent of all conversations of the month.
    pub share: Option<Percent>,
    /// Conversations in the month before; none where none were kept.
    pub before: Option<usize>,
}

/// An FAQ and what it did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FaqUse {
    /// Which.
    pub faq: FaqId,
    /// Its standard question; none where the knowledge base doesn't know it.
    pub question: Option<String>,
    /// Answers in this month.
    pub answers: usize,
    /// Answers in the month before; none where no conversations were kept.
    pub before: Option<usize>,
    /// Ratings of its answers.
    pub ratings: usize,
    /// Of these, 1 or 2.
    pub low: usize,
    /// Their mean.
    pub satisfaction: Option<Stars>,
}

/// Something and how often.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counted {
    /// What.
    pub name: String,
    /// How often.
    pub count: usize,
    /// Percent of all.
    pub share: Option<Percent>,
}

impl FaqUse {
    /// The question, or the id.
    #[must_use]
    pub fn name(&self) -> &str {
        self.question.as_deref().unwrap_or(self.faq.as_str())
    }
}

impl Problems {
    /// Counts.
    pub(super) fn of(
        talks: &[&Talk],
        before: Option<&[&Talk]>,
        kb: Option<&KnowledgeBase>,
    ) -> Self {
        let tickets = || {
            talks
                .iter()
                .flat_map(|talk| talk.turns.iter().filter_map(|t| t.ticket.as_ref()))
        };
        Self {
            intents: intents(talks, before, kb),
            faqs: faqs(talks, before, kb),
            tickets: counted(tickets().map(|ticket: &DraftedTicket| ticket.kind.as_str())),
            urgencies: counted(tickets().map(|ticket| ticket.urgency.as_str())),
        }
    }
}

fn intents(
    talks: &[&Talk],
    before: Option<&[&Talk]>,
    kb: Option<&KnowledgeBase>,
) -> Vec<IntentCount> {
    let count = |talks: &[&Talk]| {
        let mut counts: BTreeMap<IntentId, usize> = BTreeMap::new();
        for talk in talks {
            let answered = || talk.turns.iter().find_map(answered);
            let of_faq = || Some(kb?.faq(answered()?)?.intent.clone());
            if let Some(intent) = talk.intent.clone().or_else(of_faq) {
                *counts.entry(intent).or_default() += 1;
            }
        }
        counts
    };
    let earlier = before.map(count);
    let rows = count(talks).into_iter().map(|(intent, count)| IntentCount {
        name: kb
            .and_then(|kb| kb.intent(&intent))
            .map_or_else(|| intent.to_string(), |known| known.name.clone()),
        count,
        share: Percent::of(count, talks.len()),
        before: earlier
            .as_ref()
            .map(|earlier| earlier.get(&intent).copied().unwrap_or(0)),
        intent,
    });
    let mut rows: Vec<IntentCount> = rows.collect();
    rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.intent.cmp(&b.intent)));
    rows.truncate(MOST);
    rows
}

#[derive(Default)]
struct Used {
    answers: usize,
    ratings: Vec<Rating>,
}

fn used<'t>(talks: &[&'t Talk]) -> BTreeMap<&'t FaqId, Used> {
    let mut all: BTreeMap<&FaqId, Used> = BTreeMap::new();
    for talk in talks {
        for (_, decision) in talk.decisions() {
            if let Decision::AutoReply { faq } = decision {
                all.entry(faq).or_default().answers += 1;
            }
        }
        for (rating, faq) in talk.ratings() {
            if let Some(faq) = faq {
                all.entry(faq).or_default().ratings.push(rating);
            }
        }
    }
    all
}

/// All FAQs that answered: rules look at those as well that are not among the first.
fn faqs(talks: &[&Talk], before: Option<&[&Talk]>, kb: Option<&KnowledgeBase>) -> Vec<FaqUse> {
    let earlier = before.map(used);
    let rows = used(talks).into_iter().map(|(faq, used)| FaqUse {
        faq: faq.clone(),
        question: kb
            .and_then(|kb| kb.faq(faq))
            .map(|faq| faq.question.clone()),
        answers: used.answers,
        before: earlier
            .as_ref()
            .map(|earlier| earlier.get(faq).map_or(0, |used| used.answers)),
        ratings: used.ratings.len(),
        low: used.ratings.iter().filter(|r| r.get() <= 2).count(),
        satisfaction: mean(&used.ratings),
    });
    let mut rows: Vec<FaqUse> = rows.collect();
    rows.sort_by(|a, b| b.answers.cmp(&a.answers).then_with(|| a.faq.cmp(&b.faq)));
    rows
}

fn counted<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Counted> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    let rows = counts.into_iter().map(|(name, count)| Counted {
        name: name.to_owned(),
        count,
        share: Percent::of(count, all),
    });
    let mut rows: Vec<Counted> = rows.collect();
    rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    rows
}
