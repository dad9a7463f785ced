//! `jieda kb list`, `show`, `rollback` and `prune`.

use std::io::Write as _;

use jieda::{
    Timestamp,
    release::{Check, DataDir, Keep, Pointer, ReleaseError, ReleaseId, ReleaseInfo},
};
use serde_json::{Value, json};

use super::recheck;
use crate::{
    args::{
        Common,
        kb::{PruneArgs, RollbackArgs, ShowArgs},
    },
    exit,
    paint::{WARN, paint},
    table::{Align, Table},
};

pub(super) fn list(common: &Common) -> anyhow::Result<()> {
    let data = super::data_dir(common)?;
    let pointer = lenient_pointer(&data)?;
    let current = pointer.map(|pointer| pointer.current);
    let releases = data.releases()?;
    let mut out = anstream::stdout().lock();
    if common.json {
        let releases: Vec<Value> = releases.iter().map(entry).collect();
        writeln!(
            out,
            "{:#}",
            json!({ "current": current, "releases": releases })
        )?;
        return Ok(());
    }
    if releases.is_empty() {
        writeln!(
            out,
            "还没有发布过：jieda kb publish 知识库目录 --data {}",
            data.path().display()
        )?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("", Align::Left),
        ("版本", Align::Left),
        ("时间", Align::Left),
        ("常见问题", Align::Right),
        ("问法", Align::Right),
        ("说明", Align::Left),
    ]);
    for info in &releases {
        let mark = if current.as_ref() == Some(&info.id) {
            "→"
        } else {
            ""
        };
        let id = info.id.to_string();
        table.row(match &info.manifest {
            Ok(manifest) => {
                let about = &manifest.about;
                let (faqs, phrasings) = (about.faqs.to_string(), about.phrasings.to_string());
                let created = super::local(about.created);
                [
                    mark.into(),
                    id,
                    created,
                    faqs,
                    phrasings,
                    about.note.clone() + recheck::mark(about).unwrap_or_default(),
                ]
            }
            Err(error) => {
                let what = format!("已损坏：{}", exit::release_message(error));
                [mark.into(), id, "-".into(), "-".into(), "-".into(), what]
            }
        });
    }
    write!(out, "{}", table.render(0))?;
    Ok(())
}

/// What is current; a pointer that is damaged is told, and what there is can be seen all the same: it must
/// be, to repair it.
fn lenient_pointer(data: &DataDir) -> anyhow::Result<Option<Pointer>> {
    match data.pointer() {
        Ok(pointer) => Ok(pointer),
        Err(error @ ReleaseError::CurrentDamaged { .. }) => {
            let message = exit::release_message(&error);
            writeln!(
                anstream::stderr(),
                "{}：{message}。请指定一个版本来修复：jieda kb rollback 版本",
                paint(WARN, "提醒")
            )?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn entry(info: &ReleaseInfo) -> Value {
    match &info.manifest {
        Ok(manifest) => {
            let about = &manifest.about;
            json!({
                "id": info.id,
                "created": about.created,
                "name": about.name,
                "faqs": about.faqs,
                "phrasings": about.phrasings,
                "encoder": about.encoder,
                "note": about.note,
                "promise": about.promise,
            })
        }
        Err(error) => json!({ "id": info.id, "damaged": exit::release_message(error) }),
    }
}

pub(super) fn show(common: &Common, args: &ShowArgs) -> anyhow::Result<()> {
    let data = super::data_dir(common)?;
    let release = match &args.release {
        None => data.open_current()?,
        Some(text) => data.release(&data.resolve(text)?)?,
    };
    if args.verify {
        release.verify()?;
    }
    let pointer = lenient_pointer(&data)?;
    let is_current = pointer.as_ref().is_some_and(|p| p.current == *release.id());
    let manifest = release.manifest();
    let mut out = anstream::stdout().lock();
    if common.json {
        let mut value = serde_json::to_value(manifest)?;
        value["current"] = json!(is_current);
        value["verified"] = json!(args.verify);
        value["history"] = json!(pointer.map(|p| p.history).unwrap_or_default());
        writeln!(out, "{value:#}")?;
        return Ok(());
    }
    let about = &manifest.about;
    let state = if is_current { "（当前）" } else { "" };
    writeln!(out, "版本 {}{state}", release.id())?;
    writeln!(
        out,
        "知识库“{}”，{} 条常见问题，{} 个问法",
        about.name, about.faqs, about.phrasings
    )?;
    writeln!(out, "生成于 {}", super::local(about.created))?;
    if let Some(encoder) = &about.encoder {
        writeln!(out, "模型 {encoder}")?;
    }
    if !about.note.is_empty() {
        writeln!(out, "说明 {}", about.note)?;
    }
    if let Some(check) = &about.promise {
        writeln!(out, "{}", recheck::described(check))?;
    }
    let mut table = Table::new(&[
        ("文件", Align::Left),
        ("字节", Align::Right),
        ("sha256", Align::Left),
    ]);
    for file in &manifest.files {
        table.row([
            file.path.to_string(),
            file.bytes.to_string(),
            file.sha256[..16].to_owned(),
        ]);
    }
    write!(out, "\n{}", table.render(0))?;
    if args.verify {
        writeln!(out, "逐字节核对无误")?;
    }
    if let Some(pointer) = pointer {
        history(&mut out, &pointer)?;
    }
    Ok(())
}

fn history(out: &mut impl std::io::Write, pointer: &Pointer) -> std::io::Result<()> {
    use jieda::release::Action;
    writeln!(out, "\n最近的变动：")?;
    for step in &pointer.history {
        let what = match step.action {
            Action::Publish => "发布",
            Action::Rollback => "回退到",
        };
        writeln!(
            out,
            "  {} {} {what} {}",
            super::local(step.at),
            step.by,
            step.id
        )?;
    }
    Ok(())
}

pub(super) fn rollback(common: &Common, args: &RollbackArgs) -> anyhow::Result<()> {
    let data = super::data_dir(common)?;
    let now = Timestamp::now();
    let target = target(&data, args.release.as_deref())?;
    let mut publisher = data.publisher(&args.by, now)?;
    let moved = publisher.roll_back(target.as_ref(), Check::Contents, now)?;
    let about = json!({ "from": moved.from, "to": moved.to, "by": args.by });
    super::super::audit::audit_release(common, "rollback", &about);
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{:#}", json!({ "from": moved.from, "to": moved.to }))?;
    } else {
        match &moved.from {
            Some(from) if *from == moved.to => writeln!(out, "当前版本已经是 {}", moved.to)?,
            Some(from) => writeln!(out, "已从 {from} 回退到 {}", moved.to)?,
            None => writeln!(out, "当前版本是 {}", moved.to)?,
        }
    }
    Ok(())
}

fn target(data: &DataDir, text: Option<&str>) -> anyhow::Result<Option<ReleaseId>> {
    Ok(text.map(|text| data.resolve(text)).transpose()?)
}

pub(super) fn prune(common: &Common, args: &PruneArgs) -> anyhow::Result<()> {
    let data = super::data_dir(common)?;
    let mut publisher = data.publisher("prune", Timestamp::now())?;
    let pruned = jieda::prune(
        &common.config()?,
        &mut publisher,
        Keep { newest: args.keep },
    )?;
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(
            out,
            "{:#}",
            json!({ "removed": pruned.removed, "kept": pruned.kept })
        )?;
    } else {
        for id in &pruned.removed {
            writeln!(out, "已删除 {id}")?;
        }
        let (removed, kept) = (pruned.removed.len(), pruned.kept.len());
        writeln!(out, "删除 {removed} 个版本，保留 {kept} 个")?;
    }
    Ok(())
}
