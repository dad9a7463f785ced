//! `jieda kb build` and `jieda kb publish`.

use std::io::Write as _;

use jieda::{
    Built, Engine, KnowledgeBase, Outcome, Publishing, Timestamp,
    release::{Check, PromiseCheck, PromiseOutcome, Release},
};

use super::{
    super::audit::audit_release,
    recheck::{self, Broken},
};
use crate::{
    args::{
        Common,
        kb::{BuildArgs, PublishArgs},
    },
    paint::{WARN, paint},
    progress,
};

pub(super) fn build(common: &Common, args: &BuildArgs) -> anyhow::Result<()> {
    with(common, args, Wanted::Built)
}

pub(super) fn publish(common: &Common, args: &PublishArgs) -> anyhow::Result<()> {
    let broken = Broken::of(args.force);
    match &args.release {
        Some(text) => promote(common, &args.build, text, broken),
        None => with(common, &args.build, Wanted::Published(broken)),
    }
}

/// What is to become of a folder.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    /// A release.
    Built,
    /// The current release.
    Published(Broken),
}

/// A note stands in a row of a table.
fn one_line(text: &str) -> String {
    text.split(char::is_control)
        .collect::<Vec<_>>()
        .join(" ")
        .trim()
        .to_owned()
}

/// Makes a release current that was built before.
fn promote(common: &Common, args: &BuildArgs, text: &str, broken: Broken) -> anyhow::Result<()> {
    let data = super::data_dir(common)?;
    let now = Timestamp::now();
    let id = data.resolve(text)?;
    let release = data.release(&id)?;
    let promise = match checked_again(common, args, &release, broken)? {
        Some(promise) => Some(promise),
        None => release.manifest().about.promise.clone(),
    };
    if let Some(check) = &promise {
        let is_refused = check.outcome == PromiseOutcome::Broken && broken == Broken::Refused;
        anyhow::ensure!(!is_refused, "{}", recheck::refusal(check));
    }
    let moved = data
        .publisher(&args.by, now)?
        .promote(&id, Check::Contents, now)?;
    let about = serde_json::json!({ "from": moved.from, "to": moved.to, "by": args.by });
    audit_release(common, "move", &about);
    let mut out = anstream::stdout().lock();
    if common.json {
        let value = serde_json::json!({
            "release": moved.to,
            "from": moved.from,
            "promise": promise,
        });
        writeln!(out, "{value:#}")?;
    } else {
        writeln!(out, "版本 {} 已发布", moved.to)?;
        if let Some(check) = &promise {
            writeln!(out, "{}", recheck::described(check))?;
        }
    }
    Ok(())
}

/// The check of a release that is there already, when there are labels.
fn checked_again(
    common: &Common,
    args: &BuildArgs,
    release: &Release,
    broken: Broken,
) -> anyhow::Result<Option<PromiseCheck>> {
    if args.recheck.labels().is_none() {
        return Ok(None);
    }
    let engine = Engine::of_release(&common.config()?, release, None)?;
    let labelled = recheck::labels(&args.recheck, engine.searcher().kb())?;
    Ok(labelled
        .map(|labelled| recheck::check(&engine, &labelled, broken))
        .transpose()?
        .flatten())
}

fn with(common: &Common, args: &BuildArgs, wanted: Wanted) -> anyhow::Result<()> {
    let kb_dir = super::folder(common, args.dir.as_ref());
    let publishing = Publishing {
        config: &common.config()?,
        kb_dir: &kb_dir,
        data: &super::data_path(common)?,
        by: &args.by,
        note: &one_line(&args.note),
        now: Timestamp::now(),
        encoder: None,
    };
    let built = make(&publishing, args, wanted)?;
    if let (Some(tuned), None) = (&built.tuned, &built.promise) {
        recheck::warn_unchecked(tuned, &built.release.manifest().about);
    }
    let is_refused = matches!(wanted, Wanted::Published(_))
        && matches!(&built.promise, Some(check) if !check.outcome.may_publish());
    if matches!(wanted, Wanted::Published(_)) && !is_refused {
        let id = built.release.id();
        let about =
            serde_json::json!({ "release": id, "note": one_line(&args.note), "by": args.by });
        audit_release(common, "publish", &about);
    }
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{:#}", report(&built))?;
    } else {
        let done = match wanted {
            Wanted::Published(_) if !is_refused => "已发布",
            _ => "已生成，尚未发布",
        };
        print(&mut out, &built, done)?;
    }
    match (&built.promise, built.outcome) {
        (Some(check), Outcome::Unchanged) if is_refused => {
            anyhow::bail!("{}", recheck::refusal_of_current(check))
        }
        (Some(check), Outcome::New { .. }) if is_refused => {
            anyhow::bail!("{}", recheck::refusal(check))
        }
        _ => Ok(()),
    }
}

/// Labels are read first: a fault in them is told before the work is done.
fn make(publishing: &Publishing<'_>, args: &BuildArgs, wanted: Wanted) -> anyhow::Result<Built> {
    let progress = &mut progress::opening();
    let labelled = match args.recheck.labels() {
        Some(_) => {
            let kb = KnowledgeBase::load(publishing.kb_dir)?;
            recheck::labels(&args.recheck, &kb)?
        }
        None => None,
    };
    let Some(labelled) = labelled else {
        return Ok(match wanted {
            Wanted::Built => publishing.build(progress)?,
            Wanted::Published(_) => publishing.publish(progress)?,
        });
    };
    Ok(match wanted {
        Wanted::Built => publishing.build_checked(
            &mut |engine| recheck::check(engine, &labelled, Broken::Refused),
            progress,
        )?,
        Wanted::Published(broken) => publishing.publish_checked(
            &mut |engine| recheck::check(engine, &labelled, broken),
            progress,
        )?,
    })
}

fn report(built: &Built) -> serde_json::Value {
    let about = &built.release.manifest().about;
    let (unchanged, encoded, reused) = match built.outcome {
        Outcome::Unchanged => (true, 0, 0),
        Outcome::New { encoded, reused } => (false, encoded, reused),
    };
    serde_json::json!({
        "release": built.release.id(),
        "unchanged": unchanged,
        "faqs": about.faqs,
        "phrasings": about.phrasings,
        "encoded": encoded,
        "reused": reused,
        "warnings": built.warnings,
        "tuned": built.tuned,
        "promise": built.promise,
    })
}

fn print(out: &mut impl std::io::Write, built: &Built, done: &str) -> std::io::Result<()> {
    if !built.warnings.is_empty() {
        let count = built.warnings.len();
        writeln!(
            anstream::stderr(),
            "{}：有 {count} 处值得一看，见 jieda kb check",
            paint(WARN, "提醒")
        )?;
    }
    let about = &built.release.manifest().about;
    let id = built.release.id();
    match built.outcome {
        Outcome::Unchanged => writeln!(out, "没有变化：当前版本 {id} 的内容就是这样")?,
        Outcome::New { encoded, reused } => {
            writeln!(
                out,
                "版本 {id} {done}：{} 条常见问题，{} 个问法",
                about.faqs, about.phrasings
            )?;
            writeln!(out, "新编码 {encoded} 段文字，沿用 {reused} 段")?;
        }
    }
    match &built.promise {
        Some(check) => writeln!(out, "{}", recheck::described(check)),
        None => Ok(()),
    }
}
