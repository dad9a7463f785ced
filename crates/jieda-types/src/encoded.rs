//! A text as a vector.

use serde::{Deserialize, Serialize};

/// A unit vector (L2 norm 1), so that the dot product of two is their cosine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Embedding(Vec<f32>);

impl Embedding {
    /// Scales a vector to length 1. A zero or non-finite vector becomes all zeros: its cosine with
    /// everything is 0.
    #[must_use]
    pub fn normalized(mut values: Vec<f32>) -> Self {
        let norm = values.iter().map(|v| v * v).sum::<f32>().sqrt();
        let scale = if norm.is_finite() && norm > 0.0 {
            1.0 / norm
        } else {
            0.0
        };
        for v in &mut values {
            *v = if scale > 0.0 { *v * scale } else { 0.0 };
        }
        Self(values)
    }

    /// The components.
    #[must_use]
    pub fn as_slice(&self) -> &[f32] {
        &self.0
    }

    /// Cosine of the angle to another vector of the same encoder, in `[-1, 1]`.
    #[must_use]
    pub fn cosine(&self, other: &Self) -> f32 {
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }
}

/// An encoded text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encoded {
    /// Its unit vector.
    pub embedding: Embedding,
    /// How many tokens the encoder read, its own special tokens and prefix included.
    pub tokens: usize,
    /// How many tokens at the end of the text were cut off because the encoder's window was full.
    pub truncated_tokens: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embeddings_have_unit_length() {
        let v = Embedding::normalized(vec![3.0, 4.0]);
        assert!((v.cosine(&v) - 1.0).abs() < 1e-6);
        assert_eq!(Embedding::normalized(vec![0.0, 0.0]).as_slice(), [0.0, 0.0]);
        assert_eq!(
            Embedding::normalized(vec![f32::NAN, 1.0]).as_slice(),
            [0.0, 0.0]
        );
    }
}
