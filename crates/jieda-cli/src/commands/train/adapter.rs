//! `jieda train adapter`: one knowledge base's log, in one matrix.

use std::io::Write as _;

use jieda::{ADAPTER_FILE, SearchMode, Searcher, locate, model::AdapterOptions};
use jieda_eval::adapt::{AdaptReport, SIGNIFICANCE, adapt};

use super::data::labelled;
use crate::{
    args::{Common, train::AdapterArgs},
    progress::{self, Bar},
    table::{Align, Table},
};

pub(super) fn run(common: &Common, args: &AdapterArgs) -> anyhow::Result<()> {
    let kb_dir = common.kb_dir();
    let config = common.config()?;
    let opening = &mut progress::opening();
    let searcher = Searcher::open_bare(&config, &kb_dir, SearchMode::Hybrid, opening)?;
    let queries = labelled(&kb_dir, searcher.kb(), &args.log)?;
    let options = AdapterOptions {
        seed: args.seed,
        ..AdapterOptions::default()
    };
    let mut bar = Bar::new("正在训练和交叉验证");
    let (adapter, report) = adapt(&searcher, &queries, &options, &mut |done, all| {
        bar.update(done, all);
    })?;
    let path = match &args.out {
        Some(path) => path.clone(),
        None => locate(&kb_dir).join(ADAPTER_FILE),
    };
    if report.adopted {
        adapter.save(&path)?;
    }
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&mut out, &report)?;
        if report.adopted {
            writeln!(
                out,
                "适配器已写入 {}；删去这个文件即可恢复原样",
                path.display()
            )?;
        }
    }
    anyhow::ensure!(report.adopted, "{}", refusal(&report));
    Ok(())
}

fn print(out: &mut impl std::io::Write, report: &AdaptReport) -> anyhow::Result<()> {
    let mut table = Table::new(&[
        ("混合检索", Align::Left),
        ("问句", Align::Right),
        ("recall@1", Align::Right),
        ("recall@3", Align::Right),
        ("mrr@10", Align::Right),
    ]);
    for (name, m) in [("不用适配器", &report.before), ("用适配器", &report.after)] {
        table.row([
            name.to_owned(),
            m.n.to_string(),
            format!("{:.3}", m.recall_at_1),
            format!("{:.3}", m.recall_at_3),
            format!("{:.3}", m.mrr_at_10),
        ]);
    }
    write!(out, "{}", table.render(0))?;
    writeln!(
        out,
        "每条问句都由没有学过它的适配器来检验：{} 条变对，{} 条变错（p = {:.3}）",
        report.won, report.lost, report.p
    )?;
    Ok(())
}

fn refusal(report: &AdaptReport) -> String {
    let (won, lost) = (report.won, report.lost);
    if won <= lost {
        format!(
            "适配器没有找得更准（{won} 条变对，{lost} 条变错），没有写出。可以增加标注问句，让更多常见问题有标注"
        )
    } else {
        format!(
            "适配器的提高可能只是偶然（{won} 条变对，{lost} 条变错，p = {:.3}，应不超过 {SIGNIFICANCE}），没有写出。可以增加标注问句",
            report.p
        )
    }
}
