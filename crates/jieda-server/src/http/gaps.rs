//! What the knowledge base lacks.

use std::sync::Arc;

use axum::extract::State;

use super::{
    ProblemBody,
    extract::{Json, Query},
    policy::Days,
};
use crate::{
    app::App,
    auth::{Principal, Scope},
    problem::Problem,
    wire::GapsBody,
};

/// Group what got no answer
///
/// Misses and near-ties of the last days, by meaning.
#[utoipa::path(get, path = "/v1/gaps", tag = "reports",
    params(Days),
    responses(
        (status = 200, body = GapsBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn gaps(
    State(app): State<Arc<App>>,
    principal: Principal,
    Query(days): Query<Days>,
) -> Result<Json<GapsBody>, Problem> {
    principal.needs(Scope::View)?;
    app.gaps(days.checked()?).await.map(Json)
}
