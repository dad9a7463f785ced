//! Who asks, and when: what is known beside the words.

use serde::{Deserialize, Serialize};

/// A customer, as far as the caller knows him.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Customer {
    /// The caller's id of him.
    pub id: Option<String>,
    /// His tier, such as `VIP`.
    pub tier: Option<String>,
    /// Where he writes, such as `app`.
    pub channel: Option<String>,
    /// What he speaks, such as `zh` or `粤语`: his handover goes to an agent who speaks it, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Weekday {
    /// 周一.
    #[serde(rename = "周一", alias = "mon")]
    Monday,
    /// 周二.
    #[serde(rename = "周二", alias = "tue")]
    Tuesday,
    /// 周三.
    #[serde(rename = "周三", alias = "wed")]
    Wednesday,
    /// 周四.
    #[serde(rename = "周四", alias = "thu")]
    Thursday,
    /// 周五.
    #[serde(rename = "周五", alias = "fri")]
    Friday,
    /// 周六.
    #[serde(rename = "周六", alias = "sat")]
    Saturday,
    /// 周日.
    #[serde(rename = "周日", alias = "sun")]
    Sunday,
}

/// A moment on the clock of the service's own time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalTime {
    /// The day, written 2026-11-29.
    pub date: String,
    /// Its day of the week.
    pub weekday: Weekday,
    /// Minutes since midnight, below 1440.
    pub minute: u16,
}

/// What decides beside the words. Data: who decides has no clock.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Situation {
    /// Who asks.
    pub customer: Customer,
    /// When; without a time the service is taken to be open.
    pub time: Option<LocalTime>,
}
