//! The risk–coverage curve: what more automatic replies cost in wrong ones.

use plotters::prelude::*;

use super::frame::{self, Axes, BLUE, ChartError, ORANGE};
use crate::risk::{CurvePoint, RiskCoverage};

/// Left of this the rate of a few replies jumps up and down and says nothing; it doesn't set the scale.
const FEW: usize = 20;

/// Smallest distance between points that are drawn, as a share of the width: less than a pixel.
const STEP: f64 = 0.001;

/// Texts of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskCoverageLabels<'t> {
    /// Title.
    pub title: &'t str,
    /// Horizontal axis.
    pub answered: &'t str,
    /// Vertical axis.
    pub wrong_rate: &'t str,
    /// What stands before the threshold at the chosen point.
    pub threshold: &'t str,
    /// What stands before the share of queries that it answers.
    pub replies: &'t str,
    /// What stands before the wrong rate among them.
    pub wrong: &'t str,
    /// What stands before the promised rate.
    pub promise: &'t str,
}

impl RiskCoverageLabels<'static> {
    /// English texts.
    pub const ENGLISH: Self = Self {
        title: "Risk and coverage",
        answered: "queries answered automatically",
        wrong_rate: "wrong among them",
        threshold: "threshold",
        replies: "answered",
        wrong: "wrong",
        promise: "promised: at most",
    };
    /// Chinese texts.
    pub const CHINESE: Self = Self {
        title: "风险与覆盖率",
        answered: "自动回复的查询",
        wrong_rate: "其中答错",
        threshold: "阈值",
        replies: "自动回复",
        wrong: "答错",
        promise: "承诺上限",
    };
}

/// What to mark on the curve.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Marks {
    /// The reply threshold that was chosen.
    pub threshold: Option<f64>,
    /// The wrong rate that is promised, as a share.
    pub max_wrong_rate: Option<f64>,
}

/// Draws the curve over the share of all queries that get a reply, with the promise as a dashed line and the
/// chosen threshold as a dot.
///
/// # Errors
/// [`ChartError`] when the library can't draw.
pub fn risk_coverage_chart(
    curve: &RiskCoverage,
    marks: &Marks,
    labels: &RiskCoverageLabels<'_>,
) -> Result<String, ChartError> {
    let highest = curve
        .points
        .iter()
        .filter(|p| p.accepted >= FEW)
        .map(|p| p.wrong_rate)
        .chain(marks.max_wrong_rate)
        .fold(0.01, f64::max);
    let y_end = (highest * 1.15).min(1.0);
    let title = format!("{}  ·  AURC {:.3}", labels.title, curve.area());
    frame::draw(&title, |area| {
        let mut chart = frame::percentages(
            &area,
            &Axes {
                x: labels.answered,
                y: labels.wrong_rate,
                x_end: 1.0,
                y_end,
                y_numbers: 11,
            },
        )?;
        if let Some(rate) = marks.max_wrong_rate {
            let ends = [(0.0, rate), (1.0, rate)];
            chart.draw_series(DashedLineSeries::new(ends, 6, 4, ORANGE.stroke_width(2)))?;
            let text = format!("{} {}", labels.promise, frame::percent(&rate));
            let style = frame::text(&ORANGE).pos(frame::ABOVE_LEFT);
            chart.draw_series([Text::new(text, (0.995, rate + y_end * 0.01), style)])?;
        }
        let line = visible(curve).map(|p| (p.answered, p.wrong_rate.min(y_end)));
        chart.draw_series(LineSeries::new(line, BLUE.stroke_width(2)))?;
        if let Some((threshold, point)) = marks.threshold.and_then(|t| Some((t, curve.at(t)?))) {
            let at = (point.answered, point.wrong_rate.min(y_end));
            chart.draw_series([Circle::new(at, 6, ORANGE.filled())])?;
            let lines = [
                format!("{} {threshold}", labels.threshold),
                format!(
                    "{} {} · {} {}",
                    labels.replies,
                    frame::percent(&point.answered),
                    labels.wrong,
                    frame::percent(&point.wrong_rate)
                ),
            ];
            // In the upper left corner, where a curve that rises to the right leaves room.
            chart.draw_series([Circle::new((0.03, y_end * 0.95), 6, ORANGE.filled())])?;
            for (i, text) in lines.into_iter().enumerate() {
                let at = (0.05, y_end * (0.93 - 0.05 * i as f64));
                let style = frame::text(&BLACK).pos(frame::ABOVE_RIGHT);
                chart.draw_series([Text::new(text, at, style)])?;
            }
        }
        Ok(())
    })
}

/// One point for each step that the eye can tell, and the last.
fn visible(curve: &RiskCoverage) -> impl Iterator<Item = &CurvePoint> {
    let mut next = 0.0;
    let last = curve.points.len().saturating_sub(1);
    let points = curve.points.iter().enumerate();
    points
        .filter(move |(i, point)| {
            let shown = point.answered >= next || *i == last;
            if shown {
                next = point.answered + STEP;
            }
            shown
        })
        .map(|(_, point)| point)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::{Observation, Truth};

    #[test]
    fn the_chart_shows_the_choice_and_the_promise() {
        let sample: Vec<Observation> = (0..100)
            .map(|i| Observation {
                confidence: f64::from(i) / 100.0,
                truth: if i < 40 {
                    Truth::Unanswerable
                } else {
                    Truth::Answerable { rank: Some(1) }
                },
                cluster: None,
            })
            .collect();
        let curve = RiskCoverage::of(&sample);
        let marks = Marks {
            threshold: Some(0.4),
            max_wrong_rate: Some(0.02),
        };
        for labels in [RiskCoverageLabels::ENGLISH, RiskCoverageLabels::CHINESE] {
            let svg = risk_coverage_chart(&curve, &marks, &labels).unwrap();
            let threshold = format!("{} 0.4", labels.threshold);
            let promise = format!("{} 2%", labels.promise);
            let point = format!("{} 60% · {} 0%", labels.replies, labels.wrong);
            for text in [labels.title, &threshold, &promise, &point, "AURC "] {
                assert!(svg.contains(text), "{text}");
            }
        }
        // Nothing to mark, nothing to draw.
        let labels = &RiskCoverageLabels::ENGLISH;
        let bare = risk_coverage_chart(&curve, &Marks::default(), labels).unwrap();
        assert!(!bare.contains("<circle") && bare.contains("<polyline"));
        assert!(risk_coverage_chart(&RiskCoverage::of(&[]), &marks, labels).is_ok());
    }
}
