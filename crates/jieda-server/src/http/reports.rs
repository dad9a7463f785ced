//! Figures for people.

use std::sync::Arc;

use axum::extract::State;
use jieda::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    ProblemBody,
    extract::{Json, Query},
};
use crate::{
    app::App,
    auth::{Principal, Scope},
    problem::Problem,
    wire::DashboardBody,
};

/// Of which time.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Time {
    /// From; a week before its end by default.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// To; now by default.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

impl Time {
    /// Its ends.
    ///
    /// # Errors
    /// [`Problem`] where they are the wrong way round.
    pub(super) fn bounds(&self) -> Result<(Timestamp, Timestamp), Problem> {
        let until = self.until.unwrap_or_else(Timestamp::now);
        let week = SignedDuration::from_hours(7 * 24);
        let since = self
            .since
            .unwrap_or_else(|| until.checked_sub(week).unwrap_or(Timestamp::MIN));
        if since > until {
            return Err(Problem::field("/since", "不能晚于 until"));
        }
        Ok((since, until))
    }
}

/// What happened
#[utoipa::path(get, path = "/v1/reports/dashboard", tag = "reports",
    params(Time),
    responses(
        (status = 200, body = DashboardBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn dashboard(
    State(app): State<Arc<App>>,
    principal: Principal,
    Query(time): Query<Time>,
) -> Result<Json<DashboardBody>, Problem> {
    principal.needs(Scope::View)?;
    let (since, until) = time.bounds()?;
    app.dashboard(since, until).await.map(Json)
}
