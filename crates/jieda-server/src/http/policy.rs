//! Thresholds, and what they mean.

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    ProblemBody,
    draft::change,
    extract::{Json, Query},
};
use crate::{
    app::App,
    auth::{Principal, Scope},
    knowledge::Draft,
    problem::Problem,
    wire::{CurveBody, DraftPolicyBody, DraftThresholds, PolicyBody, TunedBody},
};

/// How far back.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    /// In days, 1 to 366; 30 by default.
    #[param(minimum = 1, maximum = 366)]
    days: Option<u32>,
}

impl Days {
    /// The days, checked.
    pub(super) fn checked(&self) -> Result<u32, Problem> {
        let days = self.days.unwrap_or(30);
        if (1..=366).contains(&days) {
            Ok(days)
        } else {
            Err(Problem::field("/days", "应为 1 到 366"))
        }
    }
}

/// The thresholds in force
#[utoipa::path(get, path = "/v1/policy", tag = "policy",
    responses(
        (status = 200, body = PolicyBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    principal: Principal,
) -> Result<Json<PolicyBody>, Problem> {
    principal.needs(Scope::View)?;
    let work = {
        let app = Arc::clone(&app);
        move || -> Result<PolicyBody, Problem> {
            let engine = app.engines.hold();
            let policy = engine.policy();
            let draft = app.drafts.glance().filter(Draft::exists);
            let draft = draft.map(|draft| draft.thresholds());
            let draft = draft.transpose()?.flatten();
            Ok(PolicyBody {
                thresholds: (&policy.thresholds).into(),
                own: engine.has_own_policy(),
                tuned: policy.tuned.as_ref().map(|tuned| TunedBody {
                    max_wrong_rate: tuned.max_wrong_rate,
                    confidence: tuned.confidence,
                    date: tuned.date.clone(),
                    sample: tuned.samples,
                    coverage: tuned.coverage,
                }),
                draft: draft.filter(|draft| *draft != app.thresholds()),
            })
        }
    };
    app.compute(work).await?.map(Json)
}

/// What each threshold would have meant
///
/// Coverage and expected share of wrong replies over the turns of the last days, from their calibrated confidences. No
/// labels are needed; how well the confidence is calibrated on your traffic, `jieda eval decision` tells.
#[utoipa::path(get, path = "/v1/policy/curve", tag = "policy",
    params(Days),
    responses(
        (status = 200, body = CurveBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn curve(
    State(app): State<Arc<App>>,
    principal: Principal,
    Query(days): Query<Days>,
) -> Result<Json<CurveBody>, Problem> {
    principal.needs(Scope::View)?;
    app.curve(days.checked()?).await.map(Json)
}

/// Write thresholds into the draft
///
/// They are in force once the draft is published. What was promised for tuned thresholds goes with them.
#[utoipa::path(put, path = "/v1/kb/draft/policy", tag = "policy",
    params(("If-Match" = Option<String>, Header)),
    request_body = DraftThresholds,
    responses(
        (status = 200, body = DraftPolicyBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn put(
    State(app): State<Arc<App>>,
    principal: Principal,
    headers: HeaderMap,
    Json(wanted): Json<DraftThresholds>,
) -> Result<Json<DraftPolicyBody>, Problem> {
    let set = move |draft: &Draft| draft.set_thresholds(wanted);
    let ((), revision) = change(app, (&principal, &headers), set).await?;
    Ok(Json(DraftPolicyBody {
        reply: wanted.reply,
        clarify: wanted.clarify,
        revision,
    }))
}
