//! The draft: what is being edited.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use jieda::{CheckReport, ImportMode};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    ProblemBody,
    extract::{Json, Path, Query},
    knowledge::draft_changes,
};
use crate::{
    app::App,
    auth::{Principal, Scope},
    knowledge::{Draft, Edited, Effect, FaqDoc, Upload},
    problem::{Problem, ProblemKind},
    wire::{
        CheckBody, DraftDiffBody, EditedBody, FileProblemBody, ImportBody, RevisionBody,
        SimilarRequest,
    },
};

/// Works on the draft, which is begun if there is none.
pub(super) async fn with_draft<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&Draft) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let draft = app.drafts.hold().await?;
    let data = app.config.knowledge.path().to_owned();
    let shared = app.shared_release();
    let begun = move || {
        draft.begin(&data, shared)?;
        work(&draft)
    };
    app.compute(begun).await?
}

pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let unfit = |_| Problem::new(ProblemKind::InvalidField, "If-Match 应为草稿的 revision");
    let value = value.to_str().map_err(unfit)?.trim();
    let value = value.trim_start_matches("W/").trim_matches('"');
    Ok((value != "*").then(|| value.to_owned()))
}

/// Changes the draft, if it is what the caller has seen.
pub(super) async fn change<T: Send + 'static>(
    app: Arc<App>,
    (principal, headers): (&Principal, &HeaderMap),
    change: impl FnOnce(&Draft) -> Result<T, Problem> + Send + 'static,
) -> Result<(T, String), Problem> {
    principal.needs(Scope::Edit)?;
    let expected = if_match(headers)?;
    with_draft(&app, move |draft| {
        draft.revision()?.expect(expected.as_deref())?;
        let done = change(draft)?;
        Ok((done, draft.revision()?.to_string()))
    })
    .await
}

fn edited((edited, revision): (Edited, String)) -> Json<EditedBody> {
    Json(EditedBody {
        faq: edited.faq,
        revision,
        warnings: edited.warnings.iter().map(FileProblemBody::of).collect(),
    })
}

/// Add an FAQ to the draft
#[utoipa::path(post, path = "/v1/kb/draft/faqs", tag = "knowledge",
    params(("If-Match" = Option<String>, Header)),
    request_body = FaqDoc,
    responses(
        (status = 201, body = EditedBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    principal: Principal,
    headers: HeaderMap,
    Json(faq): Json<FaqDoc>,
) -> Result<Response, Problem> {
    let done = change(app, (&principal, &headers), |draft| draft.add(faq)).await?;
    Ok((StatusCode::CREATED, edited(done)).into_response())
}

/// Change an FAQ of the draft
#[utoipa::path(put, path = "/v1/kb/draft/faqs/{id}", tag = "knowledge",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = FaqDoc,
    responses(
        (status = 200, body = EditedBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn put(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(faq): Json<FaqDoc>,
) -> Result<Json<EditedBody>, Problem> {
    let done = change(app, (&principal, &headers), move |draft| {
        draft.put(&id, faq)
    })
    .await?;
    Ok(edited(done))
}

/// Remove an FAQ from the draft
#[utoipa::path(delete, path = "/v1/kb/draft/faqs/{id}", tag = "knowledge",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, body = RevisionBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<RevisionBody>, Problem> {
    let ((), revision) =
        change(app, (&principal, &headers), move |draft| draft.remove(&id)).await?;
    Ok(Json(RevisionBody { revision }))
}

/// Add similar questions to an FAQ of the draft
#[utoipa::path(post, path = "/v1/kb/draft/faqs/{id}/similar", tag = "knowledge",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = SimilarRequest,
    responses(
        (status = 200, body = EditedBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn add_similar(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(similar): Json<SimilarRequest>,
) -> Result<Json<EditedBody>, Problem> {
    let done = change(app, (&principal, &headers), move |draft| {
        draft.add_similar(&id, similar.texts)
    })
    .await?;
    Ok(edited(done))
}

/// What kind of file it is, and what becomes of it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportParams {
    /// The file's name; its ending tells the format: `xlsx`, `csv`, `tsv`, `jsonl`, `yaml`, `md`.
    filename: String,
    /// `merge`: other FAQs stay; `replace`: they are removed.
    #[serde(default)]
    #[param(inline)]
    mode: ModeParam,
    /// Whether it is only told what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// What becomes of FAQs that the file doesn't hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ModeParam {
    /// They stay.
    #[default]
    Merge,
    /// They are removed.
    Replace,
}

/// Import a spreadsheet or another file into the draft
///
/// The body is the file. All faults are told at once, each with sheet, row and column; then nothing is imported.
#[utoipa::path(post, path = "/v1/kb/draft/import", tag = "knowledge",
    params(ImportParams, ("If-Match" = Option<String>, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = ImportBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn import(
    State(app): State<Arc<App>>,
    principal: Principal,
    Query(params): Query<ImportParams>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<ImportBody>, Problem> {
    let name = std::path::Path::new(&params.filename).file_name();
    let name = name
        .and_then(|name| name.to_str())
        .filter(|name| name.len() <= 200 && !name.chars().any(char::is_control));
    let upload = Upload {
        name: name
            .ok_or_else(|| Problem::field("/filename", "不是文件名"))?
            .to_owned(),
        contents: body.to_vec(),
        mode: match params.mode {
            ModeParam::Merge => ImportMode::Merge,
            ModeParam::Replace => ImportMode::Replace,
        },
        effect: if params.dry_run {
            Effect::Report
        } else {
            Effect::Apply
        },
    };
    let (report, revision) = change(app, (&principal, &headers), move |draft| {
        draft.import(&upload)
    })
    .await?;
    Ok(Json(ImportBody::of(&report, revision)))
}

/// Check the draft
#[utoipa::path(get, path = "/v1/kb/draft/check", tag = "knowledge",
    responses(
        (status = 200, body = CheckBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn check(
    State(app): State<Arc<App>>,
    principal: Principal,
) -> Result<Json<CheckBody>, Problem> {
    principal.needs(Scope::View)?;
    let checked = with_draft(&app, |draft| {
        let CheckReport { errors, warnings } = draft.check();
        let problems = errors.iter().chain(&warnings);
        Ok(CheckBody {
            problems: problems.map(FileProblemBody::of).collect(),
            faqs: draft.load().map_or(0, |kb| kb.faqs.len()),
        })
    });
    checked.await.map(Json)
}

/// What the draft changes
#[utoipa::path(get, path = "/v1/kb/draft/diff", tag = "knowledge",
    responses(
        (status = 200, body = DraftDiffBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn diff(
    State(app): State<Arc<App>>,
    principal: Principal,
) -> Result<Json<DraftDiffBody>, Problem> {
    principal.needs(Scope::View)?;
    let serving = Arc::clone(&app);
    let found = with_draft(&app, move |draft| {
        let engine = serving.engines.hold();
        Ok(DraftDiffBody {
            revision: draft.revision()?.to_string(),
            changes: draft_changes(&serving, engine.searcher().kb(), draft)?,
        })
    });
    found.await.map(Json)
}

/// Forget the draft
///
/// The next one begins as a copy of what is served.
#[utoipa::path(delete, path = "/v1/kb/draft", tag = "knowledge",
    params(("If-Match" = Option<String>, Header)),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn discard(
    State(app): State<Arc<App>>,
    principal: Principal,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    principal.needs(Scope::Edit)?;
    let expected = if_match(&headers)?;
    let draft = app.drafts.hold().await?;
    let discard = move || {
        if draft.exists() {
            draft.revision()?.expect(expected.as_deref())?;
        }
        draft.discard()
    };
    app.compute(discard).await??;
    Ok(StatusCode::NO_CONTENT)
}
