//! A linear adapter: what one knowledge base's log teaches, in one matrix.
//!
//! A query's vector *q* becomes *(q + Aq) / |q + Aq|* before it is compared with anything. The texts of the
//! knowledge base keep their vectors, so an adapter needs no new index, and taking it away undoes it.
//! It belongs to the encoder that it was fitted on, and to no other.
//!
//! On three industries that the encoder had not learned, this beat fine-tuning the layers on the same
//! labels, in seconds instead of minutes (`eval/results/adaptation.md`).

mod file;
mod fit;

use jieda_types::{Embedding, EncoderId};
use serde::{Deserialize, Serialize};

use crate::dot::dot;

pub use fit::{AdapterExamples, AdapterOptions, LabelledVector};

/// What an adapter was learned from, and what it was worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdapterInfo {
    /// Labelled queries that it was fitted on.
    pub queries: usize,
    /// Recall@1 of held-out queries without it, where that was measured.
    pub recall_before: Option<f64>,
    /// Recall@1 of the same queries with it, each by an adapter that had not seen the query.
    pub recall_after: Option<f64>,
}

/// Moves the vectors of queries towards the FAQs that they ask for.
///
/// ```no_run
/// use jieda_model::Adapter;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let vector = jieda_types::Embedding::normalized(vec![1.0; 384]);
/// let adapter = Adapter::load("kb/adapter.safetensors".as_ref())?;
/// let adapted = adapter.apply(&vector);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Adapter {
    encoder: EncoderId,
    /// `[dimensions, dimensions]`, row by row.
    matrix: Vec<f32>,
    dimensions: usize,
    info: AdapterInfo,
}

impl Adapter {
    /// The vector of a query, moved. A vector of other dimensions is left as it is: an encoder whose id
    /// was checked gives none.
    #[must_use]
    pub fn apply(&self, query: &Embedding) -> Embedding {
        let q = query.as_slice();
        if q.len() != self.dimensions {
            return query.clone();
        }
        let rows = self.matrix.chunks_exact(self.dimensions);
        let moved = rows.zip(q).map(|(row, x)| x + dot(row, q)).collect();
        Embedding::normalized(moved)
    }

    /// The encoder whose vectors it moves.
    #[must_use]
    pub fn encoder(&self) -> &EncoderId {
        &self.encoder
    }

    /// What it was learned from.
    #[must_use]
    pub fn info(&self) -> &AdapterInfo {
        &self.info
    }

    /// The same with the figures of a measurement.
    #[must_use]
    pub fn with_info(self, info: AdapterInfo) -> Self {
        Self { info, ..self }
    }
}
