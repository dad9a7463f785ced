//! The regularised incomplete beta function.
//!
//! The continued fraction runs until it stands still, however large the sample; tested against sums of the
//! binomial up to n = 300,000.

use std::f64::consts::PI;

const MAX_TERMS: usize = 100_000;
/// Keeps a denominator of the continued fraction off zero.
const TINY: f64 = 1e-300;

/// I_x(a, b) for a, b > 0 and x clamped to 0..=1: the chance that a Beta(a, b) variable is at most
/// `x`.
pub(super) fn incomplete(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The fraction converges fast below the mean only; the other side is its mirror image.
    if x <= (a + 1.0) / (a + b + 2.0) {
        front(x, a, b) * fraction(x, a, b)
    } else {
        1.0 - front(1.0 - x, b, a) * fraction(1.0 - x, b, a)
    }
}

/// x^a (1 − x)^b / (a B(a, b)), in logarithms so that large samples don't underflow early.
fn front(x: f64, a: f64, b: f64) -> f64 {
    let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    (a * x.ln() + b * (-x).ln_1p() - ln_beta).exp() / a
}

/// The continued fraction 1 / (1 + d₁ / (1 + d₂ / …)) of NIST DLMF 8.17.22, by Lentz's method as
/// modified by Thompson & Barnett (1986).
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let off_zero = |v: f64| if v.abs() < TINY { TINY } else { v };
    let term = |n: usize| {
        let m = (n / 2) as f64;
        if n.is_multiple_of(2) {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        }
    };
    let (mut value, mut upper, mut lower) = (1.0, 1.0, 0.0);
    for n in 1..MAX_TERMS {
        let d = term(n);
        lower = 1.0 / off_zero(1.0 + d * lower);
        upper = off_zero(1.0 + d / upper);
        let factor = upper * lower;
        value *= factor;
        if (factor - 1.0).abs() < 1e-15 {
            break;
        }
    }
    1.0 / value
}

/// ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) above 15, below it by the recurrence
/// Γ(x + 1) = x Γ(x).
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut product) = (x, 1.0);
    while x < 15.0 {
        product *= x;
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    // B₂ₖ / (2k (2k − 1)), k = 1 to 5.
    let series = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
    ]
    .iter()
    .rev()
    .fold(0.0, |sum, term| sum * square + term)
        * inverse;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * PI).ln() + series - product.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-11 * b.abs().max(1.0), "{a} is not {b}");
    }

    #[test]
    fn gamma_of_whole_and_half_numbers() {
        close(ln_gamma(1.0), 0.0);
        close(ln_gamma(0.5), 0.5 * PI.ln());
        close(ln_gamma(5.0), 24_f64.ln());
        close(ln_gamma(20.0), (1..20).map(|k| f64::from(k).ln()).sum());
    }

    #[test]
    fn incomplete_beta_by_hand() {
        close(incomplete(0.3, 1.0, 1.0), 0.3);
        close(incomplete(0.3, 2.0, 1.0), 0.09);
        close(incomplete(0.3, 1.0, 2.0), 1.0 - 0.49);
        // The arcsine law.
        close(incomplete(0.25, 0.5, 0.5), 1.0 / 3.0);
        close(incomplete(0.5, 7.5, 7.5), 0.5);
        assert_eq!(incomplete(0.0, 2.0, 3.0), 0.0);
        assert_eq!(incomplete(1.0, 2.0, 3.0), 1.0);
    }

    /// Against the sum that it stands for: P(X ≤ k) of a binomial.
    #[test]
    fn incomplete_beta_is_the_binomial_tail() {
        for (n, k, p) in [
            (10, 3, 0.2),
            (149, 0, 0.02),
            (500, 4, 0.02),
            (20_000, 390, 0.02),
            (300_000, 5_900, 0.02),
        ] {
            let (mut ln_choose, mut sum) = (0.0_f64, 0.0);
            for i in 0..=k {
                let (n, i) = (f64::from(n), f64::from(i));
                sum += (ln_choose + i * f64::ln(p) + (n - i) * f64::ln_1p(-p)).exp();
                ln_choose += ((n - i) / (i + 1.0)).ln();
            }
            let tail = incomplete(1.0 - p, f64::from(n - k), f64::from(k + 1));
            assert!((tail / sum - 1.0).abs() < 1e-7, "{n} {k}: {tail} {sum}");
        }
    }
}
