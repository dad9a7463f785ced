//! One weight vector for each intent, learned with the encoder.

use candle_core::{Device, Result, Tensor, Var};

use crate::{
    intent::{ClassHead, Labelled},
    train::network::Parameter,
};

/// Cosines are spread by this before the softmax: between unit vectors nothing is further apart than 2.
const SCALE: f64 = 16.0;
const WEIGHTS: &str = "classes.weight";
const BIAS: &str = "classes.bias";

/// The classes and their bias.
pub(super) struct Classes {
    /// `[classes, width]`, then `[classes]`.
    parameters: [Parameter; 2],
}

impl Classes {
    /// They begin as the mean directions of their texts, which is a fair classifier already: the encoder is not torn
    /// about by weights that know nothing.
    pub(super) fn new(labelled: &Labelled<'_>, learned: &[usize], device: &Device) -> Result<Self> {
        let mut means = Means::new(labelled.class_count(), labelled.dimensions);
        for &i in learned {
            means.add(labelled.classes[i], labelled.examples[i].vector.as_slice());
        }
        let (classes, width) = (means.classes, means.width);
        let weights = Tensor::from_vec(means.directions(), (classes, width), device)?;
        let bias = Tensor::zeros(classes, candle_core::DType::F32, device)?;
        let parameter = |name: &str, tensor: &Tensor| -> Result<Parameter> {
            Ok(Parameter {
                name: name.to_owned(),
                var: Var::from_tensor(tensor)?,
            })
        };
        Ok(Self {
            parameters: [parameter(WEIGHTS, &weights)?, parameter(BIAS, &bias)?],
        })
    }

    pub(super) fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// `[texts, classes]`.
    pub(super) fn logits(&self, vectors: &Tensor) -> Result<Tensor> {
        let [weights, bias] = &self.parameters;
        (vectors.matmul(&weights.var.t()?)? * SCALE)?.broadcast_add(bias.var.as_tensor())
    }

    /// Puts the mean directions of vectors in the place of the weights.
    pub(super) fn set(&self, means: &Means) -> Result<()> {
        let [weights, _] = &self.parameters;
        let shape = weights.var.shape().clone();
        weights.var.set(&Tensor::from_vec(
            means.directions(),
            shape,
            weights.var.device(),
        )?)
    }

    /// As a head has them.
    pub(super) fn head(&self) -> Result<ClassHead> {
        let [weights, bias] = &self.parameters;
        let weights = (weights.var.as_tensor() * SCALE)?;
        Ok(ClassHead {
            dimensions: weights.dim(1)?,
            weights: weights.flatten_all()?.to_vec1()?,
            bias: bias.var.to_vec1()?,
        })
    }
}

/// Sums of the vectors of each class.
pub(super) struct Means {
    classes: usize,
    width: usize,
    sums: Vec<f32>,
}

impl Means {
    pub(super) fn new(classes: usize, width: usize) -> Self {
        Self {
            classes,
            width,
            sums: vec![0.0; classes * width],
        }
    }

    pub(super) fn add(&mut self, class: usize, vector: &[f32]) {
        let at = class * self.width;
        if let Some(sum) = self.sums.get_mut(at..at + self.width) {
            for (sum, x) in sum.iter_mut().zip(vector) {
                *sum += x;
            }
        }
    }

    /// Unit vectors, `[classes, width]`; 0 for a class without a text.
    fn directions(&self) -> Vec<f32> {
        let mut unit = self.sums.clone();
        for row in unit.chunks_exact_mut(self.width.max(1)) {
            let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
            if length > 0.0 {
                row.iter_mut().for_each(|x| *x /= length);
            }
        }
        unit
    }
}
