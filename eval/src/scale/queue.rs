//! One replica: places, and a line before them.

use fastrand::Rng;
use serde::Serialize;

use super::Replica;

/// Answers that are simulated; before that, some fill the line.
const ANSWERS: usize = 200_000;
const WARM_UP: usize = 20_000;
/// The standard normal distribution's 99th percentile.
const Z99: f64 = 2.326_347_874;

/// An M/G/c queue with log-normal times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Queue {
    places: usize,
    /// Of the logarithm of a time in seconds.
    mean: f64,
    deviation: f64,
    capacity: f64,
}

/// How long customers waited and were answered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Responses {
    /// Milliseconds.
    pub p50_ms: f64,
    /// Milliseconds.
    pub p99_ms: f64,
    /// Mean time in the line, in milliseconds.
    pub mean_wait_ms: f64,
}

impl Queue {
    /// A replica that was measured.
    #[must_use]
    pub fn of(replica: &Replica) -> Self {
        let deviation = (replica.p99_ms / replica.p50_ms).ln() / Z99;
        // Of a log-normal time: mean = exp(μ + σ²/2).
        let time = f64::from(replica.cores) / replica.answers_per_second;
        Self {
            places: replica.cores as usize,
            mean: time.ln() - deviation * deviation / 2.0,
            deviation,
            capacity: replica.answers_per_second,
        }
    }

    /// Answers a second when it is never idle.
    #[must_use]
    pub fn capacity(&self) -> f64 {
        self.capacity
    }

    /// Simulates so many customers a second.
    #[must_use]
    pub fn run(&self, rate: f64, seed: u64) -> Responses {
        let mut rng = Rng::with_seed(seed);
        let mut free = vec![0.0_f64; self.places];
        let (mut now, mut waited) = (0.0, 0.0);
        let mut responses = Vec::with_capacity(ANSWERS);
        for i in 0..WARM_UP + ANSWERS {
            now += -(1.0 - rng.f64()).ln() / rate;
            let time = (self.mean + self.deviation * normal(&mut rng)).exp();
            let Some(place) = free.iter_mut().min_by(|a, b| a.total_cmp(b)) else {
                break;
            };
            let begins = place.max(now);
            *place = begins + time;
            if i >= WARM_UP {
                waited += begins - now;
                responses.push(begins + time - now);
            }
        }
        responses.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let last = responses.len().saturating_sub(1) as f64;
            responses
                .get((share * last).round() as usize)
                .map_or(0.0, |s| s * 1e3)
        };
        Responses {
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            mean_wait_ms: waited / responses.len().max(1) as f64 * 1e3,
        }
    }
}

/// A standard normal number (Box and Muller, 1958).
fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.f64()).cos()
}
