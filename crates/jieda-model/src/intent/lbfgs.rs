//! Minimising a smooth function: L-BFGS (Liu & Nocedal 1989) with backtracking (Armijo 1966).

use std::collections::VecDeque;

/// Pairs that the Hessian is guessed from.
const MEMORY: usize = 10;
/// Share of the promised decrease that a step must bring.
const ARMIJO: f64 = 1e-4;
const MAX_HALVINGS: usize = 30;

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    /// After so many steps.
    pub(super) steps: usize,
    /// When no part of the gradient is larger.
    pub(super) gradient: f32,
}

/// Moves `x` to a minimum of a convex function, which gives its value and writes its gradient.
pub(super) fn minimize(
    x: &mut [f32],
    stop: Stop,
    mut function: impl FnMut(&[f32], &mut [f32]) -> f64,
) {
    let n = x.len();
    let mut gradient = vec![0.0; n];
    let mut value = function(x, &mut gradient);
    let mut history: VecDeque<Pair> = VecDeque::with_capacity(MEMORY);
    let (mut next, mut next_gradient) = (vec![0.0; n], vec![0.0; n]);
    for _ in 0..stop.steps {
        if gradient.iter().all(|g| g.abs() <= stop.gradient) {
            return;
        }
        let mut direction = descent(&gradient, &history);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            history.clear();
            direction = gradient.iter().map(|g| -g).collect();
            slope = dot(&direction, &gradient);
        }
        // Without a history the gradient says nothing of the scale.
        let mut step = if history.is_empty() {
            1.0 / (-slope).sqrt().max(1.0)
        } else {
            1.0
        };
        let mut found = false;
        for _ in 0..MAX_HALVINGS {
            for ((to, from), d) in next.iter_mut().zip(x.iter()).zip(&direction) {
                *to = step as f32 * d + from;
            }
            let at = function(&next, &mut next_gradient);
            if at <= value + ARMIJO * step * slope {
                value = at;
                found = true;
                break;
            }
            step /= 2.0;
        }
        if !found {
            return;
        }
        remember(
            &mut history,
            difference(&next, x),
            difference(&next_gradient, &gradient),
        );
        x.copy_from_slice(&next);
        std::mem::swap(&mut gradient, &mut next_gradient);
    }
}

/// How far a step went, and what it did to the gradient.
struct Pair {
    moved: Vec<f32>,
    bent: Vec<f32>,
    /// 1 / ⟨moved, bent⟩.
    inverse: f64,
}

fn remember(history: &mut VecDeque<Pair>, moved: Vec<f32>, bent: Vec<f32>) {
    let curvature = dot(&moved, &bent);
    if curvature <= 1e-12 {
        return;
    }
    if history.len() == MEMORY {
        history.pop_front();
    }
    history.push_back(Pair {
        moved,
        bent,
        inverse: 1.0 / curvature,
    });
}

/// −H⁻¹ · gradient, by the two loops of the paper.
fn descent(gradient: &[f32], history: &VecDeque<Pair>) -> Vec<f32> {
    let mut q: Vec<f32> = gradient.iter().map(|g| -g).collect();
    let mut alphas = Vec::with_capacity(history.len());
    for pair in history.iter().rev() {
        let alpha = pair.inverse * dot(&pair.moved, &q);
        add(&mut q, -alpha, &pair.bent);
        alphas.push(alpha);
    }
    if let Some(last) = history.back() {
        let scale = (1.0 / last.inverse / dot(&last.bent, &last.bent)) as f32;
        q.iter_mut().for_each(|x| *x *= scale);
    }
    for (pair, alpha) in history.iter().zip(alphas.into_iter().rev()) {
        let beta = pair.inverse * dot(&pair.bent, &q);
        add(&mut q, alpha - beta, &pair.moved);
    }
    q
}

fn add(to: &mut [f32], factor: f64, other: &[f32]) {
    let factor = factor as f32;
    for (x, o) in to.iter_mut().zip(other) {
        *x += factor * o;
    }
}

fn difference(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| f64::from(*a) * f64::from(*b))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_valley_is_walked_to_its_floor() {
        // ½ Σ cᵢ (xᵢ − i)², with curvatures from 1 to 1,000.
        let curvature = |i: usize| 10f32.powf(i as f32 / 3.0);
        let mut x = vec![0.0; 10];
        let stop = Stop {
            steps: 200,
            gradient: 1e-4,
        };
        minimize(&mut x, stop, |x, gradient| {
            let mut value = 0.0;
            for (i, (x, g)) in x.iter().zip(gradient).enumerate() {
                let off = x - i as f32;
                *g = curvature(i) * off;
                value += f64::from(0.5 * curvature(i) * off * off);
            }
            value
        });
        for (i, x) in x.iter().enumerate() {
            assert!((x - i as f32).abs() < 1e-3, "{x} is not {i}");
        }
    }

    #[test]
    fn a_minimum_is_left_alone() {
        let mut x = vec![2.0];
        let stop = Stop {
            steps: 5,
            gradient: 1e-6,
        };
        minimize(&mut x, stop, |_, gradient| {
            gradient[0] = 0.0;
            1.0
        });
        assert_eq!(x, [2.0]);
    }
}
