//! The knowledge base and its draft.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jieda::{CheckReport, ImportMode, KnowledgeBase, release::DataDir};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{
    ProblemBody,
    extract::{Json, Path, Query},
};
use crate::{
    app::App,
    auth::{Principal, Scope},
    config::Knowledge,
    knowledge::{Changes, Draft, Edited, Effect, FaqDoc, Upload, changes, matching},
    problem::{Problem, ProblemKind},
    wire::{
        CheckBody, DraftBody, EditedBody, FaqList, FileProblemBody, ImportBody, IntentDoc,
        KnowledgeBody, ReleaseBody, RevisionBody, SimilarRequest,
    },
};

const MOST: usize = 500;

/// Which side of a knowledge base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Side {
    /// What answers.
    #[default]
    Served,
    /// What is being edited.
    Draft,
}

/// The knowledge base at a glance
#[utoipa::path(get, path = "/v1/kb", tag = "knowledge",
    responses(
        (status = 200, body = KnowledgeBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn about(
    State(app): State<Arc<App>>,
    principal: Principal,
) -> Result<Json<KnowledgeBody>, Problem> {
    principal.needs(Scope::View)?;
    let work = {
        let app = Arc::clone(&app);
        move || glance(&app)
    };
    app.compute(work).await?.map(Json)
}

/// The draft is left out while somebody publishes it.
fn glance(app: &App) -> Result<KnowledgeBody, Problem> {
    let engine = app.engines.hold();
    let kb = engine.searcher().kb();
    let release = match (&app.config.knowledge, engine.release()) {
        (Knowledge::Data(data), Some(id)) => {
            let releases = DataDir::open(data)?.releases()?;
            let mine = releases.iter().find(|info| info.id == *id);
            mine.map(|info| ReleaseBody::of(info, Some(id)))
        }
        _ => None,
    };
    let draft = match app.drafts.glance().filter(Draft::exists) {
        None => None,
        Some(draft) => {
            // One in which nothing was changed follows what is served.
            let data = app.config.knowledge.path();
            draft.begin(data)?;
            Some(DraftBody {
                revision: draft.revision()?.to_string(),
                changes: draft_changes(app, kb, &draft)?.count(),
                outdated: draft.outdated(data)?,
            })
        }
    };
    Ok(KnowledgeBody {
        name: kb.name.clone(),
        description: kb.description.clone(),
        mode: match app.config.knowledge {
            Knowledge::Folder(_) => "folder",
            Knowledge::Data(_) => "data",
        },
        faqs: kb.faqs.len(),
        intents: kb.intents.iter().map(IntentDoc::of).collect(),
        channels: kb.channels.keys().map(ToString::to_string).collect(),
        variables: kb.variables.clone(),
        release,
        draft,
    })
}

/// What a draft changes, its thresholds too.
fn draft_changes(app: &App, served: &KnowledgeBase, draft: &Draft) -> Result<Changes, Problem> {
    let mut found = changes(served, &draft.load()?);
    if draft.thresholds()?.is_some_and(|t| t != app.thresholds()) {
        found.settings.push("policy");
    }
    Ok(found)
}

/// Which FAQs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// `served` or `draft`.
    #[serde(default)]
    #[param(inline)]
    source: Side,
    /// Words that occur in them.
    q: Option<String>,
    /// Of this intent.
    intent: Option<String>,
    /// Whether they are served at all.
    enabled: Option<bool>,
    /// How many are passed over.
    #[param(minimum = 0)]
    offset: Option<usize>,
    /// Most that are wanted, 1 to 500; 50 by default.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// List FAQs
#[utoipa::path(get, path = "/v1/kb/faqs", tag = "knowledge",
    params(Wanted),
    responses(
        (status = 200, body = FaqList),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    principal: Principal,
    Query(wanted): Query<Wanted>,
) -> Result<Json<FaqList>, Problem> {
    principal.needs(Scope::View)?;
    if wanted
        .limit
        .is_some_and(|limit| !(1..=MOST).contains(&limit))
    {
        return Err(Problem::field("/limit", format!("应为 1 到 {MOST}")));
    }
    if wanted.source == Side::Draft {
        let page = with_draft(&app, move |draft| {
            let revision = draft.revision()?.to_string();
            Ok(page(&draft.load()?, &wanted, revision))
        });
        return page.await.map(Json);
    }
    let engine = app.engines.hold();
    let work = move || {
        let revision = engine.identity().knowledge.clone();
        page(engine.searcher().kb(), &wanted, revision)
    };
    app.compute(work).await.map(Json)
}

fn page(kb: &KnowledgeBase, wanted: &Wanted, revision: String) -> FaqList {
    let found = matching(kb, wanted.q.as_deref().unwrap_or_default());
    let intent = wanted.intent.as_deref().filter(|i| !i.is_empty());
    let found: Vec<_> = found
        .into_iter()
        .filter(|faq| intent.is_none_or(|intent| faq.intent.as_str() == intent))
        .filter(|faq| wanted.enabled.is_none_or(|enabled| faq.enabled == enabled))
        .collect();
    let shown = found.iter().skip(wanted.offset.unwrap_or(0));
    FaqList {
        items: shown
            .take(wanted.limit.unwrap_or(50))
            .map(|faq| FaqDoc::of(faq))
            .collect(),
        total: found.len(),
        revision,
    }
}

/// Works on the draft, which is begun if there is none.
pub(super) async fn with_draft<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&Draft) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let draft = app.drafts.hold().await?;
    let data = app.config.knowledge.path().to_owned();
    let begun = move || {
        draft.begin(&data)?;
        work(&draft)
    };
    app.compute(begun).await?
}

fn if_match(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let unfit = |_| Problem::new(ProblemKind::InvalidField, "If-Match 应为草稿的 revision");
    let value = value.to_str().map_err(unfit)?.trim();
    let value = value.trim_start_matches("W/").trim_matches('"');
    Ok((value != "*").then(|| value.to_owned()))
}

/// Changes the draft, if it is what the caller has seen.
async fn change<T: Send + 'static>(
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
        (status = 200, body = Changes),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn diff(
    State(app): State<Arc<App>>,
    principal: Principal,
) -> Result<Json<Changes>, Problem> {
    principal.needs(Scope::View)?;
    let serving = Arc::clone(&app);
    let found = with_draft(&app, move |draft| {
        let engine = serving.engines.hold();
        draft_changes(&serving, engine.searcher().kb(), draft)
    });
    found.await.map(Json)
}

/// Forget the draft
///
/// The next one begins as a copy of what is served.
#[utoipa::path(delete, path = "/v1/kb/draft", tag = "knowledge",
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn discard(
    State(app): State<Arc<App>>,
    principal: Principal,
) -> Result<StatusCode, Problem> {
    principal.needs(Scope::Edit)?;
    let draft = app.drafts.hold().await?;
    app.compute(move || draft.discard()).await??;
    Ok(StatusCode::NO_CONTENT)
}

/// What is exported, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ExportParams {
    /// `xlsx`, `csv` or `jsonl`.
    #[param(inline)]
    format: Format,
    /// `served` or `draft`.
    #[serde(default)]
    #[param(inline)]
    source: Side,
}

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// A workbook.
    Xlsx,
    /// A table.
    Csv,
    /// One object a line.
    Jsonl,
}

/// Export FAQs as a file
#[utoipa::path(get, path = "/v1/kb/export", tag = "knowledge",
    params(ExportParams),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn export(
    State(app): State<Arc<App>>,
    principal: Principal,
    Query(params): Query<ExportParams>,
) -> Result<Response, Problem> {
    principal.needs(Scope::View)?;
    let bytes = match params.source {
        Side::Draft => {
            let format = params.format;
            with_draft(&app, move |draft| exported(&draft.load()?, format)).await?
        }
        Side::Served => {
            let engine = app.engines.hold();
            let work = move || exported(engine.searcher().kb(), params.format);
            app.compute(work).await??
        }
    };
    let name = match params.format {
        Format::Xlsx => "attachment; filename=\"faqs.xlsx\"",
        Format::Csv => "attachment; filename=\"faqs.csv\"",
        Format::Jsonl => "attachment; filename=\"faqs.jsonl\"",
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    Ok((headers, bytes).into_response())
}

fn exported(kb: &KnowledgeBase, format: Format) -> Result<Vec<u8>, Problem> {
    let failed = |e: &dyn std::fmt::Display| Problem::new(ProblemKind::Environment, e.to_string());
    let dir = tempfile::tempdir().map_err(|e| failed(&e))?;
    let path = dir.path().join("faqs");
    match format {
        Format::Xlsx => jieda::export_xlsx(kb, &path),
        Format::Csv => jieda::export_csv(kb, &path),
        Format::Jsonl => jieda::export_jsonl(kb, &path),
    }
    .map_err(|e| failed(&e))?;
    std::fs::read(&path).map_err(|e| failed(&e))
}

/// Takes a publish or the like down; what can't be taken down is in the log.
pub(super) fn audit(app: &App, principal: &Principal, action: &str, about: &serde_json::Value) {
    tracing::info!(who = principal.id(), action, %about, "audit");
    if let Err(error) = app.audit.note(&principal.id(), action, about) {
        tracing::error!(%error, action, about = %json!(about), "the audit log can't be written");
    }
}
