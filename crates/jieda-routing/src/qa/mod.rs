//! Quality review (质检): which conversations people look at, how they score them, and whether they agree.
//!
//! [`Qa`] is the checked file `qa.toml`: the score [`Sheet`], and the sampling [`Plan`]s.
//!
//! | step | look at |
//! |---|---|
//! | draw conversations | [`Qa::draw`] |
//! | score one | [`Sheet::score`] |
//! | sum up | [`QaFigures`] |
//! | see whether reviewers agree | [`Agreement`] |
//!
//! **Nobody picks.** Whether a conversation is drawn follows from its id and the name of the plan (a hash, which is as
//! good as chance to whoever does not know it beforehand), so a mean over what a plan draws says something of all that
//! the plan is about, a draw can be repeated by anybody, and no draw has to be stored.
//!
//! ```
//! use jieda_routing::qa::{ItemId, Qa, Verdict};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let qa = Qa::shipped()?;
//! // Everything right but the tone, 3 of 5; nothing was transferred.
//! let points = [("accuracy", Some(5)), ("completeness", Some(5)), ("transfer", None), ("tone", Some(3)), ("compliance", Some(5))];
//! let points = points.map(|(id, points)| Ok((ItemId::new(id)?, points)));
//! let points = points.into_iter().collect::<Result<_, jieda_routing::EmptyName>>()?;
//! let scored = qa.sheet.score(&points).map_err(|wrong| format!("{wrong:?}"))?;
//! // (40 · 5/5 + 25 · 5/5 + 10 · 3/5 + 10 · 5/5) / (40 + 25 + 10 + 10) · 100 = 81 / 85 · 100
//! assert_eq!((scored.score * 100.0).round(), 9529.0);
//! assert_eq!(scored.verdict, Verdict::Passed);
//! # Ok(())
//! # }
//! ```

mod agreement;
mod figures;
mod plan;
mod raw;
mod review;
mod sheet;

pub use agreement::Agreement;
pub use figures::{Group, ItemFigures, QaFigures};
pub use plan::{Candidate, Draw, Drawn, Plan};
pub use review::Review;
pub use sheet::{AtZero, Item, ItemId, Misfit, Points, Scored, Sheet, Verdict};

use jiff::{Timestamp, civil::Date};

use crate::file::FileError;

/// What is drawn, and by what it is scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Qa {
    /// By what conversations are scored.
    pub sheet: Sheet,
    /// Which ones are drawn.
    pub plans: Vec<Plan>,
    /// The share of these, 0 to 1, that two people are to score.
    pub double: f64,
}

impl Qa {
    /// The file that ships.
    pub const SHIPPED: &'static str = include_str!("../../qa.toml");

    /// Reads and checks a file. What it leaves out is as in the one that ships; items and plans replace the shipped
    /// ones as a whole.
    ///
    /// # Errors
    /// [`FileError`], with all that makes no sense and its lines.
    pub fn from_toml(text: &str) -> Result<Self, FileError> {
        raw::read_checked(text)
    }

    /// The file that ships with jieda.
    ///
    /// # Errors
    /// Never, for the file that a test reads.
    pub fn shipped() -> Result<Self, FileError> {
        Self::from_toml("")
    }

    /// The plans that draw a conversation, not counting that they draw no more than so many a day.
    pub fn plans_of(&self, candidate: &Candidate) -> impl Iterator<Item = &Plan> {
        self.plans.iter().filter(move |plan| plan.draws(candidate))
    }

    /// Draws conversations, each day for itself, by the caller's calendar: of those that a plan is about, its share, and
    /// no more than it wants. One that several plans draw is drawn once. In the order of the candidates.
    #[must_use]
    pub fn draw<'a>(
        &'a self,
        candidates: &'a [Candidate],
        day: impl Fn(Timestamp) -> Date,
    ) -> Vec<Drawn<'a>> {
        plan::draw(self, candidates, day)
    }

    /// How many people are to score a conversation that was drawn.
    #[must_use]
    pub fn wanted(&self, candidate: &Candidate) -> usize {
        let is_double = plan::place(DOUBLE, &candidate.conversation) < self.double;
        if is_double { 2 } else { 1 }
    }
}

/// What the draw of those that two people score is called; no plan is, since names have no whitespace at their ends.
const DOUBLE: &str = " double";

#[cfg(test)]
mod tests;
