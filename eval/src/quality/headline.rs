//! The figures that one looks at first.

use serde::Serialize;

use super::{Asked, Figure, Trial};
use crate::{decision::Label, transcripts::Played};

/// The headline figures; none where the sample has nothing to take it over.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Headline {
    /// Share of the answerable queries whose FAQ comes first.
    #[serde(rename = "recall@1")]
    pub recall_at_1: Option<Figure>,
    /// The same among the first 3.
    #[serde(rename = "recall@3")]
    pub recall_at_3: Option<Figure>,
    /// The same among the first 10.
    #[serde(rename = "recall@10")]
    pub recall_at_10: Option<Figure>,
    /// Mean reciprocal rank; 0 for a query whose FAQ is not among the first 10.
    #[serde(rename = "mrr@10")]
    pub mrr_at_10: Option<Figure>,
    /// Share of the answerable queries that get an automatic reply.
    pub auto_reply_rate: Option<Figure>,
    /// Share of the automatic replies that are wrong; one to an unanswerable query is.
    pub wrong_rate: Option<Figure>,
    /// Share of the unanswerable queries that get a reply.
    pub unanswerable_replied: Option<Figure>,
    /// Share of the texts that belong to a human which are handed over at once.
    pub handoff_recall: Option<Figure>,
    /// Share of the look-alikes that are handed over at once.
    pub handoff_false_rate: Option<Figure>,
    /// Share of the conversations that were solved without a human: none is needed, none was called, and every
    /// question got its answer at once.
    pub solved_without_human: Option<Figure>,
}

impl Headline {
    pub(super) fn of(asked: &[Asked], played: &[Played]) -> Self {
        let within = |k: usize| share(asked, Asked::is_answerable, |a| a.is_within(k));
        let handoff = |a: &Asked| matches!(a.turn.label, Label::Handoff { .. });
        let look_alike = |a: &Asked| a.turn.label == Label::NoHandoff;
        // What belongs to a human has no right reply, and none of it counts as one of the queries.
        let query = |a: &Asked| a.is_answerable() || a.is_unanswerable();
        Self {
            recall_at_1: within(1),
            recall_at_3: within(3),
            recall_at_10: within(10),
            mrr_at_10: reciprocal_rank(asked),
            auto_reply_rate: share(asked, Asked::is_answerable, |a| a.turn.is_replied()),
            wrong_rate: share(
                asked,
                |a| query(a) && a.turn.is_replied(),
                Asked::is_wrong_reply,
            ),
            unanswerable_replied: share(asked, Asked::is_unanswerable, |a| a.turn.is_replied()),
            handoff_recall: share(asked, handoff, |a| a.turn.is_handed_over()),
            handoff_false_rate: share(asked, look_alike, |a| a.turn.is_handed_over()),
            solved_without_human: Figure::share(
                played.iter().map(|p| Trial::of(p.is_solved(), None)),
            ),
        }
    }
}

/// The share of some texts for which something holds.
pub(super) fn share<'a>(
    asked: impl IntoIterator<Item = &'a Asked>,
    of: impl Fn(&Asked) -> bool,
    holds: impl Fn(&Asked) -> bool,
) -> Option<Figure> {
    let counted = asked.into_iter().filter(|a| of(a));
    Figure::share(counted.map(|a| Trial::of(holds(a), a.conversation())))
}

fn reciprocal_rank(asked: &[Asked]) -> Option<Figure> {
    let queries = asked.iter().filter(|a| a.is_answerable());
    Figure::mean(queries.map(|a| Trial {
        value: match a.turn.rank {
            Some(rank) if rank <= 10 => 1.0 / rank as f64,
            _ => 0.0,
        },
        conversation: a.conversation(),
    }))
}
