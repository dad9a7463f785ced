//! The rules file as it is written.

use serde::Deserialize;

use crate::ByUrgency;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) timezone: String,
    pub(super) default_group: String,
    pub(super) priority: RawPriority,
    pub(super) choice: RawChoice,
    pub(super) offer: RawOffer,
    pub(super) escalation: RawEscalation,
    pub(super) overflow: RawOverflow,
    pub(super) after_work: RawAfterWork,
    pub(super) limits: RawLimits,
    pub(super) degraded: RawDegraded,
    pub(super) alarms: RawAlarms,
    pub(super) groups: Vec<RawGroup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPriority {
    pub(super) ageing: String,
    pub(super) urgency: ByUrgency<String>,
    pub(super) vip_tiers: Vec<String>,
    pub(super) vip: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChoice {
    pub(super) by: String,
    pub(super) seed: i64,
    pub(super) sticky_within: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOffer {
    pub(super) timeout: String,
    pub(super) misses: i64,
    pub(super) pause: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEscalation {
    pub(super) after: ByUrgency<String>,
    pub(super) refusals: i64,
    pub(super) senior: i64,
    pub(super) reserve: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOverflow {
    pub(super) after: ByUrgency<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAfterWork {
    pub(super) most: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimits {
    pub(super) concurrent: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDegraded {
    pub(super) key_channels: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAlarms {
    pub(super) queue: i64,
    pub(super) queue_clear: i64,
    pub(super) wait: ByUrgency<String>,
    pub(super) silent: String,
    pub(super) follow_up: String,
    pub(super) overdue: ByUrgency<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGroup {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) skills: Vec<String>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default = "lowest")]
    pub(super) level: i64,
    #[serde(default)]
    pub(super) overflow: Vec<String>,
}

fn lowest() -> i64 {
    1
}
