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
//! use jieda_decision::{Calibrator, Decider, Evidence, Policy};
//! use jieda_types::{Candidates, ConversationState, Decision, IntentPrediction, Segmented};
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
//! };
//! let verdict = decider.decide(&evidence, &ConversationState::default());
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
mod policy;
mod rules;

pub use calibrator::{Calibrator, CalibratorError, Coefficient, Provenance};
pub use decide::{Decider, Evidence, Verdict};
pub use features::{Feature, Features};
pub use intent_rule::IntentRule;
pub use policy::{Policy, PolicyError, Texts, Thresholds, Tuned};
pub use rules::{Near, Rule, RuleAction};
