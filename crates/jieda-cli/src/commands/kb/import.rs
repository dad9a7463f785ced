//! `jieda kb import` and `jieda kb export`.

use std::io::Write as _;

use jieda::{
    Import, ImportMode, ImportReport, KnowledgeBase, export_csv, export_jsonl, export_xlsx, locate,
};

use crate::{
    args::{
        Common,
        kb::{ExportArgs, ImportArgs},
    },
    paint::{WARN, paint},
};

/// Ids of one kind that are shown.
const SHOWN: usize = 20;

pub(super) fn import(common: &Common, args: &ImportArgs) -> anyhow::Result<()> {
    let files = args.files.iter();
    let mut import = files.fold(Import::new(), |import, file| import.file(locate(file)));
    if args.dry_run {
        import = import.dry_run();
    }
    let mode = if args.replace {
        ImportMode::Replace
    } else {
        ImportMode::Merge
    };
    let report = import.into_dir(&args.into, mode)?;
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        return Ok(());
    }
    for warning in &report.warnings {
        writeln!(anstream::stderr(), "{}：{warning}", paint(WARN, "提醒"))?;
    }
    print(&mut out, &report)?;
    let into = args.into.display();
    match (args.dry_run, report.written.is_empty()) {
        (true, _) => writeln!(out, "这是试运行，没有写入任何文件")?,
        (false, true) => writeln!(out, "{into} 没有变化")?,
        (false, false) => {
            writeln!(out, "已写入 {into}")?;
            writeln!(out, "下一步：jieda kb check {into}")?;
        }
    }
    Ok(())
}

fn print(out: &mut impl std::io::Write, report: &ImportReport) -> std::io::Result<()> {
    let mut line = |what: &str, ids: Vec<String>| {
        if ids.is_empty() {
            return writeln!(out, "{what} 0 条");
        }
        let more = if ids.len() > SHOWN { " ……" } else { "" };
        let shown = ids[..ids.len().min(SHOWN)].join("、");
        writeln!(out, "{what} {} 条：{shown}{more}", ids.len())
    };
    let ids = |faqs: &[jieda::types::FaqId]| faqs.iter().map(ToString::to_string).collect();
    line("新增", ids(&report.added))?;
    let changed = report.changed.iter().map(|faq| {
        let fields: Vec<String> = faq.fields.iter().map(ToString::to_string).collect();
        format!("{}（{}）", faq.id, fields.join("、"))
    });
    line("修改", changed.collect())?;
    line("删除", ids(&report.removed))?;
    writeln!(out, "不变 {} 条", report.unchanged.len())
}

pub(super) fn export(common: &Common, args: &ExportArgs) -> anyhow::Result<()> {
    let kb = match (&args.dir, common.data()) {
        (None, Some(_)) => {
            let release = super::data_dir(common)?.open_current()?;
            jieda::knowledge_of(&release)?
        }
        (dir, _) => KnowledgeBase::load(&super::folder(common, dir.as_ref()))?,
    };
    let file = match (&args.xlsx, &args.csv, &args.jsonl) {
        (Some(file), _, _) => export_xlsx(&kb, file).map(|()| file),
        (_, Some(file), _) => export_csv(&kb, file).map(|()| file),
        (_, _, Some(file)) => export_jsonl(&kb, file).map(|()| file),
        (None, None, None) => anyhow::bail!("请指定 --xlsx、--csv 或 --jsonl"),
    }?;
    let mut out = anstream::stdout().lock();
    if common.json {
        let written = serde_json::json!({ "written": file, "faqs": kb.faqs.len() });
        writeln!(out, "{written:#}")?;
    } else {
        let (name, faqs) = (&kb.name, kb.faqs.len());
        writeln!(
            out,
            "“{name}”的 {faqs} 条常见问题已导出到 {}",
            file.display()
        )?;
    }
    Ok(())
}
