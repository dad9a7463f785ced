//! Charts as SVG, for reports and the README.
//!
//! Text stays text: no font is read or embedded, so a viewer shows Chinese with its own.

mod bars;
mod frame;
mod reliability;
mod risk_coverage;

pub use bars::{BarSeries, BarUnit, Bars, bar_chart};
pub use frame::ChartError;
pub use reliability::{ReliabilityLabels, reliability_diagram};
pub use risk_coverage::{Marks, RiskCoverageLabels, risk_coverage_chart};
