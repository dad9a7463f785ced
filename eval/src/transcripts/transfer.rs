//! When a conversation goes to a human, and when it should.

use serde::Serialize;

/// Tolerances of GT-T, in turns.
pub const TOLERANCES: [u8; 3] = [1, 2, 3];

/// How conversations went over to a human, against the turns at which they should have. A turn is its place among the
/// customer's, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Timing {
    /// Conversations.
    pub conversations: usize,
    /// That should go over.
    pub expected: usize,
    /// That went over.
    pub reached: usize,
    /// Went over at the right turn.
    pub right: usize,
    /// Went, but before the right turn (or should not have gone at all).
    pub early: usize,
    /// Went after it.
    pub late: usize,
    /// Should have gone, and never did.
    pub missed: usize,
    /// Sums of [`golden_transfer`] for [`TOLERANCES`].
    #[serde(skip)]
    sums: [f64; TOLERANCES.len()],
}

impl Timing {
    /// Adds a conversation.
    pub fn add(&mut self, reached: Option<usize>, expected: Option<usize>) {
        self.conversations += 1;
        self.expected += usize::from(expected.is_some());
        self.reached += usize::from(reached.is_some());
        for (sum, tolerance) in self.sums.iter_mut().zip(TOLERANCES) {
            *sum += golden_transfer(reached, expected, tolerance);
        }
        match (reached, expected) {
            (Some(reached), Some(expected)) if reached == expected => self.right += 1,
            (Some(reached), Some(expected)) if reached > expected => self.late += 1,
            (Some(_), _) => self.early += 1,
            (None, Some(_)) => self.missed += 1,
            (None, None) => {}
        }
    }

    /// Golden Transfer within Tolerance, the mean over conversations, for [`TOLERANCES`].
    #[must_use]
    pub fn gt_t(&self) -> [f64; TOLERANCES.len()] {
        self.sums.map(|sum| sum / self.conversations.max(1) as f64)
    }
}

/// Golden Transfer within Tolerance (Liu et al. 2021, "Time to Transfer: Predicting and Evaluating Machine-Human
/// Chatting Handoff", arXiv 2012.07610) of one conversation, 0 to 1, with one transfer at most on either side and
/// early and late weighed alike (λ = 0):
///
/// exp(−(reached − expected)² / (2 (T − 1 + ε)²)),
///
/// in turns. With tolerance T = 1 only the right turn counts; with 2 the turn beside it still counts 0.61. A
/// conversation that should never go over and doesn't counts 1; one that goes and should not, or the other way round,
/// counts 0.
///
/// ```
/// use jieda_eval::transcripts::golden_transfer;
/// assert_eq!(golden_transfer(Some(3), Some(3), 1), 1.0);
/// assert_eq!(golden_transfer(Some(4), Some(3), 1), 0.0);
/// assert!((golden_transfer(Some(4), Some(3), 2) - (-0.5_f64).exp()).abs() < 1e-3);
/// assert_eq!(golden_transfer(None, None, 1), 1.0);
/// assert_eq!(golden_transfer(Some(1), None, 3), 0.0);
/// ```
#[must_use]
pub fn golden_transfer(reached: Option<usize>, expected: Option<usize>, tolerance: u8) -> f64 {
    golden_transfers(reached.as_slice(), expected.as_slice(), tolerance)
}

/// The same with any number of transfers on either side: the mean, over the turns that were handed over, of what the
/// nearest right one gives.
///
/// The program that the authors published divides by (T + ε)², so its score at T is this one at T + 1.
///
/// ```
/// use jieda_eval::transcripts::golden_transfers;
/// let at_two = golden_transfers(&[3, 7], &[3, 8], 2);
/// assert!((at_two - (1.0 + (-0.5_f64).exp()) / 2.0).abs() < 1e-3);
/// assert_eq!(golden_transfers(&[], &[3], 2), 0.0);
/// ```
#[must_use]
pub fn golden_transfers(reached: &[usize], expected: &[usize], tolerance: u8) -> f64 {
    /// What keeps the formula defined at T = 1.
    const EPSILON: f64 = 1e-4;
    match (reached, expected) {
        ([], []) => return 1.0,
        ([], _) | (_, []) => return 0.0,
        _ => {}
    }
    let width = f64::from(tolerance.saturating_sub(1)) + EPSILON;
    let nearest = |at: &usize| {
        let off = expected.iter().map(|right| at.abs_diff(*right)).min();
        let off = off.unwrap_or(usize::MAX) as f64;
        (-off * off / (2.0 * width * width)).exp()
    };
    reached.iter().map(nearest).sum::<f64>() / reached.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_late_and_missed() {
        let mut timing = Timing::default();
        for (reached, expected) in [
            (Some(2), Some(2)),
            (Some(1), Some(2)),
            (Some(0), None),
            (Some(3), Some(2)),
            (None, Some(2)),
            (None, None),
        ] {
            timing.add(reached, expected);
        }
        let counts = (timing.right, timing.early, timing.late, timing.missed);
        assert_eq!(counts, (1, 2, 1, 1));
        assert_eq!(
            (timing.conversations, timing.expected, timing.reached),
            (6, 4, 4)
        );
        let [exact, one, two] = timing.gt_t();
        assert!((exact - 2.0 / 6.0).abs() < 1e-12);
        assert!((one - (2.0 + 2.0 * (-0.5_f64).exp()) / 6.0).abs() < 1e-3);
        assert!(exact < one && one < two);
        assert_eq!(Timing::default().gt_t(), [0.0; 3]);
    }
}
