//! Quality review: sheet and plans, what was drawn, what was found.

use std::collections::BTreeMap;

use jieda::Timestamp;
use jieda_routing::qa::{Agreement, AtZero, Draw, Group, Qa, QaFigures, Review, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rounded;

/// By what conversations are scored, and which ones are drawn.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QaBody {
    /// The score sheet.
    pub sheet: SheetBody,
    /// The sampling plans.
    pub plans: Vec<PlanBody>,
    /// The share of what is drawn that two people are to score.
    pub double: f64,
}

/// A score sheet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SheetBody {
    /// Most points of an item; the least is 0.
    pub top: u8,
    /// A score from here on, of 100, passes.
    pub pass: f64,
    /// What is looked at.
    pub items: Vec<SheetItem>,
}

/// One thing that is looked at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SheetItem {
    /// Names it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What to look at.
    pub about: String,
    /// How much it counts, beside the others.
    pub weight: f64,
    /// Whether 0 points on it make the whole 0.
    pub fatal: bool,
}

/// A sampling plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanBody {
    /// What it is called.
    pub name: String,
    /// `random`, `low_confidence`, `low_rating` or `handover`.
    pub draw: &'static str,
    /// The share that it draws.
    pub share: f64,
    /// Most that it draws of a day.
    pub most: usize,
    /// The highest confidence or rating that it draws.
    pub at_most: Option<f64>,
}

/// Conversations that were drawn, the newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SamplesBody {
    /// That began from this time on …
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// … and before this one.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Whether there was more than is read at once: then the earliest are missing.
    pub truncated: bool,
    /// Those that were drawn, and those that somebody scored all the same.
    pub samples: Vec<SampleBody>,
}

/// A conversation that was drawn.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SampleBody {
    /// Which.
    pub conversation_id: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// What the customer said first, masked; at most 80 characters.
    pub first_text: String,
    /// The plans that drew it; none: somebody chose it.
    pub plans: Vec<String>,
    /// The lowest confidence by which something was decided.
    pub confidence: Option<f64>,
    /// The lowest rating.
    pub rating: Option<u8>,
    /// Why it was handed over.
    pub handed_over: Option<&'static str>,
    /// Where the customer wrote.
    pub channel: Option<String>,
    /// The agent who had it last.
    pub agent: Option<u32>,
    /// How many people are to score it.
    pub wanted: usize,
    /// How many have.
    pub reviews: usize,
    /// Whether the caller has.
    pub mine: bool,
}

/// What was found in a conversation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewsBody {
    /// By the caller.
    pub mine: Option<ReviewBody>,
    /// By others; told to those who have scored it, so that nobody copies.
    pub others: Vec<ReviewBody>,
}

/// What somebody found in a conversation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewBody {
    /// Which.
    pub conversation_id: String,
    /// Who: `user:NAME` or `key:ID`.
    pub reviewer: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The agent who had the conversation last.
    pub agent: Option<u32>,
    /// The plans that drew it.
    pub plans: Vec<String>,
    /// Points of the items; null where one does not apply.
    pub scores: BTreeMap<String, Option<u8>>,
    /// What he adds.
    pub comment: String,
    /// 0 to 100.
    pub score: f64,
    /// Whether that passed.
    pub passed: bool,
}

/// What somebody says of a conversation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRequest {
    /// Points of all items of the sheet, from 0 to its `top`; null where one does not apply.
    #[schema(example = json!({ "accuracy": 5, "completeness": 4, "transfer": null, "tone": 5, "compliance": 5 }))]
    pub scores: BTreeMap<String, Option<u8>>,
    /// What he adds.
    #[serde(default)]
    pub comment: String,
}

/// What reviews say together.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QaFiguresBody {
    /// Given from this time on …
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// … and before this one.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Reviews: the last one of each reviewer of each conversation.
    pub reviews: usize,
    /// Conversations that were scored.
    pub conversations: usize,
    /// Mean score, of 100.
    pub mean: Option<f64>,
    /// The share that passed.
    pub pass_rate: Option<f64>,
    /// Of those that each plan drew.
    pub plans: Vec<QaPlanFigures>,
    /// Of each item of the sheet.
    pub items: Vec<QaItemFigures>,
    /// Of each agent.
    pub agents: Vec<QaAgentFigures>,
    /// Of each reviewer.
    pub reviewers: Vec<QaReviewerFigures>,
    /// Of conversations that several people scored: `exact` of passing and failing, `alpha` of the score.
    pub agreement: AgreementBody,
}

/// Figures of what a plan drew.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[expect(missing_docs, reason = "as in `QaFiguresBody`")]
pub struct QaPlanFigures {
    pub name: String,
    pub reviews: usize,
    pub mean: Option<f64>,
    pub pass_rate: Option<f64>,
}

/// Figures of an item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QaItemFigures {
    /// Which.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Reviews in which it applied.
    pub reviews: usize,
    /// Mean points.
    pub mean: Option<f64>,
    /// Whether reviewers agree on it.
    pub agreement: AgreementBody,
}

/// Figures of an agent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[expect(missing_docs, reason = "as in `QaFiguresBody`")]
pub struct QaAgentFigures {
    pub id: u32,
    /// As he is called; his number where nobody knows him any more.
    pub name: String,
    pub reviews: usize,
    pub mean: Option<f64>,
    pub pass_rate: Option<f64>,
}

/// Figures of a reviewer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[expect(missing_docs, reason = "as in `QaFiguresBody`")]
pub struct QaReviewerFigures {
    pub name: String,
    pub reviews: usize,
    pub mean: Option<f64>,
}

/// Whether reviewers agree.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct AgreementBody {
    /// Conversations that several people scored.
    pub units: usize,
    /// Of all pairs of their reviewers, the share that agrees.
    pub exact: Option<f64>,
    /// Krippendorff's α with interval differences.
    pub alpha: Option<f64>,
}

impl QaBody {
    /// The checked file.
    #[must_use]
    pub fn of(qa: &Qa) -> Self {
        let sheet = &qa.sheet;
        let items = sheet.items.iter().map(|item| SheetItem {
            id: item.id.to_string(),
            name: item.name.clone(),
            about: item.about.clone(),
            weight: item.weight,
            fatal: item.at_zero == AtZero::Fails,
        });
        let plans = qa.plans.iter().map(|plan| {
            let (draw, at_most) = match plan.draw {
                Draw::Random => ("random", None),
                Draw::LowConfidence(most) => ("low_confidence", Some(most.get())),
                Draw::LowRating(most) => ("low_rating", Some(f64::from(most.get()))),
                Draw::Handover => ("handover", None),
            };
            PlanBody {
                name: plan.name.clone(),
                draw,
                share: plan.share,
                most: plan.most,
                at_most,
            }
        });
        Self {
            sheet: SheetBody {
                top: sheet.top,
                pass: sheet.pass,
                items: items.collect(),
            },
            plans: plans.collect(),
            double: qa.double,
        }
    }
}

impl ReviewBody {
    /// A review.
    #[must_use]
    pub fn of(review: &Review) -> Self {
        let scores = review.scores.iter();
        Self {
            conversation_id: review.conversation.to_string(),
            reviewer: review.reviewer.clone(),
            at: review.at,
            agent: review.agent.map(|agent| agent.0),
            plans: review.plans.clone(),
            scores: scores
                .map(|(item, points)| (item.to_string(), *points))
                .collect(),
            comment: review.comment.to_string(),
            score: rounded(review.score),
            passed: review.verdict == Verdict::Passed,
        }
    }
}

impl QaFiguresBody {
    /// The figures of a time; agents are named by the caller.
    #[must_use]
    pub fn of(
        figures: &QaFigures,
        (since, until): (Timestamp, Timestamp),
        name: impl Fn(jieda_routing::AgentId) -> String,
    ) -> Self {
        let parts = |group: &Group| {
            (
                group.reviews,
                group.mean.map(rounded),
                group.pass_rate.map(rounded),
            )
        };
        let (reviews, mean, pass_rate) = parts(&figures.all);
        let plans = figures.plans.iter().map(|(name, group)| {
            let (reviews, mean, pass_rate) = parts(group);
            QaPlanFigures {
                name: name.clone(),
                reviews,
                mean,
                pass_rate,
            }
        });
        let items = figures.items.iter().map(|item| QaItemFigures {
            id: item.id.to_string(),
            name: item.name.clone(),
            reviews: item.reviews,
            mean: item.mean.map(rounded),
            agreement: item.agreement.into(),
        });
        let agents = figures.agents.iter().map(|(agent, group)| {
            let (reviews, mean, pass_rate) = parts(group);
            QaAgentFigures {
                id: agent.0,
                name: name(*agent),
                reviews,
                mean,
                pass_rate,
            }
        });
        let reviewers = figures
            .reviewers
            .iter()
            .map(|(name, group)| QaReviewerFigures {
                name: name.clone(),
                reviews: group.reviews,
                mean: group.mean.map(rounded),
            });
        Self {
            since,
            until,
            reviews,
            conversations: figures.conversations,
            mean,
            pass_rate,
            plans: plans.collect(),
            items: items.collect(),
            agents: agents.collect(),
            reviewers: reviewers.collect(),
            agreement: AgreementBody {
                exact: figures.verdict_agreement.exact.map(rounded),
                ..figures.score_agreement.into()
            },
        }
    }
}

impl From<Agreement> for AgreementBody {
    fn from(agreement: Agreement) -> Self {
        Self {
            units: agreement.units,
            exact: agreement.exact.map(rounded),
            alpha: agreement.alpha.map(rounded),
        }
    }
}
