//! `jieda eval decision`: what the engine decides about labelled texts.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use jieda_eval::{
    charts::{
        Marks, ReliabilityLabels, RiskCoverageLabels, reliability_diagram, risk_coverage_chart,
    },
    decision::{DecisionReport, Label, Turn, ask, forecasts},
    risk::{Observation, RiskCoverage},
};

use crate::{
    args::{Common, tune::EvalDecisionArgs},
    progress::Bar,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &EvalDecisionArgs) -> anyhow::Result<()> {
    let engine = common.engine()?;
    let labelled = args
        .labels
        .read(engine.searcher().kb(), args.handoff.as_deref())?;
    let mut bar = Bar::new("正在回答");
    let turns = ask(&engine, &labelled, &mut |done, all| bar.update(done, all))?;
    drop(bar);
    if let Some(path) = &args.cases {
        write_cases(path, &turns)?;
    }
    if let Some(dir) = &args.charts {
        let marks = Marks {
            threshold: Some(engine.policy().thresholds.reply.get()),
            max_wrong_rate: None,
        };
        draw(dir, &turns, &marks)?;
    }
    let report = DecisionReport::of(&turns);
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        let thresholds = engine.policy().thresholds;
        writeln!(
            out,
            "知识库“{}”，回复阈值 {}，反问阈值 {}\n",
            engine.searcher().kb().name,
            thresholds.reply.get(),
            thresholds.clarify.get()
        )?;
        print(&mut out, &report)?;
    }
    Ok(())
}

fn print(out: &mut impl Write, r: &DecisionReport) -> std::io::Result<()> {
    let [low, high] = r.wrong_rate_ci.map(percent);
    writeln!(
        out,
        "可回答的查询 {}，不可回答的 {}",
        r.answerable, r.unanswerable
    )?;
    writeln!(
        out,
        "自动回复 {}（覆盖率 {}），其中答错 {}（95% 区间 {low}–{high}）",
        r.replies,
        percent(r.coverage),
        percent(r.wrong_rate)
    )?;
    writeln!(
        out,
        "反问 {}，直接转人工 {}；不可回答的被自动回复 {}",
        percent(r.clarify_rate),
        percent(r.answerable_handed_over),
        percent(r.oos_answered_rate)
    )?;
    if !r.handoff_by_reason.is_empty() {
        writeln!(
            out,
            "应转人工的转了 {}，不该转的误转 {}",
            percent(r.handoff_recall),
            percent(r.handoff_false_rate)
        )?;
    }
    writeln!(
        out,
        "置信度：ECE {:.3}，Brier {:.3}，AUC {:.3}",
        r.ece, r.brier, r.auc
    )?;
    let best: Vec<String> = r
        .coverage_at
        .iter()
        .map(|(rate, coverage)| {
            let rate: f64 = rate.parse().unwrap_or_default();
            format!("{} 时 {}", percent(rate), percent(*coverage))
        })
        .collect();
    writeln!(out, "事后看，答错率不超过{}\n", best.join("，"))?;

    let mut table = Table::new(&[
        ("说法", Align::Left),
        ("数量", Align::Right),
        ("自动回复", Align::Right),
        ("其中答错", Align::Right),
    ]);
    for (style, group) in &r.by_style {
        table.row([
            style.clone(),
            group.n.to_string(),
            percent(group.coverage),
            percent(group.wrong_rate),
        ]);
    }
    write!(out, "{}", table.render(0))?;
    for (title, shares) in [
        ("不可回答", &r.oos_answered_by_kind),
        ("应转人工", &r.handoff_by_reason),
    ] {
        if shares.is_empty() {
            continue;
        }
        let last = if title == "应转人工" {
            "转了"
        } else {
            "被回复"
        };
        let mut table = Table::new(&[
            (title, Align::Left),
            ("数量", Align::Right),
            (last, Align::Right),
        ]);
        for (name, share) in shares {
            table.row([name.clone(), share.n.to_string(), percent(share.share)]);
        }
        write!(out, "\n{}", table.render(0))?;
    }
    Ok(())
}

pub(crate) fn percent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

/// Draws both charts into a folder.
pub(crate) fn draw(dir: &Path, turns: &[Turn], marks: &Marks) -> anyhow::Result<()> {
    let observations: Vec<Observation> = turns.iter().filter_map(Turn::observation).collect();
    let reliability = reliability_diagram(&forecasts(&observations), &ReliabilityLabels::CHINESE)?;
    let curve = RiskCoverage::of(&observations);
    let curve = risk_coverage_chart(&curve, marks, &RiskCoverageLabels::CHINESE)?;
    fs::create_dir_all(dir).with_context(|| format!("无法创建 {}", dir.display()))?;
    for (name, svg) in [
        ("reliability.svg", reliability),
        ("risk-coverage.svg", curve),
    ] {
        let path: PathBuf = dir.join(name);
        fs::write(&path, svg).with_context(|| format!("无法写入 {}", path.display()))?;
        writeln!(anstream::stderr(), "已写入 {}", path.display())?;
    }
    Ok(())
}

fn write_cases(path: &Path, turns: &[Turn]) -> anyhow::Result<()> {
    let mut text = String::from("label\tdecision\trule\tconfidence\tfound\trank\ttext\n");
    for turn in turns {
        let label = match &turn.label {
            Label::Answerable { faq, .. } => faq.to_string(),
            Label::Unanswerable { kind } => format!("unanswerable:{kind}"),
            Label::Handoff { reason } => format!("handoff:{reason}"),
            Label::NoHandoff => "no-handoff".to_owned(),
        };
        let found = turn.found.as_ref().map_or("-", |id| id.as_str());
        let rank = turn
            .rank
            .map_or_else(|| "-".to_owned(), |rank| rank.to_string());
        let words = turn.text.replace(['\t', '\n', '\r'], " ");
        text.push_str(&format!(
            "{label}\t{}\t{}\t{:.4}\t{found}\t{rank}\t{words}\n",
            turn.decision.name(),
            turn.rule,
            turn.confidence
        ));
    }
    fs::write(path, text).with_context(|| format!("无法写入 {}", path.display()))
}
