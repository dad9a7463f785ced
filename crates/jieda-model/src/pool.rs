//! How the vectors of tokens become one.

use serde::{Deserialize, Serialize};

/// How the vectors of tokens become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// The mean over real tokens, padding left out.
    Mean,
    /// The first token's vector.
    Cls,
}

impl Pooling {
    /// Pools a text's `[tokens, width]`.
    pub(crate) fn pool(self, hidden: &[f32], width: usize) -> Vec<f32> {
        let mut pooled = vec![0.0; width];
        let tokens = hidden.len() / width;
        let taken = match self {
            Self::Mean => tokens,
            Self::Cls => tokens.min(1),
        };
        for row in hidden.chunks_exact(width).take(taken) {
            for (sum, x) in pooled.iter_mut().zip(row) {
                *sum += x;
            }
        }
        for x in &mut pooled {
            *x /= taken.max(1) as f32;
        }
        pooled
    }
}
