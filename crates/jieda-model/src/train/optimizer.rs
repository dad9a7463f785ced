//! AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101), with state that can be stored.

use candle_core::{Result, Tensor};

use super::{network::Parameter, workers::Workers};

/// What the optimizer goes by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdamW {
    pub(crate) beta1: f32,
    pub(crate) beta2: f32,
    pub(crate) eps: f32,
    pub(crate) weight_decay: f32,
    /// Longest gradient over all parameters; a longer one is scaled down.
    pub(crate) clip: f32,
}

impl Default for AdamW {
    fn default() -> Self {
        Self {
            beta1: 0.9,
            beta2: 0.98,
            eps: 1e-8,
            weight_decay: 0.01,
            clip: 1.0,
        }
    }
}

/// Running means of the gradients and of their squares, parameter by parameter.
pub(crate) struct Moments {
    pub(crate) first: Vec<Vec<f32>>,
    pub(crate) second: Vec<Vec<f32>>,
    /// Updates so far.
    pub(crate) updates: u32,
}

impl Moments {
    pub(crate) fn new(parameters: &[Parameter]) -> Self {
        let zeros = || parameters.iter().map(|p| vec![0.0; p.var.elem_count()]);
        Self {
            first: zeros().collect(),
            second: zeros().collect(),
            updates: 0,
        }
    }
}

impl AdamW {
    /// Moves all parameters by one step; gives the length of the gradient before it was cut. Nothing is
    /// moved where that is not finite.
    pub(crate) fn update(
        &self,
        parameters: &[Parameter],
        gradients: &[Vec<f32>],
        moments: &mut Moments,
        (rate, workers): (f32, &Workers),
    ) -> Result<f32> {
        let squares = workers.map(gradients, |g| {
            Ok(g.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>())
        })?;
        let length = squares.iter().sum::<f64>().sqrt() as f32;
        if !length.is_finite() {
            return Ok(length);
        }
        let cut = if length > self.clip {
            self.clip / length
        } else {
            1.0
        };
        moments.updates += 1;
        let t = moments.updates as i32;
        let step = rate * (1.0 - self.beta2.powi(t)).sqrt() / (1.0 - self.beta1.powi(t));
        let jobs: Vec<_> = parameters
            .iter()
            .zip(gradients)
            .zip(moments.first.iter_mut().zip(&mut moments.second))
            .map(|((parameter, gradient), moments)| {
                (parameter, gradient, std::sync::Mutex::new(moments))
            })
            .collect();
        workers.map(&jobs, |(parameter, gradient, moments)| {
            let mut moments = moments
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let (first, second) = &mut *moments;
            let decays =
                parameter.name.ends_with(".weight") && !parameter.name.contains("LayerNorm");
            let keep = if decays {
                1.0 - rate * self.weight_decay
            } else {
                1.0
            };
            let mut numbers = parameter.var.flatten_all()?.to_vec1::<f32>()?;
            for (i, x) in numbers.iter_mut().enumerate() {
                let g = gradient[i] * cut;
                first[i] = self.beta1 * first[i] + (1.0 - self.beta1) * g;
                second[i] = self.beta2 * second[i] + (1.0 - self.beta2) * g * g;
                *x = *x * keep - step * first[i] / (second[i].sqrt() + self.eps);
            }
            let shape = parameter.var.shape().clone();
            parameter
                .var
                .set(&Tensor::from_vec(numbers, shape, parameter.var.device())?)
        })?;
        Ok(length)
    }
}
