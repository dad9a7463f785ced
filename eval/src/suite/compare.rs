//! Two results, case by case.

use serde::Serialize;

use super::{
    Case, Cases, FigureOf, Flips, Kind, Measure, Recorded, RunResult, figure::rounded, pairs::Pairs,
};
use crate::stats::{Bootstrap, Clusters, Difference, Interval, McNemar};

/// How two results differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Runs that both have, in the order of the second.
    pub runs: Vec<RunComparison>,
    /// Names of runs that the first alone has.
    pub only_first: Vec<String>,
    /// Names of runs that the second alone has.
    pub only_second: Vec<String>,
}

/// How two results of one run differ, on the cases that both have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunComparison {
    /// The run.
    pub name: String,
    /// What was done.
    pub kind: Kind,
    /// Cases that both have: all else is counted from these.
    pub paired: usize,
    /// Conversations of these, a text on its own being one.
    pub clusters: usize,
    /// Cases that the first alone has.
    pub only_first: usize,
    /// Cases that the second alone has.
    pub only_second: usize,
    /// Figure by figure.
    pub figures: Vec<FigureComparison>,
    /// Cases that changed sides.
    #[serde(flatten)]
    pub flips: Flips,
}

/// How a figure differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigureComparison {
    /// Its name.
    pub name: String,
    /// In the first result.
    pub first: f64,
    /// In the second.
    pub second: f64,
    /// Second less first, with its interval and the p-value of `test`.
    #[serde(flatten)]
    pub difference: Difference,
    /// Where the p-value comes from.
    #[serde(flatten)]
    pub test: Test,
}

/// A test of "there is no difference".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "test")]
pub enum Test {
    /// McNemar's, mid-p: shares of the same cases, each a conversation of its own.
    McNemar(McNemar),
    /// The paired bootstrap by conversation: all else.
    Bootstrap,
}

impl Comparison {
    /// Compares two results.
    #[must_use]
    pub fn of(first: &Recorded, second: &Recorded, bootstrap: &Bootstrap) -> Self {
        let lacks = |a: &Recorded, b: &Recorded| -> Vec<String> {
            let same = |run: &&RunResult| {
                b.run(&run.name)
                    .is_some_and(|(other, _)| other.kind == run.kind)
            };
            let runs = a.results.runs.iter().filter(|run| !same(run));
            runs.map(|run| run.name.clone()).collect()
        };
        let mut runs = Vec::new();
        for (run, now) in second.results.runs.iter().zip(&second.cases) {
            let Some((_, before)) = first.run(&run.name) else {
                continue;
            };
            runs.push(match (before, now) {
                (Cases::Retrieval(a), Cases::Retrieval(b)) => {
                    RunComparison::of(run, a, b, bootstrap)
                }
                (Cases::Decision(a), Cases::Decision(b)) => RunComparison::of(run, a, b, bootstrap),
                (Cases::Transcripts(a), Cases::Transcripts(b)) => {
                    RunComparison::of(run, a, b, bootstrap)
                }
                (Cases::Intents(a), Cases::Intents(b)) => RunComparison::of(run, a, b, bootstrap),
                _ => continue,
            });
        }
        Self {
            runs,
            only_first: lacks(first, second),
            only_second: lacks(second, first),
        }
    }
}

impl RunComparison {
    /// `run` is the second result.
    fn of<C: Case>(run: &RunResult, first: &[C], second: &[C], bootstrap: &Bootstrap) -> Self {
        let pairs = Pairs::of(first, second);
        let clusters = Clusters::of(pairs.both.iter().map(|(_, now)| now.cluster()));
        Self {
            name: run.name.clone(),
            kind: run.kind,
            paired: pairs.both.len(),
            clusters: clusters.len(),
            only_first: pairs.only_first,
            only_second: pairs.only_second,
            figures: C::FIGURES
                .iter()
                .filter(|figure| run.figures.contains_key(figure.name))
                .filter_map(|figure| compared(figure, &pairs, &clusters, bootstrap))
                .collect(),
            flips: pairs.flips(),
        }
    }
}

/// A figure on pairs; none where it is not defined.
fn compared<C: Case>(
    figure: &FigureOf<C>,
    pairs: &Pairs<'_, C>,
    clusters: &Clusters,
    bootstrap: &Bootstrap,
) -> Option<FigureComparison> {
    let (before, now): (Vec<&C>, Vec<&C>) = pairs.both.iter().copied().unzip();
    let of = |side: &[&C], drawn: &[usize]| {
        let drawn: Vec<&C> = drawn.iter().map(|&i| side[i]).collect();
        figure.of.value(&drawn)
    };
    let difference = bootstrap.difference(
        clusters,
        |drawn| of(&before, drawn),
        |drawn| of(&now, drawn),
    )?;
    let (first, second) = (figure.of.value(&before), figure.of.value(&now));
    if first.is_nan() || second.is_nan() {
        return None;
    }
    let (test, p) = match figure.of {
        Measure::Share(hit) if clusters.len() == pairs.both.len() => {
            let hits = pairs.both.iter().filter_map(|(a, b)| hit(a).zip(hit(b)));
            let test = McNemar::of(hits);
            (Test::McNemar(test), test.mid_p())
        }
        _ => (Test::Bootstrap, difference.p),
    };
    Some(FigureComparison {
        name: figure.name.to_owned(),
        first: rounded(first),
        second: rounded(second),
        difference: Difference {
            difference: rounded(difference.difference),
            interval: Interval {
                low: rounded(difference.interval.low),
                high: rounded(difference.interval.high),
                ..difference.interval
            },
            p: rounded(p),
        },
        test,
    })
}
