//! The knowledge base: what is served, listed beside its draft.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use jieda::{KnowledgeBase, release::DataDir};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{
    ProblemBody,
    draft::with_draft,
    extract::{Json, Query},
};
use crate::{
    app::App,
    auth::{Principal, Scope},
    config::Knowledge,
    knowledge::{Changes, Draft, FaqDoc, changes, matching},
    problem::{Problem, ProblemKind},
    wire::{DraftBody, FaqList, IntentDoc, KnowledgeBody, ReleaseBody},
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
            draft.begin(data, app.shared_release())?;
            Some(DraftBody {
                revision: draft.revision()?.to_string(),
                changes: draft_changes(app, kb, &draft)?.count(),
                outdated: draft.outdated(data, app.shared_release())?,
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
pub(super) fn draft_changes(
    app: &App,
    served: &KnowledgeBase,
    draft: &Draft,
) -> Result<Changes, Problem> {
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
pub(super) fn audit(app: &App, who: &str, action: &str, about: &serde_json::Value) {
    tracing::info!(who, action, %about, "audit");
    if let Err(error) = app.audit.note(who, action, about) {
        tracing::error!(%error, action, about = %json!(about), "the audit log can't be written");
    }
}
