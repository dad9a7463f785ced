//! Answers that are tried against each other: what the conversations that were given one, or another, say.
//!
//! An FAQ's `variants` are drawn by the conversation's id with equal chances, so that conversations with one answer
//! differ from those with another by nothing but the answer and chance. What happens after it ([`Course`]) gives an
//! [`Outcome`], and [`Trial`] tells whether outcomes differ, by tests that may be looked at every day.
//!
//! **What counts.** A conversation counts once in a trial, with the answer that it was given first; also where that
//! could not be sent for want of a value, since an answer that needs what customers don't have is the worse for it.
//! It counts for what happens until another FAQ answers, and once it has been still for a while ([`Settling`]).
//! Editing any of the answers begins another trial.
//!
//! **What is compared.** One [`Metric`] is the goal, on which a variant must win. Another is the guard: what must not
//! get worse by the way, such as low ratings where customers seem to be content with less. Each variant is compared with A;
//! p-values are multiplied by the number of variants (Bonferroni), of goal and guard apart.
//!
//! ```
//! use jieda_eval::ab::{Course, Goals, Step, Trials};
//! use jieda_types::{AnswerVariant, FaqId, VariantLabel};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let given = |label| AnswerVariant {
//!     faq: FaqId::new("ec-001").unwrap(),
//!     experiment: "5b1f".into(),
//!     label: VariantLabel::nth(label).unwrap(),
//! };
//! let courses = (0..400).map(|i| Course {
//!     settled: i,
//!     steps: if i % 4 == 0 {
//!         vec![Step::Given(given(0)), Step::HandedOver]
//!     } else {
//!         vec![Step::Given(given(i as usize % 2))]
//!     },
//! });
//! let trials = Trials::of(courses);
//! let judged = trials.judge(&Goals::default());
//! assert_eq!(judged[0].variants[0].verdict.name(), "better");
//! # Ok(())
//! # }
//! ```

mod course;
mod trial;
mod verdict;

pub use course::{Course, Outcome, Settling, Solved, Step};
pub use trial::{JudgedTrial, JudgedVariant, Measured, Trial, Trials};
pub use verdict::{Goals, Metric, Verdict};
