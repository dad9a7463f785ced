//! `jieda eval fit`: learn fusion weights and calibrator, and show how they do on an industry that
//! they have not seen.

use std::io::Write;

use anyhow::Context as _;
use jieda::{Calibrator, FusionWeights, Provenance, SearchMode, locate, types::Signal};
use jieda_eval::{
    fit::{
        Industry, Prepared,
        calibration::{self, Observation},
        fusion::{self, FusionFit},
    },
    metrics::Forecast,
    truth,
};

use crate::{
    args::{Common, EvalFitArgs},
    progress::Bar,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &EvalFitArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.industries.len() >= 2,
        "至少要两个行业，才能留一个做检验"
    );
    let mut industries = Vec::new();
    for name in &args.industries {
        industries.push(prepare(common, args, name)?);
    }
    let mut out = anstream::stdout().lock();

    let all = fusion::fit(&industries.iter().collect::<Vec<_>>()).context("没有可用的训练查询")?;
    let held_out = leave_one_out(&industries)?;
    print_fusion(&mut out, &industries, &held_out, &all)?;

    // Features of an industry come from weights that have not seen it.
    let mut observed: Vec<(String, Vec<Observation>)> = Vec::new();
    for (industry, fit) in industries.into_iter().zip(&held_out) {
        let name = industry.name.clone();
        let (_, observations) = calibration::observe(industry, &fit.weights, fit.temperature)?;
        observed.push((name, observations));
    }
    let unseen = forecast_unseen(&observed);
    let calibrator = fit_calibrator(&observed, &unseen);
    print_calibration(&mut out, &observed, &unseen, &calibrator)?;

    if let Some(dir) = &args.out {
        let names = args.industries.join(", ");
        std::fs::create_dir_all(dir).with_context(|| format!("无法创建 {}", dir.display()))?;
        for (file, text) in [
            ("fusion.toml", fusion_toml(&all, &names)),
            ("calibrator.toml", calibrator_toml(&calibrator)?),
        ] {
            let path = dir.join(file);
            std::fs::write(&path, text).with_context(|| format!("无法写入 {}", path.display()))?;
            writeln!(out, "已写入 {}", path.display())?;
        }
    }
    Ok(())
}

fn prepare(common: &Common, args: &EvalFitArgs, name: &str) -> anyhow::Result<Prepared> {
    let searcher = common.searcher_for(&locate(&args.kbs).join(name), SearchMode::Hybrid)?;
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

fn leave_one_out(industries: &[Prepared]) -> anyhow::Result<Vec<FusionFit>> {
    (0..industries.len())
        .map(|i| {
            let others: Vec<&Prepared> = industries
                .iter()
                .enumerate()
                .filter(|(j, _)| *j != i)
                .map(|(_, p)| p)
                .collect();
            fusion::fit(&others).context("没有可用的训练查询")
        })
        .collect()
}

fn print_fusion(
    out: &mut impl Write,
    industries: &[Prepared],
    held_out: &[FusionFit],
    all: &FusionFit,
) -> anyhow::Result<()> {
    let vector_only = FusionWeights::new(Signal::ALL.map(|s| match s {
        Signal::VectorBest => 1.0,
        _ => 0.0,
    }))?;
    writeln!(
        out,
        "融合权重：训练查询上的 recall@1，每个行业用其余行业学到的权重\n"
    )?;
    let mut table = Table::new(&[
        ("行业", Align::Left),
        ("仅向量", Align::Right),
        ("留一", Align::Right),
        ("全部", Align::Right),
    ]);
    for (industry, fit) in industries.iter().zip(held_out) {
        let recall = |weights| format!("{:.3}", fusion::recall_at_1(industry, weights));
        table.row([
            industry.name.clone(),
            recall(&vector_only),
            recall(&fit.weights),
            recall(&all.weights),
        ]);
    }
    writeln!(out, "{}", table.render(2))?;
    let mut table = Table::new(&[
        ("信号", Align::Left),
        ("权重（全部）", Align::Right),
        ("留一时", Align::Left),
    ]);
    for signal in Signal::ALL {
        let each: Vec<String> = held_out
            .iter()
            .map(|fit| format!("{:.3}", fit.weights.get(signal)))
            .collect();
        table.row([
            signal.name().to_owned(),
            format!("{:.3}", all.weights.get(signal)),
            each.join(" "),
        ]);
    }
    writeln!(out, "{}", table.render(2))?;
    writeln!(
        out,
        "  温度 {:.3}，平均对数似然 {:.3}，{} 条查询\n",
        all.temperature, all.log_likelihood, all.samples
    )?;
    Ok(())
}

/// Forecasts for each industry by a calibrator that was fitted on the others.
fn forecast_unseen(observed: &[(String, Vec<Observation>)]) -> Vec<Vec<Forecast>> {
    (0..observed.len())
        .map(|i| {
            let others = observed.iter().enumerate().filter(|(j, _)| *j != i);
            let calibrator = calibration::fit(others.flat_map(|(_, (_, o))| o));
            calibration::forecasts(&calibrator, &observed[i].1)
        })
        .collect()
}

/// Fits on everything; the figures beside it are those on industries that were left out.
fn fit_calibrator(observed: &[(String, Vec<Observation>)], unseen: &[Vec<Forecast>]) -> Calibrator {
    let pooled = calibration::quality(&unseen.concat());
    let names: Vec<&str> = observed.iter().map(|(name, _)| name.as_str()).collect();
    Calibrator {
        provenance: Provenance {
            data: format!(
                "train queries and train unanswerable queries of {}",
                names.join(", ")
            ),
            samples: pooled.n,
            ece: round(pooled.ece),
            brier: round(pooled.brier),
            auc: round(pooled.auc),
        },
        ..calibration::fit(observed.iter().flat_map(|(_, o)| o))
    }
}

/// Four digits after the point: more would be noise.
fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn print_calibration(
    out: &mut impl Write,
    observed: &[(String, Vec<Observation>)],
    unseen: &[Vec<Forecast>],
    calibrator: &Calibrator,
) -> anyhow::Result<()> {
    writeln!(out, "置信度校准：每个行业用其余行业拟合的校准器\n")?;
    let mut table = Table::new(&[
        ("行业", Align::Left),
        ("数量", Align::Right),
        ("首位正确", Align::Right),
        ("ECE", Align::Right),
        ("Brier", Align::Right),
        ("AUC", Align::Right),
    ]);
    let mut row = |name: &str, forecasts: &[Forecast]| {
        let q = calibration::quality(forecasts);
        let figures = [q.base_rate, q.ece, q.brier, q.auc].map(|value| format!("{value:.3}"));
        table.row(
            [name.to_owned(), q.n.to_string()]
                .into_iter()
                .chain(figures),
        );
    };
    for ((name, _), forecasts) in observed.iter().zip(unseen) {
        row(name, forecasts);
    }
    row("合计", &unseen.concat());
    writeln!(out, "{}", table.render(2))?;
    print_thresholds(out, observed, unseen)?;
    let mut table = Table::new(&[("特征", Align::Left), ("系数", Align::Right)]);
    for c in &calibrator.coefficients {
        table.row([format!("{:?}", c.feature), format!("{:+.3}", c.weight)]);
    }
    writeln!(out, "{}", table.render(2))?;
    Ok(())
}

/// What each reply threshold buys, and where a clarifying question still helps.
fn print_thresholds(
    out: &mut impl Write,
    observed: &[(String, Vec<Observation>)],
    unseen: &[Vec<Forecast>],
) -> anyhow::Result<()> {
    let cases: Vec<(f64, Option<usize>)> = observed
        .iter()
        .zip(unseen)
        .flat_map(|((_, o), f)| o.iter().zip(f).map(|(o, f)| (f.probability, o.rank)))
        .collect();
    let percent =
        |part: usize, whole: usize| format!("{:.1}%", 100.0 * part as f64 / whole.max(1) as f64);
    let mut table = Table::new(&[
        ("回复阈值", Align::Right),
        ("自动回复", Align::Right),
        ("其中答错", Align::Right),
    ]);
    for threshold in [0.5, 0.6, 0.7, 0.75, 0.8, 0.82, 0.84, 0.86, 0.88, 0.9, 0.95] {
        let answered: Vec<_> = cases.iter().filter(|(p, _)| *p >= threshold).collect();
        let wrong = answered.iter().filter(|(_, rank)| *rank != Some(1)).count();
        table.row([
            format!("{threshold:.2}"),
            percent(answered.len(), cases.len()),
            percent(wrong, answered.len()),
        ]);
    }
    writeln!(out, "{}", table.render(2))?;
    let mut table = Table::new(&[
        ("置信度", Align::Left),
        ("数量", Align::Right),
        ("首位正确", Align::Right),
        ("前三有正确答案", Align::Right),
    ]);
    for i in 0..10 {
        let (low, high) = (f64::from(i) / 10.0, f64::from(i + 1) / 10.0);
        let band: Vec<_> = cases
            .iter()
            .filter(|(p, _)| *p >= low && (*p < high || (i == 9 && *p <= high)))
            .collect();
        let within = |k: usize| {
            band.iter()
                .filter(|(_, r)| r.is_some_and(|r| r <= k))
                .count()
        };
        table.row([
            format!("{low:.1}–{high:.1}"),
            band.len().to_string(),
            percent(within(1), band.len()),
            percent(within(3), band.len()),
        ]);
    }
    writeln!(out, "{}", table.render(2))?;
    Ok(())
}

fn fusion_toml(fit: &FusionFit, names: &str) -> String {
    let mut text = format!(
        "# Weights of the signals. Written by `jieda eval fit`; how: the module docs of\n\
         # jieda-eval's `fit::fusion`.\n\n\
         # softmax(score / temperature) is the likelihood of an FAQ.\n\
         temperature = {:.4}\n\n[provenance]\ndata = \"train queries of {names}\"\nsamples = {}\n\
         log_likelihood = {:.4}\n\n[weights]\n",
        fit.temperature, fit.samples, fit.log_likelihood
    );
    for signal in Signal::ALL {
        text.push_str(&format!("{signal} = {:.4}\n", fit.weights.get(signal)));
    }
    text
}

fn calibrator_toml(calibrator: &Calibrator) -> anyhow::Result<String> {
    Ok(format!(
        "# Coefficients of the confidence. Written by `jieda eval fit`; the figures under [provenance]\n\
         # are of industries that were left out when fitting.\n\n{}",
        toml::to_string(calibrator)?
    ))
}
