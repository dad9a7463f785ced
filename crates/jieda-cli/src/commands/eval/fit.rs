//! `jieda eval fit`: learn fusion weights and calibrator, and show how they do on an industry that
//! they have not seen.

use std::io::Write;

use anyhow::Context as _;
use jieda::{SearchMode, locate, types::Signal};
use jieda_eval::{
    calibrators::Family,
    fit::{self, FitReport, Industry, Prepared},
    truth,
};

use crate::{
    args::{Common, eval::EvalFitArgs},
    progress::Bar,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &EvalFitArgs) -> anyhow::Result<()> {
    args.from.check()?;
    let industries = args
        .from
        .industries
        .iter()
        .map(|name| prepare(common, args, name))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let report = fit::fit(industries)?.context("没有可用的训练查询")?;
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        print_fusion(&mut out, &report)?;
        print_calibration(&mut out, &report)?;
    }
    let names = args.from.industries.join(", ");
    args.from.write(&[
        ("fusion.toml", fusion_toml(&report, &names)),
        ("calibrator.toml", calibrator_toml(&report)?),
    ])
}

fn prepare(common: &Common, args: &EvalFitArgs, name: &str) -> anyhow::Result<Prepared> {
    let searcher = common.searcher_for(&locate(&args.from.kbs).join(name), SearchMode::Hybrid)?;
    let labels = locate(&args.truth).join(name);
    let industry = Industry {
        name: name.to_owned(),
        queries: truth::read_queries(&labels.join("queries.jsonl"), searcher.kb())?,
        unanswerable: truth::read_unanswerable(&labels.join("unanswerable.jsonl"))?,
        searcher,
    };
    let mut bar = Bar::new(format!("正在编码 {name} 的训练查询"));
    Ok(Prepared::new(industry, &mut |done, all| {
        bar.update(done, all);
    })?)
}

fn print_fusion(out: &mut impl Write, report: &FitReport) -> std::io::Result<()> {
    writeln!(
        out,
        "融合权重：训练查询上的 recall@1；“留一”用其余行业学到的权重\n"
    )?;
    let mut table = Table::new(&[
        ("行业", Align::Left),
        ("仅向量", Align::Right),
        ("留一", Align::Right),
        ("全部", Align::Right),
    ]);
    for h in &report.held_out {
        let recalls = [h.vector_recall, h.recall, h.recall_all].map(|r| format!("{r:.3}"));
        table.row([h.industry.clone()].into_iter().chain(recalls));
    }
    writeln!(out, "{}", table.render(2))?;
    let mut table = Table::new(&[
        ("信号", Align::Left),
        ("权重（全部）", Align::Right),
        ("留一时", Align::Left),
    ]);
    for signal in Signal::ALL {
        let weight = |fit: &fit::FusionFit| format!("{:.3}", fit.weights.get(signal));
        let each: Vec<String> = report.held_out.iter().map(|h| weight(&h.fusion)).collect();
        table.row([
            signal.name().to_owned(),
            weight(&report.fusion),
            each.join(" "),
        ]);
    }
    writeln!(out, "{}", table.render(2))?;
    let f = &report.fusion;
    writeln!(
        out,
        "  温度 {:.3}，平均对数似然 {:.3}，{} 条查询\n",
        f.temperature, f.log_likelihood, f.samples
    )
}

fn print_calibration(out: &mut impl Write, report: &FitReport) -> std::io::Result<()> {
    writeln!(out, "置信度校准：每个行业用其余行业拟合的校准器\n")?;
    let mut table = Table::new(&[
        ("行业", Align::Left),
        ("数量", Align::Right),
        ("首位正确", Align::Right),
        ("ECE", Align::Right),
        ("Brier", Align::Right),
        ("AUC", Align::Right),
    ]);
    let each = report
        .held_out
        .iter()
        .map(|h| (h.industry.as_str(), &h.calibration));
    for (name, q) in each.chain([("合计", &report.pooled)]) {
        let figures = [q.base_rate, q.ece, q.brier, q.auc].map(|value| format!("{value:.3}"));
        table.row(
            [name.to_owned(), q.n.to_string()]
                .into_iter()
                .chain(figures),
        );
    }
    writeln!(out, "{}", table.render(2))?;

    print_comparison(out, report)?;
    let percent = |share: f64| format!("{:.1}%", 100.0 * share);
    let mut table = Table::new(&[
        ("回复阈值", Align::Right),
        ("自动回复", Align::Right),
        ("其中答错", Align::Right),
    ]);
    for row in &report.thresholds {
        table.row([
            format!("{:.2}", row.threshold),
            percent(row.answered),
            percent(row.wrong),
        ]);
    }
    writeln!(out, "{}", table.render(2))?;

    let mut table = Table::new(&[
        ("置信度", Align::Left),
        ("数量", Align::Right),
        ("首位正确", Align::Right),
        ("前三有正确答案", Align::Right),
    ]);
    for row in &report.bands {
        table.row([
            format!("{:.1}–{:.1}", row.from, row.from + 0.1),
            row.n.to_string(),
            percent(row.first_right),
            percent(row.three_right),
        ]);
    }
    writeln!(out, "{}", table.render(2))?;

    let mut table = Table::new(&[("特征", Align::Left), ("系数", Align::Right)]);
    for c in &report.calibrator.coefficients {
        table.row([format!("{:?}", c.feature), format!("{:+.3}", c.weight)]);
    }
    writeln!(out, "{}", table.render(2))
}

/// Kinds of calibrators, and thresholds tuned elsewhere.
fn print_comparison(out: &mut impl Write, report: &FitReport) -> std::io::Result<()> {
    writeln!(out, "几种校准器，每个行业都没有被学过（嵌套留一）\n")?;
    let mut table = Table::new(&[
        ("校准器", Align::Left),
        ("ECE", Align::Right),
        ("Brier", Align::Right),
        ("AUC", Align::Right),
        ("对数损失", Align::Right),
        ("各行业 ECE", Align::Left),
    ]);
    for family in &report.comparison.families {
        let name = match family.family {
            Family::Platt { .. } => "综合得分一项（Platt）",
            Family::Logistic => "逻辑回归",
            Family::Isotonic => "逻辑回归 + 保序",
            Family::Boosted => "提升树",
        };
        let q = &family.pooled;
        let each: Vec<String> = family
            .groups
            .iter()
            .map(|group| format!("{:.3}", group.quality.ece))
            .collect();
        table.row([
            name.to_owned(),
            format!("{:.3}", q.ece),
            format!("{:.4}", q.brier),
            format!("{:.3}", q.auc),
            format!("{:.4}", q.log_loss),
            each.join(" "),
        ]);
    }
    writeln!(out, "{}", table.render(2))?;
    writeln!(out, "用其余行业定的阈值（95% 把握），在没有见过的行业上\n")?;
    let percent = |share: f64| format!("{:.1}%", 100.0 * share);
    let mut table = Table::new(&[
        ("行业", Align::Left),
        ("承诺", Align::Right),
        ("阈值", Align::Right),
        ("覆盖率", Align::Right),
        ("答错", Align::Right),
    ]);
    for row in &report.transfers {
        table.row([
            row.industry.clone(),
            percent(row.max_wrong_rate),
            row.threshold
                .map_or_else(|| "-".to_owned(), |t| t.to_string()),
            percent(row.coverage),
            percent(row.wrong_rate),
        ]);
    }
    writeln!(out, "{}", table.render(2))
}

fn calibrator_toml(report: &FitReport) -> anyhow::Result<String> {
    Ok(format!(
        "# Coefficients of the confidence. Written by `jieda eval fit`; the figures under [provenance]\n\
         # are of industries that were left out when fitting.\n\n{}",
        toml::to_string(&report.calibrator)?
    ))
}

fn fusion_toml(report: &FitReport, names: &str) -> String {
    let fit = &report.fusion;
    let mut text = format!(
        "# Weights of the signals. Written by `jieda eval fit`; how: the module docs of\n\
         # jieda-eval's `fit::fusion`.\n\n\
         # softmax(score / temperature) is the likelihood of an FAQ.\n\
         temperature = {:.4}\n\n[provenance]\ndata = \"train queries of {names}\"\nsamples = {}\n\
         log_likelihood = {:.4}\n# recall@1 on the train queries of an industry, with the weights of the others.\n",
        fit.temperature, fit.samples, fit.log_likelihood
    );
    for h in &report.held_out {
        text.push_str(&format!(
            "recall_at_1_left_out_{} = {:.4}\n",
            h.industry, h.recall
        ));
    }
    text.push_str("\n[weights]\n");
    for signal in Signal::ALL {
        text.push_str(&format!("{signal} = {:.4}\n", fit.weights.get(signal)));
    }
    text
}
