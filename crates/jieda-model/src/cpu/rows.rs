//! What happens to rows of hidden states between the products.

use crate::cpu::{
    level::for_each_level,
    math::{self, lane_sum},
};

for_each_level! {
    /// `hidden = norm(hidden + update)`, row by row: LayerNorm of Ba et al. 2016, arXiv 1607.06450.
    pub(crate) fn add_and_norm(hidden: &mut [f32], update: &[f32], scale: &[f32], shift: &[f32], eps: f32) {
        let width = scale.len();
        for (row, update) in hidden.chunks_exact_mut(width).zip(update.chunks_exact(width)) {
            for (x, u) in row.iter_mut().zip(update) {
                *x += u;
            }
            let mean = lane_sum(row, |x| x) / width as f32;
            let variance = lane_sum(row, |x| (x - mean) * (x - mean)) / width as f32;
            let inverse = 1.0 / (variance + eps).sqrt();
            for ((x, &scale), &shift) in row.iter_mut().zip(scale).zip(shift) {
                *x = (*x - mean) * inverse * scale + shift;
            }
        }
    }
}

for_each_level! {
    /// x·Φ(x), in place.
    pub(crate) fn gelu(values: &mut [f32]) {
        for x in values {
            *x = math::gelu::<FMA>(*x);
        }
    }
}

for_each_level! {
    /// The tanh form of GELU, in place.
    pub(crate) fn gelu_tanh(values: &mut [f32]) {
        for x in values {
            *x = math::gelu_tanh::<FMA>(*x);
        }
    }
}

for_each_level! {
    /// max(x, 0), in place.
    pub(crate) fn relu(values: &mut [f32]) {
        for x in values {
            *x = if *x > 0.0 { *x } else { 0.0 };
        }
    }
}
