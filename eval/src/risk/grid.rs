//! The thresholds that are tried.

/// Thresholds from the highest, at which few replies are sent, to the lowest.
///
/// They are fixed before a label is seen, and for the default before a query is: round numbers, not
/// quantiles of the sample. At a threshold that does not depend on the sample, the wrong ones among
/// the accepted are binomial whatever the confidences are; at a quantile they are only almost so, since the
/// accepted number is fixed and the threshold moves. The confidence is a probability, so its scale is known and
/// quantiles have nothing to adapt to; and a supervisor reads 0.86 more easily than 0.8613.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid(Vec<f64>);

impl Grid {
    /// These thresholds, in any order; what is no number or not within 0 to 1 is left out.
    #[must_use]
    pub fn new(thresholds: impl IntoIterator<Item = f64>) -> Self {
        let mut thresholds: Vec<f64> = thresholds
            .into_iter()
            .filter(|t| (0.0..=1.0).contains(t))
            .collect();
        thresholds.sort_by(|a, b| b.total_cmp(a));
        thresholds.dedup();
        Self(thresholds)
    }

    /// From the highest to the lowest.
    #[must_use]
    pub fn thresholds(&self) -> &[f64] {
        &self.0
    }
}

/// 0.999, 0.998 … 0.99, then every half hundredth down to 0.005, and 0.
impl Default for Grid {
    fn default() -> Self {
        let fine = (1..10).map(|i| f64::from(1000 - i) / 1000.0);
        let rest = (0..=198).rev().map(|i| f64::from(i) / 200.0);
        Self::new(fine.chain(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_fall() {
        let grid = Grid::default();
        assert_eq!(grid.thresholds().first(), Some(&0.999));
        assert_eq!(grid.thresholds().last(), Some(&0.0));
        assert!(grid.thresholds().is_sorted_by(|a, b| a > b));
        assert!(grid.thresholds().contains(&0.86));
        assert_eq!(
            Grid::new([0.5, f64::NAN, 0.9, 0.5, 2.0]).thresholds(),
            [0.9, 0.5]
        );
    }
}
