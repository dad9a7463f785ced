//! Arguments of `jieda eval`.

use std::{io::Write as _, path::PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use jieda::SearchMode;
use jieda_eval::truth::Split;

use super::{gaps, intent, suite, transcripts, tune};

#[derive(Debug, Subcommand)]
pub(crate) enum EvalCommand {
    /// Measure everything that a suite names, with intervals, and compare with recorded results
    #[command(after_help = suite::RUN_HELP)]
    Run(suite::EvalRunArgs),
    /// Compare two recorded results: differences with intervals and p-values, and the cases that changed sides
    #[command(after_help = suite::COMPARE_HELP)]
    Compare(suite::EvalCompareArgs),
    /// Measure public benchmarks, from a folder of yours (--data DIR): intents, retrieval, handoff
    #[command(after_help = suite::PUBLIC_HELP)]
    Public(suite::EvalPublicArgs),
    /// recall@k and MRR of labelled queries
    Retrieval(EvalRetrievalArgs),
    /// Coverage, wrong rate, handovers and calibration of whole decisions
    Decision(tune::EvalDecisionArgs),
    /// Play whole conversations: decisions, follow-ups, and handovers too early or too late
    #[command(after_help = transcripts::HELP)]
    Transcripts(transcripts::EvalTranscriptsArgs),
    /// Accuracy, macro-F1 and calibration of intents, and how well what has none is told
    Intent(intent::EvalIntentArgs),
    /// Whether gap mining (kb gaps) brings back FAQs that were removed
    #[command(after_help = gaps::EVAL_HELP)]
    Gaps(gaps::EvalGapsArgs),
    /// Learn from conversations (dialogues.jsonl and queries.jsonl of each industry) how follow-ups are
    /// read, leaving one industry out
    FollowUps(IndustriesArgs),
    /// Learn fusion weights and confidence calibrator from train queries, leaving one industry out
    Fit(EvalFitArgs),
}

#[derive(Debug, Args)]
pub(crate) struct EvalRetrievalArgs {
    /// Labelled queries: one {"text","faq","style","split"} a line
    #[arg(long, value_name = "FILE")]
    pub(crate) queries: PathBuf,
    /// bm25, vector or hybrid
    #[arg(long, default_value = "hybrid")]
    pub(crate) mode: SearchMode,
    /// Only the queries of this split: train or test
    #[arg(long)]
    pub(crate) split: Option<Split>,
    /// Write what became of each query to this file (tab-separated)
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: Option<PathBuf>,
}

/// Industries that the shipped numbers are learned from.
#[derive(Debug, Args)]
pub(crate) struct IndustriesArgs {
    /// Folder with one knowledge base folder an industry
    #[arg(long, value_name = "DIR", default_value = "models/train-data")]
    pub(crate) kbs: PathBuf,
    /// Industries to learn from: names of folders. The shipped encoder has not learned those of the
    /// default; on what it knows, its vectors would look better than on a new knowledge base
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "express,healthcare,travel"
    )]
    pub(crate) industries: Vec<String>,
    /// Write what was learned into this folder, as files of their shipped names
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

impl IndustriesArgs {
    /// One industry is left out in turn, so there must be another.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.industries.len() >= 2,
            "至少要两个行业，才能留一个做检验"
        );
        Ok(())
    }

    /// Writes files into the folder that was named, if any.
    pub(crate) fn write(&self, files: &[(&str, String)]) -> anyhow::Result<()> {
        let Some(dir) = &self.out else {
            return Ok(());
        };
        std::fs::create_dir_all(dir).with_context(|| format!("无法创建 {}", dir.display()))?;
        for (file, text) in files {
            let path = dir.join(file);
            std::fs::write(&path, text).with_context(|| format!("无法写入 {}", path.display()))?;
            writeln!(anstream::stderr(), "已写入 {}", path.display())?;
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(crate) struct EvalFitArgs {
    #[command(flatten)]
    pub(crate) from: IndustriesArgs,
    /// Folder with the labels of each industry: queries.jsonl and unanswerable.jsonl
    #[arg(long, value_name = "DIR", default_value = "models/train-data")]
    pub(crate) truth: PathBuf,
}
