//! Which intents are taken for which.

use std::collections::{BTreeMap, BTreeSet};

use jieda::{
    KnowledgeBase,
    model::macro_f1,
    types::{IntentId, MaskedText},
};
use serde::Serialize;

use super::{Asked, Figure, Trial};
use crate::decision::Label;

/// How the intents of answerable queries were told: the intent that was named first against that of the right FAQ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Confusion {
    /// Share that was told right.
    pub accuracy: Figure,
    /// Mean of F1 over the intents that were asked for.
    pub macro_f1: f64,
    /// Intents that were asked for, in the order of the knowledge base, then those that were only named.
    pub intents: Vec<ToldIntent>,
    /// Queries of each intent (row) that were taken for each (column), in the order of `intents`.
    pub counts: Vec<Vec<usize>>,
    /// What was taken for something else, the most frequent first.
    pub mistaken: Vec<Mistaken>,
}

/// One intent, and how well it was told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToldIntent {
    /// Its id.
    pub id: IntentId,
    /// Its name, for people; the id where it has none.
    pub name: String,
    /// Queries that have it.
    pub n: usize,
    /// Of these, named right.
    pub right: usize,
    /// Queries that it was named for.
    pub named: usize,
}

/// Queries of one intent that were taken for another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mistaken {
    /// Position of the right intent in [`Confusion::intents`].
    pub is: usize,
    /// Position of the named one.
    pub named: usize,
    /// How many.
    pub n: usize,
    /// One of them.
    pub example: MaskedText,
}

impl Confusion {
    /// Compares; none without queries whose intent is known and was named.
    pub(super) fn of(asked: &[Asked], kb: &KnowledgeBase) -> Option<Self> {
        let told: Vec<Told<'_>> = asked.iter().filter_map(|a| Told::of(a, kb)).collect();
        let accuracy = Figure::share(
            told.iter()
                .map(|t| Trial::of(t.is == t.named, t.asked.conversation())),
        )?;
        let there: BTreeSet<&IntentId> = told.iter().map(|t| t.is).collect();
        let ids = ordered(&told, &there, kb);
        let place: BTreeMap<&IntentId, usize> = ids.iter().copied().zip(0..).collect();
        let mut counts = vec![vec![0; ids.len()]; ids.len()];
        let mut mistaken: BTreeMap<(usize, usize), Mistaken> = BTreeMap::new();
        for t in &told {
            let (is, named) = (place[t.is], place[t.named]);
            counts[is][named] += 1;
            if is != named {
                let example = t.asked.said.clone();
                let first = Mistaken {
                    is,
                    named,
                    n: 0,
                    example,
                };
                mistaken.entry((is, named)).or_insert(first).n += 1;
            }
        }
        let mut mistaken: Vec<Mistaken> = mistaken.into_values().collect();
        mistaken.sort_by_key(|m| (std::cmp::Reverse(m.n), m.is, m.named));
        let guesses: Vec<_> = told.iter().map(|t| (Some(t.named), t.is)).collect();
        Some(Self {
            accuracy,
            macro_f1: macro_f1(&guesses, there),
            intents: ids
                .iter()
                .enumerate()
                .map(|(i, id)| ToldIntent {
                    id: (*id).clone(),
                    name: name_of(id, kb),
                    n: counts[i].iter().sum(),
                    right: counts[i][i],
                    named: counts.iter().map(|row| row[i]).sum(),
                })
                .collect(),
            counts,
            mistaken,
        })
    }
}

/// The name of an intent, for people; its id where it has none.
pub(super) fn name_of(id: &IntentId, kb: &KnowledgeBase) -> String {
    let intent = kb.intents.iter().find(|intent| intent.id == *id);
    intent.map_or_else(|| id.to_string(), |intent| intent.name.clone())
}

struct Told<'a> {
    asked: &'a Asked,
    is: &'a IntentId,
    named: &'a IntentId,
}

impl<'a> Told<'a> {
    fn of(asked: &'a Asked, kb: &'a KnowledgeBase) -> Option<Self> {
        let Label::Answerable { faq, .. } = &asked.turn.label else {
            return None;
        };
        Some(Self {
            asked,
            is: &kb.faq(faq)?.intent,
            named: asked.intent.as_ref()?,
        })
    }
}

/// Those that were asked for as the knowledge base lists them, then the others by id.
fn ordered<'a>(
    told: &[Told<'a>],
    there: &BTreeSet<&'a IntentId>,
    kb: &'a KnowledgeBase,
) -> Vec<&'a IntentId> {
    let listed = kb.intents.iter().map(|intent| &intent.id);
    let mut ids: Vec<&IntentId> = listed.filter(|id| there.contains(id)).collect();
    let named: BTreeSet<&IntentId> = told.iter().map(|t| t.named).collect();
    for id in there.iter().chain(&named) {
        if !ids.contains(id) {
            ids.push(id);
        }
    }
    ids
}
