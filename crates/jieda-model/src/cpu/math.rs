//! Element-wise mathematics that the compiler can vectorise: no branch, no call, no table.

#![allow(
    clippy::excessive_precision,
    reason = "coefficients as they were fitted"
)]

use crate::cpu::level::mul_add;

/// How many numbers a loop body works on at once: one AVX-512 register, two of AVX2, four of NEON.
/// Sums are kept in this many lanes on every level, so that levels differ only in rounding.
pub(crate) const LANES: usize = 16;

/// The sum of 16 lanes, always in the same order.
#[inline(always)]
pub(crate) fn sum(mut lanes: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// The largest of 16 lanes.
#[inline(always)]
pub(crate) fn max(lanes: [f32; LANES]) -> f32 {
    lanes
        .into_iter()
        .fold(f32::NEG_INFINITY, |a, b| if b > a { b } else { a })
}

/// The sum of `f(x)`, in lanes.
#[inline(always)]
pub(crate) fn lane_sum(row: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let (chunks, rest) = row.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for chunk in chunks {
        for i in 0..LANES {
            lanes[i] += f(chunk[i]);
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane += f(x);
    }
    sum(lanes)
}

/// The highest of some numbers.
#[inline(always)]
pub(crate) fn highest(row: &[f32]) -> f32 {
    let (chunks, rest) = row.as_chunks::<LANES>();
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for chunk in chunks {
        for i in 0..LANES {
            lanes[i] = if chunk[i] > lanes[i] {
                chunk[i]
            } else {
                lanes[i]
            };
        }
    }
    for (i, &x) in rest.iter().enumerate() {
        lanes[i] = if x > lanes[i] { x } else { lanes[i] };
    }
    max(lanes)
}

/// `x`, not below `low` and not above `high`.
#[inline(always)]
pub(crate) fn clamp(x: f32, low: f32, high: f32) -> f32 {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

/// e^x for x ≤ 0, with a relative error below 1e-6; 0 from −87 down.
///
/// e^x = 2^i · 2^f with i whole and |f| ≤ ½. 2^f is a least-squares polynomial of degree 5, fitted
/// for this file. Adding 1.5·2²³ rounds to whole and leaves i in the low bits of the mantissa.
#[inline(always)]
pub(crate) fn exp<const FMA: bool>(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    const P: [f32; 6] = [
        1.000_000_07,
        0.693_146_95,
        0.240_221_22,
        0.055_507_425,
        0.009_675_46,
        0.001_326_697,
    ];
    let x = if x < -87.0 { -87.0 } else { x };
    let t = x * std::f32::consts::LOG2_E;
    let whole = t + ROUND;
    let f = t - (whole - ROUND);
    let mut p = P[5];
    for k in (0..5).rev() {
        p = mul_add::<FMA>(p, f, P[k]);
    }
    let i = (whole.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);
    f32::from_bits((p.to_bits() as i32).wrapping_add(i << 23) as u32)
}

/// x·Φ(x), the exact-erf GELU (Hendrycks & Gimpel 2016, arXiv 1606.08415), with an absolute error
/// below 2e-6 for |x| ≤ 4.5 and 4e-6·|x| beyond, where Φ is taken as constant.
#[inline(always)]
pub(crate) fn gelu<const FMA: bool>(x: f32) -> f32 {
    x * normal::<FMA>(x)
}

/// Φ(x), the normal distribution.
///
/// Φ(x) − ½ is odd: x·P(x²), with P a least-squares polynomial in 2x²/4.5² − 1, fitted for this file.
#[inline(always)]
pub(crate) fn normal<const FMA: bool>(x: f32) -> f32 {
    const LIMIT: f32 = 4.5;
    const P: [f32; 12] = [
        0.156_904_99,
        -0.077_190_225,
        0.054_697_51,
        -0.040_179_317,
        0.028_319_958,
        -0.018_644_243,
        0.011_318_943,
        -0.006_073_64,
        0.002_876_897,
        -0.001_559_167_3,
        0.000_906_847_87,
        -0.000_268_207_76,
    ];
    let c = clamp(x, -LIMIT, LIMIT);
    let t = mul_add::<FMA>(c * c, 2.0 / (LIMIT * LIMIT), -1.0);
    let mut p = P[11];
    for k in (0..11).rev() {
        p = mul_add::<FMA>(p, t, P[k]);
    }
    mul_add::<FMA>(c, p, 0.5)
}

/// The tanh form of GELU: ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), as x·σ(2z).
#[inline(always)]
pub(crate) fn gelu_tanh<const FMA: bool>(x: f32) -> f32 {
    let z = 0.797_884_6 * x * mul_add::<FMA>(0.044_715 * x, x, 1.0);
    // e^(-2|z|) never overflows; σ(−t) = 1 − σ(t).
    let e = exp::<FMA>(-2.0 * z.abs());
    let positive = 1.0 / (1.0 + e);
    x * if z < 0.0 { e * positive } else { positive }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// erf by its Taylor series in f64, good for |x| ≤ 4.5/√2.
    fn phi(x: f64) -> f64 {
        let z = x / std::f64::consts::SQRT_2;
        let (mut term, mut sum) = (z, z);
        for n in 1..200 {
            term *= -z * z / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        0.5 + sum / std::f64::consts::PI.sqrt()
    }

    #[test]
    fn gelu_is_x_times_the_normal_distribution() {
        for i in -4500..=4500 {
            let x = i as f32 / 1000.0;
            let exact = f64::from(x) * phi(f64::from(x));
            for ours in [gelu::<true>(x), gelu::<false>(x)] {
                assert!(
                    (f64::from(ours) - exact).abs() < 3e-6,
                    "{x}: {ours} {exact}"
                );
            }
        }
        assert!((gelu::<true>(20.0) - 20.0).abs() < 1e-4);
        assert!(gelu::<true>(-20.0).abs() < 1e-4);
    }

    #[test]
    fn gelu_tanh_follows_its_formula() {
        for i in -9000..=9000 {
            let x = f64::from(i) / 1000.0;
            let z = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x);
            let exact = 0.5 * x * (1.0 + z.tanh());
            let ours = f64::from(gelu_tanh::<true>(x as f32));
            assert!((ours - exact).abs() < 1e-5, "{x}: {ours} {exact}");
        }
    }

    #[test]
    fn exp_is_exp() {
        for i in 0..8700 {
            let x = -(i as f32) / 100.0;
            let exact = f64::from(x).exp();
            let ours = f64::from(exp::<true>(x));
            assert!((ours / exact - 1.0).abs() < 1e-5, "{x}: {ours} {exact}");
        }
        assert!(exp::<false>(f32::NEG_INFINITY) < 1e-37);
    }
}
