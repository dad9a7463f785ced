//! `jieda report`.

mod monthly;
mod quality;
mod quarterly;
mod records;
mod routing_log;
mod talks;

pub(super) use records::named_or_in;
pub(super) use routing_log::read_routing_log;

use std::{io::Write as _, path::Path};

use anyhow::Context as _;
use jieda::write_file;

use crate::args::{
    Common,
    report::{ReportArgs, ReportCommand},
};

pub(crate) fn run(common: &Common, args: &ReportArgs) -> anyhow::Result<()> {
    match (&args.command, &args.quality.0) {
        (Some(ReportCommand::Monthly(args)), _) => monthly::run(common, args),
        (Some(ReportCommand::Quarterly(args)), _) => quarterly::run(common, args),
        (None, Some(args)) => quality::run(common, args),
        // The parser asks for one or the other.
        (None, None) => anyhow::bail!("请用 --queries 和 --out，或者用子命令 monthly、quarterly"),
    }
}

/// A place that is none is told before anything is done.
fn check_place(option: &str, path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    if let Some(dir) = folder.filter(|dir| !dir.is_dir()) {
        anyhow::bail!("{option}：没有目录 {}，请先建好", dir.display());
    }
    Ok(())
}

fn write_page(path: &Path, page: &str) -> anyhow::Result<()> {
    let out = path.display();
    write_file(path, page.as_bytes()).with_context(|| format!("无法写入 {out}"))?;
    writeln!(
        anstream::stderr(),
        "已写入 {out}：用浏览器打开，打印时可另存为 PDF"
    )?;
    Ok(())
}

fn write_workbook(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let out = path.display();
    write_file(path, bytes).with_context(|| format!("无法写入 {out}"))?;
    writeln!(anstream::stderr(), "已写入 {out}")?;
    Ok(())
}
