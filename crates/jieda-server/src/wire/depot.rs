//! Releases that replicas share, and one on its way to become current.

use jieda::Timestamp;
use jieda_depot::{DepotState, Outcome, ReplicaReport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What holds for all replicas.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RolloutBody {
    /// The current release; none where nothing was published.
    pub current: Option<String>,
    /// Counts changes.
    pub state: u64,
    /// The release that one replica tries before all follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout: Option<RollingOut>,
    /// How the last such attempt ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<RolledOut>,
    /// What each replica answers from.
    pub replicas: Vec<ReplicaBody>,
}

/// A release that is tried.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RollingOut {
    /// Which.
    pub release: String,
    /// Who published it.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub begun: Timestamp,
    /// The replica that answers from it; none while none does yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary: Option<String>,
}

/// A trial that is over.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RolledOut {
    /// Of which release.
    pub release: String,
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `finished`, `sent_back` or `superseded`.
    #[schema(example = "finished")]
    pub outcome: &'static str,
    /// Why it was sent back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A replica.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReplicaBody {
    /// Its name.
    pub replica: String,
    /// When it said so, on its own clock.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What it answers from.
    pub release: Option<String>,
    /// Why it did not go over to another release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// Why a release is sent back.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendBackRequest {
    /// For those who ask later.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub why: String,
}

impl RolloutBody {
    /// What is seen of a depot.
    #[must_use]
    pub fn of(state: Option<&DepotState>, reports: Vec<ReplicaReport>) -> Self {
        Self {
            current: state.map(|state| state.pointer.current.to_string()),
            state: state.map_or(0, |state| state.number),
            rollout: state.and_then(|state| {
                let rollout = state.rollout.as_ref()?;
                Some(RollingOut {
                    release: rollout.release.to_string(),
                    by: rollout.by.clone(),
                    begun: rollout.begun,
                    canary: rollout.canary.as_ref().map(|canary| canary.replica.clone()),
                })
            }),
            ended: state.and_then(|state| {
                let ended = state.ended.as_ref()?;
                let (outcome, why) = match &ended.outcome {
                    Outcome::Finished => ("finished", None),
                    Outcome::SentBack { why } => ("sent_back", Some(why.clone())),
                    Outcome::Superseded => ("superseded", None),
                };
                Some(RolledOut {
                    release: ended.release.to_string(),
                    at: ended.at,
                    outcome,
                    why,
                })
            }),
            replicas: reports
                .into_iter()
                .map(|report| ReplicaBody {
                    replica: report.replica,
                    at: report.at,
                    release: report.release.map(|release| release.to_string()),
                    refused: report
                        .refused
                        .map(|refused| format!("{}：{}", refused.release, refused.why)),
                })
                .collect(),
        }
    }
}
