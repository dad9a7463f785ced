//! What is to be sized.

use serde::Deserialize;

/// A scenario that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// No valid TOML, an unknown key or a missing one; with line and column.
    #[error("{0}")]
    Unreadable(String),
    /// Values that make no sense: all of them.
    #[error("{}", .0.join("\n"))]
    Values(Vec<String>),
}

/// Measured figures, a load and a target.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// One replica, as it was measured.
    pub replica: Replica,
    /// Who comes.
    pub load: Load,
    /// What is to be kept.
    pub target: Target,
    /// How fast replicas are added.
    pub scaling: Scaling,
}

/// One replica, as it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replica {
    /// Cores: answers that are made at the same time.
    pub cores: u32,
    /// Sustained, when it is never idle.
    pub answers_per_second: f64,
    /// Median time of an answer without waiting, in milliseconds.
    pub p50_ms: f64,
    /// The 99th percentile of it.
    pub p99_ms: f64,
    /// Whatever the currency.
    pub cost_per_hour: f64,
}

/// Who comes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Answers a second at the peak of a usual day.
    pub peaks: Vec<f64>,
    /// The hours of a day against its peak.
    pub day: Vec<f64>,
    /// A campaign: the peak times this.
    pub burst: f64,
    /// How long it lasts.
    pub burst_minutes: f64,
}

/// What is to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The 99th percentile of waiting and answering, in milliseconds.
    pub p99_ms: f64,
    /// A replica is no fuller, 0 to 1.
    pub utilization: f64,
    /// Replicas that may be lost.
    pub spare: u32,
}

/// How fast replicas are added.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// From more load to more replicas that answer.
    pub minutes: f64,
}

impl Scenario {
    /// The scenario that ships.
    pub const SHIPPED: &'static str = include_str!("../../scale/sizing.toml");

    /// Reads and checks a scenario.
    ///
    /// # Errors
    /// [`ScenarioError`], with all values that make no sense.
    pub fn from_toml(text: &str) -> Result<Self, ScenarioError> {
        let read = toml::from_str(text);
        let scenario: Self = read.map_err(|e| ScenarioError::Unreadable(e.to_string()))?;
        let problems = scenario.problems();
        if problems.is_empty() {
            Ok(scenario)
        } else {
            Err(ScenarioError::Values(problems))
        }
    }

    /// The scenario that ships.
    ///
    /// # Errors
    /// Never, for the file that a test reads.
    pub fn shipped() -> Result<Self, ScenarioError> {
        Self::from_toml(Self::SHIPPED)
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |is_fine: bool, problem: &str| {
            if !is_fine {
                problems.push(problem.to_owned());
            }
        };
        let positive = |value: f64| value.is_finite() && value > 0.0;
        let (replica, load, target) = (&self.replica, &self.load, &self.target);
        check(
            (1..=1024).contains(&replica.cores),
            "replica.cores：应为 1 到 1024",
        );
        check(
            positive(replica.answers_per_second),
            "replica.answers_per_second：应大于 0",
        );
        check(positive(replica.p50_ms), "replica.p50_ms：应大于 0");
        check(
            positive(replica.p99_ms) && replica.p99_ms >= replica.p50_ms,
            "replica.p99_ms：不能小于 p50_ms",
        );
        check(
            replica.cost_per_hour >= 0.0,
            "replica.cost_per_hour：不能小于 0",
        );
        check(
            !load.peaks.is_empty() && load.peaks.iter().all(|peak| positive(*peak)),
            "load.peaks：至少一个，都应大于 0",
        );
        check(
            load.day.len() == 24 && load.day.iter().all(|share| (0.0..=1.0).contains(share)),
            "load.day：应有 24 个 0 到 1 的数",
        );
        check(
            load.day.iter().any(|share| *share > 0.0),
            "load.day：不能全是 0",
        );
        check(
            load.burst >= 1.0 && load.burst.is_finite(),
            "load.burst：不能小于 1",
        );
        check(positive(load.burst_minutes), "load.burst_minutes：应大于 0");
        check(positive(target.p99_ms), "target.p99_ms：应大于 0");
        check(
            target.utilization > 0.0 && target.utilization < 1.0,
            "target.utilization：应在 0 和 1 之间",
        );
        check(self.scaling.minutes >= 0.0, "scaling.minutes：不能小于 0");
        problems
    }
}
