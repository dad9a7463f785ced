//! The tests, one after the other, that lead to the lowest threshold at which the promise holds.
//!
//! For every threshold t of a grid there is a null hypothesis, "of the replies that t sends, more than the promised
//! share is wrong". They are tested from the highest threshold down, each at the full level 1 − confidence by the
//! exact binomial tail, and the first that is not rejected ends it (fixed-sequence testing: Bauer 1991, Stat. Med.
//! 10, 871–890; for risk control Angelopoulos et al., "Learn then Test", arXiv 2110.01052; selective prediction:
//! Geifman & El-Yaniv, arXiv 1705.08500). To choose a bad threshold, the first true null on the way must
//! be rejected, which has a chance of at most 1 − confidence: nothing is paid for trying many.
//!
//! **Where the sequence starts** may depend on confidences, never on labels. Given the confidences, right and wrong
//! are independent draws with chances of their own, and the order and the start are fixed; the number of wrong ones
//! among n accepted with mean chance p has a lower tail that is no heavier than that of the binomial (n, p)
//! (Hoeffding 1956, Ann. Math. Stat. 27, 713–721, for outcomes of at most np − 1, which every rejection at a
//! confidence of 75 % or more is). So every test is valid given the confidences, and so is the sequence, for replies
//! to queries whose confidences are spread as in the sample. For fresh queries, at a fixed start, each test is
//! exactly binomial.
//!
//! We start at the first threshold at which the test would succeed nine times out of ten if the confidences were
//! true; where there is none, where it most likely would. The first at which a rejection is possible at all must be
//! without error, and would often end the sequence before it got anywhere: over simulated samples it answered 2.4
//! points less. Confidences near 1 are not to be taken at their word, since labels have errors too: a quarter
//! of the promised rate is always expected. Confidences that are not true cost power, never the promise.
//!
//! **Conversations** with several accepted turns count once: n replies count as n / effect, the wrong ones alike
//! (Korn & Graubard 1998). Exact for conversations of equal length whose turns share one outcome, on the safe side when
//! they don't, an approximation when lengths differ.

use super::{Promise, Proportion, Tallies, Tally};

/// Chance of success that a start should have.
const POWER: f64 = 0.9;
/// The least wrong rate that is expected anywhere, as a share of the promised one.
const LEAST_EXPECTED: f64 = 0.25;

/// Where the tests ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Walk<'a> {
    /// The lowest threshold whose null hypothesis was rejected.
    Reached(&'a Tally),
    /// The very first was not rejected.
    FailedAt(&'a Tally),
    /// No threshold could be rejected, whatever the labels.
    NoStart,
}

impl Tallies {
    /// Tests from the start downwards, as if the sample were `scale` times as large and otherwise the same.
    pub(super) fn walk(&self, promise: Promise, scale: f64) -> Walk<'_> {
        let Some(start) = self.start(promise, scale) else {
            return Walk::NoStart;
        };
        let mut reached = None;
        for tally in start {
            if !promise.is_carried_by(tally.effective(scale)) {
                return reached.map_or(Walk::FailedAt(tally), Walk::Reached);
            }
            reached = Some(tally);
        }
        reached.map_or(Walk::NoStart, Walk::Reached)
    }

    /// The thresholds to test. Looks at numbers of replies and at confidences, never at labels.
    fn start(&self, promise: Promise, scale: f64) -> Option<&[Tally]> {
        let mut best: Option<(usize, f64)> = None;
        for (i, tally) in self.tallies.iter().enumerate() {
            let Some(power) = power(tally, promise, scale) else {
                continue;
            };
            if best.is_none_or(|(_, highest)| power > highest) {
                best = Some((i, power));
            }
            if power >= POWER {
                break;
            }
        }
        best.and_then(|(i, _)| self.tallies.get(i..))
    }
}

/// The chance that the test at this threshold succeeds if the confidences are true; none when it can't whatever
/// the labels.
fn power(tally: &Tally, promise: Promise, scale: f64) -> Option<f64> {
    let of = tally.effective(scale).of;
    let carried = |hits: usize| {
        promise.is_carried_by(Proportion {
            hits: hits as f64,
            of,
        })
    };
    if !carried(0) {
        return None;
    }
    // The most errors that the test tolerates: `low` passes, `high` does not.
    let (mut low, mut high) = (0, of as usize + 1);
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if carried(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    let expected = tally.expected_wrong / tally.accepted.max(1) as f64;
    let rate = expected.max(LEAST_EXPECTED * promise.max_wrong_rate());
    Some(
        Proportion {
            hits: low as f64,
            of,
        }
        .chance_of_so_few(rate),
    )
}
