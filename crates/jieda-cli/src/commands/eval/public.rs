//! `jieda eval public`: public benchmarks.

use std::io::Write;

use anyhow::Context as _;
use jieda::SharedEncoder;
use jieda_eval::public::{PublicError, Set, SetResult, evaluate, page};

use crate::{
    args::{Common, suite::EvalPublicArgs},
    progress::Bar,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &EvalPublicArgs) -> anyhow::Result<()> {
    let data = common.data.as_deref();
    let data = data.context("请用 --data 指定公开评测集所在的目录")?;
    anyhow::ensure!(data.is_dir(), "{} 不是目录", data.display());
    let wanted = match args.sets.as_slice() {
        [] => Set::ALL.to_vec(),
        sets => sets.to_vec(),
    };
    let (there, absent): (Vec<Set>, Vec<Set>) = wanted
        .into_iter()
        .partition(|set| set.missing(data).is_empty());
    let mut stderr = anstream::stderr();
    for set in &absent {
        let missing = set.missing(data);
        let missing: Vec<String> = missing.iter().map(|p| p.display().to_string()).collect();
        writeln!(stderr, "跳过 {}：没有 {}", set.name(), missing.join("、"))?;
    }
    anyhow::ensure!(!there.is_empty(), "{} 里没有任何评测集", data.display());

    let config = common.config()?;
    let encoder = SharedEncoder::load(&config)?;
    let mut results = Vec::new();
    for set in there {
        let mut bar = Bar::new(format!("正在评测 {}", set.name()));
        let result = evaluate(set, data, &config, &encoder, &mut |done, all| {
            bar.update(done, all);
        });
        results.push(result.map_err(|e| match e {
            PublicError::Files(e) => anyhow::Error::from(e),
            PublicError::Engine(e) => anyhow::Error::from(e),
            PublicError::Intents(e) => anyhow::Error::from(e),
            PublicError::Temporary(e) => anyhow::Error::from(e),
        })?);
    }
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&results)?)?;
    } else {
        print(&mut out, &results)?;
    }
    if let Some(file) = &args.out {
        let page = page(&results, &encoder.encoder().id().to_string());
        std::fs::write(file, page).with_context(|| format!("无法写入 {}", file.display()))?;
        writeln!(anstream::stderr(), "已写入 {}", file.display())?;
    }
    Ok(())
}

fn print(out: &mut impl Write, results: &[SetResult]) -> std::io::Result<()> {
    let mut table = Table::new(&[
        ("评测集", Align::Left),
        ("指标", Align::Left),
        ("数值", Align::Right),
        ("95% 区间", Align::Left),
    ]);
    for result in results {
        let mut name = result.set.name().to_owned();
        for figure in &result.figures {
            let interval = figure.figure.interval.map_or_else(String::new, |ends| {
                format!("{:.3}–{:.3}", ends.low, ends.high)
            });
            table.row([
                std::mem::take(&mut name),
                figure.name.to_owned(),
                format!("{:.3}", figure.figure.value),
                interval,
            ]);
        }
    }
    write!(out, "{}", table.render(0))
}
