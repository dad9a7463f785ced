//! How wrong a forecast has been.

use serde::Serialize;

use super::{ForecastError, Seasons};

/// Errors of forecasts that were made from the past alone and compared with what came: from several origins,
/// each with the same number of steps ahead (rolling origin; L. J. Tashman, "Out-of-sample tests of
/// forecasting accuracy", International Journal of Forecasting 16, 2000).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Backtest {
    /// From so many origins.
    pub origins: usize,
    /// `WAPE = Σ |came − forecast| / Σ came · 100`, in percent: of all contacts, how many were misplaced. None
    /// where nobody came.
    pub wape: Option<f64>,
    /// `MAPE = mean of |came − forecast| / came · 100`, in percent, over steps in which somebody came. Quiet
    /// hours weigh as much as busy ones.
    pub mape: Option<f64>,
    /// The WAPE of saying what came one longest season ago: what a forecast has to beat.
    pub naive_wape: Option<f64>,
}

#[derive(Default)]
struct Errors {
    absolute: f64,
    came: f64,
    relative: f64,
    steps: usize,
}

impl Errors {
    fn add(&mut self, came: &[f64], said: &[f64]) {
        for (came, said) in came.iter().zip(said) {
            let error = (came - said).abs();
            self.absolute += error;
            self.came += came;
            if *came > 0.0 {
                self.relative += error / came;
                self.steps += 1;
            }
        }
    }

    fn wape(&self) -> Option<f64> {
        (self.came > 0.0).then(|| 100.0 * self.absolute / self.came)
    }

    fn mape(&self) -> Option<f64> {
        (self.steps > 0).then(|| 100.0 * self.relative / self.steps as f64)
    }
}

impl Seasons {
    /// Forecasts the last `origins · ahead` steps of a history, `ahead` at a time, each time from what went
    /// before.
    ///
    /// ```
    /// use jieda_routing::forecast::Seasons;
    ///
    /// // Days that repeat themselves: last week says what comes, and so nearly does the forecast.
    /// let history: Vec<f64> = (0..4 * 168).map(|hour| f64::from(hour % 168 % 24)).collect();
    /// let backtest = Seasons::of_hours().backtest(&history, 24, 7)?;
    /// assert_eq!(backtest.naive_wape, Some(0.0));
    /// assert!(backtest.wape.is_some_and(|wape| wape < 5.0));
    /// # Ok::<(), jieda_routing::forecast::ForecastError>(())
    /// ```
    ///
    /// # Errors
    /// [`ForecastError`], where a history is too short.
    pub fn backtest(
        &self,
        history: &[f64],
        ahead: usize,
        origins: usize,
    ) -> Result<Backtest, ForecastError> {
        let season = self.longest();
        let needed = season + ahead * origins;
        let found = history.len();
        if found < needed || ahead == 0 {
            return Err(ForecastError::TooShort { needed, found });
        }
        let (mut own, mut naive) = (Errors::default(), Errors::default());
        for origin in (1..=origins).rev().map(|back| found - back * ahead) {
            let (past, future) = history.split_at(origin);
            let came = &future[..ahead];
            own.add(came, &self.forecast(past, ahead)?);
            let before: Vec<f64> = (0..ahead)
                .map(|step| past[origin - season + step % season])
                .collect();
            naive.add(came, &before);
        }
        Ok(Backtest {
            origins,
            wape: own.wape(),
            mape: own.mape(),
            naive_wape: naive.wape(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_those_done_by_hand() {
        let mut errors = Errors::default();
        errors.add(&[10.0, 0.0, 20.0], &[8.0, 1.0, 25.0]);
        // (2 + 1 + 5) / 30, and (2/10 + 5/20) / 2
        assert_eq!(errors.wape(), Some(100.0 * 8.0 / 30.0));
        assert_eq!(errors.mape(), Some(100.0 * 0.45 / 2.0));
    }

    #[test]
    fn seasons_with_noise_are_forecast_better_than_by_last_week() {
        let mut rng = fastrand::Rng::with_seed(5);
        let history: Vec<f64> = (0..8 * 168)
            .map(|hour| {
                let day = f64::from(hour % 24 - 12).abs();
                let mean = 10.0 + 6.0 * (12.0 - day);
                // About Poisson: a sum of many small chances.
                (0..200).filter(|_| rng.f64() < mean / 200.0).count() as f64
            })
            .collect();
        let backtest = Seasons::of_hours().backtest(&history, 24, 7).unwrap();
        let (own, naive) = (backtest.wape.unwrap(), backtest.naive_wape.unwrap());
        assert!(own < 0.9 * naive, "{own} {naive}");
    }

    #[test]
    fn what_is_no_history_is_refused() {
        let seasons = Seasons::of_hours();
        let found = 40;
        let needed = 48;
        let short = ForecastError::TooShort { needed, found };
        assert_eq!(seasons.forecast(&[1.0; 40], 1), Err(short));
        let mut history = [1.0; 60];
        history[7] = f64::NAN;
        assert_eq!(
            seasons.forecast(&history, 1),
            Err(ForecastError::NotACount(7))
        );
        assert_eq!(Seasons::new([]), Err(ForecastError::NoSeason));
        assert_eq!(Seasons::new([1]), Err(ForecastError::NoSeason));
    }
}
