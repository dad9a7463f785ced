//! The JSON that the command line prints. Converted by hand, so that inner types may change.

use jieda::{
    Feature, IntentEvidence, IntentRule, Reply, Timings,
    types::{Candidate, Confidence, Decision, Handover, IntentScore, ScorePart, Segmented, Token},
};
use serde_json::{Map, Value, json};

/// Candidates that an answer shows.
const CANDIDATES: usize = 5;

/// An answer, and what the human gets if it is a handover.
pub(crate) fn reply(reply: &Reply, handover: Option<&Handover>) -> Value {
    let options = match &reply.decision {
        Decision::Clarify { options } => options
            .iter()
            .map(|o| json!({ "faq": o.faq, "question": o.question }))
            .collect(),
        _ => Vec::new(),
    };
    json!({
        "decision": reply.decision.name(),
        "reply": reply.text,
        "faq": reply.faq,
        "confidence": confidence(reply.confidence),
        "intent": reply.intents.top().map(intent),
        "candidates": reply.candidates.ranked.iter().take(CANDIDATES).map(candidate).collect::<Vec<_>>(),
        "options": options,
        "reason": reply.reason(),
        "availability": reply.availability,
        "handover": handover,
        "trace": trace(reply),
        "timings_ms": timings(&reply.timings),
    })
}

/// What a store keeps of how an answer came about.
pub(crate) fn kept_trace(reply: &Reply) -> Value {
    let mut value = trace(reply);
    value["intents"] = reply
        .intents
        .ranked
        .iter()
        .take(CANDIDATES)
        .map(intent)
        .collect();
    value["candidates"] = reply
        .candidates
        .ranked
        .iter()
        .take(CANDIDATES)
        .map(explained)
        .collect();
    value["timings_ms"] = timings(&reply.timings);
    value
}

fn trace(reply: &Reply) -> Value {
    let features: Map<String, Value> = Feature::ALL
        .into_iter()
        .filter_map(|f| {
            let name = serde_json::to_value(f).ok()?.as_str()?.to_owned();
            Some((name, json!(rounded(reply.trace.features.get(f)))))
        })
        .collect();
    json!({
        "rule": reply.trace.rule,
        "normalized": reply.trace.normalized,
        "reading": reply.trace.reading,
        "tokens": reply.trace.tokens.iter().map(|t| &t.text).collect::<Vec<_>>(),
        "truncated_tokens": reply.trace.truncated_tokens,
        "features": features,
        "intent_evidence": reply.trace.intent_evidence.iter().map(intent_evidence).collect::<Vec<_>>(),
        "missing_variables": reply.trace.missing_variables,
        "vector_top": reply.candidates.vector_top,
        "lexical_top": reply.candidates.lexical_top,
    })
}

fn timings(t: &Timings) -> Value {
    let ms = |d: std::time::Duration| rounded(d.as_secs_f64() * 1e3);
    json!({
        "segment": ms(t.segment),
        "encode": ms(t.encode),
        "search": ms(t.search),
        "classify": ms(t.classify),
        "context": ms(t.context),
        "decide": ms(t.decide),
        "total": ms(t.total),
    })
}

/// An intent with its confidence.
pub(crate) fn intent(intent: &IntentScore) -> Value {
    json!({ "id": intent.id, "confidence": confidence(intent.confidence) })
}

/// A keyword or pattern of an intent, and what it added.
pub(crate) fn intent_evidence(evidence: &IntentEvidence) -> Value {
    let mut value = json!({
        "intent": evidence.intent,
        "before": confidence(evidence.before),
        "after": confidence(evidence.after),
    });
    match &evidence.rule {
        IntentRule::Keyword(word) => value["keyword"] = json!(word),
        IntentRule::Pattern { pattern, found } => {
            value["pattern"] = json!(pattern);
            value["found"] = json!(found);
        }
    }
    value
}

/// A candidate in short.
pub(crate) fn candidate(c: &Candidate) -> Value {
    json!({ "faq": c.faq, "question": c.question, "score": rounded(f64::from(c.score.0)) })
}

/// A candidate with every part of its score.
pub(crate) fn explained(c: &Candidate) -> Value {
    let part = |p: &ScorePart| {
        json!({
            "signal": p.signal,
            "raw": rounded(f64::from(p.raw)),
            "normalized": rounded(f64::from(p.normalized)),
            "weight": rounded(f64::from(p.weight)),
            "contribution": rounded(f64::from(p.contribution())),
        })
    };
    let mut value = candidate(c);
    value["intent"] = json!(c.intent);
    value["matched"] = json!(c.matched);
    value["parts"] = c.parts.iter().map(part).collect();
    value
}

/// A text with its tokens.
pub(crate) fn segmented(s: &Segmented) -> Value {
    let token = |t: &Token| {
        json!({
            "text": t.text,
            "start": t.span.start,
            "end": t.span.end,
            "original": t.span.of(&s.original),
            "kind": t.kind,
        })
    };
    json!({
        "original": s.original,
        "normalized": s.normalized,
        "tokens": s.tokens.iter().map(token).collect::<Vec<_>>(),
    })
}

pub(crate) fn confidence(c: Confidence) -> f64 {
    rounded(c.get())
}

/// Four digits after the point: more would be noise.
fn rounded(value: f64) -> f64 {
    round_to(value, 4)
}

/// So many digits after the point.
pub(crate) fn round_to(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale
}
