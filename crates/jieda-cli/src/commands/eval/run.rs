//! `jieda eval run`: everything that a suite names.

use std::{io::Write, path::Path};

use anyhow::Context as _;
use jieda::SharedEncoder;
use jieda_eval::{
    stats::Bootstrap,
    suite::{Check, Figure, Flip, Outcome, Recorded, RunError, Suite, figure_names},
};
use serde_json::json;

use crate::{
    args::{Common, suite::EvalRunArgs},
    exit::{INPUT, Said},
    progress::Bar,
    table::{Align, Table},
};

/// Cases of a run that are shown for each side.
const SHOWN: usize = 20;

pub(crate) fn run(common: &Common, args: &EvalRunArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        common.kb.is_none() && common.data.is_none(),
        "评测集里已经写明了知识库，不能再用 --kb 或 --data"
    );
    let suite = Suite::read(&args.suite)?;
    // Read before the work begins: a folder that is not there is told at once.
    let recorded = args.check.as_deref().map(Recorded::read).transpose()?;
    let found = measured(common, &suite)?;
    let check = recorded.map(|recorded| Check::of(&found, &recorded, &suite.tolerance));

    let mut out = anstream::stdout().lock();
    if common.json {
        let value = json!({ "results": found.results, "check": check });
        writeln!(out, "{}", serde_json::to_string_pretty(&value)?)?;
    } else {
        print(&mut out, &found)?;
        if let (Some(check), Some(dir)) = (&check, &args.check) {
            writeln!(out)?;
            print_check(&mut out, check, dir)?;
        }
    }
    if let Some(dir) = &args.out {
        let written = found.write(dir);
        written.with_context(|| format!("无法写入 {}", dir.display()))?;
        writeln!(anstream::stderr(), "结果已写入 {}", dir.display())?;
    }
    match check {
        Some(check) if !check.is_passed() => Err(Said(INPUT).into()),
        _ => Ok(()),
    }
}

fn measured(common: &Common, suite: &Suite) -> anyhow::Result<Recorded> {
    let prepared = suite.prepare()?;
    let config = common.config()?;
    let encoder = prepared.iter().any(|run| run.needs_encoder());
    let encoder = encoder.then(|| SharedEncoder::load(&config)).transpose()?;
    let mut measured = Vec::new();
    for run in &prepared {
        let mut bar = Bar::new(format!("正在评测 {}", run.name()));
        let found = run.run(&config, encoder.as_ref(), &mut |done, all| {
            bar.update(done, all);
        });
        measured.push(found.map_err(|e| match e {
            RunError::Engine(e) => anyhow::Error::from(e),
            RunError::Intents(e) => anyhow::Error::from(e),
        })?);
    }
    Ok(Recorded::of(suite, measured, &Bootstrap::default()))
}

fn print(out: &mut impl Write, found: &Recorded) -> std::io::Result<()> {
    writeln!(out, "评测集 {}\n", found.results.suite)?;
    let mut table = Table::new(&[
        ("评测", Align::Left),
        ("指标", Align::Left),
        ("数值", Align::Right),
        ("95% 区间", Align::Left),
        ("数量", Align::Right),
    ]);
    for run in &found.results.runs {
        let mut name = run.name.clone();
        for figure in figure_names(run.kind) {
            let Some(measured) = run.figures.get(figure) else {
                continue;
            };
            table.row([
                std::mem::take(&mut name),
                figure.to_owned(),
                format!("{:.3}", measured.value),
                interval(measured),
                measured.n.map_or_else(String::new, |n| n.to_string()),
            ]);
        }
    }
    write!(out, "{}", table.render(0))
}

fn interval(figure: &Figure) -> String {
    figure.interval.map_or_else(String::new, |ends| {
        format!("{:.3}–{:.3}", ends.low, ends.high)
    })
}

fn print_check(out: &mut impl Write, check: &Check, dir: &Path) -> std::io::Result<()> {
    let dir = dir.display();
    let listed = |outcome: Outcome| {
        let mut table = Table::new(&[
            ("评测", Align::Left),
            ("指标", Align::Left),
            ("原来", Align::Right),
            ("现在", Align::Right),
            ("允许变差", Align::Right),
        ]);
        let changes = check.changes.iter().filter(|c| c.outcome == outcome);
        for change in changes.clone() {
            let value = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), |v| format!("{v:.4}"));
            table.row([
                change.run.clone(),
                change.figure.clone(),
                value(change.before),
                value(change.now),
                change.tolerance.to_string(),
            ]);
        }
        (changes.count(), table.render(2))
    };
    let (fell, table) = listed(Outcome::Fell);
    if fell > 0 {
        writeln!(out, "变差的指标 {fell} 项（与 {dir} 相比）：\n{table}")?;
        let fallen: Vec<&str> = check.fallen().map(|change| change.run.as_str()).collect();
        for run in check
            .flips
            .iter()
            .filter(|f| fallen.contains(&f.run.as_str()))
        {
            print_flips(out, &run.run, "由对变错", &run.flips.lost)?;
            print_flips(out, &run.run, "由错变对", &run.flips.won)?;
        }
    }
    for run in &check.unrecorded {
        writeln!(out, "{dir} 里没有 {run} 的结果")?;
    }
    let (rose, table) = listed(Outcome::Rose);
    if rose > 0 {
        writeln!(out, "变好的指标 {rose} 项（与 {dir} 相比）：\n{table}")?;
    }
    if fell == 0 && rose == 0 && check.unrecorded.is_empty() {
        writeln!(out, "与 {dir} 相比，没有指标变差或明显变好")?;
    }
    if !check.not_run.is_empty() {
        writeln!(out, "{dir} 里还有没有评测的：{}", check.not_run.join("、"))?;
    }
    if check.asks_to_be_recorded() {
        writeln!(out, "请用整个评测集加 --out {dir} 写入新的结果，并一起提交")?;
    }
    Ok(())
}

/// Cases that changed sides; nothing for none.
pub(super) fn print_flips(
    out: &mut impl Write,
    run: &str,
    title: &str,
    flips: &[Flip],
) -> std::io::Result<()> {
    if flips.is_empty() {
        return Ok(());
    }
    writeln!(out, "{run}，{title} {} 条：", flips.len())?;
    for flip in flips.iter().take(SHOWN) {
        writeln!(out, "  {}", flip.text)?;
        writeln!(
            out,
            "    应为 {}；原来 {}；现在 {}",
            flip.expected, flip.before, flip.now
        )?;
    }
    if flips.len() > SHOWN {
        writeln!(out, "  …… 还有 {} 条", flips.len() - SHOWN)?;
    }
    writeln!(out)
}
