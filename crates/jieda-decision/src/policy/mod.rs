//! The policy file: thresholds, rules and texts. Raw → checked; unknown keys are refused.

mod cases;
mod check;
mod hours;
mod mode;
mod problem;
mod satisfaction;
mod table;
mod texts;
mod thresholds;

use jieda_types::Customer;
use serde::Deserialize;

use crate::{IntentRule, Rule};

pub use cases::{Raise, TicketType, UrgencyRules, Vip};
pub use hours::{Hours, Opening, TimeOfDay};
pub use mode::{AfterHandoff, AskedVariable, HandoffMode};
pub use problem::{PolicyError, PolicyProblem};
pub use satisfaction::{RatingWords, Satisfaction};
pub use texts::Texts;
pub use thresholds::{Thresholds, Tuned};

use cases::{GivenUrgency, GivenVip};
use hours::GivenHours;
use mode::GivenHandoffMode;
use problem::Problems;
use satisfaction::GivenSatisfaction;
use texts::GivenTexts;
use thresholds::GivenThresholds;

/// The file that ships.
const SHIPPED: &str = include_str!("../../policy.toml");

/// A checked policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// When to answer, and when to ask back.
    pub thresholds: Thresholds,
    /// Where the thresholds come from, when they were tuned.
    pub tuned: Option<Tuned>,
    /// What a customer may read.
    pub texts: Texts,
    /// Satisfaction: asked for, read, and what follows.
    pub satisfaction: Satisfaction,
    /// What the engine does while a human has the conversation.
    pub handoff: HandoffMode,
    /// When a human is there.
    pub hours: Hours,
    /// Customers with a lane of their own.
    pub vip: Vip,
    /// How much a case presses.
    pub urgency: UrgencyRules,
    /// Types of tickets, the first that fits counts.
    pub tickets: Vec<TicketType>,
    /// Variables that a customer can be asked for.
    pub variables: Vec<AskedVariable>,
    /// Rules on words, tried in order; the first that fires decides.
    pub rules: Vec<Rule>,
    /// Rules on intents, tried where no rule on words fires.
    pub intents: Vec<IntentRule>,
}

/// The file that ships: complete.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Complete {
    thresholds: Thresholds,
    texts: Texts,
    satisfaction: Satisfaction,
    handoff: HandoffMode,
    hours: Hours,
    vip: Vip,
    urgency: UrgencyRules,
    tickets: Vec<TicketType>,
    variables: Vec<AskedVariable>,
    rules: Vec<Rule>,
    intents: Vec<IntentRule>,
}

/// A user's file: what it leaves out is shipped.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Given {
    thresholds: GivenThresholds,
    tuned: Option<Tuned>,
    texts: GivenTexts,
    satisfaction: GivenSatisfaction,
    handoff: GivenHandoffMode,
    hours: GivenHours,
    vip: GivenVip,
    urgency: GivenUrgency,
    tickets: Option<Vec<TicketType>>,
    variables: Option<Vec<AskedVariable>>,
    rules: Option<Vec<Rule>>,
    intents: Option<Vec<IntentRule>>,
}

impl Policy {
    /// Reads and checks a policy. What the file leaves out is as in the one that ships; lists (`rules`,
    /// `intents`, `tickets` …) replace the shipped ones as a whole.
    ///
    /// # Errors
    /// [`PolicyError`], with all values that make no sense and their lines.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let shipped: Complete = toml::from_str(SHIPPED).map_err(|e| unreadable(&e))?;
        let shipped = Self {
            thresholds: shipped.thresholds,
            tuned: None,
            texts: shipped.texts,
            satisfaction: shipped.satisfaction,
            handoff: shipped.handoff,
            hours: shipped.hours,
            vip: shipped.vip,
            urgency: shipped.urgency,
            tickets: shipped.tickets,
            variables: shipped.variables,
            rules: shipped.rules,
            intents: shipped.intents,
        };
        shipped.overlaid(text)
    }

    /// The same policy with what a text in the form of a policy file says otherwise. Where its thresholds came from is
    /// forgotten: what was promised for others doesn't hold for these.
    ///
    /// ```
    /// use jieda_decision::Policy;
    ///
    /// let policy = Policy::shipped()?.overlaid("thresholds.reply = 0.7")?;
    /// assert_eq!(policy.thresholds.reply.get(), 0.7);
    /// assert!(policy.overlaid("thresholds.replay = 0.7").is_err());
    /// # Ok::<(), jieda_decision::PolicyError>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_toml`](Self::from_toml).
    pub fn overlaid(self, text: &str) -> Result<Self, PolicyError> {
        let given: Given = toml::from_str(text).map_err(|e| unreadable(&e))?;
        let policy = Self {
            thresholds: given.thresholds.or(self.thresholds),
            tuned: given.tuned,
            texts: given.texts.or(self.texts),
            satisfaction: given.satisfaction.or(self.satisfaction),
            handoff: given.handoff.or(self.handoff),
            hours: given.hours.or(self.hours),
            vip: given.vip.or(self.vip),
            urgency: given.urgency.or(self.urgency),
            tickets: given.tickets.unwrap_or(self.tickets),
            variables: given.variables.unwrap_or(self.variables),
            rules: given.rules.unwrap_or(self.rules),
            intents: given.intents.unwrap_or(self.intents),
        };
        let mut problems = Problems::of(text);
        check::check(&policy, &mut problems);
        problems.into_result()?;
        Ok(policy)
    }

    /// The policy that ships with jieda.
    ///
    /// # Errors
    /// Never, for the file that a test reads.
    pub fn shipped() -> Result<Self, PolicyError> {
        Self::from_toml("")
    }

    /// So many turns in a row without a match lead this customer to a human.
    #[must_use]
    pub fn failure_limit(&self, customer: &Customer) -> u32 {
        if self.vip.includes(customer) {
            self.vip.failure_limit.min(self.thresholds.failure_limit)
        } else {
            self.thresholds.failure_limit
        }
    }

    /// Whether a rating is asked for with this answer, counted from 1.
    #[must_use]
    pub fn asks_rating_after(&self, replies: u32) -> bool {
        let every = self.satisfaction.ask_every;
        every > 0 && replies > 0 && replies.is_multiple_of(every)
    }

    /// How a customer is asked for a variable, if he can be.
    #[must_use]
    pub fn asked_variable(&self, variable: &str) -> Option<&AskedVariable> {
        self.variables.iter().find(|v| v.variable == variable)
    }
}

fn unreadable(error: &toml::de::Error) -> PolicyError {
    PolicyError::File(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &str, to: &str, expected: &str) {
        assert!(SHIPPED.contains(from), "{from}");
        let changed = SHIPPED.replacen(from, to, 1);
        let error = Policy::from_toml(&changed).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn the_shipped_policy_is_sound_and_complete() {
        let policy = Policy::shipped().unwrap();
        assert!(policy.rules.len() >= 8);
        for reason in jieda_types::HandoffReason::ALL {
            assert!(!policy.texts.handoff(reason).is_empty());
            assert!(policy.urgency.by_reason.contains_key(&reason), "{reason}");
        }
        assert_eq!(Policy::from_toml(SHIPPED), Ok(policy));
    }

    #[test]
    fn what_is_left_out_is_shipped() {
        let shipped = Policy::shipped().unwrap();
        let policy = Policy::from_toml("thresholds.reply = 0.9").unwrap();
        assert_eq!(policy.thresholds.reply.get(), 0.9);
        assert_eq!(policy.thresholds.clarify, shipped.thresholds.clarify);
        assert_eq!(policy.texts, shipped.texts);
        assert_eq!(policy.rules, shipped.rules);
        let none = Policy::from_toml("rules = []").unwrap();
        assert!(none.rules.is_empty());
        let error = Policy::from_toml("[thresholds]\nreplay = 0.9").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn senseless_values_are_refused() {
        check("failure_limit = 2", "failure_limit = 0", "failure_limit");
        check("max_options = 3", "max_options = 4", "max_options");
        check("max_options = 3", "max_optoins = 3", "max_optoins");
        check("reply = 0.", "reply = 7.", "probability");
        check("{question}", "?", "clarify_one");
        check("handoff_at = 3", "handoff_at = 9", "1 to 5");
        check("handoff_at = 3", "handoff_at = 5", "handoff_at");
        check("holidays = []", "holidays = [\"2026-02-30\"]", "2026-02-30");
        check("after = \"silent\"", "after = \"quiet\"", "quiet");
        check(
            "variable = \"order_id\"",
            "variable = \"balance\"",
            "要写 entity",
        );
        check(
            "variable = \"order_id\"",
            "variable = \"order_id\"\nentity = \"ordr\"",
            "ordr",
        );
    }

    #[test]
    fn all_problems_are_told_with_their_lines() {
        let text = "[thresholds]\n\
                    reply = 0.5\n\
                    clarify = 0.6\n\
                    max_options = 9\n\
                    [texts]\n\
                    thanks = \"\"\n\
                    chat = \"{who}\"\n\
                    [[rules]]\n\
                    name = \"r\"\n\
                    then = { handoff = \"safety\" }\n\
                    any = [\"救命\"]\n\
                    [[rules]]\n\
                    name = \"r\"\n\
                    then = { smalltalk = \"thanks\" }\n\
                    any = [\"Thanks!\"]\n\
                    [hours]\n\
                    open = [{ days = [], from = \"09:00\", to = \"18:00\" }]\n\
                    workdays = [\"10-1\"]\n";
        let Err(PolicyError::Values(problems)) = Policy::from_toml(text) else {
            panic!("refused");
        };
        let found: Vec<(Option<usize>, &str)> =
            problems.iter().map(|p| (p.line, p.key.as_str())).collect();
        assert_eq!(
            found,
            [
                (Some(3), "thresholds.clarify"),
                (Some(4), "thresholds.max_options"),
                (Some(6), "texts.thanks"),
                (Some(7), "texts.chat"),
                (Some(18), "hours.workdays"),
                (Some(17), "hours.open[0].days"),
                (Some(13), "rules[1].name"),
                (Some(12), "rules[1]"),
            ]
        );
    }
}
