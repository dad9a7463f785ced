//! What is promised of automatic replies.

use serde::Serialize;
use thiserror::Error;

const LEAST_RATE: f64 = 1e-6;

/// "At most this share of automatic replies is wrong, with this confidence."
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Promise {
    max_wrong_rate: f64,
    confidence: f64,
}

/// Why a promise can't be made of any sample.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum PromiseError {
    /// The wrong rate is not between one in a million, which no sample shows, and 1, excluded.
    #[error("the wrong rate must be at least 0.000001 and less than 1, not {0}")]
    WrongRate(f64),
    /// The confidence is not between 0.5 and 1: less is a coin toss, and 1 takes every query there is.
    #[error("the confidence must be at least 0.5 and less than 1, not {0}")]
    Confidence(f64),
}

impl Promise {
    /// A promise of at most `max_wrong_rate` wrong replies, with this confidence; both as shares.
    ///
    /// # Errors
    /// [`PromiseError`] when a number is out of its range.
    pub fn new(max_wrong_rate: f64, confidence: f64) -> Result<Self, PromiseError> {
        if !(LEAST_RATE..1.0).contains(&max_wrong_rate) {
            return Err(PromiseError::WrongRate(max_wrong_rate));
        }
        if !(0.5..1.0).contains(&confidence) {
            return Err(PromiseError::Confidence(confidence));
        }
        Ok(Self {
            max_wrong_rate,
            confidence,
        })
    }

    /// Greatest share of wrong replies.
    #[must_use]
    pub fn max_wrong_rate(self) -> f64 {
        self.max_wrong_rate
    }

    /// Chance that a promise made this way is kept.
    #[must_use]
    pub fn confidence(self) -> f64 {
        self.confidence
    }

    /// Chance that it is broken.
    pub(super) fn doubt(self) -> f64 {
        1.0 - self.confidence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn out_of_range_is_refused() {
        assert!(Promise::new(0.02, 0.95).is_ok());
        for rate in [0.0, 1e-9, 1.0, -0.1, f64::NAN] {
            assert!(matches!(
                Promise::new(rate, 0.95),
                Err(PromiseError::WrongRate(_))
            ));
        }
        for confidence in [0.0, 0.49, 1.0, f64::NAN] {
            assert!(matches!(
                Promise::new(0.02, confidence),
                Err(PromiseError::Confidence(_))
            ));
        }
    }
}
