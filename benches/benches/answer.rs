//! Where the time of an answer goes, step by step, on real queries.
//!
//! `cargo bench -p jieda-benches --bench answer`; threads: RAYON_NUM_THREADS.

#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panic")]
#![allow(missing_docs, reason = "a benchmark is a program")]

use std::time::Duration;

use jieda::{
    Engine, EngineConfig, Timings,
    types::{ConversationState, Utterance},
};
use jieda_benches::{real_queries, root};

fn main() {
    let config = EngineConfig::shipped().unwrap();
    let kb = root().join("kb-samples/ecommerce");
    let start = std::time::Instant::now();
    let engine = Engine::open(&config, &kb, &mut |_| {}).unwrap();
    let opening = start.elapsed();
    let mut timings: Vec<Timings> = Vec::new();
    for text in real_queries(400) {
        let utterance = Utterance::new(text);
        let (reply, _) = engine
            .answer(&utterance, &ConversationState::default())
            .unwrap();
        timings.push(reply.timings);
    }
    println!(
        "opening: {:.0} ms (the first run ever also encodes the knowledge base)\n",
        ms(opening)
    );
    println!("| step | ms p50 | ms p99 |");
    println!("|---|---|---|");
    let step = |name: &str, of: fn(&Timings) -> Duration| {
        let mut durations: Vec<Duration> = timings.iter().map(of).collect();
        durations.sort();
        let at = |q: f64| ms(durations[(q * (durations.len() - 1) as f64).round() as usize]);
        println!("| {name} | {:.3} | {:.3} |", at(0.5), at(0.99));
    };
    step("normalise and segment", |t| t.segment);
    step("encode", |t| t.encode);
    step("search (BM25 + vectors + fusion)", |t| t.search);
    step("intent", |t| t.classify);
    step("read with the turns before", |t| t.context);
    step("decide", |t| t.decide);
    step("whole answer", |t| t.total);
}

fn ms(d: Duration) -> f64 {
    d.as_secs_f64() * 1e3
}
