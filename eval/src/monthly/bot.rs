//! What the engine did.

use jieda_types::{Decision, HandoffReason, Rating};
use serde::Serialize;

use super::{
    talk::{Talk, TalkEvent, TalkTurn},
    units::{Percent, Stars},
};

/// The engine's figures of a month. A conversation belongs, with all its turns, to the month in which it began.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bot {
    /// Conversations.
    pub conversations: usize,
    /// Things said that the search had a part in: no small talk, nothing that belongs to a human by its words.
    pub questions: usize,
    /// Coverage: percent of these that got an automatic answer.
    pub coverage: Option<Percent>,
    /// Conversations that went to a human.
    pub handed_over: usize,
    /// Percent of conversations that went to a human: `handed over / conversations · 100`.
    pub handoff_rate: Option<Percent>,
    /// Why, the most frequent first; a conversation that went twice counts for both.
    pub reasons: Vec<ReasonCount>,
    /// Ratings of 1 to 5, given in conversations and as feedback.
    pub ratings: [usize; 5],
    /// Their mean; none without ratings.
    pub satisfaction: Option<Stars>,
    /// Percent of ratings that are 4 or 5.
    pub satisfied: Option<Percent>,
}

/// How often conversations went to a human for a reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReasonCount {
    /// Why.
    pub reason: HandoffReason,
    /// How often.
    pub count: usize,
    /// Percent of conversations: `count / conversations · 100`.
    pub rate: Option<Percent>,
}

impl Bot {
    /// Counts; none without conversations.
    pub(super) fn of(talks: &[&Talk]) -> Option<Self> {
        if talks.is_empty() {
            return None;
        }
        let turns = || talks.iter().flat_map(|talk| talk.decisions());
        let asked = turns().filter(|(turn, decision)| is_question(turn, decision));
        let replied = turns().filter(|(turn, decision)| {
            is_question(turn, decision) && matches!(decision, Decision::AutoReply { .. })
        });
        let questions = asked.count();
        let handed_over = talks.iter().filter(|talk| talk.was_handed_over()).count();
        let mut ratings = [0; 5];
        let all_ratings: Vec<Rating> = talks
            .iter()
            .flat_map(|talk| talk.ratings())
            .map(|(rating, _)| rating)
            .collect();
        for rating in &all_ratings {
            if let Some(count) = ratings.get_mut(usize::from(rating.get()) - 1) {
                *count += 1;
            }
        }
        Some(Self {
            conversations: talks.len(),
            questions,
            coverage: Percent::of(replied.count(), questions),
            handed_over,
            handoff_rate: Percent::of(handed_over, talks.len()),
            reasons: reasons(talks),
            ratings,
            satisfaction: mean(&all_ratings),
            satisfied: Percent::of(ratings[3] + ratings[4], all_ratings.len()),
        })
    }
}

/// Whether the search had a part in it, as the console's figures have it.
fn is_question(turn: &TalkTurn, decision: &Decision) -> bool {
    let counts = match decision {
        Decision::SmallTalk { .. } | Decision::Silent => false,
        Decision::Handoff { reason } => !reason.is_by_words(),
        _ => true,
    };
    turn.event == TalkEvent::Said && counts
}

/// The mean of ratings.
pub(super) fn mean(ratings: &[Rating]) -> Option<Stars> {
    let sum: f64 = ratings.iter().map(|r| f64::from(r.get())).sum();
    (!ratings.is_empty()).then(|| Stars::new(sum / ratings.len() as f64))
}

fn reasons(talks: &[&Talk]) -> Vec<ReasonCount> {
    let decisions = || talks.iter().flat_map(|talk| talk.decisions());
    let count = |reason| {
        let given = decisions().filter(|(_, d)| **d == Decision::Handoff { reason });
        ReasonCount {
            reason,
            count: given.count(),
            rate: None,
        }
    };
    let all = HandoffReason::ALL.into_iter().map(count);
    let mut all: Vec<ReasonCount> = all.filter(|r| r.count > 0).collect();
    for reason in &mut all {
        reason.rate = Percent::of(reason.count, talks.len());
    }
    all.sort_by(|a, b| b.count.cmp(&a.count).then(a.reason.cmp(&b.reason)));
    all
}
