//! One value for each urgency.

use jieda_types::Urgency;
use serde::{Deserialize, Serialize};

/// One value for 普通, 紧急 and 特急 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByUrgency<T> {
    /// Of 普通.
    #[serde(rename = "普通")]
    pub normal: T,
    /// Of 紧急.
    #[serde(rename = "紧急")]
    pub urgent: T,
    /// Of 特急.
    #[serde(rename = "特急")]
    pub critical: T,
}

impl<T> ByUrgency<T> {
    /// The urgencies, the least first.
    pub const ALL: [Urgency; 3] = [Urgency::Normal, Urgency::Urgent, Urgency::Critical];

    /// The value of one.
    #[must_use]
    pub fn get(&self, urgency: Urgency) -> &T {
        match urgency {
            Urgency::Normal => &self.normal,
            Urgency::Urgent => &self.urgent,
            Urgency::Critical => &self.critical,
        }
    }

    /// The value of one, to be changed.
    pub fn get_mut(&mut self, urgency: Urgency) -> &mut T {
        match urgency {
            Urgency::Normal => &mut self.normal,
            Urgency::Urgent => &mut self.urgent,
            Urgency::Critical => &mut self.critical,
        }
    }

    /// Each value put through a function.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> ByUrgency<U> {
        ByUrgency {
            normal: f(self.normal),
            urgent: f(self.urgent),
            critical: f(self.critical),
        }
    }
}
