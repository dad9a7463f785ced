//! What is credited for a level that was missed.

use std::{fmt, iter::Sum, ops::Add};

use serde::{Deserialize, Serialize};

/// An amount of money in hundredths, such as 分 of 元.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(pub i64);

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let amount = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", amount / 100, amount % 100)
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Add::add)
    }
}

impl Money {
    /// So many percent of it, to the nearest hundredth; half of one counts as one.
    #[must_use]
    pub fn percent(self, percent: f64) -> Self {
        Self((self.0 as f64 * percent / 100.0).round() as i64)
    }
}

/// How a service credit is reckoned: `((a − x) · c) · d`, with the level `x` that was reached and the amount
/// `d` that is due for the period.
///
/// It is never negative: from `a` on nothing is credited. It is bounded by the agreement
/// ([`Sla::most_credit`](super::Sla)), for all targets of a period together.
///
/// ```
/// use jieda_routing::sla::{Credit, Money};
///
/// let credit = Credit { below: 80.0, per_percent: 2.0 };
/// let due = Money(1_000_000); // 10 000.00
/// // ((80 − 76.5) · 2 %) · 10 000.00 = 7 % of it
/// assert_eq!(credit.of(76.5, due), Money(70_000));
/// assert_eq!(credit.of(76.5, due).to_string(), "700.00");
/// assert_eq!(credit.of(80.0, due), Money(0));
/// assert_eq!(credit.of(95.0, due), Money(0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Credit {
    /// `a`: the level, in percent, below which a credit is due.
    pub below: f64,
    /// `c`: the credit for each percent that is missing, in percent of the amount due.
    pub per_percent: f64,
}

impl Credit {
    /// The credit, before the bound of the agreement.
    #[must_use]
    pub fn of(&self, reached: f64, due: Money) -> Money {
        let missing = (self.below - reached).max(0.0);
        due.percent(missing * self.per_percent)
    }
}
