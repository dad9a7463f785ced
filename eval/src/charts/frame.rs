//! What all charts share: size, colours, axes.

use plotters::{
    coord::{Shift, types::RangedCoordf64},
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use thiserror::Error;

/// Width and height of a chart in pixels.
pub(super) const SIZE: (u32, u32) = (720, 540);
/// Readable in print, on a screen and to those who don't tell red from green (Okabe & Ito 2008).
pub(super) const BLUE: RGBColor = RGBColor(0, 114, 178);
pub(super) const ORANGE: RGBColor = RGBColor(213, 94, 0);
pub(super) const GREY: RGBColor = RGBColor(120, 120, 120);

/// Texts stand above their point, in the middle ending there or starting there.
pub(super) const ABOVE: Pos = Pos {
    h_pos: HPos::Center,
    v_pos: VPos::Bottom,
};
pub(super) const ABOVE_LEFT: Pos = Pos {
    h_pos: HPos::Right,
    v_pos: VPos::Bottom,
};
pub(super) const ABOVE_RIGHT: Pos = Pos {
    h_pos: HPos::Left,
    v_pos: VPos::Bottom,
};

pub(super) const FONT: &str = "sans-serif";
/// Pixels.
const TITLE: u32 = 20;
pub(super) const TEXT: u32 = 15;

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Chart<'a> =
    ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// A chart that could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the chart could not be drawn: {0}")]
pub struct ChartError(String);

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for ChartError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self(error.to_string())
    }
}

/// Texts and ranges of a pair of axes.
pub(super) struct Axes<'t> {
    pub(super) x: &'t str,
    pub(super) y: &'t str,
    pub(super) x_end: f64,
    pub(super) y_end: f64,
    /// Numbers on the vertical axis, about.
    pub(super) y_numbers: usize,
}

/// Draws on a white canvas and gives the SVG.
pub(super) fn draw(
    title: &str,
    content: impl for<'a> FnOnce(Area<'a>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    draw_sized(SIZE, title, content)
}

/// The same in another size, in pixels.
pub(super) fn draw_sized(
    size: (u32, u32),
    title: &str,
    content: impl for<'a> FnOnce(Area<'a>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        root.fill(&WHITE)?;
        let area = root.titled(title, (FONT, TITLE))?;
        content(area)?;
        root.present()?;
    }
    Ok(svg)
}

/// Percentages on both axes, from 0.
pub(super) fn percentages<'a>(area: &Area<'a>, axes: &Axes<'_>) -> Result<Chart<'a>, ChartError> {
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        // Room for half of the last number.
        .margin_right(32)
        .x_label_area_size(46)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..axes.x_end, 0.0..axes.y_end)?;
    chart
        .configure_mesh()
        .x_desc(axes.x)
        .y_desc(axes.y)
        .x_labels(11)
        .y_labels(axes.y_numbers)
        .x_label_formatter(&percent)
        .y_label_formatter(&percent)
        .label_style((FONT, TEXT))
        .axis_desc_style((FONT, TEXT))
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.1))
        .draw()?;
    Ok(chart)
}

/// The style of texts within a chart.
pub(super) fn text<'a>(colour: &'a RGBColor) -> TextStyle<'a> {
    (FONT, TEXT).into_font().color(colour)
}

/// 0.5 % where whole percents are too coarse.
pub(super) fn percent(share: &f64) -> String {
    let percent = share * 100.0;
    if (percent - percent.round()).abs() < 0.05 {
        format!("{percent:.0}%")
    } else {
        format!("{percent:.1}%")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_short() {
        assert_eq!(percent(&0.05), "5%");
        assert_eq!(percent(&0.005), "0.5%");
        assert_eq!(percent(&0.0), "0%");
        assert_eq!(percent(&(0.1 + 0.2)), "30%");
    }
}
