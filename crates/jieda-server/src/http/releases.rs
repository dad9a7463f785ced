//! Publishing, and going back.

use std::sync::Arc;

use axum::extract::State;
use http::HeaderMap;
use jieda::{
    Outcome, Tuned,
    release::{DataDir, Release},
};
use jieda_depot::DepotState;
use serde_json::json;

use super::{
    ProblemBody,
    draft::{if_match, with_draft},
    extract::{Json, Path},
    knowledge::audit,
};
use crate::{
    app::App,
    auth::{Principal, Scope},
    config::Knowledge,
    knowledge::{self, Draft, Promotion, Wanted, outcome_name, tried},
    problem::{Problem, ProblemKind},
    wire::{FileProblemBody, MovedBody, PublishBody, PublishRequest, ReleaseBody, ReleaseList},
};

const MOST_NOTE: usize = 500;

/// The data directory.
fn data(app: &App) -> Result<&std::path::Path, Problem> {
    match &app.config.knowledge {
        Knowledge::Data(data) => Ok(data),
        Knowledge::Folder(_) => Err(Problem::new(
            ProblemKind::NotPossible,
            "服务是从知识库目录启动的（--kb），没有版本",
        )),
    }
}

/// Publish the draft
///
/// Answers under way finish on the old release. A draft with faults is refused, and nothing changes.
#[utoipa::path(post, path = "/v1/kb/draft/publish", tag = "knowledge",
    params(("If-Match" = Option<String>, Header)),
    request_body = PublishRequest,
    responses(
        (status = 200, body = PublishBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn publish(
    State(app): State<Arc<App>>,
    principal: Principal,
    headers: HeaderMap,
    Json(body): Json<PublishRequest>,
) -> Result<Json<PublishBody>, Problem> {
    principal.needs(Scope::Publish)?;
    let expected = if_match(&headers)?;
    if body.note.chars().count() > MOST_NOTE {
        return Err(Problem::field("/note", format!("最多 {MOST_NOTE} 个字")));
    }
    let publisher = Arc::clone(&app);
    let published = with_draft(&app, move |draft| {
        draft.revision()?.expect(expected.as_deref())?;
        publish_now(&publisher, &principal, (draft, &body))
    });
    published.await.map(Json)
}

fn publish_now(
    app: &App,
    principal: &Principal,
    (draft, wanted): (&Draft, &PublishRequest),
) -> Result<PublishBody, Problem> {
    // What holds is looked at before the work is begun: whatever changes meanwhile, is not taken back.
    let seen = seen(app)?;
    if let Some(rollout) = seen.as_ref().and_then(|seen| seen.rollout.as_ref())
        && !wanted.force
    {
        return Err(Problem::new(
            ProblemKind::Conflict,
            format!(
                "版本 {} 正在灰度，发布会取代它；请等它结束，或确认后用 force 发布",
                rollout.release
            ),
        ));
    }
    let shared = seen.as_ref().map(|seen| seen.pointer.current.clone());
    if let Some(base) = draft
        .outdated(data(app)?, shared)?
        .filter(|_| !wanted.force)
    {
        return Err(Problem::new(
            ProblemKind::Conflict,
            format!(
                "草稿是在版本 {base} 上改的，而线上已是另一个版本，发布会撤回它带来的改动；请核对差异，放弃草稿重来，或确认后用 force 发布"
            ),
        ));
    }
    // A note stands in a row of a table.
    let note = wanted.note.split(char::is_control).collect::<Vec<_>>();
    let note = note.join(" ");
    let built = draft.publish(&Wanted {
        config: &app.config.engine,
        data: data(app)?,
        encoder: app.engines.encoder(),
        by: &principal.id(),
        note: note.trim(),
        promotion: promotion(app),
    })?;
    let id = built.release.id().clone();
    let state = make_current(app, (&built.release, seen.as_ref()), (draft, principal))?;
    let about = json!({ "release": id, "note": note, "outcome": outcome_name(&built.outcome), "state": state });
    audit(app, &principal.id(), "publish", &about);
    let data = DataDir::open(data(app)?)?;
    let (releases, current) = (data.releases()?, data.current()?);
    let info = releases.iter().find(|info| info.id == id);
    let info = info.ok_or_else(|| Problem::not_found(format_args!("版本 {id}")))?;
    let (encoded, reused) = match built.outcome {
        Outcome::New { encoded, reused } => (encoded, reused),
        Outcome::Unchanged => (0, 0),
    };
    Ok(PublishBody {
        release: ReleaseBody::of(info, current.as_ref()),
        outcome: outcome_name(&built.outcome),
        state,
        encoded,
        reused,
        warnings: built
            .warnings
            .iter()
            .map(FileProblemBody::of)
            .chain(built.tuned.as_ref().map(unchecked))
            .collect(),
    })
}

/// What holds for all replicas; none where there is nothing to share.
fn seen(app: &App) -> Result<Option<DepotState>, Problem> {
    match &app.replica {
        // This thread is one that may wait.
        Some(replica) => tokio::runtime::Handle::current().block_on(replica.state()),
        None => Ok(None),
    }
}

fn promotion(app: &App) -> Promotion {
    match app.replica {
        Some(_) => Promotion::Elsewhere,
        None => Promotion::Here,
    }
}

/// Lets customers be answered from a release that was published here, or lets one replica try it; says which.
fn make_current(
    app: &App,
    (release, seen): (&Release, Option<&DepotState>),
    (draft, principal): (&Draft, &Principal),
) -> Result<&'static str, Problem> {
    let id = release.id();
    let Some(replica) = &app.replica else {
        draft.is_now(id)?;
        app.engines.refresh()?;
        return Ok("current");
    };
    let by = principal.id();
    // This thread is one that may wait.
    let shared = tokio::runtime::Handle::current().block_on(async {
        let state = replica.publish((release, seen), &by).await?;
        replica.catch_up().await;
        Ok::<_, Problem>(state)
    })?;
    if shared.pointer.current == *id {
        draft.is_now(id)?;
        Ok("current")
    } else {
        draft.is_published_as(id)?;
        Ok("rolling_out")
    }
}

/// Thresholds with a promise were published, and nobody has checked that it is still kept.
fn unchecked(tuned: &Tuned) -> FileProblemBody {
    FileProblemBody {
        severity: "warning",
        code: "promise_unchecked".into(),
        message: format!(
            "阈值承诺过答错率不超过 {:.1}%，这个版本没有重新检验",
            tuned.max_wrong_rate * 100.0
        ),
        suggestion: Some("用带标注的问句检验：jieda kb publish --queries".into()),
        file: "policy.toml".into(),
        sheet: None,
        row: None,
        column: None,
        field: None,
    }
}

/// List releases, the newest first
#[utoipa::path(get, path = "/v1/kb/releases", tag = "knowledge",
    responses(
        (status = 200, body = ReleaseList),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    principal: Principal,
) -> Result<Json<ReleaseList>, Problem> {
    principal.needs(Scope::View)?;
    let work = {
        let app = Arc::clone(&app);
        move || {
            let data = DataDir::open(data(&app)?)?;
            let current = data.current()?;
            let releases = data.releases()?;
            Ok(ReleaseList {
                items: releases
                    .iter()
                    .map(|info| ReleaseBody::of(info, current.as_ref()))
                    .collect(),
            })
        }
    };
    app.compute(work).await?.map(Json)
}

/// Answer from another release
///
/// Forward or back. It is checked and loaded first: what can't answer is refused.
#[utoipa::path(post, path = "/v1/kb/releases/{id}/publish", tag = "knowledge",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = MovedBody),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn move_to(
    State(app): State<Arc<App>>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<MovedBody>, Problem> {
    principal.needs(Scope::Publish)?;
    let work = {
        let app = Arc::clone(&app);
        move || -> Result<MovedBody, Problem> {
            let wanted = Wanted {
                config: &app.config.engine,
                data: data(&app)?,
                encoder: app.engines.encoder(),
                by: &principal.id(),
                note: "",
                promotion: promotion(&app),
            };
            let body = moved(&app, &wanted, &id)?;
            audit(
                &app,
                &principal.id(),
                "move",
                &json!({ "from": body.from, "to": body.to }),
            );
            Ok(body)
        }
    };
    app.compute(work).await?.map(Json)
}

fn moved(app: &App, wanted: &Wanted<'_>, id: &str) -> Result<MovedBody, Problem> {
    let Some(replica) = &app.replica else {
        let moved = knowledge::move_to(wanted, id)?;
        app.engines.refresh()?;
        return Ok(MovedBody {
            from: moved.from.as_ref().map(ToString::to_string),
            to: moved.to.to_string(),
        });
    };
    let release = tried(wanted, id)?;
    let from = DataDir::open(wanted.data)?.current()?;
    // This thread is one that may wait.
    tokio::runtime::Handle::current().block_on(async {
        replica.move_to(&release, wanted.by).await?;
        replica.catch_up().await;
        Ok::<_, Problem>(())
    })?;
    Ok(MovedBody {
        from: from.as_ref().map(ToString::to_string),
        to: release.id().to_string(),
    })
}
