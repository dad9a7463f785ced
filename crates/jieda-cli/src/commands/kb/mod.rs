//! `jieda kb`: from a spreadsheet to a release.

mod check;
mod diff;
mod gaps;
mod import;
mod publish;
mod recheck;
mod releases;

use std::path::PathBuf;

use jieda::{locate, release::DataDir};

use crate::args::{Common, kb::KbCommand};

pub(crate) fn run(common: &Common, command: &KbCommand) -> anyhow::Result<()> {
    match command {
        KbCommand::Import(args) => import::import(common, args),
        KbCommand::Export(args) => import::export(common, args),
        KbCommand::Check(args) => check::run(common, args),
        KbCommand::Build(args) => publish::build(common, args),
        KbCommand::Publish(args) => publish::publish(common, args),
        KbCommand::List => releases::list(common),
        KbCommand::Show(args) => releases::show(common, args),
        KbCommand::Rollback(args) => releases::rollback(common, args),
        KbCommand::Prune(args) => releases::prune(common, args),
        KbCommand::Diff(args) => diff::run(common, args),
        KbCommand::Gaps(args) => gaps::run(common, args),
    }
}

/// The folder that was named, else that of `--kb`.
fn folder(common: &Common, named: Option<&PathBuf>) -> PathBuf {
    named.map_or_else(|| common.kb_dir(), |dir| locate(dir))
}

/// The path of the data directory, which must be named.
pub(super) fn data_path(common: &Common) -> anyhow::Result<PathBuf> {
    common
        .data()
        .ok_or_else(|| anyhow::anyhow!("请用 --data 指定数据目录，例如 --data data"))
}

/// The data directory, which must be there.
fn data_dir(common: &Common) -> anyhow::Result<DataDir> {
    Ok(DataDir::open(&data_path(common)?)?)
}

/// A time of the machine's time zone, for people.
fn local(time: jieda::Timestamp) -> String {
    let local = jieda::TimeZone::system().to_datetime(time);
    local.strftime("%Y-%m-%d %H:%M").to_string()
}
