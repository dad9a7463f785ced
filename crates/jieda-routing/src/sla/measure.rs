//! What is measured.

use jiff::SignedDuration;
use serde::Serialize;

use crate::figures::Figures;

/// What a target is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Percent accepted within this time.
    ServiceLevel(SignedDuration),
    /// Percent resolved without a human.
    AutomaticResolution,
    /// Of 5.
    Csat,
    /// Percent given up.
    Abandonment,
    /// Percent passed on.
    Transfer,
    /// Seconds.
    Asa,
    /// Seconds.
    Awt,
    /// Seconds.
    Ata,
    /// Seconds.
    Frt,
    /// Seconds.
    Art,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More.
    Higher,
    /// Less.
    Lower,
}

impl Measure {
    /// The measure of a name in the file.
    pub(super) fn named(name: &str, within: Option<SignedDuration>) -> Option<Self> {
        Some(match name {
            "service_level" => Self::ServiceLevel(within.unwrap_or_default()),
            "automatic_resolution" => Self::AutomaticResolution,
            "csat" => Self::Csat,
            "abandonment" => Self::Abandonment,
            "transfer" => Self::Transfer,
            "asa" => Self::Asa,
            "awt" => Self::Awt,
            "ata" => Self::Ata,
            "frt" => Self::Frt,
            "art" => Self::Art,
            _ => return None,
        })
    }

    /// What was reached; none where there was nothing to measure.
    #[must_use]
    pub fn of(self, figures: &Figures) -> Option<f64> {
        let seconds = |time: Option<SignedDuration>| time.map(|time| time.as_secs_f64());
        let (waits, service) = (&figures.waits, &figures.service);
        match self {
            Self::ServiceLevel(within) => waits.service_level(within),
            Self::AutomaticResolution => service.automatic_resolution(),
            Self::Csat => service.csat(),
            Self::Abandonment => waits.abandonment(None),
            Self::Transfer => figures.work.transfer_rate(),
            Self::Asa => seconds(waits.asa()),
            Self::Awt => seconds(waits.awt()),
            Self::Ata => seconds(waits.ata()),
            Self::Frt => seconds(service.frt()),
            Self::Art => seconds(service.art()),
        }
    }

    /// Which way is better. Who gives up late has been patient: more is better.
    #[must_use]
    pub fn better(self) -> Better {
        match self {
            Self::ServiceLevel(_) | Self::AutomaticResolution | Self::Csat | Self::Ata => {
                Better::Higher
            }
            Self::Abandonment | Self::Transfer | Self::Asa | Self::Awt | Self::Frt | Self::Art => {
                Better::Lower
            }
        }
    }

    /// Whether its unit is percent.
    pub(super) fn is_percent(self) -> bool {
        matches!(
            self,
            Self::ServiceLevel(_) | Self::AutomaticResolution | Self::Abandonment | Self::Transfer
        )
    }

    /// The most that it can be, or that a target may ask for.
    pub(super) fn most(self) -> f64 {
        match self {
            Self::Csat => 5.0,
            _ if self.is_percent() => 100.0,
            // A year of seconds.
            _ => 366.0 * 86_400.0,
        }
    }
}
