//! Texts that must not be answered: those that belong to a human, and those that no FAQ answers.

use std::collections::BTreeMap;

use jieda::types::MaskedText;
use serde::Serialize;

use super::{Asked, Figure, headline::share};
use crate::decision::Label;

/// Most texts of a list that are kept.
const MOST: usize = 20;

/// What became of texts that belong to a human, or only look like it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Handoffs {
    /// Those that belong to a human, by why: share that was handed over at once, the least first.
    pub by_reason: Vec<Kind>,
    /// Those that were not handed over.
    pub missed: Vec<Text>,
    /// Look-alikes that were.
    pub mistaken: Vec<Text>,
}

/// What became of queries that no FAQ answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unanswerable {
    /// By how far off they are: share that got a reply, the greatest first.
    pub by_kind: Vec<Kind>,
}

/// Texts of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kind {
    /// Which, as the labels name it; none where they don't.
    pub name: Option<String>,
    /// Share of them.
    pub share: Figure,
}

/// A text, and what was decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Text {
    /// What the customer said.
    pub said: MaskedText,
    /// Why it belongs to a human; none for a look-alike.
    pub reason: Option<String>,
    /// What was decided, as JSON has it.
    pub decision: &'static str,
    /// The rule that decided.
    pub rule: String,
}

impl Handoffs {
    /// None without such texts.
    pub(super) fn of(asked: &[Asked]) -> Option<Self> {
        let reason = |a: &Asked| match &a.turn.label {
            Label::Handoff { reason } => Some(reason.clone()),
            _ => None,
        };
        let text = |a: &Asked| Text {
            said: a.said.clone(),
            reason: reason(a),
            decision: a.turn.decision.name(),
            rule: a.turn.rule.clone(),
        };
        let handoff = |a: &&Asked| matches!(a.turn.label, Label::Handoff { .. });
        let look_alike = |a: &&Asked| a.turn.label == Label::NoHandoff;
        let handed_over = |a: &Asked| a.turn.is_handed_over();
        let missed = asked.iter().filter(handoff).filter(|a| !handed_over(a));
        let mistaken = asked.iter().filter(look_alike).filter(|a| handed_over(a));
        let any = asked.iter().any(|a| handoff(&a) || look_alike(&a));
        any.then(|| Self {
            by_reason: rising(kinds(asked.iter().filter(handoff), reason, handed_over)),
            missed: missed.take(MOST).map(text).collect(),
            mistaken: mistaken.take(MOST).map(text).collect(),
        })
    }
}

impl Unanswerable {
    /// None without such queries.
    pub(super) fn of(asked: &[Asked]) -> Option<Self> {
        let kind = |a: &Asked| match &a.turn.label {
            // How `decision` writes that a label names none.
            Label::Unanswerable { kind } if kind != "-" => Some(kind.clone()),
            _ => None,
        };
        let replied = |a: &Asked| a.turn.is_replied();
        let queries = asked.iter().filter(|a| a.is_unanswerable());
        let mut by_kind = rising(kinds(queries, kind, replied));
        by_kind.reverse();
        (!by_kind.is_empty()).then_some(Self { by_kind })
    }
}

fn kinds<'a>(
    asked: impl Iterator<Item = &'a Asked>,
    name: impl Fn(&Asked) -> Option<String>,
    counts: impl Fn(&Asked) -> bool,
) -> Vec<Kind> {
    let mut members: BTreeMap<Option<String>, Vec<&Asked>> = BTreeMap::new();
    for text in asked {
        members.entry(name(text)).or_default().push(text);
    }
    members
        .into_iter()
        .filter_map(|(name, members)| {
            let share = share(members, |_| true, &counts)?;
            Some(Kind { name, share })
        })
        .collect()
}

/// By share; by name where it is the same.
fn rising(mut kinds: Vec<Kind>) -> Vec<Kind> {
    kinds.sort_by(|a, b| a.share.value.total_cmp(&b.share.value));
    kinds
}
