//! Vectors in Qdrant.
//!
//! A collection for each encoder, `jieda_ENCODER`, and a point for each row. Its payload says of which set it is and
//! of which FAQ, so that searches can be limited to them; its number, a UUID, says the same and which row it is, so
//! that nothing else has to come back with it:
//!
//! > 64 bits of the set's key, 32 bits of the FAQ's position, 32 bits of the row
//!
//! Points belong to one set: a release brings all of its vectors, also those that the one before had. Qdrant can't add
//! to a list in a payload without reading it.

mod bring;
mod point;

use std::{fmt, sync::Arc, time::Duration};

use jieda_retrieval::{NearestVectors, RowCosine, VectorEngine, VectorIndex, VectorKey};
use jieda_types::StageError;
use qdrant_client::{
    Qdrant, QdrantError,
    qdrant::{Condition, Filter, QueryPointsBuilder, SearchParamsBuilder},
};

use crate::{VectorsError, address::QdrantAddress, apart::apart, calls::Calls};
use point::{FAQ, SET, row_of};

/// How many candidates the walk through the graph keeps.
const WIDTH: u64 = 400;
/// Longest that a search takes.
const SEARCHING: Duration = Duration::from_secs(2);
/// Longest that a batch of points takes to be stored.
const STORING: Duration = Duration::from_secs(60);
const CONNECTING: Duration = Duration::from_secs(2);

/// A Qdrant server, or a cluster of them, reached by gRPC.
#[derive(Clone)]
pub struct QdrantVectors(Arc<Inner>);

struct Inner {
    address: QdrantAddress,
    client: Qdrant,
    calls: Calls,
}

impl QdrantVectors {
    /// Reads the address, `http://HOST:PORT` or `https://:KEY@HOST:PORT` with the port of gRPC; the server is first
    /// reached when it is first used.
    ///
    /// # Errors
    /// [`VectorsError::Address`]; [`VectorsError::Threads`].
    pub fn connect(address: &str) -> Result<Self, VectorsError> {
        let address = QdrantAddress::parse(address)?;
        let calls = Calls::start()?;
        let client = client(&address, SEARCHING)?;
        Ok(Self(Arc::new(Inner {
            address,
            client,
            calls,
        })))
    }
}

fn client(address: &QdrantAddress, timeout: Duration) -> Result<Qdrant, VectorsError> {
    Qdrant::from_url(&address.url)
        .api_key(address.key.clone())
        .timeout(timeout)
        .connect_timeout(CONNECTING)
        // It would ask the server at once.
        .skip_compatibility_check()
        .build()
        .map_err(|e| VectorsError::Address(e.to_string()))
}

impl VectorEngine for QdrantVectors {
    fn open(&self, vectors: &VectorIndex) -> Result<Arc<dyn NearestVectors>, StageError> {
        let key = vectors.key();
        apart("bringing vectors", || {
            bring::bring(&self.0.address, vectors, &key)
        })?;
        let starts = vectors.faq_starts();
        Ok(Arc::new(QdrantSet {
            engine: self.clone(),
            collection: collection(&key),
            set: key.rows,
            starts,
        }))
    }

    fn forget(&self, key: &VectorKey) -> Result<(), StageError> {
        Ok(apart("forgetting vectors", || {
            bring::forget(&self.0.address, key)
        })?)
    }
}

/// Without the key.
impl fmt::Debug for QdrantVectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QdrantVectors")
            .field("url", &self.0.address.url)
            .finish_non_exhaustive()
    }
}

fn collection(key: &VectorKey) -> String {
    format!("jieda_{}", key.encoder)
}

/// The vectors of one knowledge base.
#[derive(Debug)]
struct QdrantSet {
    engine: QdrantVectors,
    collection: String,
    set: String,
    /// Where each FAQ's rows start; one more entry closes the last.
    starts: Vec<u32>,
}

impl QdrantSet {
    fn rows(&self, faq: u32) -> u64 {
        let range = self.starts.get(faq as usize..);
        range.map_or(0, |range| match range {
            [start, end, ..] => u64::from(end - start),
            _ => 0,
        })
    }

    fn query(
        &self,
        doing: &'static str,
        query: QueryPointsBuilder,
    ) -> Result<Vec<RowCosine>, StageError> {
        let engine = self.engine.clone();
        let found = self.engine.0.calls.wait(doing, async move {
            let found = engine.0.client.query(query).await.map_err(failed(doing))?;
            Ok(found.result)
        })?;
        // A point that is none of ours has no row.
        Ok(found.iter().filter_map(row_of).collect())
    }
}

impl NearestVectors for QdrantSet {
    fn nearest(&self, query: &[f32], limit: usize) -> Result<Vec<RowCosine>, StageError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let width = SearchParamsBuilder::default().hnsw_ef(WIDTH.max(limit as u64));
        let query = QueryPointsBuilder::new(&self.collection)
            .query(query.to_vec())
            .filter(Filter::must([Condition::matches(SET, self.set.clone())]))
            .params(width)
            .limit(limit as u64);
        self.query("searching the nearest vectors", query)
    }

    fn cosines(&self, query: &[f32], faqs: &[u32]) -> Result<Vec<RowCosine>, StageError> {
        let rows: u64 = faqs.iter().map(|&faq| self.rows(faq)).sum();
        if rows == 0 {
            return Ok(Vec::new());
        }
        let faqs: Vec<i64> = faqs.iter().map(|&faq| i64::from(faq)).collect();
        let query = QueryPointsBuilder::new(&self.collection)
            .query(query.to_vec())
            .filter(Filter::must([
                Condition::matches(SET, self.set.clone()),
                Condition::matches(FAQ, faqs),
            ]))
            .params(SearchParamsBuilder::default().exact(true))
            .limit(rows);
        self.query("comparing vectors", query)
    }
}

fn failed(doing: &'static str) -> impl FnOnce(QdrantError) -> VectorsError {
    move |source| VectorsError::Qdrant {
        doing,
        source: Box::new(source),
    }
}
