//! `jieda eval transcripts`: whole conversations, turn by turn.

use std::{fs, io::Write, path::Path};

use anyhow::Context as _;
use jieda_eval::transcripts::{Act, Played, TranscriptReport, play, read_transcripts};

use super::decision::percent;
use crate::{
    args::{Common, transcripts::EvalTranscriptsArgs},
    progress::Bar,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &EvalTranscriptsArgs) -> anyhow::Result<()> {
    let engine = common.engine()?;
    let transcripts = read_transcripts(&args.transcripts, engine.searcher().kb())?;
    let file = args.transcripts.display();
    anyhow::ensure!(!transcripts.is_empty(), "{file} 里没有会话");
    let mut bar = Bar::new("正在对话");
    let played = play(&engine, &transcripts, &mut |done, all| {
        bar.update(done, all);
    })?;
    drop(bar);
    if let Some(path) = &args.cases {
        write_cases(path, &played)?;
    }
    let report = TranscriptReport::of(&played);
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        let name = &engine.searcher().kb().name;
        writeln!(out, "知识库“{name}”\n")?;
        print(&mut out, &report)?;
    }
    Ok(())
}

fn print(out: &mut impl Write, r: &TranscriptReport) -> std::io::Result<()> {
    writeln!(
        out,
        "会话 {}，客户说了 {} 轮；处理正确的 {}",
        r.conversations,
        r.turns,
        percent(r.turn_accuracy)
    )?;
    writeln!(
        out,
        "不用人工就解决的会话 {}，没有转人工的 {}\n",
        percent(r.solved_without_human),
        percent(r.contained)
    )?;
    let mut table = Table::new(&[
        ("处理", Align::Left),
        ("应有", Align::Right),
        ("准确率", Align::Right),
        ("召回率", Align::Right),
        ("F1", Align::Right),
    ]);
    for (act, class) in &r.decision {
        table.row([
            act_name(*act).to_owned(),
            class.n.to_string(),
            percent(class.precision),
            percent(class.recall),
            format!("{:.3}", class.f1),
        ]);
    }
    write!(out, "{}", table.render(0))?;
    writeln!(out, "宏平均 F1 {:.3}\n", r.decision_macro_f1)?;
    for (name, turns) in [("追问", &r.context), ("其他问题", &r.others)] {
        writeln!(
            out,
            "{name} {} 轮：第一条就对的 {}（只看这一句 {}）",
            turns.n,
            percent(turns.recall),
            percent(turns.alone)
        )?;
    }
    let h = &r.handoff;
    writeln!(
        out,
        "\n应转人工的会话 {}：在该转的那一轮转的 {}，转了的里面转对的 {}；早了 {}，晚了 {}，没转 {}",
        h.expected,
        percent(h.recall),
        percent(h.precision),
        h.early,
        h.late,
        h.missed
    )?;
    let [exact, one, two] = h.gt_t;
    writeln!(
        out,
        "GT-T（容忍 1、2、3 轮）：{exact:.3}、{one:.3}、{two:.3}；转对的里面原因也对的 {}",
        percent(h.reason_accuracy)
    )?;
    for (reason, exact) in &h.exact {
        writeln!(
            out,
            "{reason}：应有 {}，对 {}，误判 {}",
            exact.expected, exact.right, exact.wrong
        )?;
    }
    Ok(())
}

fn act_name(act: Act) -> &'static str {
    match act {
        Act::Reply => "回复",
        Act::Clarify => "反问",
        Act::Handoff => "转人工",
        Act::Smalltalk => "寒暄",
        Act::Silent => "沉默",
    }
}

fn write_cases(path: &Path, played: &[Played]) -> anyhow::Result<()> {
    let mut text = String::from(
        "conversation\tturn\tcontext\tright\texpected\texpected_faq\tdecision\treason\trule\tfound\tfound_alone\tconfidence\ttext\n",
    );
    for conversation in played {
        for (turn, number) in conversation.turns.iter().zip(1..) {
            let or_dash = |faq: &Option<jieda::types::FaqId>| {
                faq.as_ref()
                    .map_or_else(|| "-".to_owned(), ToString::to_string)
            };
            let reached = &turn.reached;
            let cells = [
                conversation.id.clone(),
                number.to_string(),
                mark(turn.context),
                mark(turn.is_right()),
                turn.expected.decision.as_str().to_owned(),
                or_dash(&turn.expected.faq),
                reached.act.as_str().to_owned(),
                reached.reason.map_or("-", |r| r.as_str()).to_owned(),
                reached.rule.clone(),
                or_dash(&reached.found),
                or_dash(&turn.found_alone),
                format!("{:.4}", reached.confidence),
                turn.text.replace(['\t', '\n', '\r'], " "),
            ];
            text.push_str(&cells.join("\t"));
            text.push('\n');
        }
    }
    fs::write(path, text).with_context(|| format!("无法写入 {}", path.display()))
}

fn mark(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}
