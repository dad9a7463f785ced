//! Answerable queries by way of speaking, by channel, by intent.

use std::collections::BTreeMap;

use jieda::KnowledgeBase;
use serde::Serialize;

use super::{Asked, Figure, confusion, headline::share};
use crate::decision::Label;

/// Queries by one thing that is known of them; a thing that is known of none has no groups.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Groups {
    /// By way of speaking.
    pub by_style: Vec<Group>,
    /// By channel.
    pub by_channel: Vec<Group>,
    /// By the intent of the right FAQ.
    pub by_intent: Vec<Group>,
}

/// Queries that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// What; none for queries of which it is not known.
    pub name: Option<String>,
    /// Share whose FAQ comes first.
    #[serde(rename = "recall@1")]
    pub recall_at_1: Figure,
    /// Share that gets an automatic reply.
    pub auto_reply_rate: Figure,
    /// Share of these replies that is wrong; none without replies.
    pub wrong_rate: Option<Figure>,
}

impl Groups {
    pub(super) fn of(asked: &[Asked], kb: &KnowledgeBase) -> Self {
        let style = |asked: &Asked| match &asked.turn.label {
            // How `decision` writes that a label names none.
            Label::Answerable { style, .. } if style != "-" => Some(style.clone()),
            _ => None,
        };
        let channel = |asked: &Asked| asked.turn.channel.as_ref().map(ToString::to_string);
        let intent = |asked: &Asked| match &asked.turn.label {
            Label::Answerable { faq, .. } => Some(confusion::name_of(&kb.faq(faq)?.intent, kb)),
            _ => None,
        };
        Self {
            by_style: grouped(asked, style),
            by_channel: grouped(asked, channel),
            by_intent: grouped(asked, intent),
        }
    }
}

/// The groups, the worst recall first; none where the thing is known of no query.
fn grouped(asked: &[Asked], name: impl Fn(&Asked) -> Option<String>) -> Vec<Group> {
    let mut members: BTreeMap<Option<String>, Vec<&Asked>> = BTreeMap::new();
    for query in asked.iter().filter(|a| a.is_answerable()) {
        members.entry(name(query)).or_default().push(query);
    }
    if members.keys().all(Option::is_none) {
        return Vec::new();
    }
    let mut groups: Vec<Group> = members
        .into_iter()
        .filter_map(|(name, members)| Group::of(name, &members))
        .collect();
    groups.sort_by(|a, b| a.recall_at_1.value.total_cmp(&b.recall_at_1.value));
    groups
}

impl Group {
    fn of(name: Option<String>, members: &[&Asked]) -> Option<Self> {
        let members = || members.iter().copied();
        let replied = |a: &Asked| a.turn.is_replied();
        Some(Self {
            name,
            recall_at_1: share(members(), |_| true, |a| a.is_within(1))?,
            auto_reply_rate: share(members(), |_| true, replied)?,
            wrong_rate: share(members(), replied, Asked::is_wrong_reply),
        })
    }
}
