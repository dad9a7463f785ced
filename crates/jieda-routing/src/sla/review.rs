//! Period after period against the agreement.

use serde::Serialize;

use super::{Better, Money, Sla, Target};
use crate::figures::{Figures, Period};

/// The figures of a period, and the amount that is due for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Billed {
    /// What was reached.
    pub figures: Figures,
    /// Before any credit.
    pub due: Money,
}

/// A period against the agreement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statement {
    /// Which.
    pub period: Period,
    /// Each target.
    pub judged: Vec<Judged>,
    /// The amount due for it.
    pub due: Money,
    /// What is credited: the sum of all targets, bounded by the agreement.
    pub credit: Money,
}

/// A target in a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// Its name.
    pub target: String,
    /// What was to be reached.
    pub at: f64,
    /// What was reached.
    pub reached: Option<f64>,
    /// Whether that is enough.
    pub met: Met,
    /// What is credited, before the bound of the agreement.
    pub credit: Money,
}

/// Whether a target was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Met {
    /// It was; exactly the target is enough.
    Yes,
    /// It was not.
    No,
    /// There was nothing to measure: neither, and a row of misses ends.
    Unmeasured,
}

/// A target that was missed so often in a row that a plan is owed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanEntry {
    /// Which.
    pub target: String,
    /// The periods of the row, the first first.
    pub periods: Vec<Period>,
    /// What was reached in each.
    pub reached: Vec<f64>,
}

/// Periods in a row against the agreement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Review {
    /// One for each period, in the order given.
    pub statements: Vec<Statement>,
    /// One for each row of misses that is long enough.
    pub plan: Vec<PlanEntry>,
}

impl Sla {
    /// A period and what is due for it.
    #[must_use]
    pub fn judge(&self, figures: &Figures, due: Money) -> Statement {
        let judged: Vec<Judged> = self.targets.iter().map(|t| t.judge(figures, due)).collect();
        let sum: Money = judged.iter().map(|judged| judged.credit).sum();
        Statement {
            period: figures.period,
            credit: sum.min(due.percent(self.most_credit)),
            judged,
            due,
        }
    }

    /// Periods that follow each other. A target that is missed in
    /// `plan.periods` of them in a row owes an entry of the improvement plan; a longer row, one with all its
    /// periods.
    #[must_use]
    pub fn review(&self, periods: &[Billed]) -> Review {
        let statements: Vec<Statement> = periods
            .iter()
            .map(|billed| self.judge(&billed.figures, billed.due))
            .collect();
        let mut plan = Vec::new();
        for (i, target) in self.targets.iter().enumerate() {
            let missed = |s: &Statement| s.judged[i].met == Met::No;
            let rows = statements.chunk_by(|a, b| missed(a) == missed(b));
            let long = rows.filter(|row| missed(&row[0]) && row.len() >= self.plan_periods);
            plan.extend(long.map(|row| PlanEntry {
                target: target.name.clone(),
                periods: row.iter().map(|s| s.period).collect(),
                reached: row.iter().filter_map(|s| s.judged[i].reached).collect(),
            }));
        }
        Review { statements, plan }
    }
}

impl Target {
    fn judge(&self, figures: &Figures, due: Money) -> Judged {
        let reached = self.measure.of(figures);
        let met = reached.map_or(Met::Unmeasured, |reached| {
            let enough = match self.measure.better() {
                Better::Higher => reached >= self.at,
                Better::Lower => reached <= self.at,
            };
            if enough { Met::Yes } else { Met::No }
        });
        let credit = self.credit.zip(reached);
        Judged {
            target: self.name.clone(),
            at: self.at,
            reached,
            met,
            credit: credit.map_or(Money(0), |(credit, reached)| credit.of(reached, due)),
        }
    }
}
