//! Draws from distributions, from a seed.

use std::f64::consts::TAU;

use fastrand::Rng;

/// A generator of its own for each thing that is drawn: named by what it is drawn for.
pub(super) fn generator(seed: u64, what: [u64; 2]) -> Rng {
    let mut rng = Rng::with_seed(seed);
    for part in what {
        let fork = rng.u64(..) ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        rng.seed(fork);
    }
    rng
}

/// Exponential, with this mean.
pub(super) fn exponential(rng: &mut Rng, mean: f64) -> f64 {
    -mean * (1.0 - rng.f64()).ln()
}

/// Lognormal, with this mean and coefficient of variation (standard deviation by mean).
pub(super) fn lognormal(rng: &mut Rng, mean: f64, variation: f64) -> f64 {
    if mean <= 0.0 {
        return 0.0;
    }
    let variance = variation.mul_add(variation, 1.0).ln();
    let mu = mean.ln() - variance / 2.0;
    variance.sqrt().mul_add(normal(rng), mu).exp()
}

/// Standard normal, by Box and Muller.
fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    radius * (TAU * rng.f64()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(draw: impl Fn(&mut Rng) -> f64, mean: f64, deviation: f64) {
        let mut rng = generator(7, [1, 2]);
        let n = 200_000;
        let drawn: Vec<f64> = (0..n).map(|_| draw(&mut rng)).collect();
        let average = drawn.iter().sum::<f64>() / f64::from(n);
        let squares = drawn.iter().map(|x| (x - average).powi(2)).sum::<f64>();
        let spread = (squares / f64::from(n)).sqrt();
        assert!((average / mean - 1.0).abs() < 0.02, "{average}");
        assert!((spread / deviation - 1.0).abs() < 0.03, "{spread}");
    }

    #[test]
    fn draws_have_the_mean_and_deviation_that_were_asked_for() {
        check(|rng| exponential(rng, 40.0), 40.0, 40.0);
        check(|rng| lognormal(rng, 300.0, 0.8), 300.0, 240.0);
    }

    #[test]
    fn generators_differ_by_what_they_are_for() {
        let first = |seed, what| generator(seed, what).u64(..);
        assert_eq!(first(1, [2, 3]), first(1, [2, 3]));
        assert_ne!(first(1, [2, 3]), first(1, [3, 2]));
        assert_ne!(first(1, [2, 3]), first(2, [2, 3]));
    }
}
