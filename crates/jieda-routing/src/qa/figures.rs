//! What reviews say together.

use std::collections::{BTreeMap, BTreeSet};

use jieda_types::ConversationId;
use serde::Serialize;

use super::{Agreement, ItemId, Qa, Review, Verdict};
use crate::AgentId;

/// The figures of some reviews.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QaFigures {
    /// Of all.
    pub all: Group,
    /// Conversations that were scored.
    pub conversations: usize,
    /// Of those that each plan drew, in the order of the file; a plan that the file no longer has is left out.
    pub plans: Vec<(String, Group)>,
    /// Of each item of the sheet.
    pub items: Vec<ItemFigures>,
    /// Of each agent.
    pub agents: BTreeMap<AgentId, Group>,
    /// Of each reviewer: one whose mean is far from the others' is milder or stricter, or has seen others.
    pub reviewers: BTreeMap<String, Group>,
    /// Of whole scores.
    pub score_agreement: Agreement,
    /// Of passing and failing.
    pub verdict_agreement: Agreement,
}

/// Some reviews.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Group {
    /// How many.
    pub reviews: usize,
    /// Their mean score, of 100.
    pub mean: Option<f64>,
    /// The share that passed, 0 to 1.
    pub pass_rate: Option<f64>,
}

/// What reviews say of one item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemFigures {
    /// Which.
    pub id: ItemId,
    /// What people call it.
    pub name: String,
    /// Reviews in which it applied.
    pub reviews: usize,
    /// Its mean, in points.
    pub mean: Option<f64>,
    /// Whether reviewers agree on it.
    pub agreement: Agreement,
}

impl QaFigures {
    /// Of reviews, in the order of time; of several by one person of one conversation, the last one counts. Whether people
    /// agree is told by the first: after it, they see what others say.
    #[must_use]
    pub fn of<'a>(qa: &Qa, reviews: impl IntoIterator<Item = &'a Review>) -> Self {
        let all: Vec<&Review> = reviews.into_iter().collect();
        let blind = Review::first_of_each(all.iter().copied());
        let reviews = Review::last_of_each(all);
        let group = |keep: &dyn Fn(&Review) -> bool| Group::of(reviews.iter().filter(|r| keep(r)));
        let plans = qa.plans.iter().map(|plan| {
            let of_plan = |review: &Review| review.plans.contains(&plan.name);
            (plan.name.clone(), group(&of_plan))
        });
        let agents: BTreeSet<AgentId> = reviews.iter().filter_map(|r| r.agent).collect();
        let agents = agents
            .into_iter()
            .map(|agent| (agent, group(&|review| review.agent == Some(agent))));
        let names: BTreeSet<&str> = reviews.iter().map(|r| r.reviewer.as_str()).collect();
        let reviewers = names
            .into_iter()
            .map(|name| (name.to_owned(), group(&|review| review.reviewer == name)));
        let conversations: BTreeSet<_> = reviews.iter().map(|r| &r.conversation).collect();
        let passed = |review: &Review| f64::from(u8::from(review.verdict == Verdict::Passed));
        Self {
            all: group(&|_| true),
            conversations: conversations.len(),
            plans: plans.collect(),
            items: qa
                .sheet
                .items
                .iter()
                .map(|item| {
                    let id = &item.id;
                    let points =
                        |review: &Review| Some(f64::from(review.scores.get(id).copied()??));
                    let given: Vec<f64> = reviews.iter().filter_map(|r| points(r)).collect();
                    ItemFigures {
                        id: id.clone(),
                        name: item.name.clone(),
                        reviews: given.len(),
                        mean: mean(&given),
                        agreement: agreement(&blind, points),
                    }
                })
                .collect(),
            agents: agents.collect(),
            reviewers: reviewers.collect(),
            score_agreement: agreement(&blind, |review| Some(review.score)),
            verdict_agreement: agreement(&blind, |review| Some(passed(review))),
        }
    }
}

impl Group {
    fn of<'a>(reviews: impl Iterator<Item = &'a &'a Review>) -> Self {
        let reviews: Vec<&Review> = reviews.copied().collect();
        let scores: Vec<f64> = reviews.iter().map(|r| r.score).collect();
        let passed = reviews
            .iter()
            .filter(|r| r.verdict == Verdict::Passed)
            .count();
        Self {
            reviews: reviews.len(),
            mean: mean(&scores),
            pass_rate: (!reviews.is_empty()).then(|| passed as f64 / reviews.len() as f64),
        }
    }
}

fn agreement(reviews: &[&Review], value: impl Fn(&Review) -> Option<f64>) -> Agreement {
    let mut units: BTreeMap<&ConversationId, Vec<f64>> = BTreeMap::new();
    for review in reviews {
        units
            .entry(&review.conversation)
            .or_default()
            .extend(value(review));
    }
    Agreement::of(units.values().map(Vec::as_slice))
}

fn mean(numbers: &[f64]) -> Option<f64> {
    let sum: f64 = numbers.iter().sum();
    (!numbers.is_empty()).then(|| sum / numbers.len() as f64)
}
