//! What customers got.

use jieda_types::Rating;
use jiff::SignedDuration;
use serde::Serialize;

use super::waits::{mean, percent};

/// First responses, resolutions and ratings of a period.
///
/// ```
/// use jieda_routing::figures::Service;
/// use jieda_types::Rating;
/// use jiff::SignedDuration as D;
///
/// # fn main() -> Result<(), jieda_types::NotARating> {
/// let service = Service {
///     first_response: vec![D::from_secs(20), D::from_secs(40)],
///     resolution: vec![D::from_secs(300)],
///     ratings: vec![Rating::new(5)?, Rating::new(4)?, Rating::new(2)?],
///     conversations: 10,
///     self_resolved: 7,
/// };
/// // FRT = (20 + 40) / 2 = 30 s
/// assert_eq!(service.frt(), Some(D::from_secs(30)));
/// // ART = 300 / 1
/// assert_eq!(service.art(), Some(D::from_secs(300)));
/// // Resolved without a human: 7 of 10.
/// assert_eq!(service.automatic_resolution(), Some(70.0));
/// // CSAT = (5 + 4 + 2) / 3 = 3.67 of 5; satisfied (4 or 5): 2 of 3.
/// assert_eq!(service.csat().map(|csat| (csat * 100.0).round()), Some(367.0));
/// assert_eq!(service.satisfied().map(f64::round), Some(67.0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Service {
    /// From handover to the first words of a human, of tickets that got them in the period.
    pub first_response: Vec<SignedDuration>,
    /// From handover to the end, of tickets that were resolved in the period.
    pub resolution: Vec<SignedDuration>,
    /// Ratings that were given in the period, of agents and of the engine.
    pub ratings: Vec<Rating>,
    /// Conversations: those that ended without a human in the period, and those handed over in it.
    pub conversations: usize,
    /// Of these, resolved without a human.
    pub self_resolved: usize,
}

impl Service {
    /// Mean first response time: `FRT = Σ (first words − handover) / tickets with a first response`.
    #[must_use]
    pub fn frt(&self) -> Option<SignedDuration> {
        mean(
            self.first_response.iter().copied(),
            self.first_response.len(),
        )
    }

    /// Mean resolution time: `ART = Σ (end − handover) / resolved tickets`.
    #[must_use]
    pub fn art(&self) -> Option<SignedDuration> {
        mean(self.resolution.iter().copied(), self.resolution.len())
    }

    /// Automatic resolution rate in percent: `conversations resolved without a human / conversations · 100`.
    #[must_use]
    pub fn automatic_resolution(&self) -> Option<f64> {
        percent(self.self_resolved, self.conversations)
    }

    /// Customer satisfaction, of 5: `CSAT = Σ ratings / ratings`.
    #[must_use]
    pub fn csat(&self) -> Option<f64> {
        let sum: f64 = self.ratings.iter().map(|r| f64::from(r.get())).sum();
        (!self.ratings.is_empty()).then(|| sum / self.ratings.len() as f64)
    }

    /// Share of ratings of 4 and 5, in percent.
    #[must_use]
    pub fn satisfied(&self) -> Option<f64> {
        let satisfied = self.ratings.iter().filter(|r| r.get() >= 4).count();
        percent(satisfied, self.ratings.len())
    }
}
