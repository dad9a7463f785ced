//! What the service owes: targets for each period, credits where they are missed, and a plan where that
//! goes on.

mod credit;
mod measure;
mod review;

use serde::Deserialize;

use crate::file::{FileError, Problems, positive, read, within};

pub use credit::{Credit, Money};
pub use measure::{Better, Measure};
pub use review::{Billed, Judged, Met, PlanEntry, Review, Statement};

/// A checked agreement, `sla.toml`.
///
/// ```
/// use jieda_routing::sla::{Money, Sla};
///
/// let sla = Sla::from_toml("[credit]\nmost = 15.0")?;
/// assert_eq!(sla.most_credit, 15.0);
/// // What the file leaves out is as in the one that ships.
/// assert_eq!(sla.targets, Sla::shipped()?.targets);
/// # Ok::<(), jieda_routing::FileError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sla {
    /// What is promised.
    pub targets: Vec<Target>,
    /// So many periods missed in a row lead to a plan.
    pub plan_periods: usize,
    /// Most that is credited for a period, in percent of the amount due.
    pub most_credit: f64,
}

/// One promise.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What it is called.
    pub name: String,
    /// What is measured.
    pub measure: Measure,
    /// What must be reached, in the unit of the measure.
    pub at: f64,
    /// What is credited where it is not.
    pub credit: Option<Credit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    plan: RawPlan,
    credit: RawCredit,
    targets: Vec<RawTarget>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlan {
    periods: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCredit {
    most: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTarget {
    #[serde(default)]
    name: String,
    #[serde(default)]
    measure: String,
    within: Option<String>,
    target: Option<f64>,
    a: Option<f64>,
    c: Option<f64>,
}

impl Sla {
    /// The file that ships.
    pub const SHIPPED: &'static str = include_str!("../../sla.toml");

    /// Reads and checks an agreement. What the file leaves out is as in the one that ships; targets replace
    /// the shipped ones as a whole.
    ///
    /// # Errors
    /// [`FileError`], with all that makes no sense and its lines.
    pub fn from_toml(text: &str) -> Result<Self, FileError> {
        let (raw, mut problems): (Raw, _) = read(Self::SHIPPED, text)?;
        let plan_periods = within("plan.periods", raw.plan.periods, (1, 120), &mut problems);
        if !(0.0..=100.0).contains(&raw.credit.most) {
            problems.push("credit.most", "应为 0 到 100");
        }
        if raw.targets.is_empty() {
            problems.push("targets", "至少要有一个目标");
        }
        let mut targets = Vec::new();
        for (i, target) in raw.targets.iter().enumerate() {
            if raw.targets[..i]
                .iter()
                .any(|other| other.name == target.name)
            {
                let problem = format!("“{}”写了两次", target.name);
                problems.push(format!("targets[{i}].name"), problem);
            }
            targets.extend(target.checked(&format!("targets[{i}]"), &mut problems));
        }
        problems.check()?;
        Ok(Self {
            targets,
            plan_periods: plan_periods.unwrap_or(2),
            most_credit: raw.credit.most,
        })
    }

    /// The agreement that ships with jieda.
    ///
    /// # Errors
    /// Never, for the file that a test reads.
    pub fn shipped() -> Result<Self, FileError> {
        Self::from_toml("")
    }
}

impl RawTarget {
    fn checked(&self, at: &str, problems: &mut Problems<'_>) -> Option<Target> {
        let key = |name: &str| format!("{at}.{name}");
        if self.name.trim().is_empty() {
            problems.push(key("name"), "是空的");
        }
        let duration = self.within.as_deref();
        let duration = duration.and_then(|text| positive(&key("within"), text, problems));
        let measure = problems.take(
            key("measure"),
            Measure::named(&self.measure, duration)
                .ok_or_else(|| format!("没有指标“{}”", self.measure)),
        );
        match (&self.within, self.measure.as_str()) {
            (None, "service_level") => problems.push(key("within"), "没有写多少时间内接起"),
            (Some(_), name) if name != "service_level" => {
                problems.push(key("within"), "只用于 service_level");
            }
            _ => {}
        }
        let target = problems.take(key("target"), self.target.ok_or("没有写目标"));
        if let (Some(target), Some(measure)) = (target, measure)
            && !(0.0..=measure.most()).contains(&target)
        {
            let problem = format!("应为 0 到 {}，不是 {target}", measure.most());
            problems.push(key("target"), problem);
        }
        let credit = match (self.a, self.c) {
            (None, None) => None,
            (Some(a), Some(c)) => self.credit((a, c), &key, measure, problems),
            _ => {
                problems.push(key("a"), "a 和 c 要一起写");
                None
            }
        };
        Some(Target {
            name: self.name.clone(),
            measure: measure?,
            at: target?,
            credit,
        })
    }

    fn credit(
        &self,
        (below, per_percent): (f64, f64),
        key: &impl Fn(&str) -> String,
        measure: Option<Measure>,
        problems: &mut Problems<'_>,
    ) -> Option<Credit> {
        for (name, value) in [("a", below), ("c", per_percent)] {
            if !(0.0..=100.0).contains(&value) {
                problems.push(key(name), format!("应为 0 到 100，不是 {value}"));
            }
        }
        if measure.is_some_and(|m| !m.is_percent() || m.better() == Better::Lower) {
            problems.push(key("a"), "只用于以 % 计、越高越好的指标");
        }
        if self.target.is_some_and(|target| below > target) {
            let problem = format!("高于 target（{below}）：达到了目标也要抵扣");
            problems.push(key("a"), problem);
        }
        (per_percent > 0.0).then_some(Credit { below, per_percent })
    }
}

#[cfg(test)]
mod tests;
