//! How evenly something is shared.

/// Gini coefficient of values that are not negative: 0 where all have the same, towards 1 where one has all.
/// None without values, or where all are 0.
///
/// `G = Σᵢ (2i − n − 1)·xᵢ / (n · Σ xᵢ)` with the values in rising order and `i` from 1 (C. Gini,
/// *Variabilità e mutabilità*, 1912; in this form e.g. in P. M. Dixon et al., "Bootstrapping the Gini
/// coefficient of inequality", Ecology 68, 1987).
///
/// ```
/// use jieda_routing::gini;
///
/// // (−3·1 − 1·2 + 1·3 + 3·4) / (4 · 10) = 10 / 40
/// assert_eq!(gini(&[3.0, 1.0, 4.0, 2.0]), Some(0.25));
/// assert_eq!(gini(&[0.7, 0.7]), Some(0.0));
/// assert_eq!(gini(&[0.0, 0.0, 0.0, 1.0]), Some(0.75));
/// assert_eq!(gini(&[]), None);
/// ```
#[must_use]
pub fn gini(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let sum: f64 = sorted.iter().sum();
    let ranks = (1..).map(f64::from).map(|i: f64| 2.0 * i - n - 1.0);
    let weighted: f64 = ranks.zip(&sorted).map(|(rank, value)| rank * value).sum();
    (sum > 0.0).then(|| weighted / (n * sum))
}
