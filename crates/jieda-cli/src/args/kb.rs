//! Arguments of `jieda kb`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::{gaps, tune::RecheckArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum KbCommand {
    /// Bring files (xlsx, csv, tsv, jsonl, yaml, md) into a knowledge base folder
    #[command(after_help = IMPORT_HELP)]
    Import(ImportArgs),
    /// Write a knowledge base as a spreadsheet that imports back to the same
    Export(ExportArgs),
    /// Tell everything that is wrong with a folder, and what is worth knowing
    #[command(after_help = CHECK_HELP)]
    Check(CheckArgs),
    /// Make a release without publishing it
    #[command(after_help = BUILD_HELP)]
    Build(BuildArgs),
    /// Check a folder, make a release of it, and answer from that
    #[command(after_help = PUBLISH_HELP)]
    Publish(PublishArgs),
    /// The releases of a data directory, newest first
    List,
    /// All that is known of a release; the current one unless named
    Show(ShowArgs),
    /// Go back to the release before, or to any other
    Rollback(RollbackArgs),
    /// Remove old releases
    Prune(PruneArgs),
    /// What changed between two knowledge bases: folders, or releases of --data
    #[command(after_help = DIFF_HELP)]
    Diff(DiffArgs),
    /// Group what customers asked in vain, and propose what to write: new FAQs, similar questions
    #[command(after_help = gaps::HELP)]
    Gaps(gaps::GapsArgs),
}

const IMPORT_HELP: &str = "\
Examples:
  jieda kb import 客服知识库.xlsx --into my-kb
  jieda kb import faqs.csv more.md --into my-kb --dry-run

Columns may come in any order, with Chinese or English names: 标准问题, 相似问题, 答案, 意图, 标签, 技能组,
渠道, 生效时间, 失效时间, 启用, 优先级, 编号. Several similar questions stand in one cell (line breaks, ;
or |), in several columns, or in rows of their own. FAQs are recognised by id, else by their standard
question; the others stay (--replace: are removed). A fault in any file, and nothing is written.";

const CHECK_HELP: &str = "\
Exit code 1 when there are errors. Warnings do no harm, but each may cost an answer. What the customers
would find is tried with the model: FAQs whose own phrasing leads to another one (--no-model: skip that).";

const PUBLISH_HELP: &str = "\
Examples:
  jieda kb publish my-kb --data data --note 双十一活动
  jieda kb list --data data
  jieda kb rollback --data data
  jieda kb build my-kb --data data        # not current yet: try it with jieda kb diff
  jieda kb publish --release 20261125-1530 --data data

A release never changes. Which one answers moves in one step: engines that follow the data directory go
over to it without a pause, and rollback goes back as quickly. A folder with errors is refused. Texts
that recent releases hold are not encoded again.

  jieda kb publish my-kb --data data --queries labelled.jsonl --unanswerable none.jsonl

Where the policy promises a wrong rate (jieda tune), --queries puts the labelled queries to the engine that would
be published. If the upper bound of its wrong rate, at the confidence of the promise, is above what was promised, the
release is made and not published (exit code 1): tune anew, mend the knowledge base, or publish all the same with
--force, which the release's manifest records with the figures (kb show, kb list). A fresh sample that had no part in
tuning proves the promise anew; the sample that it was tuned on shows whether anything has moved since. Without
--queries nothing is checked, and a warning says so.

With --release, a release whose check failed when it was made is refused unless --force is given; with --queries it is
checked again, which is told and not recorded: a release never changes.";

const BUILD_HELP: &str = "\
With --queries the promise of the policy (jieda tune) is checked on labelled queries, and what came of it recorded in
the release: kb publish --release refuses one that broke it, unless --force is given.";

const DIFF_HELP: &str = "\
Examples:
  jieda kb diff my-kb my-kb-new
  jieda kb diff --data data 20261101 20261125 --queries asked.jsonl
  jieda kb diff --data data current my-kb --markdown > review.md

With --queries, every query ({\"text\"} a line) is answered by both, and what changes is listed.";

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files to import
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Folder of the knowledge base; made if it isn't there
    #[arg(long, value_name = "DIR")]
    pub(crate) into: PathBuf,
    /// Remove FAQs that the files don't hold
    #[arg(long)]
    pub(crate) replace: bool,
    /// Only tell what would happen
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("format").required(true))]
pub(crate) struct ExportArgs {
    /// Folder of the knowledge base; that of --kb, or the current release of --data, unless given
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Write an Excel workbook
    #[arg(long, value_name = "FILE", group = "format")]
    pub(crate) xlsx: Option<PathBuf>,
    /// Write a CSV file that Excel and WPS open as it is
    #[arg(long, value_name = "FILE", group = "format")]
    pub(crate) csv: Option<PathBuf>,
    /// Write JSON lines
    #[arg(long, value_name = "FILE", group = "format")]
    pub(crate) jsonl: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Folder of the knowledge base; that of --kb unless given
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Check the files alone
    #[arg(long)]
    pub(crate) no_model: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    #[command(flatten)]
    pub(crate) build: BuildArgs,
    /// Publish this release, which `kb build` made, instead of a folder
    #[arg(long, value_name = "ID", conflicts_with_all = ["dir", "note"])]
    pub(crate) release: Option<String>,
    /// Publish although the promise of the policy is not kept; that is recorded
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// Folder of the knowledge base; that of --kb unless given
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// What is new, for those who look at the list
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) note: String,
    /// Who publishes
    #[arg(long, value_name = "NAME", env = "USER", default_value = "")]
    pub(crate) by: String,
    #[command(flatten)]
    pub(crate) recheck: RecheckArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The release: its id, or the beginning of one or of its hash
    #[arg(value_name = "ID")]
    pub(crate) release: Option<String>,
    /// Check every byte of it
    #[arg(long)]
    pub(crate) verify: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RollbackArgs {
    /// The release to go to; the one before unless given
    #[arg(value_name = "ID")]
    pub(crate) release: Option<String>,
    /// Who goes back
    #[arg(long, value_name = "NAME", env = "USER", default_value = "")]
    pub(crate) by: String,
}

#[derive(Debug, Args)]
pub(crate) struct PruneArgs {
    /// How many of the newest stay. The current one and the one before it always do
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) keep: usize,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The old one: a folder, or with --data a release (id, beginning of one, or `current`)
    #[arg(value_name = "A")]
    pub(crate) old: String,
    /// The new one
    #[arg(value_name = "B")]
    pub(crate) new: String,
    /// Queries that both answer: one {"text"} a line
    #[arg(long, value_name = "FILE")]
    pub(crate) queries: Option<PathBuf>,
    /// Markdown, to paste into a review
    #[arg(long)]
    pub(crate) markdown: bool,
}
