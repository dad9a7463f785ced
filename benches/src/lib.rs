//! What benchmarks share: a sample of time measurements, and real queries.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Labelled test queries of the e-commerce sample, as customers typed them.
///
/// # Panics
/// When the file is not there: benchmarks run in the repository.
#[must_use]
#[allow(clippy::expect_used, reason = "a benchmark may fail by panic")]
pub fn real_queries(count: usize) -> Vec<String> {
    let path = root().join("eval/truth/ecommerce/queries.jsonl");
    let text = std::fs::read_to_string(path).expect("the truth set is there");
    text.lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|row| row["split"] == "test")
        .filter_map(|row| row["text"].as_str().map(str::to_owned))
        .take(count)
        .collect()
}

/// Durations of one operation.
#[derive(Debug, Clone, Default)]
pub struct Sample(Vec<Duration>);

impl Sample {
    /// Times `run` once for each item, after a warm-up over the first few.
    pub fn of<T>(items: &[T], mut run: impl FnMut(&T)) -> Self {
        items.iter().take(5).for_each(&mut run);
        let mut durations: Vec<Duration> = items
            .iter()
            .map(|item| {
                let start = Instant::now();
                run(item);
                start.elapsed()
            })
            .collect();
        durations.sort();
        Self(durations)
    }

    /// A quantile in milliseconds.
    #[must_use]
    pub fn ms(&self, quantile: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let at = (quantile * last as f64).round() as usize;
        self.0.get(at).map_or(0.0, |d| d.as_secs_f64() * 1e3)
    }

    /// Runs a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        let total: Duration = self.0.iter().sum();
        self.0.len() as f64 / total.as_secs_f64().max(1e-9)
    }
}
