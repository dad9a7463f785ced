//! The decision: answer, ask back, or pass on to a human.
//!
//! The principal type is [`Decider`]. From the [`Evidence`] of one turn and the
//! [`ConversationState`](jieda_types::ConversationState) it gives a [`Verdict`]: the decision, the
//! calibrated confidence behind it, the rule that fired and the next state.
//!
//! Pure: no clock, no randomness, no I/O. The same evidence and state give the same verdict on any
//! machine.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use jieda_decision::{Calibrator, Decider, Evidence, Policy, Reading};
//! use jieda_types::{Candidates, ConversationState, IntentPrediction, Segmented, Situation};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let decider = Decider::new(Policy::shipped()?, Calibrator::shipped()?);
//! let segmented = Segmented {
//!     original: "转人工".into(),
//!     normalized: "转人工".into(),
//!     tokens: Vec::new(),
//! };
//! let evidence = Evidence {
//!     segmented: &segmented,
//!     candidates: &Candidates::default(),
//!     by_faqs: &IntentPrediction::default(),
//!     intents: &IntentPrediction::default(),
//!     reading: Reading::Alone,
//!     slots: &BTreeMap::new(),
//! };
//! let state = ConversationState::default();
//! let verdict = decider.decide(&evidence, &state, &Situation::default());
//! assert_eq!(verdict.decision.name(), "handoff");
//! assert_eq!(verdict.rule, "human_request");
//! # Ok(())
//! # }
//! ```

mod calibrator;
mod clarify;
mod decide;
mod features;
mod intent_rule;
mod next;
mod policy;
mod rating;
mod rules;
mod summary;
mod ticket;
mod words;

pub use calibrator::{Calibrator, CalibratorError, Coefficient, Provenance};
pub use decide::{Decider, Evidence, Reading, Verdict};
pub use features::{Feature, Features};
pub use intent_rule::{Ahead, IntentRule};
pub use next::handed_back;
pub use policy::{
    AfterHandoff, AskedVariable, HandoffMode, Hours, Opening, Policy, PolicyError, PolicyProblem,
    Raise, RatingWords, Satisfaction, Texts, Thresholds, TicketType, TimeOfDay, Tuned,
    UrgencyRules, Vip,
};
pub use rules::{Near, Rule, RuleAction};
pub use summary::summarize;
pub use ticket::{Case, Drafted};
pub use words::Phrases;
