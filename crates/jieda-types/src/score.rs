//! Two numbers that must not be mixed up: a ranking score, and a probability.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A ranking score: higher is better, comparable within one query only. It is no probability and
/// has no fixed range; compare it with a threshold and the threshold breaks with the next model.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score(pub f32);

impl Score {
    /// Total order, best first: NaN sorts last whatever its sign.
    #[must_use]
    pub fn best_first(a: &Self, b: &Self) -> std::cmp::Ordering {
        match (a.0.is_nan(), b.0.is_nan()) {
            (false, false) => b.0.total_cmp(&a.0),
            (a_nan, b_nan) => a_nan.cmp(&b_nan),
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

/// Not in `[0, 1]`, or not a number.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is not a probability: it must lie in [0, 1]")]
pub struct NotAProbability(pub f64);

/// A calibrated probability in `[0, 1]`: of 100 answers given at 0.9, about 90 are right.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("minimum" = 0, "maximum" = 1)))]
#[serde(try_from = "f64", into = "f64")]
pub struct Confidence(f64);

impl Confidence {
    /// Impossible.
    pub const ZERO: Self = Self(0.0);
    /// Certain.
    pub const ONE: Self = Self(1.0);

    /// Checks and wraps a probability.
    ///
    /// # Errors
    /// [`NotAProbability`] outside `[0, 1]` and for NaN.
    pub fn new(p: f64) -> Result<Self, NotAProbability> {
        if (0.0..=1.0).contains(&p) {
            Ok(Self(p))
        } else {
            Err(NotAProbability(p))
        }
    }

    /// Wraps a number that should be a probability up to rounding: clamped, NaN becomes 0.
    #[must_use]
    pub fn saturating(p: f64) -> Self {
        if p.is_nan() {
            Self::ZERO
        } else {
            Self(p.clamp(0.0, 1.0))
        }
    }

    /// The probability.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Confidence {
    type Error = NotAProbability;
    fn try_from(p: f64) -> Result<Self, NotAProbability> {
        Self::new(p)
    }
}

impl From<Confidence> for f64 {
    fn from(c: Confidence) -> f64 {
        c.0
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never "100%" for what is merely likely.
        match self.0 {
            p if p > 0.99 && p < 1.0 => f.write_str(">99%"),
            p if p < 0.01 && p > 0.0 => f.write_str("<1%"),
            p => write!(f, "{:.0}%", p * 100.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_is_a_probability() {
        assert!(Confidence::new(1.2).is_err());
        assert!(Confidence::new(f64::NAN).is_err());
        assert_eq!(Confidence::saturating(f64::NAN), Confidence::ZERO);
        assert_eq!(Confidence::saturating(7.0), Confidence::ONE);
        assert_eq!(Confidence::saturating(0.9987).to_string(), ">99%");
        assert_eq!(Confidence::saturating(0.0001).to_string(), "<1%");
        assert_eq!(Confidence::ONE.to_string(), "100%");
    }

    #[test]
    fn nan_sorts_last() {
        let mut scores = [Score(f32::NAN), Score(1.0), Score(-f32::NAN), Score(2.0)];
        scores.sort_by(Score::best_first);
        assert_eq!(scores[0], Score(2.0));
        assert_eq!(scores[1], Score(1.0));
    }
}
