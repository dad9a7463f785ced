//! The inner loops. Plain Rust that the compiler vectorises; [`best_instructions`] has it compiled for
//! several sets of instructions and picks at run time.
//!
//! Sums of floats are done in a fixed order and without fused operations, sums of integers are exact:
//! every machine gets the same bits.

/// Components of a code: two cache lines.
pub(crate) const CODE: usize = 128;

/// A row of the first stage: rotated, cut, 8 bits a component.
pub(crate) type Code = [i8; CODE];

/// A query of the first stage.
pub(crate) type CodeQuery = [i16; CODE];

/// Runs a closure that was compiled for the best instructions of this machine. What it calls must be
/// inlined to profit.
#[inline]
pub(crate) fn best_instructions<R>(f: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(f)
}

/// Σ aᵢ·bᵢ. Eight independent sums, so that the compiler can use vector instructions.
#[inline(always)]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let tail: f32 = a_chunks
        .remainder()
        .iter()
        .zip(b_chunks.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    sums.iter().sum::<f32>() + tail
}

/// The same of integers. It can't overflow: 128 · 128 · 32,767 < 2³¹.
#[inline(always)]
pub(crate) fn code_dot(code: &Code, query: &CodeQuery) -> i32 {
    code.iter()
        .zip(query)
        .map(|(&c, &q)| i32::from(i16::from(c)) * i32::from(q))
        .sum()
}

/// `sum += factor · row`.
#[inline(always)]
pub(crate) fn add_scaled(sum: &mut [f32], factor: f32, row: &[f32]) {
    for (s, x) in sum.iter_mut().zip(row) {
        *s += factor * x;
    }
}
