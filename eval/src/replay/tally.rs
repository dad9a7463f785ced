//! What was done in one conversation, counted.

use serde::Serialize;

use super::play::Judged;
use crate::logs::{Decided, DecisionKind};

/// Counts of one conversation; of many when added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Conversations.
    pub conversations: u64,
    /// That went to a human.
    pub handed_over: u64,
    /// The customer's turns that were decided.
    pub turns: u64,
    /// Automatic replies.
    pub replies: u64,
    /// Clarifying questions.
    pub clarified: u64,
    /// Requests to say it in other words.
    pub rephrased: u64,
    /// Turns with a label.
    pub labelled: u64,
    /// Of these, decided as expected.
    pub right: u64,
    /// Of these, automatic replies.
    pub labelled_replies: u64,
    /// Of these, wrong ones.
    pub wrong_replies: u64,
}

/// A share that is read off counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Automatic replies of the customer's turns.
    Coverage,
    /// Clarifying questions of the customer's turns.
    ClarifyRate,
    /// Requests to say it in other words, of the customer's turns.
    RephraseRate,
    /// Conversations that went to a human.
    HandoverRate,
    /// Turns decided as expected, of those with a label.
    Accuracy,
    /// Wrong ones among the automatic replies with a label.
    WrongReplyRate,
}

impl Figure {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Coverage,
        Self::ClarifyRate,
        Self::RephraseRate,
        Self::HandoverRate,
        Self::Accuracy,
        Self::WrongReplyRate,
    ];

    /// Its value, 0 to 1; no number where there is nothing to take a share of.
    #[must_use]
    pub fn of(self, tally: &Tally) -> f64 {
        self.over([tally])
    }

    /// The same of several conversations together.
    pub(super) fn over<'a>(self, tallies: impl IntoIterator<Item = &'a Tally>) -> f64 {
        let sum = tallies.into_iter().fold((0, 0), |(part, of), tally| {
            let (one, of_one) = self.parts(tally);
            (part + one, of + of_one)
        });
        sum.0 as f64 / sum.1 as f64
    }

    /// What it is a share of what.
    fn parts(self, tally: &Tally) -> (u64, u64) {
        match self {
            Self::Coverage => (tally.replies, tally.turns),
            Self::ClarifyRate => (tally.clarified, tally.turns),
            Self::RephraseRate => (tally.rephrased, tally.turns),
            Self::HandoverRate => (tally.handed_over, tally.conversations),
            Self::Accuracy => (tally.right, tally.labelled),
            Self::WrongReplyRate => (tally.wrong_replies, tally.labelled_replies),
        }
    }
}

impl Tally {
    /// Of a conversation in which nothing was done yet.
    pub(super) fn of_one() -> Self {
        Self {
            conversations: 1,
            ..Self::default()
        }
    }

    /// Counts a decision.
    pub(super) fn count(&mut self, decided: &Decided, judged: Option<Judged>) {
        self.turns += 1;
        match decided.decision {
            DecisionKind::AutoReply => self.replies += 1,
            DecisionKind::Clarify => self.clarified += 1,
            DecisionKind::Rephrase => self.rephrased += 1,
            DecisionKind::Handoff => self.handed_over = 1,
            DecisionKind::AskValue | DecisionKind::SmallTalk | DecisionKind::Silent => {}
        }
        if let Some(judged) = judged {
            self.labelled += 1;
            self.right += u64::from(judged.right);
            if decided.decision == DecisionKind::AutoReply {
                self.labelled_replies += 1;
                self.wrong_replies += u64::from(judged.wrong_reply);
            }
        }
    }

    /// Whether every label was met.
    pub(super) fn is_right(&self) -> bool {
        self.right == self.labelled
    }

    /// Counts of several conversations together.
    #[must_use]
    pub fn sum<'a>(tallies: impl IntoIterator<Item = &'a Self>) -> Self {
        tallies.into_iter().fold(Self::default(), |sum, one| Self {
            conversations: sum.conversations + one.conversations,
            handed_over: sum.handed_over + one.handed_over,
            turns: sum.turns + one.turns,
            replies: sum.replies + one.replies,
            clarified: sum.clarified + one.clarified,
            rephrased: sum.rephrased + one.rephrased,
            labelled: sum.labelled + one.labelled,
            right: sum.right + one.right,
            labelled_replies: sum.labelled_replies + one.labelled_replies,
            wrong_replies: sum.wrong_replies + one.wrong_replies,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(decision: DecisionKind) -> Decided {
        Decided {
            decision,
            reason: None,
            faq: None,
            rule: None,
            confidence: None,
        }
    }

    #[test]
    fn figures_by_hand() {
        let judged = |right, wrong_reply| Some(Judged { right, wrong_reply });
        let mut first = Tally::of_one();
        first.count(&decided(DecisionKind::AutoReply), judged(true, false));
        first.count(&decided(DecisionKind::AutoReply), judged(false, true));
        first.count(&decided(DecisionKind::Clarify), None);
        first.count(&decided(DecisionKind::Handoff), judged(false, false));
        // In an open course it may be handed over again: it is one conversation.
        first.count(&decided(DecisionKind::Handoff), None);
        let mut second = Tally::of_one();
        second.count(&decided(DecisionKind::Rephrase), judged(true, false));
        let both = [first, second];
        let sum = Tally::sum(&both);
        let expected = [
            (Figure::Coverage, 2.0 / 6.0),
            (Figure::ClarifyRate, 1.0 / 6.0),
            (Figure::RephraseRate, 1.0 / 6.0),
            (Figure::HandoverRate, 1.0 / 2.0),
            (Figure::Accuracy, 2.0 / 4.0),
            (Figure::WrongReplyRate, 1.0 / 2.0),
        ];
        for (figure, value) in expected {
            assert!((figure.of(&sum) - value).abs() < 1e-12, "{figure:?}");
            assert_eq!(figure.over(&both), figure.of(&sum));
        }
        assert!(!first.is_right() && second.is_right());
        assert!(Figure::Accuracy.of(&Tally::of_one()).is_nan());
    }
}
