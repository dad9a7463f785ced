//! A forecast by seasons: the day and the week.

use stlrs::Mstl;

/// Seasons of a series, as numbers of steps: a day and a week of hours are 24 and 168.
///
/// **Method.** Counts `N` become `√(N + ¼)`, whose variance is about ¼ whatever the mean (L. Brown et al.,
/// "Statistical analysis of a telephone call center", JASA 100, 2005). MSTL takes the series apart into its
/// seasons, trend and remainder by local regression (R. B. Cleveland et al., "STL", Journal of Official
/// Statistics 6, 1990; K. Bandara, R. J. Hyndman, C. Bergmeir, arXiv 2107.13462). The last cycle of each
/// season is repeated upon the level of the last shortest season, and the sum is squared. No trend is carried
/// on: for some days ahead, a level is safer than a slope.
///
/// ```
/// use jieda_routing::forecast::Seasons;
///
/// // Three weeks: 40 contacts in working hours, 4 at night, half of it at weekends.
/// let history: Vec<f64> = (0..21 * 24)
///     .map(|hour| {
///         let busy = if (9..18).contains(&(hour % 24)) { 40.0 } else { 4.0 };
///         if hour / 24 % 7 < 5 { busy } else { busy / 2.0 }
///     })
///     .collect();
/// let ahead = Seasons::of_hours().forecast(&history, 48)?;
/// assert_eq!(ahead.len(), 48);
/// assert!((ahead[10] - 40.0).abs() < 2.0 && (ahead[3] - 4.0).abs() < 1.0);
/// # Ok::<(), jieda_routing::forecast::ForecastError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seasons {
    /// In rising order.
    periods: Vec<usize>,
}

/// Why there is no forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForecastError {
    /// A season must be seen twice.
    #[error("a forecast needs {needed} steps of history, there are {found}")]
    TooShort {
        /// So many steps.
        needed: usize,
        /// There are so many.
        found: usize,
    },
    /// Contacts are counted: finite, and not negative.
    #[error("step {0} of the history is no count")]
    NotACount(usize),
    /// A season has two steps or more, and there must be one.
    #[error("a season must have two steps or more")]
    NoSeason,
}

impl Seasons {
    /// A day and a week of hours.
    #[must_use]
    pub fn of_hours() -> Self {
        Self {
            periods: vec![24, 168],
        }
    }

    /// Other seasons.
    ///
    /// # Errors
    /// [`ForecastError::NoSeason`].
    pub fn new(periods: impl IntoIterator<Item = usize>) -> Result<Self, ForecastError> {
        let mut periods: Vec<usize> = periods.into_iter().collect();
        periods.sort_unstable();
        periods.dedup();
        if periods.first().is_none_or(|shortest| *shortest < 2) {
            return Err(ForecastError::NoSeason);
        }
        Ok(Self { periods })
    }

    /// The longest season.
    pub(super) fn longest(&self) -> usize {
        self.periods.last().copied().unwrap_or(1)
    }

    /// So many steps that follow on a history. Seasons that were not seen twice are left out; the shortest one
    /// must have been.
    ///
    /// # Errors
    /// [`ForecastError`].
    pub fn forecast(&self, history: &[f64], ahead: usize) -> Result<Vec<f64>, ForecastError> {
        let count = |x: &f64| x.is_finite() && *x >= 0.0;
        if let Some(step) = history.iter().position(|x| !count(x)) {
            return Err(ForecastError::NotACount(step));
        }
        let found = history.len();
        let shortest = self.periods.first().copied().unwrap_or(2);
        let too_short = ForecastError::TooShort {
            needed: 2 * shortest,
            found,
        };
        let seen = self.periods.iter().copied().filter(|p| 2 * p <= found);
        let periods: Vec<usize> = seen.collect();
        if periods.is_empty() {
            return Err(too_short);
        }
        let roots: Vec<f64> = history.iter().map(|n| (n + 0.25).sqrt()).collect();
        let parts = Mstl::fit(&roots, &periods).map_err(|_| too_short)?;
        let adjusted = parts.trend().iter().zip(parts.remainder());
        let last = adjusted
            .rev()
            .take(shortest)
            .map(|(trend, rest)| trend + rest);
        let level = last.sum::<f64>() / shortest as f64;
        let at = |step: usize| {
            let seasons = parts.seasonal().iter().zip(&periods);
            let of_season =
                |(values, period): (&Vec<f64>, &usize)| values[found - period + step % period];
            let root = level + seasons.map(of_season).sum::<f64>();
            root.max(0.0).powi(2)
        };
        Ok((0..ahead).map(at).collect())
    }
}
