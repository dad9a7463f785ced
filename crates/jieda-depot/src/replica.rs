//! What replicas say of themselves.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use jieda_knowledge::release::ReleaseId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a replica answers from: written anew every few seconds, as long as it lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicaReport {
    /// Its name.
    pub replica: String,
    /// Counts its reports: one that does not grow any more is of a replica that is gone.
    pub beat: u64,
    /// When, on its own clock.
    pub at: Timestamp,
    /// The last state that it knows.
    pub state: u64,
    /// What it answers from.
    pub release: Option<ReleaseId>,
    /// The release that it could not go over to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
}

/// A release that a replica can't use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// Which.
    pub release: ReleaseId,
    /// Why.
    pub why: String,
}

/// Knows by its own clock who has not been heard of, so that clocks of replicas need not agree.
#[derive(Debug, Default)]
pub struct Watcher {
    heard: HashMap<String, (u64, Instant)>,
}

impl Watcher {
    /// Takes what was read, and says how long a replica has said nothing new. One that never said anything counts from the
    /// first look.
    pub fn silence(&mut self, reports: &[ReplicaReport], replica: &str, now: Instant) -> Duration {
        let report = reports.iter().find(|report| report.replica == replica);
        let beat = report.map_or(0, |report| report.beat);
        let heard = self.heard.entry(replica.to_owned()).or_insert((beat, now));
        if heard.0 != beat {
            *heard = (beat, now);
        }
        now.saturating_duration_since(heard.1)
    }

    /// Forgets what was heard of others than this replica.
    pub fn only(&mut self, replica: Option<&str>) {
        self.heard.retain(|name, _| Some(name.as_str()) == replica);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_counted_here() {
        let report = |beat| ReplicaReport {
            replica: "a".into(),
            beat,
            at: Timestamp::UNIX_EPOCH,
            state: 1,
            release: None,
            refused: None,
        };
        let (mut watcher, begin) = (Watcher::default(), Instant::now());
        let mut after = |seconds, beat: Option<u64>| {
            let reports: Vec<ReplicaReport> = beat.map(report).into_iter().collect();
            let now = begin + Duration::from_secs(seconds);
            watcher.silence(&reports, "a", now).as_secs()
        };
        assert_eq!(after(0, Some(7)), 0);
        assert_eq!(after(10, Some(7)), 10);
        assert_eq!(after(12, Some(8)), 0);
        assert_eq!(after(20, Some(8)), 8);
        // Its process began anew.
        assert_eq!(after(25, Some(1)), 0);
        assert_eq!(after(40, Some(1)), 15);
        assert_eq!(after(41, None), 0, "what is gone was heard of a moment ago");
        assert_eq!(after(72, None), 31);
    }
}
