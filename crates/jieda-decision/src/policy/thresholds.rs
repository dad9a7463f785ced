//! When to answer and when to ask back, and where the numbers come from.

use jieda_types::Confidence;
use serde::{Deserialize, Serialize};

use super::table::table;

table! {
    /// When to answer, and when to ask back.
    #[derive(Debug, Clone, Copy, PartialEq)]
    Thresholds, GivenThresholds {
        /// From this confidence on the answer is sent.
        reply: Confidence,
        /// From this confidence on the customer is asked which question is meant.
        clarify: Confidence,
        /// From this confidence on a clarifying question is a match, unless too many were asked in a row.
        matched: Confidence,
        /// So many clarifying questions in a row may be matches; the next one is none, however likely.
        clarify_limit: u32,
        /// A candidate is offered as an option while its fused score is at most this much below the
        /// best one's.
        option_gap: f32,
        /// Most options of a clarifying question, 1 to 3.
        max_options: usize,
        /// So many turns in a row without a match lead to a human.
        failure_limit: u32,
    }
}

/// How thresholds were chosen, and what they promise. Written by `jieda tune`, read by people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tuned {
    /// The day, such as 2026-11-29.
    pub date: String,
    /// What the sample was taken from: a knowledge base, and its release where there is one.
    pub knowledge: String,
    /// The encoder whose vectors the confidence was computed from.
    pub encoder: String,
    /// Queries of the sample, those that no FAQ answers included.
    pub samples: usize,
    /// Of these, queries that no FAQ answers.
    pub unanswerable: usize,
    /// The promise: at most this share of automatic replies is wrong …
    pub max_wrong_rate: f64,
    /// … with this confidence, on traffic like the sample.
    pub confidence: f64,
    /// Share of the answerable queries that get a reply.
    pub coverage: f64,
    /// Share of the sample's replies that are wrong.
    pub wrong_rate: f64,
    /// Upper bound of that share at this confidence.
    pub wrong_rate_bound: f64,
}
