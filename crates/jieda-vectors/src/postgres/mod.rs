//! Vectors in PostgreSQL, searched by pgvector.
//!
//! # Tables
//!
//! | table | a row is |
//! |---|---|
//! | `jieda_vector_set` | the vectors of one knowledge base, under their [`VectorKey`]: only what is whole |
//! | `jieda_vector_row` | which vector a row of an FAQ has |
//! | `jieda_vectors_ENCODER` | a vector, once for each text: releases share what did not change |
//!
//! The last has an HNSW index. It is the largest part by far, and a release that changes a hundred phrasings adds a
//! hundred vectors to it. Whatever shares a table is searched together, and sorted out afterwards: knowledge bases
//! that have little in common do better with a database or a schema each (`?options[search_path]=NAME,public`).

mod bring;
mod copy;
mod schema;

use std::{fmt, str::FromStr as _, sync::Arc, time::Duration};

use jieda_retrieval::{NearestVectors, RowCosine, VectorEngine, VectorIndex, VectorKey};
use jieda_types::StageError;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Pool, Postgres,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{VectorsError, apart::apart, calls::Calls};
use schema::table;

/// Most connections that search.
const CONNECTIONS: u32 = 8;
/// How many candidates the walk through the graph keeps; more are looked for only when too few were found. pgvector's
/// default of 40 finds nine of ten, and more than the rows that are asked for are of no use.
const WIDTH: &str = "400";

/// The query's vector. As a subquery it is made once; as an expression it would be made for every row that is compared,
/// which takes longer than to compare.
const QUERY: &str = "(SELECT $1::real[]::vector)";

/// PostgreSQL with pgvector.
#[derive(Clone)]
pub struct PgVectors(Arc<Inner>);

struct Inner {
    options: PgConnectOptions,
    pool: Pool<Postgres>,
    calls: Calls,
}

impl PgVectors {
    /// Reads the address; the database is first reached when it is first used.
    ///
    /// # Errors
    /// [`VectorsError::Address`]; [`VectorsError::Threads`].
    pub fn connect(address: &str) -> Result<Self, VectorsError> {
        let options = PgConnectOptions::from_str(address)
            .map_err(|e| VectorsError::Address(e.to_string()))?
            .application_name("jieda")
            .disable_statement_logging();
        let calls = Calls::start()?;
        let searching = options.clone().options([
            ("statement_timeout", "2s"),
            ("hnsw.ef_search", WIDTH),
            // Rows of other knowledge bases are passed over.
            ("hnsw.iterative_scan", "relaxed_order"),
        ]);
        let pool = {
            // The pool tends its connections on this runtime.
            let _here = calls.enter();
            PgPoolOptions::new()
                .max_connections(CONNECTIONS)
                .acquire_timeout(Duration::from_secs(1))
                .test_before_acquire(false)
                .connect_lazy_with(searching)
        };
        Ok(Self(Arc::new(Inner {
            options,
            pool,
            calls,
        })))
    }
}

impl VectorEngine for PgVectors {
    fn open(&self, vectors: &VectorIndex) -> Result<Arc<dyn NearestVectors>, StageError> {
        let key = vectors.key();
        let set = apart("bringing vectors", || {
            bring::bring(&self.0.options, vectors, &key)
        })?;
        Ok(Arc::new(PgSet {
            engine: self.clone(),
            set,
            nearest: format!(
                "SELECT r.faq, r.nth, (-(v.v <#> {QUERY}))::real FROM {table} v \
                 JOIN jieda_vector_row r ON r.vector = v.id AND r.set_id = $2 \
                 ORDER BY v.v <#> {QUERY} LIMIT $3",
                table = table(&key.encoder)
            )
            .into(),
            cosines: format!(
                "SELECT r.faq, r.nth, (-(v.v <#> {QUERY}))::real FROM jieda_vector_row r \
                 JOIN {table} v ON v.id = r.vector WHERE r.set_id = $2 AND r.faq = ANY($3)",
                table = table(&key.encoder)
            )
            .into(),
        }))
    }

    fn forget(&self, key: &VectorKey) -> Result<(), StageError> {
        Ok(apart("forgetting vectors", || {
            bring::forget(&self.0.options, key)
        })?)
    }
}

/// Without the address: it may hold a password.
impl fmt::Debug for PgVectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgVectors")
            .field("host", &self.0.options.get_host())
            .field("database", &self.0.options.get_database())
            .finish_non_exhaustive()
    }
}

/// The vectors of one knowledge base.
#[derive(Debug)]
struct PgSet {
    engine: PgVectors,
    set: i64,
    nearest: Arc<str>,
    cosines: Arc<str>,
}

type Row = (i32, i32, f32);

impl NearestVectors for PgSet {
    fn nearest(&self, query: &[f32], limit: usize) -> Result<Vec<RowCosine>, StageError> {
        const DOING: &str = "searching the nearest vectors";
        let (pool, sql) = (self.engine.0.pool.clone(), Arc::clone(&self.nearest));
        let (query, set) = (query.to_vec(), self.set);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.engine.0.calls.wait(DOING, async move {
            let asked = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
            let asked = asked.bind(query).bind(set).bind(limit);
            asked.fetch_all(&pool).await.map_err(failed(DOING))
        })?;
        let mut rows = of_rows(rows)?;
        // The walk through the graph may come back to nearer ones.
        rows.sort_by(|a, b| b.cosine.total_cmp(&a.cosine));
        Ok(rows)
    }

    fn cosines(&self, query: &[f32], faqs: &[u32]) -> Result<Vec<RowCosine>, StageError> {
        const DOING: &str = "comparing vectors";
        let (pool, sql) = (self.engine.0.pool.clone(), Arc::clone(&self.cosines));
        let (query, set) = (query.to_vec(), self.set);
        let faqs = faqs
            .iter()
            .map(|&faq| number(faq))
            .collect::<Result<Vec<i32>, _>>()?;
        let rows = self.engine.0.calls.wait(DOING, async move {
            let asked = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
            let asked = asked.bind(query).bind(set).bind(faqs);
            asked.fetch_all(&pool).await.map_err(failed(DOING))
        })?;
        Ok(of_rows(rows)?)
    }
}

fn of_rows(rows: Vec<Row>) -> Result<Vec<RowCosine>, VectorsError> {
    let given = |number: i32| {
        u32::try_from(number).map_err(|_| VectorsError::TooLarge("a position is negative"))
    };
    rows.into_iter()
        .map(|(faq, row, cosine)| {
            Ok(RowCosine {
                faq: given(faq)?,
                row: given(row)?,
                cosine,
            })
        })
        .collect()
}

/// A position as the tables hold it.
fn number(position: u32) -> Result<i32, VectorsError> {
    i32::try_from(position).map_err(|_| VectorsError::TooLarge("more than 2³¹ FAQs"))
}

fn failed(doing: &'static str) -> impl FnOnce(sqlx::Error) -> VectorsError {
    move |source| VectorsError::Postgres { doing, source }
}
