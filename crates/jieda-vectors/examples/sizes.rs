//! Vectors of 512 numbers, embedded and at PostgreSQL: time of a search, recall, memory, by the number of rows.
//!
//! ```console
//! $ JIEDA_PGVECTOR_BIN=DIR cargo run --release -p jieda-vectors --example sizes -- 10000 100000 1000000 --postgres-up-to 100000
//! ```
//!
//! Vectors are made up, clustered as those of FAQs are; searches are of `SearchMode::Vector` for ten candidates, so that
//! words, which cost the same either way, are left out. PostgreSQL is started with its defaults. Prints a table in
//! Markdown.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement may fail by panic"
)]

#[path = "../tests/support/made_up.rs"]
mod made_up;

use std::{collections::HashSet, time::Instant};

use jieda_knowledge::KnowledgeBase;
use jieda_retrieval::{
    Fusion, HybridIndex, NearestVectors, SearchMode, TextIndex, VectorEngine as _, VectorIndex,
};
use jieda_store::conformance::PostgresServer;
use jieda_types::{Embedding, Encoded, FaqId, Query, Retriever as _, Segmenter as _};
use jieda_vectors::PgVectors;
use made_up::{AsItIs, MadeUp, knowledge, text, vectors};
use sqlx::{ConnectOptions as _, postgres::PgConnectOptions};

const DIMENSIONS: usize = 512;
const PHRASINGS: usize = 5;
const QUERIES: usize = 500;
/// Queries that are compared with exact search.
const COMPARED: usize = 100;
const LIMIT: usize = 10;

fn main() {
    let mut sizes: Vec<usize> = Vec::new();
    let mut most = usize::MAX;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--postgres-up-to" => most = arguments.next().unwrap().parse().unwrap(),
            size => sizes.push(size.parse().unwrap()),
        }
    }
    println!(
        "| rows | engine | p50 ms | p99 ms | recall@10 of exact | same first | brought in s | memory or disk |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for rows in sizes {
        measure(rows, rows <= most);
    }
}

fn measure(rows: usize, with_postgres: bool) {
    let kb = knowledge(rows / (PHRASINGS + 1), PHRASINGS);
    let encoder = MadeUp::new(DIMENSIONS);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vectors.index");
    let since = Instant::now();
    std::fs::write(&path, vectors(&kb, &encoder).as_bytes()).unwrap();
    let built = since.elapsed().as_secs_f64();
    let text_index = TextIndex::build(&kb, &AsItIs).unwrap();
    let index = |text: TextIndex| {
        let weights = Fusion::shipped().unwrap().weights;
        let vectors = Some(VectorIndex::open(&path).unwrap());
        HybridIndex::new(&kb, text, vectors, &weights, SearchMode::Vector).unwrap()
    };
    let queries: Vec<Embedding> = (0..QUERIES)
        .map(|i| encoder.vector(&text(i * 7919 % kb.faqs.len(), 1_000 + i)))
        .collect();
    let exact = exact(
        &VectorIndex::open(&path).unwrap(),
        &queries[..COMPARED],
        &kb,
    );

    let embedded = index(TextIndex::from_bytes(text_index.as_bytes()).unwrap());
    let size = std::fs::metadata(&path).unwrap().len();
    let told = format!("file {} MB", size / 1_000_000);
    report(
        (rows, "embedded", built, &told),
        &search(&embedded, &queries),
        &exact,
    );
    drop(embedded);
    if with_postgres {
        postgres(rows, &path, |engine| {
            let distant = index(text_index).with_engine(engine);
            (search(&distant, &queries), exact)
        });
    }
}

fn postgres(
    rows: usize,
    path: &std::path::Path,
    run: impl FnOnce(std::sync::Arc<dyn NearestVectors>) -> (Found, Vec<Vec<FaqId>>),
) {
    let dir = tempfile::tempdir().unwrap();
    let server = match std::env::var_os("JIEDA_PGVECTOR_BIN") {
        Some(bin) => PostgresServer::start_from(bin.into(), dir.path()),
        None => PostgresServer::start(dir.path()),
    };
    let Some(server) = server else { return };
    let url = server.new_database();
    let engine = PgVectors::connect(&url).unwrap();
    let since = Instant::now();
    let opened = engine.open(&VectorIndex::open(path).unwrap()).unwrap();
    let brought = since.elapsed().as_secs_f64();
    let (found, exact) = run(opened);
    let told = format!(
        "tables {} MB, of them the graph {} MB",
        sizes(&url).0,
        sizes(&url).1
    );
    report((rows, "pgvector", brought, &told), &found, &exact);
}

/// Of all tables with their indexes, and of the graph, in MB.
fn sizes(url: &str) -> (i64, i64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options: PgConnectOptions = url.parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        sqlx::query_as(
            "SELECT (SELECT sum(pg_total_relation_size(oid))::bigint / 1000000 FROM pg_class \
                     WHERE relname LIKE 'jieda%' AND relkind = 'r'), \
                    (SELECT sum(pg_relation_size(oid))::bigint / 1000000 FROM pg_class \
                     WHERE relname LIKE 'jieda%near')",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap()
    })
}

/// The ten FAQs that a scan of all vectors puts first.
fn exact(vectors: &VectorIndex, queries: &[Embedding], kb: &KnowledgeBase) -> Vec<Vec<FaqId>> {
    let best = |query: &Embedding| {
        let scores = vectors.score(query);
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[b].best.total_cmp(&scores[a].best));
        let first = order[..LIMIT].iter();
        first.map(|&faq| kb.faqs[faq].id.clone()).collect()
    };
    queries.iter().map(best).collect()
}

struct Found {
    milliseconds: Vec<f64>,
    ids: Vec<Vec<FaqId>>,
}

fn search(index: &HybridIndex, queries: &[Embedding]) -> Found {
    let segmented = AsItIs.segment("问");
    let ask = |embedding: &Embedding| {
        let encoded = Encoded {
            embedding: embedding.clone(),
            tokens: 1,
            truncated_tokens: 0,
        };
        let query = Query {
            segmented: &segmented,
            encoded: Some(&encoded),
        };
        index.search(&query, LIMIT).unwrap()
    };
    // What is cold at first says nothing of an engine that answers all day.
    queries.iter().for_each(|query| drop(ask(query)));
    let mut found = Found {
        milliseconds: Vec::new(),
        ids: Vec::new(),
    };
    for query in queries {
        let since = Instant::now();
        let candidates = ask(query);
        found.milliseconds.push(since.elapsed().as_secs_f64() * 1e3);
        let ranked = candidates.ranked.into_iter();
        found
            .ids
            .push(ranked.map(|candidate| candidate.faq).collect());
    }
    found.milliseconds.sort_by(f64::total_cmp);
    found
}

fn report(
    (rows, engine, brought, told): (usize, &str, f64, &str),
    found: &Found,
    exact: &[Vec<FaqId>],
) {
    let at = |share: f64| {
        let last = found.milliseconds.len() - 1;
        found.milliseconds[(last as f64 * share).round() as usize]
    };
    let pairs = || exact.iter().zip(&found.ids);
    let hits: usize = pairs()
        .map(|(exact, found)| {
            let found: HashSet<&FaqId> = found.iter().collect();
            exact.iter().filter(|id| found.contains(id)).count()
        })
        .sum();
    let same = pairs()
        .filter(|(exact, found)| exact[0] == found[0])
        .count();
    println!(
        "| {rows} | {engine} | {:.2} | {:.2} | {:.4} | {:.2} | {brought:.1} | {told} |",
        at(0.5),
        at(0.99),
        hits as f64 / (exact.len() * LIMIT) as f64,
        same as f64 / exact.len() as f64,
    );
}
