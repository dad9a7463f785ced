//! How an answer came about.

use std::{collections::BTreeMap, time::Duration};

use jieda::{
    Feature, IntentEvidence, IntentRule, Reading, Reply, Thresholds, Timings, types::FaqId,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::rounded;

/// What each step made of a text.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct TraceBody {
    /// The rule that fired.
    pub rule: String,
    /// The normalised text.
    pub normalized: String,
    /// Whether it was read `alone`, or `with_topic`: with what the conversation is about.
    #[schema(value_type = String)]
    pub reading: Reading,
    /// Its words.
    pub tokens: Vec<String>,
    /// Tokens that did not fit into the encoder's window.
    pub truncated_tokens: usize,
    /// What the confidence was computed from.
    #[schema(value_type = BTreeMap<String, f64>)]
    pub features: BTreeMap<&'static str, f64>,
    /// Keywords and patterns of intents that had a part in it.
    pub intent_evidence: Vec<EvidenceBody>,
    /// Variables without a value, whose sentences were left out.
    pub missing_variables: Vec<String>,
    /// The FAQ that the vectors alone would put first.
    #[schema(value_type = Option<String>)]
    pub vector_top: Option<FaqId>,
    /// The FAQ that BM25 alone would put first.
    #[schema(value_type = Option<String>)]
    pub lexical_top: Option<FaqId>,
    /// By which thresholds it was decided.
    pub thresholds: ThresholdsBody,
}

/// The thresholds of a policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct ThresholdsBody {
    /// From here on, an automatic reply.
    pub reply: f64,
    /// From here on, a clarifying question.
    pub clarify: f64,
    /// From here on, a clarifying question is no failed match.
    pub matched: f64,
    /// How many such questions in a row are none.
    pub clarify_limit: u32,
}

/// A keyword or pattern of an intent, and what it added.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EvidenceBody {
    /// The intent.
    pub intent: String,
    /// Its probability without.
    pub before: f64,
    /// Its probability with.
    pub after: f64,
    /// The keyword.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keyword: Option<String>,
    /// The pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What the pattern found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// Milliseconds of each step.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names of the steps say it")]
pub struct TimingsBody {
    pub segment: f64,
    pub encode: f64,
    pub search: f64,
    pub classify: f64,
    pub context: f64,
    pub decide: f64,
    pub total: f64,
}

impl TraceBody {
    /// Converts what is known of a reply.
    #[must_use]
    pub fn of(reply: &Reply, thresholds: &Thresholds) -> Self {
        let trace = &reply.trace;
        let features = Feature::ALL
            .into_iter()
            .map(|feature| (feature.name(), rounded(trace.features.get(feature))));
        Self {
            rule: trace.rule.clone(),
            normalized: trace.normalized.clone(),
            reading: trace.reading,
            tokens: trace.tokens.iter().map(|t| t.text.clone()).collect(),
            truncated_tokens: trace.truncated_tokens,
            features: features.collect(),
            intent_evidence: trace.intent_evidence.iter().map(EvidenceBody::of).collect(),
            missing_variables: trace.missing_variables.clone(),
            vector_top: reply.candidates.vector_top.clone(),
            lexical_top: reply.candidates.lexical_top.clone(),
            thresholds: thresholds.into(),
        }
    }
}

impl From<&Thresholds> for ThresholdsBody {
    fn from(thresholds: &Thresholds) -> Self {
        Self {
            reply: rounded(thresholds.reply.get()),
            clarify: rounded(thresholds.clarify.get()),
            matched: rounded(thresholds.matched.get()),
            clarify_limit: thresholds.clarify_limit,
        }
    }
}

impl EvidenceBody {
    /// Converts evidence.
    #[must_use]
    pub fn of(evidence: &IntentEvidence) -> Self {
        let (keyword, pattern, found) = match &evidence.rule {
            IntentRule::Keyword(word) => (Some(word.clone()), None, None),
            IntentRule::Pattern { pattern, found } => {
                (None, Some(pattern.to_string()), Some(found.clone()))
            }
        };
        Self {
            intent: evidence.intent.to_string(),
            before: rounded(evidence.before.get()),
            after: rounded(evidence.after.get()),
            keyword,
            pattern,
            found,
        }
    }
}

impl TimingsBody {
    /// Converts timings.
    #[must_use]
    pub fn of(t: &Timings) -> Self {
        let ms = |d: Duration| rounded(d.as_secs_f64() * 1e3);
        Self {
            segment: ms(t.segment),
            encode: ms(t.encode),
            search: ms(t.search),
            classify: ms(t.classify),
            context: ms(t.context),
            decide: ms(t.decide),
            total: ms(t.total),
        }
    }
}
