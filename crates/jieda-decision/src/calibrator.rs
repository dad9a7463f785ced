//! Features → probability that the best candidate answers the query.
//!
//! Logistic regression on standardised features:
//!
//! > P = 1 / (1 + exp(−(b + Σᵢ wᵢ · (xᵢ − mᵢ) / sᵢ)))
//!
//! Fitted by maximum likelihood, its outputs are calibrated by construction on data like the sample
//! it was fitted on. How well they are elsewhere is written beside the coefficients.

use jieda_types::Confidence;
use serde::{Deserialize, Serialize};

use crate::{Feature, Features};

/// A calibrator file that can't be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CalibratorError {
    /// No valid file.
    #[error("the calibrator can't be read: {0}")]
    File(String),
    /// A coefficient is missing, doubled or not a finite number.
    #[error("the calibrator's coefficient of `{0}` is missing, doubled or not finite")]
    Coefficient(String),
}

/// One feature's part.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coefficient {
    /// The feature.
    pub feature: Feature,
    /// wᵢ: log-odds for each standard deviation.
    pub weight: f64,
    /// mᵢ: the feature's mean in the sample.
    pub mean: f64,
    /// sᵢ: its standard deviation.
    pub deviation: f64,
}

/// Where a calibrator comes from, and how good it was on data that it was not fitted on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// What it was fitted on.
    pub data: String,
    /// Number of labelled queries.
    pub samples: usize,
    /// Expected calibration error, 10 bins of equal size, each industry predicted by the others.
    pub ece: f64,
    /// Brier score, likewise.
    pub brier: f64,
    /// Area under the ROC curve of right against wrong, likewise.
    pub auc: f64,
}

/// Logistic regression over [`Features`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibrator {
    /// b: log-odds at the sample's mean.
    pub bias: f64,
    /// Where it comes from.
    pub provenance: Provenance,
    /// One a feature.
    pub coefficients: Vec<Coefficient>,
}

impl Calibrator {
    /// Reads and checks a calibrator file.
    ///
    /// # Errors
    /// [`CalibratorError`].
    pub fn from_toml(text: &str) -> Result<Self, CalibratorError> {
        let raw: Self = toml::from_str(text).map_err(|e| CalibratorError::File(e.to_string()))?;
        raw.checked()
    }

    /// The calibrator that ships with jieda.
    ///
    /// # Errors
    /// Never, for the file that a test reads.
    pub fn shipped() -> Result<Self, CalibratorError> {
        Self::from_toml(include_str!("../calibrator.toml"))
    }

    /// The one for follow-ups, whose candidates are joined with what the conversation is about: scores mean something
    /// else there.
    ///
    /// # Errors
    /// Never, for the file that a test reads.
    pub fn shipped_for_follow_ups() -> Result<Self, CalibratorError> {
        Self::from_toml(include_str!("../follow-up-calibrator.toml"))
    }

    /// Every feature once, in the order of [`Feature::ALL`], and all numbers finite.
    fn checked(mut self) -> Result<Self, CalibratorError> {
        self.coefficients.sort_by_key(|c| c.feature);
        for (i, feature) in Feature::ALL.into_iter().enumerate() {
            let sound = self.coefficients.get(i).is_some_and(|c| {
                c.feature == feature
                    && c.weight.is_finite()
                    && c.mean.is_finite()
                    && c.deviation.is_finite()
                    && c.deviation > 0.0
            });
            if !sound {
                return Err(CalibratorError::Coefficient(format!("{feature:?}")));
            }
        }
        if self.coefficients.len() != Feature::ALL.len() || !self.bias.is_finite() {
            return Err(CalibratorError::Coefficient("bias".into()));
        }
        Ok(self)
    }

    /// The probability that the best candidate is right.
    #[must_use]
    pub fn confidence(&self, features: &Features) -> Confidence {
        let log_odds = self.bias
            + self
                .coefficients
                .iter()
                .map(|c| c.weight * (features.get(c.feature) - c.mean) / c.deviation)
                .sum::<f64>();
        Confidence::saturating(1.0 / (1.0 + (-log_odds).exp()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_calibrators_are_sound() {
        for calibrator in [Calibrator::shipped(), Calibrator::shipped_for_follow_ups()] {
            let calibrator = calibrator.unwrap();
            assert!(calibrator.provenance.samples > 0);
            let p = calibrator.confidence(&Features::default()).get();
            assert!((0.0..=1.0).contains(&p));
        }
    }

    #[test]
    fn a_missing_or_doubled_coefficient_is_refused() {
        let shipped = Calibrator::shipped().unwrap();
        let mut missing = shipped.clone();
        missing.coefficients.pop();
        assert!(missing.checked().is_err());
        let mut doubled = shipped;
        doubled.coefficients[1] = doubled.coefficients[0];
        assert!(doubled.checked().is_err());
    }
}
