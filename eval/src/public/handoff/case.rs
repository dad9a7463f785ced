//! Utterances that were asked about.

use jieda::model::macro_f1;
use serde::{Deserialize, Serialize};

use crate::{
    metrics::{Forecast, auc},
    suite::{Better, Case, FigureOf, Measure},
    transcripts::golden_transfers,
};

/// An utterance that was asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandoffCase {
    /// The dialogue.
    pub dialogue: String,
    /// Which of its utterances, from 1.
    pub turn: usize,
    /// Whether a human should take over.
    pub expected: bool,
    /// How likely that is found to be, four digits.
    pub probability: f64,
    /// Whether that is enough.
    pub handed_over: bool,
}

fn guesses(cases: &[&HandoffCase]) -> Vec<(Option<bool>, bool)> {
    let guess = |case: &&HandoffCase| (Some(case.handed_over), case.expected);
    cases.iter().map(guess).collect()
}

/// Mean over dialogues; one that was drawn twice counts twice.
fn gt_t(cases: &[&HandoffCase], tolerance: u8) -> f64 {
    let at = |turns: &[&HandoffCase], wanted: fn(&HandoffCase) -> bool| -> Vec<usize> {
        let wanted = turns.iter().filter(|turn| wanted(turn));
        wanted.map(|turn| turn.turn).collect()
    };
    let (sum, of) = cases
        .chunk_by(|a, b| a.dialogue == b.dialogue && a.turn < b.turn)
        .map(|turns| {
            let reached = at(turns, |turn| turn.handed_over);
            golden_transfers(&reached, &at(turns, |turn| turn.expected), tolerance)
        })
        .fold((0.0, 0), |(sum, of), score| (sum + score, of + 1));
    sum / f64::from(of)
}

impl Case for HandoffCase {
    const FIGURES: &'static [FigureOf<Self>] = &[
        FigureOf {
            name: "f1",
            better: Better::Higher,
            of: Measure::Statistic(|cases| macro_f1(&guesses(cases), [true])),
        },
        FigureOf {
            name: "macro_f1",
            better: Better::Higher,
            of: Measure::Statistic(|cases| macro_f1(&guesses(cases), [true, false])),
        },
        FigureOf {
            name: "auc",
            better: Better::Higher,
            of: Measure::Statistic(|cases| {
                let forecasts: Vec<Forecast> = cases
                    .iter()
                    .map(|case| Forecast {
                        probability: case.probability,
                        outcome: case.expected,
                    })
                    .collect();
                auc(&forecasts)
            }),
        },
        FigureOf {
            name: "gt_t@1",
            better: Better::Higher,
            of: Measure::Statistic(|cases| gt_t(cases, 1)),
        },
        FigureOf {
            name: "gt_t@2",
            better: Better::Higher,
            of: Measure::Statistic(|cases| gt_t(cases, 2)),
        },
        FigureOf {
            name: "gt_t@3",
            better: Better::Higher,
            of: Measure::Statistic(|cases| gt_t(cases, 3)),
        },
    ];

    fn key(&self) -> String {
        format!("{}\t{}", self.dialogue, self.turn)
    }

    fn cluster(&self) -> Option<&str> {
        Some(&self.dialogue)
    }

    fn group(&self) -> &str {
        ""
    }

    fn is_right(&self) -> Option<bool> {
        Some(self.handed_over == self.expected)
    }

    fn text(&self) -> &str {
        ""
    }

    fn expected(&self) -> String {
        self.expected.to_string()
    }

    fn came(&self) -> String {
        self.handed_over.to_string()
    }
}
