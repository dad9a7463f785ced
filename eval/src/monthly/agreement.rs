//! Months against the agreement: targets, credits, and where a plan is owed.

use jieda_routing::sla::{Billed, Met, Money, Sla, Statement};
use serde::Serialize;

use super::{
    figure::value,
    log::{Coverage, LoggedMonth},
    month::Month,
    units::{Percent, Value},
};

/// Without an amount due, credits are told in percent alone: of this one, which has them exact to a thousandth.
const HUNDRED: Money = Money(10_000_000);

/// What the service owes for a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// The months that were looked at, in order; the last one is reported on.
    pub months: Vec<JudgedMonth>,
    /// Most that is credited for a month, in percent of the amount due.
    pub most_credit: Percent,
    /// So many months in a row lead to a plan.
    pub plan_months: usize,
    /// Targets that were missed so often in a row, up to the last month.
    pub plan: Vec<OwedPlan>,
}

/// A month against the agreement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgedMonth {
    /// Which.
    pub month: Month,
    /// How much of it the log tells of: a part is judged as if it were all.
    pub coverage: Coverage,
    /// Each target.
    pub targets: Vec<JudgedTarget>,
    /// What is credited, in percent of the amount due: the sum of all targets, bounded by the agreement.
    pub credit: Percent,
    /// The amount due, in hundredths such as 分, where it is known.
    pub due: Option<Money>,
    /// The credit as an amount, in hundredths.
    pub amount: Option<Money>,
}

/// A target in a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgedTarget {
    /// Its name.
    pub target: String,
    /// What was to be reached.
    pub at: Value,
    /// What was reached.
    pub reached: Option<Value>,
    /// Whether that is enough.
    pub met: Met,
    /// What is credited, in percent of the amount due, before the bound: `((a − x) · c)`
    /// ([`jieda_routing::sla::Credit`]).
    pub credit: Percent,
}

/// A target for which an entry of the improvement plan is owed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwedPlan {
    /// Which.
    pub target: String,
    /// What was to be reached.
    pub at: Value,
    /// The months in a row in which it was missed, and what was reached in each.
    pub months: Vec<MissedMonth>,
}

/// A month in which a target was missed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MissedMonth {
    /// Which.
    pub month: Month,
    /// What was reached.
    pub reached: Value,
}

impl Agreement {
    /// Judges months that follow each other; none without a month. The amount due is that of the last one.
    pub(super) fn of(sla: &Sla, months: &[LoggedMonth], due: Option<Money>) -> Option<Self> {
        let last = months.last()?.month;
        let bill = |amount| {
            let billed = months.iter().map(|logged| Billed {
                figures: logged.figures.clone(),
                due: amount,
            });
            sla.review(&billed.collect::<Vec<_>>())
        };
        let review = bill(HUNDRED);
        let amount = due.and_then(|due| bill(due).statements.last().map(|s| s.credit));
        let judged = review
            .statements
            .iter()
            .zip(months)
            .map(|(statement, logged)| {
                let is_last = logged.month == last;
                JudgedMonth {
                    month: logged.month,
                    coverage: logged.coverage,
                    targets: targets(sla, statement),
                    credit: in_percent(statement.credit),
                    due: due.filter(|_| is_last),
                    amount: amount.filter(|_| is_last),
                }
            });
        let month_of = |from| {
            let logged = months.iter().find(|m| m.figures.period.from == from);
            logged.map(|m| m.month)
        };
        let owed = review.plan.iter().filter_map(|entry| {
            let target = sla.targets.iter().find(|t| t.name == entry.target)?;
            let rows = entry.periods.iter().zip(&entry.reached);
            let missed: Vec<MissedMonth> = rows
                .filter_map(|(period, reached)| {
                    let reached = value(target.measure, *reached);
                    let month = month_of(period.from)?;
                    Some(MissedMonth { month, reached })
                })
                .collect();
            // A row that ended earlier was told then.
            let goes_on = missed.last().is_some_and(|missed| missed.month == last);
            goes_on.then(|| OwedPlan {
                target: entry.target.clone(),
                at: value(target.measure, target.at),
                months: missed,
            })
        });
        Some(Self {
            plan: owed.collect(),
            months: judged.collect(),
            most_credit: Percent::new(sla.most_credit),
            plan_months: sla.plan_periods,
        })
    }
}

fn targets(sla: &Sla, statement: &Statement) -> Vec<JudgedTarget> {
    let rows = sla.targets.iter().zip(&statement.judged);
    rows.map(|(target, judged)| JudgedTarget {
        target: judged.target.clone(),
        at: value(target.measure, judged.at),
        reached: judged.reached.map(|reached| value(target.measure, reached)),
        met: judged.met,
        credit: in_percent(judged.credit),
    })
    .collect()
}

fn in_percent(credit: Money) -> Percent {
    Percent::new(100.0 * credit.0 as f64 / HUNDRED.0 as f64)
}
