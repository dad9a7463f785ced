//! Bars by day or by hour.

use plotters::prelude::*;

use super::frame::{self, BLUE, ChartError, FONT, GREY, ORANGE, TEXT};

/// Width and height in pixels.
const SIZE: (u32, u32) = (720, 260);
/// Share of its place that a bar of the first series takes; those of the next ones are narrower, in front of it.
const WIDTHS: [f64; 2] = [0.78, 0.42];

/// Bars side by side, one for each number from `first` on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bars<'t> {
    /// Title.
    pub title: &'t str,
    /// What the numbers along the horizontal axis are, such as 日.
    pub along: &'t str,
    /// The first of these numbers.
    pub first: u32,
    /// At most two; the bars of the second stand in front of those of the first, and are parts of them.
    pub series: &'t [BarSeries<'t>],
    /// What the bars are in.
    pub unit: BarUnit,
    /// A dashed line to be reached, with its name.
    pub target: Option<(f64, &'t str)>,
}

/// Bars of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BarSeries<'t> {
    /// What they are.
    pub name: &'t str,
    /// Their heights in order; none where there is nothing to show.
    pub values: &'t [Option<f64>],
}

/// What bars are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarUnit {
    /// Things that are counted; the axis ends above the highest.
    Count,
    /// Percent; the axis ends at 100.
    Percent,
}

/// Draws bars.
///
/// # Errors
/// [`ChartError`] when the library can't draw.
pub fn bar_chart(bars: &Bars<'_>) -> Result<String, ChartError> {
    let number = bars
        .series
        .iter()
        .map(|s| s.values.len())
        .max()
        .unwrap_or(0);
    let values = bars.series.iter().flat_map(|s| s.values).flatten();
    let highest = values
        .copied()
        .chain(bars.target.map(|(at, _)| at))
        .fold(0.0, f64::max);
    // Room for names above the highest bar.
    let y_end = match bars.unit {
        BarUnit::Count => (highest * 1.25).max(4.0),
        BarUnit::Percent => 118.0,
    };
    let (x_begin, x_end) = (
        f64::from(bars.first) - 0.5,
        f64::from(bars.first) + number.max(1) as f64 - 0.5,
    );
    let unit = bars.unit;
    let y_number = move |value: &f64| match unit {
        BarUnit::Count => format!("{value:.0}"),
        BarUnit::Percent if *value > 100.0 => String::new(),
        BarUnit::Percent => format!("{value:.0}%"),
    };
    frame::draw_sized(SIZE, bars.title, |area| {
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .margin_right(14)
            .x_label_area_size(42)
            .y_label_area_size(58)
            .build_cartesian_2d(x_begin..x_end, 0.0..y_end)?;
        chart
            .configure_mesh()
            .x_desc(bars.along)
            .x_labels(number.clamp(1, 16))
            .y_labels(5)
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&y_number)
            .label_style((FONT, TEXT))
            .axis_desc_style((FONT, TEXT))
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(BLACK.mix(0.1))
            .draw()?;
        for ((series, width), colour) in bars
            .series
            .iter()
            .zip(WIDTHS)
            .zip([BLUE.mix(0.55), ORANGE.mix(1.0)])
        {
            let places = (bars.first..).map(f64::from).zip(series.values);
            let there = places.filter_map(|(x, value)| Some((x, (*value)?)));
            chart.draw_series(there.map(|(x, value)| {
                let corners = [(x - width / 2.0, 0.0), (x + width / 2.0, value)];
                Rectangle::new(corners, colour.filled())
            }))?;
        }
        if let Some((at, name)) = bars.target {
            let ends = [(x_begin, at), (x_end, at)];
            chart.draw_series(DashedLineSeries::new(ends, 6, 4, GREY.stroke_width(2)))?;
            let style = frame::text(&GREY).pos(frame::ABOVE_LEFT);
            let place = (x_end - 0.1, y_end * 0.99 - y_end * 0.1);
            chart.draw_series([Text::new(name.to_owned(), place, style)])?;
        }
        // Names in the upper left corner, each in the colour of its bars.
        let step = (x_end - x_begin) / 60.0;
        let mut x = x_begin + step;
        for (series, colour) in bars.series.iter().zip([BLUE, ORANGE]) {
            let top = y_end * 0.97;
            let swatch = [(x, top - y_end * 0.06), (x + step, top)];
            chart.draw_series([Rectangle::new(swatch, colour.mix(0.8).filled())])?;
            let style = frame::text(&BLACK).pos(frame::ABOVE_RIGHT);
            let place = (x + 1.4 * step, y_end * 0.89);
            chart.draw_series([Text::new(series.name.to_owned(), place, style)])?;
            x += step * (4.0 + 1.6 * series.name.chars().count() as f64);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_has_no_bar() {
        let values = [Some(80.0), None, Some(0.0), Some(95.5)];
        let bars = Bars {
            title: "每天的接起率",
            along: "日",
            first: 1,
            series: &[BarSeries {
                name: "接起率",
                values: &values,
            }],
            unit: BarUnit::Percent,
            target: Some((80.0, "目标 80%")),
        };
        let svg = bar_chart(&bars).unwrap();
        for text in ["每天的接起率", "接起率", "目标 80%", "100%"] {
            assert!(svg.contains(text), "{text}");
        }
        // The canvas, the swatch, and three bars.
        assert_eq!(svg.matches("<rect").count(), 5);
        let nothing = Bars {
            series: &[],
            target: None,
            ..bars
        };
        assert!(bar_chart(&nothing).is_ok());
    }
}
