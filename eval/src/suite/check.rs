//! Results against those that were recorded.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Better, Case, Cases, Flips, Recorded, Tolerance, cases::with_cases, pairs::Pairs};

/// Differences within half a unit of the last digit are none.
const NOTHING: f64 = 1e-9;

/// What changed since results were recorded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// Every figure of every run, in the order of the suite.
    pub changes: Vec<Change>,
    /// Cases that changed sides, by run; runs without any are left out.
    pub flips: Vec<RunFlips>,
    /// Runs that were not recorded.
    pub unrecorded: Vec<String>,
    /// Recorded runs that the suite does not have: it may be a smaller one.
    pub not_run: Vec<String>,
}

/// Cases of a run that changed sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunFlips {
    /// The run.
    pub run: String,
    /// The cases.
    #[serde(flatten)]
    pub flips: Flips,
}

/// What became of a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The run.
    pub run: String,
    /// The figure.
    pub figure: String,
    /// As it was recorded; none where it was not.
    pub before: Option<f64>,
    /// As it is; none where it can't be counted any more.
    pub now: Option<f64>,
    /// How far it may fall.
    pub tolerance: f64,
    /// What that means.
    pub outcome: Outcome,
}

/// What a change of a figure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Worse by more than the tolerance, or no longer counted.
    Fell,
    /// Better by more than the tolerance, or newly counted: the results ask to be recorded.
    Rose,
    /// Neither.
    Kept,
}

impl Check {
    /// Compares results with recorded ones.
    #[must_use]
    pub fn of(now: &Recorded, recorded: &Recorded, tolerance: &Tolerance) -> Self {
        let mut check = Self {
            changes: Vec::new(),
            flips: Vec::new(),
            unrecorded: Vec::new(),
            not_run: Vec::new(),
        };
        for (run, cases) in now.results.runs.iter().zip(&now.cases) {
            let Some((before, cases_before)) = recorded
                .run(&run.name)
                .filter(|(before, _)| before.kind == run.kind)
            else {
                check.unrecorded.push(run.name.clone());
                continue;
            };
            let names: BTreeSet<&String> =
                before.figures.keys().chain(run.figures.keys()).collect();
            for (name, better) in directions(cases) {
                if !names.iter().any(|n| n.as_str() == name) {
                    continue;
                }
                let value = |figures: &std::collections::BTreeMap<String, super::Figure>| {
                    figures.get(name).map(|figure| figure.value)
                };
                let (was, is) = (value(&before.figures), value(&run.figures));
                let tolerance = tolerance.of(name);
                check.changes.push(Change {
                    run: run.name.clone(),
                    figure: name.to_owned(),
                    before: was,
                    now: is,
                    tolerance,
                    outcome: outcome(better, was, is, tolerance),
                });
            }
            let flips = flips(cases_before, cases);
            if flips != Flips::default() {
                check.flips.push(RunFlips {
                    run: run.name.clone(),
                    flips,
                });
            }
        }
        let runs: BTreeSet<&str> = now.results.runs.iter().map(|r| r.name.as_str()).collect();
        let recorded = recorded.results.runs.iter().map(|run| &run.name);
        check.not_run = recorded
            .filter(|name| !runs.contains(name.as_str()))
            .cloned()
            .collect();
        check
    }

    /// Whether nothing fell, and every run was recorded.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.unrecorded.is_empty() && self.fallen().next().is_none()
    }

    /// Whether the recorded results should be replaced by these.
    #[must_use]
    pub fn asks_to_be_recorded(&self) -> bool {
        let rose = self.changes.iter().any(|c| c.outcome == Outcome::Rose);
        rose || !self.unrecorded.is_empty()
    }

    /// The figures that fell.
    pub fn fallen(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|c| c.outcome == Outcome::Fell)
    }
}

fn outcome(better: Better, before: Option<f64>, now: Option<f64>, tolerance: f64) -> Outcome {
    match (before, now) {
        (Some(before), Some(now)) => {
            let gain = better.gain(before, now);
            if gain < -tolerance - NOTHING {
                Outcome::Fell
            } else if gain > tolerance + NOTHING {
                Outcome::Rose
            } else {
                Outcome::Kept
            }
        }
        (Some(_), None) => Outcome::Fell,
        (None, _) => Outcome::Rose,
    }
}

fn directions(cases: &Cases) -> Vec<(&'static str, Better)> {
    fn of<C: Case>(_: &[C]) -> Vec<(&'static str, Better)> {
        C::FIGURES.iter().map(|f| (f.name, f.better)).collect()
    }
    with_cases!(cases, cases => of(cases))
}

fn flips(before: &Cases, now: &Cases) -> Flips {
    match (before, now) {
        (Cases::Retrieval(before), Cases::Retrieval(now)) => Pairs::of(before, now).flips(),
        (Cases::Decision(before), Cases::Decision(now)) => Pairs::of(before, now).flips(),
        (Cases::Transcripts(before), Cases::Transcripts(now)) => Pairs::of(before, now).flips(),
        (Cases::Intents(before), Cases::Intents(now)) => Pairs::of(before, now).flips(),
        // Recorded as another kind: there is nothing to pair.
        _ => Flips::default(),
    }
}
