//! What a decision costs once a turn is understood: rules on words, confidence, state machine, next state.
//!
//! `cargo bench --workspace --bench decide`. Each turn goes through a conversation of real queries, so that the
//! states are those that arise.

#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panic")]
#![allow(missing_docs, reason = "a benchmark is a program")]

use std::{
    collections::BTreeMap,
    hint::black_box,
    time::{Duration, Instant},
};

use jieda::{
    Calibrator, Decider, Engine, EngineConfig, NearestIntents, Policy, Reading,
    types::{ConversationState, Situation},
};
use jieda_benches::{real_queries, root};
use jieda_decision::{Evidence, handed_back};

/// Turns of a conversation.
const TURNS: usize = 8;
/// Each decision is timed so often, and the median counts.
const ROUNDS: usize = 51;

fn main() {
    let config = EngineConfig::shipped().unwrap();
    let kb = root().join("kb-samples/ecommerce");
    let engine = Engine::open(&config, &kb, &mut |_| {}).unwrap();
    let decider = Decider::new(Policy::shipped().unwrap(), Calibrator::shipped().unwrap());
    let nearest = NearestIntents::new(config.fusion.temperature);
    let searcher = engine.searcher();
    let slots = BTreeMap::new();
    let situation = Situation::default();
    let mut state = ConversationState::default();
    let mut times = Vec::new();
    let mut largest = 0;
    for (i, text) in real_queries(400).iter().enumerate() {
        if i % TURNS == 0 {
            state = ConversationState::default();
        }
        let understood = searcher.understand(text).unwrap();
        let candidates = searcher.search(&understood, config.candidates).unwrap();
        let intents = engine.classify(text).unwrap();
        let evidence = Evidence {
            segmented: &understood.segmented,
            candidates: &candidates,
            by_faqs: &nearest.rank(&candidates),
            intents: &intents,
            reading: Reading::Alone,
            slots: &slots,
        };
        let mut rounds: Vec<Duration> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                black_box(decider.decide(black_box(&evidence), &state, &situation));
                start.elapsed()
            })
            .collect();
        rounds.sort();
        times.push(rounds[ROUNDS / 2]);
        state = decider.decide(&evidence, &state, &situation).next;
        largest = largest.max(serde_json::to_string(&state).unwrap().len());
        state = handed_back(&state);
    }
    times.sort();
    let at = |q: f64| 1e6 * times[(q * (times.len() - 1) as f64).round() as usize].as_secs_f64();
    println!("| decision of a turn | µs p50 | µs p99 | largest state, bytes |");
    println!("|---|---|---|---|");
    println!(
        "| {} turns | {:.1} | {:.1} | {largest} |",
        times.len(),
        at(0.5),
        at(0.99)
    );
}
