//! Figures, gaps and thresholds.

use std::collections::BTreeMap;

use jieda::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether the service lives.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HealthBody {
    /// `serving`, `degraded` or `draining`.
    pub status: &'static str,
    /// The store: `up`, `down`, or `none`.
    pub store: &'static str,
    /// The release that answers.
    pub release: String,
    /// The version of jieda.
    pub version: &'static str,
}

/// What came of looking for another release.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReloadBody {
    /// Whether another one answers now.
    pub swapped: bool,
    /// The one that answers.
    pub release: String,
}

/// What happened in a time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DashboardBody {
    /// From.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// To.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Conversations with a turn in it.
    pub conversations: usize,
    /// Turns on which something was decided.
    pub turns: usize,
    /// Decisions by kind.
    pub decisions: BTreeMap<&'static str, usize>,
    /// Automatic replies among the turns that asked something (small talk and silence don't).
    pub coverage: f64,
    /// Conversations that were handed over.
    pub handoff_rate: f64,
    /// Handovers by reason.
    pub handoffs: BTreeMap<&'static str, usize>,
    /// Ratings.
    pub satisfaction: SatisfactionBody,
    /// FAQs that answered most often.
    pub top_faqs: Vec<TopFaq>,
    /// How long answers took.
    pub latency_ms: LatencyBody,
    /// Day by day, in the time zone of the knowledge base.
    pub daily: Vec<DayBody>,
    /// Whether there was more than is read at once: then the latest turns count.
    pub truncated: bool,
}

/// Ratings.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct SatisfactionBody {
    /// How often 1, 2, 3, 4 and 5 were given.
    pub counts: [usize; 5],
    /// Their mean.
    pub mean: Option<f64>,
}

/// An FAQ that answered often.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TopFaq {
    /// The FAQ.
    pub faq: String,
    /// Its standard question; empty when it is gone.
    pub question: String,
    /// How often.
    pub count: usize,
}

/// Percentiles of the time of answers, in milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct LatencyBody {
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
}

/// A day.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct DayBody {
    /// Such as `2026-11-29`.
    pub date: String,
    /// Turns on which something was decided.
    pub turns: usize,
    /// Automatic replies.
    pub auto_reply: usize,
    /// Clarifying questions.
    pub clarify: usize,
    /// Handovers.
    pub handoff: usize,
    /// All else.
    pub other: usize,
}

/// What customers asked and got no answer to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GapsBody {
    /// Turns that were looked at.
    pub turns: usize,
    /// The most frequent first.
    pub groups: Vec<GapGroup>,
}

/// Texts that mean about the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GapGroup {
    /// Names it while the list is shown.
    pub id: String,
    /// The text in its middle.
    pub title: String,
    /// `miss`: nothing fits; `near_tie`: several fit.
    pub kind: &'static str,
    /// How often it was asked.
    pub count: usize,
    /// When it was asked last.
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Timestamp,
    /// What was asked, the most frequent first.
    pub queries: Vec<GapQuery>,
    /// FAQs that came nearest.
    pub candidates: Vec<TopFaq>,
    /// What to do about it.
    pub proposal: ProposalBody,
}

/// What to do about a gap. By its `kind`, some fields are left out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProposalBody {
    /// `new_faq`: write an answer; `similar_question`: give the FAQ these phrasings; `conflicting_faqs`: tell both FAQs
    /// apart, or join them; `review_answer`: the FAQ answered, and customers were not satisfied.
    pub kind: &'static str,
    /// The FAQ, or both.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faqs: Vec<String>,
    /// The standard question of a new FAQ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Similar questions, for a new FAQ or for the one that is there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub similar: Vec<String>,
    /// The intent that a new FAQ may belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
}

/// A text that was asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GapQuery {
    /// The text, masked.
    pub text: String,
    /// How often.
    pub count: usize,
    /// A conversation in which it was.
    pub conversation_id: String,
    /// The turn.
    pub turn: u32,
}

/// The thresholds that are in force.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PolicyBody {
    /// What is decided by.
    pub thresholds: super::ThresholdsBody,
    /// Whether the knowledge base has a policy of its own.
    pub own: bool,
    /// What they promise, when they were tuned.
    pub tuned: Option<TunedBody>,
    /// What the draft says, when it says something else.
    pub draft: Option<DraftThresholds>,
}

/// The promise of tuned thresholds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TunedBody {
    /// At most this share of automatic replies is wrong …
    pub max_wrong_rate: f64,
    /// … with this confidence.
    pub confidence: f64,
    /// When it was tuned.
    pub date: String,
    /// On how many labelled queries.
    pub sample: usize,
    /// The share of the sample that is answered.
    pub coverage: f64,
}

/// Thresholds of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftThresholds {
    /// From here on, an automatic reply.
    #[schema(minimum = 0, maximum = 1)]
    pub reply: f64,
    /// From here on, a clarifying question.
    #[schema(minimum = 0, maximum = 1)]
    pub clarify: f64,
}

/// What was written.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DraftPolicyBody {
    /// From here on, an automatic reply.
    pub reply: f64,
    /// From here on, a clarifying question.
    pub clarify: f64,
    /// The revision of the draft.
    pub revision: String,
}

/// What each threshold would mean.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CurveBody {
    /// Turns that it is made of.
    pub turns: usize,
    /// `calibrated_confidence`: what real turns were given; no labels.
    pub basis: &'static str,
    /// From the highest threshold down.
    pub points: Vec<CurvePoint>,
}

/// One threshold.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct CurvePoint {
    /// The threshold.
    pub threshold: f64,
    /// The share of turns that would be answered.
    pub coverage: f64,
    /// The share of these answers that is expected to be wrong.
    pub risk: f64,
}
