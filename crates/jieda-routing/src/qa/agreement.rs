//! Whether reviewers agree.

use serde::Serialize;

/// How well people who scored the same conversations agree, each by what he said before he knew what the others said.
///
/// `α` is Krippendorff's alpha with interval differences, `1 − D_o / D_e`: the mean squared difference within
/// conversations, over that between any two scores. 1: they agree; 0: as if they had thrown dice; below 0: they
/// disagree. It takes any number of reviewers, and not all have to see everything. Krippendorff asks for 0.800, and
/// lets 0.667 pass for tentative conclusions (K. Krippendorff, *Content Analysis*, ch. 11; *Computing Krippendorff's
/// Alpha-Reliability*, 2011, from which the example is).
///
/// ```
/// use jieda_routing::qa::Agreement;
///
/// // Twelve units, up to four observers; the last one was seen by one of them only, and counts for nothing.
/// let units: [&[f64]; 12] = [
///     &[1.0, 1.0, 1.0], &[2.0, 2.0, 3.0, 2.0], &[3.0, 3.0, 3.0, 3.0], &[3.0, 3.0, 3.0, 3.0],
///     &[2.0, 2.0, 2.0, 2.0], &[1.0, 2.0, 3.0, 4.0], &[4.0, 4.0, 4.0, 4.0], &[1.0, 1.0, 2.0, 1.0],
///     &[2.0, 2.0, 2.0, 2.0], &[5.0, 5.0, 5.0], &[1.0, 1.0], &[3.0],
/// ];
/// let agreement = Agreement::of(units);
/// assert_eq!(agreement.units, 11);
/// assert_eq!(agreement.alpha.map(|alpha| (alpha * 1000.0).round()), Some(849.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Agreement {
    /// Conversations that two people or more scored.
    pub units: usize,
    /// Of all pairs of people who scored the same, the share that gave the same score.
    pub exact: Option<f64>,
    /// Krippendorff's α; none where all scores are the same, or there are none.
    pub alpha: Option<f64>,
}

impl Agreement {
    /// From the scores of each conversation.
    pub fn of<'a>(units: impl IntoIterator<Item = &'a [f64]>) -> Self {
        let several = units.into_iter().filter(|scores| scores.len() > 1);
        let mut agreement = Self::default();
        let (mut same, mut pairs) = (0, 0);
        let (mut observed, mut all) = (0.0, Moments::default());
        for scores in several {
            agreement.units += 1;
            let mut unit = Moments::default();
            for (i, score) in scores.iter().enumerate() {
                unit.add(*score);
                all.add(*score);
                for other in &scores[i + 1..] {
                    pairs += 1;
                    same += usize::from((score - other).abs() < f64::EPSILON);
                }
            }
            observed += unit.squared_differences() / (unit.n - 1.0);
        }
        agreement.exact = (pairs > 0).then(|| same as f64 / f64::from(pairs));
        let expected = all.squared_differences() / (all.n - 1.0);
        // Rounding must not make a difference of none.
        let differ = expected > 1e-9 * all.squares.max(1e-9);
        agreement.alpha = (all.n > 1.0 && differ).then(|| 1.0 - observed / expected);
        agreement
    }
}

/// What is needed of some numbers.
#[derive(Default)]
struct Moments {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, x: f64) {
        self.n += 1.0;
        self.sum += x;
        self.squares += x * x;
    }

    /// `Σ (x − y)²` over all ordered pairs.
    fn squared_differences(&self) -> f64 {
        (2.0 * (self.n * self.squares - self.sum * self.sum)).max(0.0)
    }
}
