//! Gradients of what stands between the products, on slices.

use crate::cpu::{
    attention::Heads,
    level::{Level, for_each_level},
    math::{self, lane_sum},
};

for_each_level! {
    /// Gradient of LayerNorm: `dx = (s·g − mean(s·g) − x̂·mean(s·g·x̂)) / σ`, row by row; those of scale
    /// and shift are added to what is there.
    pub(super) fn norm_gradient(x: &[f32], scale: &[f32], grad: &[f32], eps: f32, to_x: &mut [f32], to_scale: &mut [f32], to_shift: &mut [f32]) {
        let width = scale.len();
        let mut normal = vec![0.0f32; width];
        let mut scaled = vec![0.0f32; width];
        for ((x, grad), to_x) in x.chunks_exact(width).zip(grad.chunks_exact(width)).zip(to_x.chunks_exact_mut(width)) {
            let mean = lane_sum(x, |x| x) / width as f32;
            let variance = lane_sum(x, |x| (x - mean) * (x - mean)) / width as f32;
            let inverse = 1.0 / (variance + eps).sqrt();
            for i in 0..width {
                normal[i] = (x[i] - mean) * inverse;
                scaled[i] = grad[i] * scale[i];
                to_scale[i] += grad[i] * normal[i];
                to_shift[i] += grad[i];
            }
            let mean = lane_sum(&scaled, |g| g) / width as f32;
            for i in 0..width {
                to_x[i] = scaled[i] * normal[i];
            }
            let along = lane_sum(to_x, |p| p) / width as f32;
            for i in 0..width {
                to_x[i] = (scaled[i] - mean - normal[i] * along) * inverse;
            }
        }
    }
}

for_each_level! {
    /// `grad · (Φ(x) + x·φ(x))`, in place of `grad`.
    pub(super) fn gelu_gradient(x: &[f32], grad: &mut [f32]) {
        const DENSITY: f32 = 0.398_942_3;
        for (grad, &x) in grad.iter_mut().zip(x) {
            let density = DENSITY * math::exp::<FMA>(-0.5 * x * x);
            *grad *= math::normal::<FMA>(x) + x * density;
        }
    }
}

/// Gradient of attention within one text. `fused` and `out` are `[tokens, 3, heads, width]`, `grad` is
/// `[tokens, heads, width]`; the weights are computed anew.
pub(super) fn attention_gradient(
    level: Level,
    fused: &[f32],
    grad: &[f32],
    heads: Heads,
    out: &mut [f32],
) {
    let Heads { heads, width } = heads;
    let hidden = heads * width;
    let tokens = grad.len() / hidden;
    let mut parts: [Vec<f32>; 4] = std::array::from_fn(|_| vec![0.0; tokens * width]);
    let mut grads: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; tokens * width]);
    let mut weights = vec![0.0; tokens];
    let mut slopes = vec![0.0; tokens];
    for head in 0..heads {
        for token in 0..tokens {
            let to = token * width..(token + 1) * width;
            for (part, rows) in parts.iter_mut().take(3).enumerate() {
                let from = (token * 3 + part) * hidden + head * width;
                rows[to.clone()].copy_from_slice(&fused[from..from + width]);
            }
            let from = token * hidden + head * width;
            parts[3][to].copy_from_slice(&grad[from..from + width]);
        }
        for rows in &mut grads {
            rows.fill(0.0);
        }
        let [q, k, v, g] = &parts;
        let [to_q, to_k, to_v] = &mut grads;
        head_gradient(
            level,
            width,
            q,
            k,
            v,
            g,
            to_q,
            to_k,
            to_v,
            &mut weights,
            &mut slopes,
        );
        for token in 0..tokens {
            for (part, rows) in grads.iter().enumerate() {
                let to = (token * 3 + part) * hidden + head * width;
                out[to..to + width].copy_from_slice(&rows[token * width..(token + 1) * width]);
            }
        }
    }
}

for_each_level! {
    /// One head: with P = softmax(q·kᵀ/√d), `dv = Pᵀ·g`, `dS = P∘(g·vᵀ − rows(P∘(g·vᵀ)))`,
    /// `dq = dS·k/√d`, `dk = dSᵀ·q/√d`.
    fn head_gradient(width: usize, q: &[f32], k: &[f32], v: &[f32], g: &[f32],
        to_q: &mut [f32], to_k: &mut [f32], to_v: &mut [f32], weights: &mut [f32], slopes: &mut [f32])
    {
        let scale = 1.0 / (width as f32).sqrt();
        let rows = q.chunks_exact(width).zip(g.chunks_exact(width)).zip(to_q.chunks_exact_mut(width));
        for ((q, g), to_q) in rows {
            for (weight, k) in weights.iter_mut().zip(k.chunks_exact(width)) {
                *weight = dot::<FMA>(q, k) * scale;
            }
            let highest = math::highest(weights);
            for weight in weights.iter_mut() {
                *weight = math::exp::<FMA>(*weight - highest);
            }
            let inverse = 1.0 / lane_sum(weights, |w| w);
            let mut along = 0.0;
            for ((weight, slope), v) in weights.iter_mut().zip(slopes.iter_mut()).zip(v.chunks_exact(width)) {
                *weight *= inverse;
                *slope = dot::<FMA>(g, v);
                along += *weight * *slope;
            }
            let keys = k.chunks_exact(width).zip(to_k.chunks_exact_mut(width)).zip(to_v.chunks_exact_mut(width));
            for (((k, to_k), to_v), (&weight, &slope)) in keys.zip(weights.iter().zip(slopes.iter())) {
                let slope = weight * (slope - along) * scale;
                for i in 0..width {
                    to_v[i] += weight * g[i];
                    to_q[i] += slope * k[i];
                    to_k[i] += slope * q[i];
                }
            }
        }
    }
}

#[inline(always)]
fn dot<const FMA: bool>(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; math::LANES];
    let (a, a_rest) = a.as_chunks::<{ math::LANES }>();
    let (b, b_rest) = b.as_chunks::<{ math::LANES }>();
    for (a, b) in a.iter().zip(b) {
        for i in 0..math::LANES {
            lanes[i] = crate::cpu::level::mul_add::<FMA>(a[i], b[i], lanes[i]);
        }
    }
    for (lane, (a, b)) in lanes.iter_mut().zip(a_rest.iter().zip(b_rest)) {
        *lane += a * b;
    }
    math::sum(lanes)
}
