//! The reliability diagram: does what is called 80 % come true eight times out of ten?

use plotters::prelude::*;

use super::frame::{self, Axes, BLUE, ChartError, GREY};
use crate::metrics::{Forecast, expected_calibration_error, reliability};

const BINS: usize = 10;
/// Share of the height that the bars with counts have.
const BARS: f64 = 0.28;

/// Texts of the diagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReliabilityLabels<'t> {
    /// Title; the calibration error is added.
    pub title: &'t str,
    /// Horizontal axis.
    pub confidence: &'t str,
    /// Vertical axis.
    pub right: &'t str,
    /// Vertical axis of the bars.
    pub share_of_queries: &'t str,
}

impl ReliabilityLabels<'static> {
    /// English texts.
    pub const ENGLISH: Self = Self {
        title: "Reliability of the confidence",
        confidence: "confidence",
        right: "right",
        share_of_queries: "queries",
    };
    /// Chinese texts.
    pub const CHINESE: Self = Self {
        title: "置信度可靠性",
        confidence: "置信度",
        right: "实际答对",
        share_of_queries: "查询占比",
    };
}

/// Draws ten bins of equal width against the diagonal, the number of queries in each, and the calibration error (by
/// bins of equal size, as everywhere) in the title. Dots below the diagonal promise too much.
///
/// # Errors
/// [`ChartError`] when the library can't draw.
pub fn reliability_diagram(
    forecasts: &[Forecast],
    labels: &ReliabilityLabels<'_>,
) -> Result<String, ChartError> {
    let bins = reliability(forecasts, BINS);
    let ece = expected_calibration_error(forecasts, BINS);
    let title = format!(
        "{}  ·  ECE {ece:.3}  ·  n = {}",
        labels.title,
        forecasts.len()
    );
    frame::draw(&title, |area| {
        let height = f64::from(area.dim_in_pixel().1);
        let (top, bottom) = area.split_vertically((height * (1.0 - BARS)) as u32);
        let mut chart = frame::percentages(
            &top,
            &Axes {
                x: "",
                y: labels.right,
                x_end: 1.0,
                y_end: 1.0,
                y_numbers: 11,
            },
        )?;
        chart.draw_series(DashedLineSeries::new(
            [(0.0, 0.0), (1.0, 1.0)],
            6,
            4,
            GREY.stroke_width(1),
        ))?;
        let dots = || bins.iter().map(|b| (b.probability, b.share));
        chart.draw_series(LineSeries::new(dots(), BLUE.stroke_width(2)))?;
        chart.draw_series(dots().map(|dot| Circle::new(dot, 5, BLUE.filled())))?;

        let share = |n: usize| n as f64 / forecasts.len().max(1) as f64;
        let most = bins.iter().map(|b| share(b.n)).fold(0.0, f64::max);
        // Room for the count above the highest bar.
        let y_end = (most * 1.3).max(0.01);
        let mut chart = frame::percentages(
            &bottom,
            &Axes {
                x: labels.confidence,
                y: labels.share_of_queries,
                x_end: 1.0,
                y_end,
                y_numbers: 3,
            },
        )?;
        let width = 1.0 / BINS as f64;
        let left = |probability: f64| ((probability / width).floor() * width).min(1.0 - width);
        chart.draw_series(bins.iter().map(|b| {
            let from = left(b.probability) + width * 0.08;
            let to = left(b.probability) + width * 0.92;
            Rectangle::new([(from, 0.0), (to, share(b.n))], BLUE.mix(0.5).filled())
        }))?;
        chart.draw_series(bins.iter().map(|b| {
            let middle = left(b.probability) + width / 2.0;
            let style = frame::text(&BLACK).pos(frame::ABOVE);
            Text::new(b.n.to_string(), (middle, share(b.n)), style)
        }))?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_diagram_shows_bins_counts_and_error() {
        let forecasts: Vec<Forecast> = (0..200)
            .map(|i| Forecast {
                probability: if i < 150 { 0.85 } else { 0.25 },
                outcome: i % 5 != 0,
            })
            .collect();
        for labels in [ReliabilityLabels::ENGLISH, ReliabilityLabels::CHINESE] {
            let svg = reliability_diagram(&forecasts, &labels).unwrap();
            for text in [labels.title, labels.right, "ECE ", "n = 200", "150", "50"] {
                assert!(svg.contains(text), "{text}");
            }
            assert_eq!(svg.matches("<circle").count(), 2);
        }
        let empty = reliability_diagram(&[], &ReliabilityLabels::ENGLISH).unwrap();
        assert!(empty.contains("n = 0"));
    }
}
