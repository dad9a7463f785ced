//! `jieda eval gaps`: whether gap mining brings back FAQs that were removed.

use std::{io::Write, path::Path};

use anyhow::Context as _;
use jieda::{KnowledgeBase, SharedEncoder};
use jieda_eval::gaps::{Asked, Experiment, ExperimentError, Fate, GapReport, Removal, thinned};
use jieda_gaps::Nearness;
use serde_json::json;

use super::decision::percent;
use crate::{
    args::{Common, gaps::EvalGapsArgs},
    progress::Bar,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &EvalGapsArgs) -> anyhow::Result<()> {
    let config = common.config()?;
    let kb = KnowledgeBase::load(&common.kb_dir())?;
    let mut labelled = args.labels.read(&kb, None)?;
    if let Some(most) = args.per_faq {
        labelled.queries = thinned(labelled.queries, most, args.seed);
    }
    let options = args.options();
    anyhow::ensure!(
        args.cases.is_none() || options.len() == 1,
        "--cases 只能配一个 --least-cosine 和一个 --neighbours"
    );
    let encoder = SharedEncoder::load(&config)?;
    let experiment = Experiment {
        config: &config,
        encoder: &encoder,
        kb: &kb,
        labelled: &labelled,
        removal: Removal {
            share: args.remove,
            seed: args.seed,
            rounds: args.rounds.into(),
        },
        asked: if args.only_removed {
            Asked::Removed
        } else {
            Asked::All
        },
    };
    let mut bar = Bar::new("正在移除、提问、归组");
    let reports = experiment.run(&options, &mut |done, all| bar.update(done, all));
    let reports = reports.map_err(told)?;
    drop(bar);
    if let (Some(path), [report]) = (&args.cases, &reports[..]) {
        write_cases(path, report)?;
    }
    let mut out = anstream::stdout().lock();
    let rows = options.iter().map(|o| o.nearness).zip(&reports);
    if common.json {
        let rows = rows.map(|(nearness, report)| {
            let Nearness {
                neighbours,
                least_cosine,
            } = nearness;
            json!({
                "neighbours": neighbours,
                "least_cosine": least_cosine,
                "report": report,
                "fates": report.fates,
            })
        });
        let rows: Vec<_> = rows.collect();
        writeln!(out, "{:#}", json!({ "runs": rows }))?;
        return Ok(());
    }
    print(&mut out, &kb.name, rows)?;
    Ok(())
}

/// As the same fault is told elsewhere.
fn told(error: ExperimentError) -> anyhow::Error {
    match error {
        ExperimentError::Engine(e) => e.into(),
        ExperimentError::Unwritable(faults) => faults.into(),
        ExperimentError::NoFolder(e) => e.into(),
        ExperimentError::Removal { removed, faqs } => {
            anyhow::anyhow!("共有 {faqs} 条启用的常见问题，不能移除 {removed} 条")
        }
    }
}

fn print<'a>(
    out: &mut impl Write,
    kb: &str,
    rows: impl Iterator<Item = (Nearness, &'a GapReport)>,
) -> std::io::Result<()> {
    let mut table = Table::new(
        &[
            "邻居",
            "余弦",
            "移除",
            "回来",
            "其中可能",
            "回来",
            "聚拢",
            "每轮组数",
            "纯组",
            "B³ P",
            "B³ R",
            "B³ F1",
            "移除→新增",
            "→补充",
            "→混淆",
            "保留→补充",
            "→别条",
            "→新增",
            "→混淆",
        ]
        .map(|name| (name, Align::Right)),
    );
    for (nearness, r) in rows {
        let (removed, kept) = (&r.for_removed, &r.for_kept);
        table.row([
            nearness.neighbours.to_string(),
            format!("{:.2}", nearness.least_cosine),
            r.removed.to_string(),
            percent(r.returned),
            r.possible.to_string(),
            percent(r.returned_of_possible),
            percent(r.gathered),
            format!("{:.0}", r.gaps),
            percent(r.pure),
            format!("{:.3}", r.b_cubed.precision),
            format!("{:.3}", r.b_cubed.recall),
            format!("{:.3}", r.b_cubed.f1),
            removed.new_faq.to_string(),
            (removed.similar_question + removed.similar_to_other).to_string(),
            removed.conflicting_faqs.to_string(),
            kept.similar_question.to_string(),
            kept.similar_to_other.to_string(),
            kept.new_faq.to_string(),
            kept.conflicting_faqs.to_string(),
        ]);
    }
    writeln!(out, "知识库“{kb}”\n")?;
    write!(out, "{}", table.render(0))
}

fn write_cases(path: &Path, report: &GapReport) -> anyhow::Result<()> {
    let mut text = String::from("round\tgap\tproposal\tfaq\tremoved\tfound\tconfidence\ttext\n");
    for case in &report.texts {
        let dash = |id: &Option<jieda::types::FaqId>| {
            id.as_ref()
                .map_or_else(|| "-".to_owned(), ToString::to_string)
        };
        let fate = report
            .fates
            .iter()
            .find(|fate| fate.round == case.round && Some(&fate.faq) == case.faq.as_ref());
        let removed = match fate.map(|f| f.fate) {
            None => "-",
            Some(Fate::Returned) => "returned",
            Some(Fate::Lost) => "lost",
            Some(Fate::TooFewMissed) => "too_few_missed",
        };
        let words = case.text.replace(['\t', '\n', '\r'], " ");
        text.push_str(&format!(
            "{}\t{}\t{}\t{}\t{removed}\t{}\t{:.4}\t{words}\n",
            case.round,
            case.gap,
            case.proposal,
            dash(&case.faq),
            dash(&case.found),
            case.confidence,
        ));
    }
    std::fs::write(path, text).with_context(|| format!("无法写入 {}", path.display()))
}
