//! `jieda eval follow-ups`: learn how follow-ups are read, and show how that does on an industry that was left out.

use std::io::Write;

use anyhow::Context as _;
use jieda::{Provenance, SearchMode, locate};
use jieda_eval::{
    fit::follow_up::{self, Basis, Conversations, FollowUpReport},
    transcripts::{Retrieved, read_transcripts},
    truth,
};

use super::decision::percent;
use crate::{
    args::{Common, eval::IndustriesArgs},
    progress::Bar,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &IndustriesArgs) -> anyhow::Result<()> {
    args.check()?;
    let industries = args
        .industries
        .iter()
        .map(|name| conversations(common, args, name))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let config = common.config()?;
    let basis = Basis {
        calibrator: &config.calibrator,
        reply: config.policy.thresholds.reply,
        temperature: config.fusion.temperature,
    };
    let mut bar = Bar::new("正在编码会话");
    let report = follow_up::fit(&industries, &basis, &mut |done, all| bar.update(done, all))?;
    drop(bar);
    let mut report = report.context("没有可用的会话")?;
    report.calibrator.provenance = Provenance {
        data: format!("conversations of {}", args.industries.join(", ")),
        samples: report.pooled.n,
        ece: rounded(report.pooled.ece),
        brier: rounded(report.pooled.brier),
        auc: rounded(report.pooled.auc),
    };
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&mut out, &report)?;
    }
    let names = args.industries.join(", ");
    args.write(&[
        ("follow-up.toml", weights_toml(&report, &names)),
        ("follow-up-calibrator.toml", calibrator_toml(&report)?),
    ])
}

fn conversations(
    common: &Common,
    args: &IndustriesArgs,
    name: &str,
) -> anyhow::Result<Conversations> {
    let dir = locate(&args.kbs).join(name);
    let searcher = common.searcher_for(&dir, SearchMode::Hybrid)?;
    let queries = truth::read_queries(&dir.join("queries.jsonl"), searcher.kb())?;
    let train = |q: &truth::LabelledQuery| q.split == Some(truth::Split::Train);
    Ok(Conversations {
        name: name.to_owned(),
        transcripts: read_transcripts(&dir.join("dialogues.jsonl"), searcher.kb())?,
        queries: queries.into_iter().filter(train).collect(),
        searcher,
    })
}

fn print(out: &mut impl Write, report: &FollowUpReport) -> std::io::Result<()> {
    writeln!(
        out,
        "追问：每个行业用其余行业学到的权重；第一条就对的（只看这一句）\n"
    )?;
    let mut table = Table::new(&[
        ("行业", Align::Left),
        ("追问", Align::Right),
        ("会话里的其他问题", Align::Right),
        ("换了话题的问题", Align::Right),
        ("置信度 ECE", Align::Right),
        ("AUC", Align::Right),
    ]);
    let cell = |r: &Retrieved| format!("{} ({})", percent(r.recall), percent(r.alone));
    for h in &report.held_out {
        table.row([
            h.industry.clone(),
            cell(&h.follow_ups),
            cell(&h.others),
            cell(&h.switches),
            format!("{:.3}", h.calibration.ece),
            format!("{:.3}", h.calibration.auc),
        ]);
    }
    writeln!(out, "{}", table.render(2))?;
    let w = &report.weights;
    writeln!(
        out,
        "  全部行业：b {:.3}，w {:.3}，j {:.3}，l {:.3}，i {:.3}；{} 轮；结合上文的 {} 轮 ECE {:.3}，AUC {:.3}",
        w.bias,
        w.length,
        w.joined,
        w.last,
        w.intent,
        report.samples,
        report.pooled.n,
        report.pooled.ece,
        report.pooled.auc
    )
}

fn calibrator_toml(report: &FollowUpReport) -> anyhow::Result<String> {
    Ok(format!(
        "# Coefficients of the confidence in follow-ups. Written by `jieda eval follow-ups`; the figures under\n\
         # [provenance] are of industries that were left out when fitting.\n\n{}",
        toml::to_string(&report.calibrator)?
    ))
}

fn weights_toml(report: &FollowUpReport, names: &str) -> String {
    let mut text = format!(
        "# How follow-ups are read. Written by `jieda eval follow-ups`; what the numbers mean: the module docs of\n\
         # jieda-retrieval's `follow_up`.\n\n[provenance]\ndata = \"conversations and train queries of {names}\"\n\
         samples = {}\n# recall@1 of follow-ups of an industry, with the weights of the others, and of the words alone.\n",
        report.samples
    );
    for h in &report.held_out {
        text.push_str(&format!(
            "recall_at_1_left_out_{0} = {1:.4}\nalone_{0} = {2:.4}\n",
            h.industry, h.follow_ups.recall, h.follow_ups.alone
        ));
    }
    let w = &report.weights;
    text.push_str(&format!(
        "\n[weights]\nbias = {:.4}\nlength = {:.4}\njoined = {:.4}\nlast = {:.4}\nintent = {:.4}\n",
        w.bias, w.length, w.joined, w.last, w.intent
    ));
    text
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
