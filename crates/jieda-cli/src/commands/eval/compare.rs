//! `jieda eval compare`: two results, case by case.

use std::io::Write;

use jieda_eval::{
    stats::Bootstrap,
    suite::{Comparison, FigureComparison, Flips, Recorded, RunComparison, Test},
};

use super::run::print_flips;
use crate::{
    args::{Common, suite::EvalCompareArgs},
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &EvalCompareArgs) -> anyhow::Result<()> {
    let (first, second) = (Recorded::read(&args.first)?, Recorded::read(&args.second)?);
    let comparison = Comparison::of(&first, &second, &Bootstrap::default());
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&comparison)?)?;
        return Ok(());
    }
    let (a, b) = (args.first.display(), args.second.display());
    writeln!(out, "A：{a}\nB：{b}\n")?;
    for run in &comparison.runs {
        print(&mut out, run)?;
    }
    for (side, runs) in [
        ("A", &comparison.only_first),
        ("B", &comparison.only_second),
    ] {
        if !runs.is_empty() {
            writeln!(out, "只有 {side} 有：{}", runs.join("、"))?;
        }
    }
    if comparison.runs.is_empty() {
        writeln!(out, "没有可以比较的评测")?;
    }
    Ok(())
}

fn print(out: &mut impl Write, run: &RunComparison) -> std::io::Result<()> {
    write!(out, "{}：共有的 {} 条", run.name, run.paired)?;
    if run.clusters < run.paired {
        write!(out, "，来自 {} 个会话", run.clusters)?;
    }
    let same = |figure: &FigureComparison| figure.first == figure.second;
    if run.flips == Flips::default() && run.figures.iter().all(same) {
        return writeln!(out, "，没有差别\n");
    }
    writeln!(out)?;
    if run.only_first + run.only_second > 0 {
        writeln!(
            out,
            "  另有 {} 条只在 A 里，{} 条只在 B 里，不参与比较",
            run.only_first, run.only_second
        )?;
    }
    let mut table = Table::new(&[
        ("指标", Align::Left),
        ("A", Align::Right),
        ("B", Align::Right),
        ("B−A", Align::Right),
        ("95% 区间", Align::Left),
        ("p", Align::Right),
        ("检验", Align::Left),
    ]);
    for figure in &run.figures {
        let d = &figure.difference;
        table.row([
            figure.name.clone(),
            format!("{:.3}", figure.first),
            format!("{:.3}", figure.second),
            format!("{:+.3}", d.difference),
            format!("{:+.3} 到 {:+.3}", d.interval.low, d.interval.high),
            format!("{:.3}", d.p),
            match figure.test {
                Test::McNemar(test) => format!("McNemar，{} 好 {} 坏", test.won, test.lost),
                Test::Bootstrap => "自助法".to_owned(),
            },
        ]);
    }
    writeln!(out, "{}", table.render(2))?;
    print_flips(out, &run.name, "由对变错", &run.flips.lost)?;
    print_flips(out, &run.name, "由错变对", &run.flips.won)
}
