//! `jieda kb build` and `jieda kb publish`.

use std::io::Write as _;

use jieda::{Built, Outcome, Publishing, Timestamp, release::Check};

use crate::{
    args::{
        Common,
        kb::{BuildArgs, PublishArgs},
    },
    paint::{WARN, paint},
    progress,
};

pub(super) fn build(common: &Common, args: &BuildArgs) -> anyhow::Result<()> {
    with(
        common,
        args,
        |publishing| publishing.build(&mut progress::opening()),
        "已生成，尚未发布",
    )
}

pub(super) fn publish(common: &Common, args: &PublishArgs) -> anyhow::Result<()> {
    if let Some(text) = &args.release {
        return promote(common, &args.build, text);
    }
    with(
        common,
        &args.build,
        |publishing| publishing.publish(&mut progress::opening()),
        "已发布",
    )
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
fn promote(common: &Common, args: &BuildArgs, text: &str) -> anyhow::Result<()> {
    let data = super::data_dir(common)?;
    let now = Timestamp::now();
    let id = data.resolve(text)?;
    let moved = data
        .publisher(&args.by, now)?
        .promote(&id, Check::Contents, now)?;
    let mut out = anstream::stdout().lock();
    if common.json {
        let value = serde_json::json!({ "release": moved.to, "from": moved.from });
        writeln!(out, "{value:#}")?;
    } else {
        writeln!(out, "版本 {} 已发布", moved.to)?;
    }
    Ok(())
}

fn with(
    common: &Common,
    args: &BuildArgs,
    make: impl FnOnce(&Publishing<'_>) -> Result<Built, jieda::EngineError>,
    done: &str,
) -> anyhow::Result<()> {
    let publishing = Publishing {
        config: &common.config()?,
        kb_dir: &super::folder(common, args.dir.as_ref()),
        data: &super::data_path(common)?,
        by: &args.by,
        note: &one_line(&args.note),
        now: Timestamp::now(),
    };
    let built = make(&publishing)?;
    let about = &built.release.manifest().about;
    let mut out = anstream::stdout().lock();
    if common.json {
        let (unchanged, encoded, reused) = match built.outcome {
            Outcome::Unchanged => (true, 0, 0),
            Outcome::New { encoded, reused } => (false, encoded, reused),
        };
        let value = serde_json::json!({
            "release": built.release.id(),
            "unchanged": unchanged,
            "faqs": about.faqs,
            "phrasings": about.phrasings,
            "encoded": encoded,
            "reused": reused,
            "warnings": built.warnings,
        });
        writeln!(out, "{value:#}")?;
        return Ok(());
    }
    if !built.warnings.is_empty() {
        let count = built.warnings.len();
        writeln!(
            anstream::stderr(),
            "{}：有 {count} 处值得一看，见 jieda kb check",
            paint(WARN, "提醒")
        )?;
    }
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
    Ok(())
}
