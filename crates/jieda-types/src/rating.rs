//! How satisfied a customer is, and how much a case presses.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Not 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rating is a whole number from 1 to 5, not {0}")]
pub struct NotARating(pub i64);

/// Satisfaction, from 1 (worst) to 5 (best).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("minimum" = 1, "maximum" = 5)))]
#[serde(try_from = "i64", into = "i64")]
pub struct Rating(u8);

impl Rating {
    /// Checks and wraps a number.
    ///
    /// # Errors
    /// [`NotARating`] outside 1 to 5.
    pub fn new(stars: i64) -> Result<Self, NotARating> {
        match u8::try_from(stars) {
            Ok(stars @ 1..=5) => Ok(Self(stars)),
            _ => Err(NotARating(stars)),
        }
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for Rating {
    type Error = NotARating;
    fn try_from(stars: i64) -> Result<Self, NotARating> {
        Self::new(stars)
    }
}

impl From<Rating> for i64 {
    fn from(rating: Rating) -> i64 {
        i64::from(rating.0)
    }
}

impl fmt::Display for Rating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How much a case presses, from the least to the most.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Urgency {
    /// 普通.
    #[default]
    #[serde(rename = "普通")]
    Normal,
    /// 紧急.
    #[serde(rename = "紧急")]
    Urgent,
    /// 特急.
    #[serde(rename = "特急")]
    Critical,
}

impl Urgency {
    /// As people write it: 普通, 紧急, 特急.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "普通",
            Self::Urgent => "紧急",
            Self::Critical => "特急",
        }
    }
}

impl fmt::Display for Urgency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_are_checked() {
        assert_eq!(Rating::new(5).map(Rating::get), Ok(5));
        for wrong in [-1, 0, 6, 256] {
            assert_eq!(Rating::new(wrong), Err(NotARating(wrong)));
        }
        assert!(serde_json::from_str::<Rating>("9").is_err());
    }

    #[test]
    fn urgency_is_ordered_and_written_as_displayed() {
        assert!(Urgency::Critical > Urgency::Urgent && Urgency::Urgent > Urgency::Normal);
        for urgency in [Urgency::Normal, Urgency::Urgent, Urgency::Critical] {
            let written = serde_json::to_string(&urgency).unwrap();
            assert_eq!(written, format!("\"{urgency}\""));
        }
    }
}
