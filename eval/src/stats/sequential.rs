//! Tests that may be looked at after every case.

use serde::Serialize;

/// One of two arms that are tried against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Arm {
    /// What is there.
    Control,
    /// What is tried.
    Treatment,
}

/// Which difference is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Any.
    Either,
    /// That the treatment's rate is the higher one.
    TreatmentHigher,
}

/// Counts of an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Cases.
    pub cases: u64,
    /// Those of them with the event.
    pub events: u64,
}

impl Tally {
    /// The share of cases with the event; 0 without a case.
    #[must_use]
    pub fn rate(self) -> f64 {
        self.events as f64 / self.cases.max(1) as f64
    }

    /// The rate that the next case is expected to have, never 0 or 1 (Krichevsky & Trofimov 1981).
    fn expected(self) -> f64 {
        (self.events as f64 + 0.5) / (self.cases as f64 + 1.0)
    }

    /// The variance of the rate, with one case of each kind added, so that it is never 0.
    fn variance(self) -> f64 {
        let cases = self.cases as f64 + 2.0;
        let rate = (self.events as f64 + 1.0) / cases;
        rate * (1.0 - rate) / cases
    }
}

/// Whether two rates differ, of arms that are drawn with equal chances. It may be looked at after every case, and
/// stopped at any time: over the whole of an endless run, [`p`](Self::p) falls to `α` or below with a chance of at most
/// `α` where both rates are the same.
///
/// It is a bet on each case, at fair odds if the rates are equal (an e-process: Ramdas et al. 2023, Statistical Science
/// 38(4), 576–601; for two samples Turner, Ly & Grünwald 2024, J. Stat. Planning and Inference 230, 106116). The stake
/// on what an arm shows is the rate that it has shown so far, `q`; the odds are the mean `q̄` of both arms. Since the arm is
/// drawn like a coin, the expected factor `Σ ½ q(y) / q̄(y) · θ(y)` is `Σ θ(y) = 1` whatever the common rate `θ`
/// is: the product is a martingale, and by Ville's inequality it passes `1 / α` with a chance of at most `α`. So
/// the p-value `1 / max` is valid at any time (Johari, Pekelis & Walsh 2022, Operations Research 70(3), 1806–1821),
/// exactly so, and not for large counts only.
///
/// ```
/// use jieda_eval::stats::{Arm, SequentialTest, Side};
/// let mut test = SequentialTest::new(Side::Either);
/// assert_eq!(test.p(), 1.0);
/// for case in 0..400 {
///     let arm = if case % 2 == 0 { Arm::Control } else { Arm::Treatment };
///     test.observe(arm, arm == Arm::Treatment || case % 4 == 0);
/// }
/// assert!(test.p() < 0.001);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SequentialTest {
    side: Side,
    control: Tally,
    treatment: Tally,
    /// The logarithm of what a stake of 1 has become, and of the most that it ever was.
    wealth: f64,
    most: f64,
}

impl SequentialTest {
    /// A test without a case.
    #[must_use]
    pub fn new(side: Side) -> Self {
        Self {
            side,
            control: Tally::default(),
            treatment: Tally::default(),
            wealth: 0.0,
            most: 0.0,
        }
    }

    /// Takes a case: its arm, and whether it had the event.
    pub fn observe(&mut self, arm: Arm, event: bool) {
        let (control, treatment) = (self.control.expected(), self.treatment.expected());
        let bets = self.side == Side::Either || treatment > control;
        let (own, tally) = match arm {
            Arm::Control => (control, &mut self.control),
            Arm::Treatment => (treatment, &mut self.treatment),
        };
        tally.cases += 1;
        tally.events += u64::from(event);
        if bets {
            let of = |rate: f64| if event { rate } else { 1.0 - rate };
            self.wealth += (of(own) / of(f64::midpoint(control, treatment))).ln();
            self.most = self.most.max(self.wealth);
        }
    }

    /// The always-valid p-value; it never rises again.
    #[must_use]
    pub fn p(&self) -> f64 {
        (-self.most).exp()
    }

    /// What was counted for an arm.
    #[must_use]
    pub fn tally(&self, arm: Arm) -> Tally {
        match arm {
            Arm::Control => self.control,
            Arm::Treatment => self.treatment,
        }
    }

    /// The treatment's rate less the control's, with an interval that holds at every look with a chance of at least
    /// `1 − alpha`, as far as rates are normally distributed: the mixture sequential probability ratio test with
    /// `N(0, τ²)`, τ = 0.1, turned round (Johari et al., as above, equation 7). The p-value is the exact
    /// one, so the two may differ by a few cases in what they say about 0.
    #[must_use]
    pub fn difference(&self, alpha: f64) -> Spread {
        const TAU: f64 = 0.1;
        let variance = self.control.variance() + self.treatment.variance();
        let all = variance + TAU * TAU;
        let bound = (1.0 / alpha).ln() + 0.5 * (all / variance).ln();
        let half = (2.0 * variance * all / (TAU * TAU) * bound).sqrt();
        let difference = self.treatment.rate() - self.control.rate();
        Spread {
            difference,
            low: (difference - half).max(-1.0),
            high: (difference + half).min(1.0),
        }
    }
}

/// A difference of two rates, with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// The difference.
    pub difference: f64,
    /// The interval's lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// Whether arms are drawn as often as each other: if not, cases got lost on one of them, and no rate can be trusted.
/// Always valid like [`SequentialTest`]: a bet on the next arm at the share that each had so far (Lindon & Malek 2022,
/// NeurIPS 35).
///
/// ```
/// use jieda_eval::stats::EqualShares;
/// let mut shares = EqualShares::of(2);
/// (0..300).for_each(|case| shares.observe(usize::from(case % 3 == 0)));
/// assert!(shares.p() < 0.001);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EqualShares {
    counts: Vec<u64>,
    wealth: f64,
    most: f64,
}

impl EqualShares {
    /// So many arms.
    #[must_use]
    pub fn of(arms: usize) -> Self {
        Self {
            counts: vec![0; arms],
            wealth: 0.0,
            most: 0.0,
        }
    }

    /// The next case was drawn into this arm, counted from 0. One that is none is passed over.
    pub fn observe(&mut self, arm: usize) {
        let arms = self.counts.len() as f64;
        let cases: u64 = self.counts.iter().sum();
        if let Some(count) = self.counts.get_mut(arm) {
            let expected = (*count as f64 + 1.0) / (cases as f64 + arms);
            *count += 1;
            self.wealth += (expected * arms).ln();
            self.most = self.most.max(self.wealth);
        }
    }

    /// The always-valid p-value.
    #[must_use]
    pub fn p(&self) -> f64 {
        (-self.most).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of runs that ever fall to 5 %, looked at after every case.
    fn stopped(side: Side, (control, treatment): (f64, f64), cases: usize) -> f64 {
        const RUNS: u64 = 1000;
        let stops = (0..RUNS).filter(|&seed| {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut test = SequentialTest::new(side);
            for _ in 0..cases {
                let (arm, rate) = if random.bool() {
                    (Arm::Control, control)
                } else {
                    (Arm::Treatment, treatment)
                };
                test.observe(arm, random.f64() < rate);
            }
            test.p() <= 0.05
        });
        stops.count() as f64 / RUNS as f64
    }

    #[test]
    fn equal_arms_are_rarely_told_apart_however_often_one_looks() {
        // Three standard errors of 1,000 runs above 5 %.
        const MOST: f64 = 0.05 + 0.021;
        for side in [Side::Either, Side::TreatmentHigher] {
            for rate in [0.02, 0.3, 0.7, 0.98] {
                let stopped = stopped(side, (rate, rate), 2000);
                assert!(stopped <= MOST, "{side:?} {rate}: {stopped}");
            }
        }
        let lower = stopped(Side::TreatmentHigher, (0.6, 0.4), 2000);
        assert!(lower <= MOST, "{lower}");
    }

    #[test]
    fn different_arms_are_told_apart() {
        for side in [Side::Either, Side::TreatmentHigher] {
            let power = stopped(side, (0.6, 0.7), 3000);
            assert!(power >= 0.9, "{side:?}: {power}");
        }
    }

    #[test]
    fn intervals_hold_at_every_look() {
        let missed = (0..500).filter(|&seed| {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut test = SequentialTest::new(Side::Either);
            (0..1500).any(|_| {
                let (arm, rate) = if random.bool() {
                    (Arm::Control, 0.6)
                } else {
                    (Arm::Treatment, 0.65)
                };
                test.observe(arm, random.f64() < rate);
                let Spread { low, high, .. } = test.difference(0.05);
                !(low..=high).contains(&0.05)
            })
        });
        assert!(missed.count() <= 25);
    }

    #[test]
    fn equal_shares_pass() {
        let doubted = (0..500).filter(|&seed| {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut shares = EqualShares::of(3);
            (0..1000).for_each(|_| shares.observe(random.usize(..3)));
            shares.p() <= 0.05
        });
        assert!(doubted.count() <= 35);
    }
}
