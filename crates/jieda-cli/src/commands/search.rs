//! `jieda search`: candidates, and every part of every score.

use std::io::Write;

use jieda::types::Candidate;
use serde_json::{Value, json};

use crate::{
    args::{Common, SearchArgs},
    json, paint,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &SearchArgs) -> anyhow::Result<()> {
    let text = args.text.read()?;
    let searcher = common.searcher(args.mode)?;
    let understood = searcher.understand(&text)?;
    let candidates = searcher.search_on(
        &understood.query(),
        &args.occasion.on(searcher.kb())?,
        args.limit.into(),
    )?;
    let mut out = anstream::stdout().lock();
    if common.json {
        let shape = if args.explain {
            json::explained
        } else {
            json::candidate
        };
        let value = json!({
            "query": text,
            "normalized": understood.segmented.normalized,
            "mode": args.mode.name(),
            "candidates": candidates.ranked.iter().map(shape).collect::<Vec<Value>>(),
            "covered": candidates.covered,
            "vector_top": candidates.vector_top,
            "lexical_top": candidates.lexical_top,
        });
        writeln!(out, "{value:#}")?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("", Align::Right),
        ("编号", Align::Left),
        ("得分", Align::Right),
        ("问题", Align::Left),
    ]);
    for (i, c) in candidates.ranked.iter().enumerate() {
        table.row([
            (i + 1).to_string(),
            c.faq.to_string(),
            c.score.to_string(),
            c.question.clone(),
        ]);
    }
    write!(out, "{}", table.render(0))?;
    if args.explain {
        for (i, candidate) in candidates.ranked.iter().enumerate() {
            explain(&mut out, i + 1, candidate)?;
        }
        writeln!(
            out,
            "\n得分 = Σ 权重 × 标准化值；标准化：减去该信号在本次查询中对所有常见问题的均值，除以标准差。"
        )?;
    }
    Ok(())
}

fn explain(out: &mut impl Write, rank: usize, c: &Candidate) -> std::io::Result<()> {
    let title = format!("{rank}. {} {}", c.faq, c.question);
    writeln!(out, "\n{}", paint::paint(paint::GOOD, &title))?;
    if c.matched != c.question {
        writeln!(out, "   最接近的问法：{}", c.matched)?;
    }
    let mut table = Table::new(&[
        ("信号", Align::Left),
        ("原始值", Align::Right),
        ("标准化", Align::Right),
        ("权重", Align::Right),
        ("贡献", Align::Right),
    ]);
    for p in &c.parts {
        table.row([
            p.signal.name().to_owned(),
            format!("{:.4}", p.raw),
            format!("{:+.3}", p.normalized),
            format!("{:.3}", p.weight),
            format!("{:+.3}", p.contribution()),
        ]);
    }
    let blank = String::new;
    table.row([
        "合计".to_owned(),
        blank(),
        blank(),
        blank(),
        format!("{:+.3}", c.score.0),
    ]);
    write!(out, "{}", table.render(3))
}
