//! The four traits that stages implement.

use crate::{Candidates, Encoded, EncoderId, IntentPrediction, Segmented};

/// A stage failed for an internal reason: the customer's words were fine.
#[derive(Debug, thiserror::Error)]
#[error("{stage} failed")]
pub struct StageError {
    /// Which stage: `encoder`, `retriever`, …
    pub stage: &'static str,
    /// What went wrong.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl StageError {
    /// Wraps the error of a stage.
    pub fn new(
        stage: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            stage,
            source: source.into(),
        }
    }
}

/// A query as retrieval and classification see it.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// Its words.
    pub segmented: &'a Segmented,
    /// Its vector; none in BM25 mode.
    pub encoded: Option<&'a Encoded>,
}

/// Normalises a text and cuts it into words. Never fails and never panics, on any string.
pub trait Segmenter: Send + Sync {
    /// Cuts one text.
    fn segment(&self, text: &str) -> Segmented;

    /// The normalised text alone; the same as [`segment`](Self::segment) gives, but sooner where words
    /// are not needed.
    fn normalize(&self, text: &str) -> String {
        self.segment(text).normalized
    }
}

/// What a text is to the encoder; some models want another prefix for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextRole {
    /// What a customer says, and what is compared with it like for like.
    Query,
    /// A longer text that is searched.
    Passage,
}

/// Turns texts into unit vectors. The vector of a text does not depend on the batch it came in
/// (cosine ≥ 0.9999).
pub trait Encoder: Send + Sync {
    /// Encodes texts, in order: one [`Encoded`] for each.
    ///
    /// # Errors
    /// [`StageError`] when the model fails; no text is at fault.
    fn encode(&self, texts: &[&str], role: TextRole) -> Result<Vec<Encoded>, StageError>;

    /// Who made the vectors: two encoders with the same id give the same vectors.
    fn id(&self) -> &EncoderId;

    /// Length of a vector.
    fn dimensions(&self) -> usize;
}

/// Finds the FAQs that may answer a query.
pub trait Retriever: Send + Sync {
    /// The best `limit` candidates.
    ///
    /// # Errors
    /// [`StageError`] when the index fails.
    fn search(&self, query: &Query<'_>, limit: usize) -> Result<Candidates, StageError>;
}

/// Names the intent of a query. It may use what retrieval found; a trained head need not.
pub trait IntentClassifier: Send + Sync {
    /// Ranks the intents.
    ///
    /// # Errors
    /// [`StageError`] when a model fails.
    fn classify(
        &self,
        query: &Query<'_>,
        candidates: &Candidates,
    ) -> Result<IntentPrediction, StageError>;
}
