//! A ticket drafted from a conversation: type, urgency, summary.

use jieda_types::{Customer, HandoffReason, HistoryTurn, Speaker, TicketDraft, TicketField};

use crate::{Policy, policy::TicketType, summary::summarize, words::Phrases};

/// Type of a ticket that no rule and no intent names.
const OTHER: &str = "咨询";

/// What a ticket is drafted from.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Why a human is needed.
    pub reason: HandoffReason,
    /// Who asks.
    pub customer: &'a Customer,
    /// Everything that was said, masked, the last turn too.
    pub history: &'a [HistoryTurn],
    /// Name of the likeliest intent: the type where no rule names one.
    pub intent: Option<&'a str>,
    /// What the customer named, masked.
    pub fields: &'a [TicketField],
}

/// A drafted ticket, and the skill that its type wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    /// The ticket.
    pub ticket: TicketDraft,
    /// The skill, where the policy names one for this type.
    pub skill: Option<String>,
}

impl Policy {
    /// Drafts a ticket.
    ///
    /// ```
    /// use jieda_decision::{Case, Policy};
    /// use jieda_types::{Customer, HandoffReason, HistoryTurn, MaskedText, Speaker, Urgency};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let history = [HistoryTurn {
    ///     speaker: Speaker::Customer,
    ///     text: MaskedText::assume_masked("退款三天了还没到账，转人工"),
    ///     decision: Some("handoff".into()),
    ///     faq: None,
    /// }];
    /// let drafted = Policy::shipped()?.draft(&Case {
    ///     reason: HandoffReason::HumanRequest,
    ///     customer: &Customer::default(),
    ///     history: &history,
    ///     intent: None,
    ///     fields: &[],
    /// });
    /// assert_eq!(drafted.ticket.kind, "退款");
    /// assert_eq!(drafted.ticket.urgency, Urgency::Normal);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn draft(&self, case: &Case<'_>) -> Drafted {
        let said: Vec<Phrases> = case
            .history
            .iter()
            .filter(|turn| turn.speaker == Speaker::Customer)
            .map(|turn| Phrases::new(&turn.text.as_str().to_lowercase()))
            .collect();
        let mut urgency = self.urgency.of(case.reason, &said.iter());
        if self.vip.includes(case.customer) {
            urgency = urgency.max(self.vip.at_least);
        }
        let kind = self.ticket_type(case.reason, &said);
        Drafted {
            skill: kind.and_then(|kind| kind.skill.clone()),
            ticket: TicketDraft {
                kind: kind
                    .map(|kind| kind.kind.as_str())
                    .or(case.intent)
                    .unwrap_or(OTHER)
                    .to_owned(),
                urgency,
                summary: summarize(case.history),
                fields: case.fields.to_vec(),
            },
        }
    }

    /// The first type that fits: by reason, else by what was said last.
    fn ticket_type(&self, reason: HandoffReason, said: &[Phrases]) -> Option<&TicketType> {
        let by_reason = self.tickets.iter().find(|t| t.reasons.contains(&reason));
        by_reason.or_else(|| {
            said.iter().rev().find_map(|text| {
                let named = |t: &&TicketType| t.any.iter().any(|phrase| text.mentions(phrase));
                self.tickets.iter().find(named)
            })
        })
    }
}
