//! `jieda tune`: thresholds with a promise, from labelled queries.

use std::{io::Write, path::PathBuf};

use anyhow::Context as _;
use jieda::{Engine, POLICY_FILE, Timestamp, Tuned, locate, types::Confidence, write_thresholds};
use jieda_eval::{
    charts::Marks,
    decision::ask,
    risk::{Choice, Refusal, Why, cost::Priced},
    tune::{TuneReport, Tuning},
};

use super::eval::decision::{draw, percent};
use crate::{
    args::{Common, tune::TuneArgs},
    json::round_to,
    paint::{WARN, paint},
    progress::Bar,
    table::{Align, Table},
};

const SPARKLINE: usize = 60;

pub(crate) fn run(common: &Common, args: &TuneArgs) -> anyhow::Result<()> {
    let tuning = Tuning {
        promise: args.promise()?,
        clarify: args.clarify(),
        costs: args.costs(),
        redraws: args.redraws.into(),
    };
    let target = target(common, args)?;
    let engine = common.engine()?;
    let labelled = args.labels.read(engine.searcher().kb(), None)?;
    let mut bar = Bar::new("正在回答");
    let turns = ask(&engine, &labelled, &mut |done, all| bar.update(done, all))?;
    drop(bar);
    let report = TuneReport::of(&turns, &tuning);
    if let Some(dir) = &args.charts {
        let marks = Marks {
            threshold: report.choice.map(|choice| choice.threshold),
            max_wrong_rate: Some(args.max_wrong_rate),
        };
        draw(dir, &turns, &marks)?;
    }
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&mut out, &report)?;
    }
    if report.queries == report.answerable {
        writeln!(
            anstream::stderr(),
            "{}样本里没有不可回答的查询（--unanswerable）：真实流量里总有，答错率会比承诺的高",
            paint(WARN, "注意：")
        )?;
    }
    let Some(choice) = &report.choice else {
        anyhow::bail!(
            "{}",
            report.refusal.as_ref().map(refusal).unwrap_or_default()
        );
    };
    if let Some(path) = target {
        write(&engine, &report, choice, &path)?;
        if !common.json {
            writeln!(out, "\n阈值已写入 {}", path.display())?;
        }
    }
    Ok(())
}

/// The policy file to write: the one that was named, else the configuration's, else the knowledge base's own.
/// None for a dry run.
fn target(common: &Common, args: &TuneArgs) -> anyhow::Result<Option<PathBuf>> {
    if args.dry_run {
        return Ok(None);
    }
    let configured = || -> anyhow::Result<Option<PathBuf>> { Ok(common.config()?.policy_file) };
    let path = match &args.policy {
        Some(path) => path.clone(),
        None => match configured()? {
            Some(path) => path,
            None => {
                anyhow::ensure!(
                    common.data().is_none(),
                    "发布后的版本不能改：请对知识库文件夹（--kb）运行，再发布；或用 --policy 指定策略文件，用 --dry-run 只看结果"
                );
                locate(&common.kb_dir()).join(POLICY_FILE)
            }
        },
    };
    Ok(Some(path))
}

fn write(
    engine: &Engine,
    report: &TuneReport,
    choice: &Choice,
    path: &std::path::Path,
) -> anyhow::Result<()> {
    let kb = engine.searcher().kb();
    let tuned = Tuned {
        date: kb.timezone.to_datetime(Timestamp::now()).date().to_string(),
        knowledge: knowledge_name(&kb.name, &kb.content_hash()),
        encoder: engine
            .searcher()
            .encoder_id()
            .map(ToString::to_string)
            .unwrap_or_default(),
        samples: report.queries,
        unanswerable: report.queries - report.answerable,
        max_wrong_rate: report.promise.max_wrong_rate(),
        confidence: report.promise.confidence(),
        coverage: round(choice.coverage),
        wrong_rate: round(choice.wrong_rate),
        wrong_rate_bound: round(choice.upper_bound),
    };
    let clarify = report.clarify.as_ref().map(|band| band.threshold);
    write_thresholds(
        path,
        Confidence::saturating(choice.threshold),
        clarify.map(Confidence::saturating),
        &tuned,
    )
    .context("阈值没有写入")
}

/// What a sample was taken from, as a policy remembers it: a knowledge base's name and the beginning of its hash.
pub(crate) fn knowledge_name(name: &str, content_hash: &str) -> String {
    let hash: String = content_hash.chars().take(12).collect();
    format!("{name} ({hash})")
}

/// Four digits after the point: more would be noise.
pub(crate) fn round(value: f64) -> f64 {
    round_to(value, 4)
}

fn print(out: &mut impl Write, report: &TuneReport) -> std::io::Result<()> {
    let wanted = percent(report.promise.max_wrong_rate());
    let sure = percent(report.promise.confidence());
    writeln!(
        out,
        "样本：{} 条查询，其中 {} 条没有常见问题能回答{}",
        report.queries,
        report.queries - report.answerable,
        match report.conversations {
            0 => String::new(),
            n => format!("，来自 {n} 个会话"),
        }
    )?;
    writeln!(
        out,
        "置信度在这份样本上：ECE {:.3}，AUC {:.3}",
        report.calibration.ece, report.calibration.auc
    )?;
    writeln!(
        out,
        "答错率随自动回复增多的变化（左：只回复最有把握的；右：全部回复，{}）\n  {}\n",
        report
            .curve
            .points
            .last()
            .map_or_else(String::new, |p| percent(p.wrong_rate)),
        report.curve.sparkline(SPARKLINE)
    )?;
    if let Some(choice) = &report.choice {
        writeln!(
            out,
            "承诺：流量像这份样本时，有 {sure} 的把握，自动回复里答错的不超过 {wanted}"
        )?;
        writeln!(
            out,
            "回复阈值 {}：自动回复 {}（占可回答查询的 {}），样本中答错 {} 条，{}（上限 {}）",
            choice.threshold,
            choice.accepted,
            percent(choice.coverage),
            choice.wrong,
            percent(choice.wrong_rate),
            percent(choice.upper_bound)
        )?;
    }
    match &report.clarify {
        Some(band) if report.choice.is_some() => writeln!(
            out,
            "反问阈值 {}：反问 {} 条，{} 的选项里有正确答案",
            band.threshold,
            band.asked,
            percent(band.share())
        )?,
        _ => {}
    }
    redraws(out, report)?;
    outlook(out, report)?;
    costs(out, report)
}

fn redraws(out: &mut impl Write, report: &TuneReport) -> std::io::Result<()> {
    let r = &report.redraws;
    if r.draws == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "\n对半切 {} 次，一半定阈值、一半检验：{} 次没有超过承诺（其中 {} 次样本太小，没有作出承诺）；超出且无法用偶然解释的 {} 次",
        r.draws, r.kept, r.refused, r.contradicted
    )
}

fn outlook(out: &mut impl Write, report: &TuneReport) -> std::io::Result<()> {
    let mut table = Table::new(&[
        ("标注数量", Align::Right),
        ("回复阈值", Align::Right),
        ("覆盖率", Align::Right),
    ]);
    for row in &report.outlook {
        table.row([
            row.queries.to_string(),
            row.threshold
                .map_or_else(|| "-".to_owned(), |t| t.to_string()),
            percent(row.coverage),
        ]);
    }
    writeln!(out, "\n更多标注能换来什么（假定新样本与现在的一样）：")?;
    write!(out, "{}", table.render(2))
}

fn costs(out: &mut impl Write, report: &TuneReport) -> std::io::Result<()> {
    let Some(prices) = &report.costs else {
        return Ok(());
    };
    let mut table = Table::new(&[
        ("每千条查询的成本", Align::Left),
        ("回复阈值", Align::Right),
        ("反问阈值", Align::Right),
        ("成本", Align::Right),
    ]);
    let mut row = |name: &str, priced: &Priced| {
        let thresholds = priced.thresholds;
        let shown =
            |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.3}"));
        table.row([
            name.to_owned(),
            shown(thresholds.map(|t| t.reply)),
            shown(thresholds.and_then(|t| t.clarify)),
            format!("{:.0}", priced.per_thousand),
        ]);
    };
    row("最省（没有承诺）", &prices.cheapest);
    if let Some(tuned) = &prices.tuned {
        row("按承诺", tuned);
    }
    row("全部转人工", &prices.all_handed_over);
    write!(out, "\n{}", table.render(2))
}

fn refusal(refusal: &Refusal) -> String {
    let why = match refusal.why {
        Why::TooFew { accepted, needed } => format!(
            "样本太小：全部回复也只有 {accepted} 条，即使全对，至少也要 {needed} 条才能作出这个承诺"
        ),
        Why::TooManyWrong { wrong, accepted } => {
            format!("答错太多：最有把握的 {accepted} 条里答错 {wrong} 条，样本撑不起这个承诺")
        }
    };
    let remedy = match refusal.more_queries() {
        Some(more) => format!("如果新样本与现在的一样，还需要约 {more} 条标注"),
        None => "再多标注也没有用：可以放宽 --max-wrong-rate，或先改进知识库（见 jieda eval decision --cases）"
            .to_owned(),
    };
    format!("{why}；{remedy}。没有写入任何阈值")
}
