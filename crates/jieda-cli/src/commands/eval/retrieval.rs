//! `jieda eval retrieval`: recall and MRR on labelled queries.

use std::{io::Write as _, path::Path};

use anyhow::Context as _;
use jieda_eval::{
    metrics::RankingMetrics,
    retrieval::{Case, evaluate},
    truth,
};

use crate::{
    args::{Common, eval::EvalRetrievalArgs},
    progress::Bar,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &EvalRetrievalArgs) -> anyhow::Result<()> {
    let searcher = common.searcher(args.mode)?;
    let mut queries = truth::read_queries(&args.queries, searcher.kb())?;
    if let Some(split) = args.split {
        queries.retain(|q| q.split == Some(split));
        anyhow::ensure!(
            !queries.is_empty(),
            "{} 里没有这个 split 的查询",
            args.queries.display()
        );
    }
    let mut bar = Bar::new("正在检索");
    let report = evaluate(&searcher, &queries, &mut |done, all| bar.update(done, all))?;
    if let Some(path) = &args.cases {
        write_cases(path, &report.cases)?;
    }
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        return Ok(());
    }
    writeln!(out, "知识库“{}”，模式 {}\n", searcher.kb().name, args.mode)?;
    let mut table = Table::new(&[
        ("说法", Align::Left),
        ("数量", Align::Right),
        ("recall@1", Align::Right),
        ("recall@3", Align::Right),
        ("recall@5", Align::Right),
        ("mrr@10", Align::Right),
    ]);
    for (style, metrics) in &report.by_style {
        table.row(cells(style, metrics));
    }
    table.row(cells("全部", &report.all));
    write!(out, "{}", table.render(0))?;
    Ok(())
}

fn cells(name: &str, m: &RankingMetrics) -> [String; 6] {
    let share = |value: f64| format!("{value:.3}");
    [
        name.to_owned(),
        m.n.to_string(),
        share(m.recall_at_1),
        share(m.recall_at_3),
        share(m.recall_at_5),
        share(m.mrr_at_10),
    ]
}

fn write_cases(path: &Path, cases: &[Case]) -> anyhow::Result<()> {
    let mut text = String::from("expected\tfound\trank\tstyle\ttext\n");
    for case in cases {
        let found = case.found.as_ref().map_or("-", |id| id.as_str());
        let rank = case
            .rank
            .map_or_else(|| "-".to_owned(), |rank| rank.to_string());
        let line: String = case.text.replace(['\t', '\n', '\r'], " ");
        text.push_str(&format!(
            "{}\t{found}\t{rank}\t{}\t{line}\n",
            case.expected, case.style
        ));
    }
    std::fs::write(path, text).with_context(|| format!("无法写入 {}", path.display()))
}
