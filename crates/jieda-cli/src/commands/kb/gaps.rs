//! `jieda kb gaps`: what customers asked in vain, and what to write about it.

use std::{io::Write, path::Path};

use anyhow::Context as _;
use jieda::{
    Conversation, Engine, Faults, KnowledgeBase, Problem, ProblemCode, export_suggestions,
    read_jsonl,
    types::{ConversationId, FaqId, HandoffReason, Rating, Speaker},
};
use jieda_gaps::{Cause, Gap, GapMiner, Gaps, Miss, Proposal, Seen, missed_now};
use jieda_server::{Kept, misses};
use jieda_store::{ConversationLog, Turn};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    args::{Common, gaps::GapsArgs},
    paint::{DIM, GOOD, paint},
    progress::Bar,
};

/// Texts of a gap that are printed.
const SHOWN: usize = 5;

pub(super) fn run(common: &Common, args: &GapsArgs) -> anyhow::Result<()> {
    let engine = common.engine()?;
    let misses = match (&args.log, &args.queries) {
        (Some(log), _) => logged(log, engine.policy().satisfaction.handoff_at)?,
        (None, Some(queries)) => asked(queries, &engine)?,
        (None, None) => anyhow::bail!("请用 --log 或 --queries 指定客户的问题"),
    };
    let mut bar = Bar::new("正在归组");
    let miner = GapMiner::new(&engine).with_options(args.options());
    let gaps = miner.mine(&misses, &mut |done, all| bar.update(done, all))?;
    drop(bar);
    let kb = engine.searcher().kb();
    if let Some(path) = &args.out {
        export_suggestions(kb, &gaps.suggestions(kb), path)?;
    }
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&gaps)?)?;
        return Ok(());
    }
    print(&mut out, &gaps, kb)?;
    if let Some(path) = &args.out {
        let path = path.display();
        writeln!(
            out,
            "\n已写入 {path}。写好答案后导入：jieda kb import {path} --into 知识库目录"
        )?;
    }
    Ok(())
}

/// What was missed in conversations that were kept.
fn logged(path: &Path, low: Rating) -> anyhow::Result<Vec<Miss>> {
    let (rows, mut errors) = read_jsonl::<Value>(path);
    let mut missed = Vec::new();
    for row in rows {
        match misses_of(row.value, low) {
            Ok(misses) => missed.extend(misses),
            Err(message) => errors.push(faulty_row(path, row.line, message)),
        }
    }
    sound(missed, errors)
}

fn misses_of(line: Value, low: Rating) -> Result<Vec<Miss>, String> {
    let message = |e: serde_json::Error| format!("不是完整的会话：{e}");
    if line.get("turns").is_some() {
        let log: ConversationLog = serde_json::from_value(line).map_err(message)?;
        let turns: Vec<&Turn> = log.turns.iter().collect();
        let kept = Kept {
            conversation: &log.conversation.id,
            turns: &turns,
            feedback: &log.feedback,
        };
        Ok(misses(kept, low))
    } else if line.get("history").is_some() {
        let conversation = serde_json::from_value(line).map_err(message)?;
        Ok(saved(&conversation, low))
    } else {
        Err("应当是 jieda log export 或 jieda chat --save 写出的会话，有 turns 或 history".into())
    }
}

/// What `chat --save` tells: decisions by name, and the last rating alone.
fn saved(conversation: &Conversation, low: Rating) -> Vec<Miss> {
    let id = conversation.id.as_deref();
    let id = id.and_then(|id| ConversationId::new(id).ok());
    let state = &conversation.state;
    let mut misses = Vec::new();
    let mut answered: Option<(Miss, FaqId)> = None;
    let said = conversation.history.iter().zip(1..);
    for (turn, number) in said.filter(|(turn, _)| turn.speaker == Speaker::Customer) {
        let cause = match turn.decision.as_deref() {
            Some("rephrase") => Some(Cause::Rephrase),
            Some("clarify") => Some(Cause::Clarify),
            Some("handoff") if state.handed_over == Some(HandoffReason::RepeatedFailure) => {
                Some(Cause::Handover)
            }
            _ => None,
        };
        let miss = |cause| Miss {
            text: turn.text.as_str().to_owned(),
            cause,
            seen: id.clone().map(|conversation| Seen {
                conversation,
                turn: number,
                at: None,
            }),
        };
        misses.extend(cause.map(miss));
        if let Some(faq) = &turn.faq {
            answered = Some((miss(Cause::LowRating(faq.clone())), faq.clone()));
        }
    }
    if state.rating.is_some_and(|rating| rating <= low) {
        misses.extend(answered.map(|(miss, _)| miss));
    }
    misses
}

#[derive(Deserialize)]
struct Query {
    text: String,
}

/// Texts that get no answer.
fn asked(path: &Path, engine: &Engine) -> anyhow::Result<Vec<Miss>> {
    let is_jsonl = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("jsonl"));
    let (rows, mut errors) = if is_jsonl {
        let (rows, errors) = read_jsonl::<Query>(path);
        let texts = rows.into_iter().map(|row| (row.line, row.value.text));
        (texts.collect(), errors)
    } else {
        (lines(path)?, Vec::new())
    };
    for (line, text) in &rows {
        if let Err(e) = engine.searcher().segment(text) {
            errors.push(faulty_row(path, *line, e.to_string()));
        }
    }
    let rows = sound(rows, errors)?;
    anyhow::ensure!(!rows.is_empty(), "{} 里没有问题", path.display());
    let mut bar = Bar::new("正在回答");
    let texts = rows.iter().map(|(_, text)| text.as_str());
    Ok(missed_now(engine, texts, &mut |done, all| {
        bar.update(done, all)
    })?)
}

/// The lines that say something, with their numbers.
fn lines(path: &Path) -> anyhow::Result<Vec<(usize, String)>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("读不了 {}（应为 UTF-8 文本）", path.display()))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let lines = (1..).zip(text.lines().map(str::trim));
    Ok(lines
        .filter(|(_, text)| !text.is_empty())
        .map(|(line, text)| (line, text.to_owned()))
        .collect())
}

fn faulty_row(path: &Path, line: usize, message: String) -> Problem {
    Problem {
        row: Some(line),
        ..Problem::new(path, ProblemCode::InvalidRow, message)
    }
}

fn sound<T>(rows: Vec<T>, mut errors: Vec<Problem>) -> anyhow::Result<Vec<T>> {
    if errors.is_empty() {
        return Ok(rows);
    }
    errors.sort_by_key(|problem| problem.row);
    let warnings = Vec::new();
    Err(Faults { errors, warnings }.into())
}

fn print(out: &mut impl Write, gaps: &Gaps, kb: &KnowledgeBase) -> std::io::Result<()> {
    for (gap, number) in gaps.gaps.iter().zip(1..) {
        print_gap(out, number, gap, kb)?;
    }
    let mut rest = vec![
        format!("{} 次未命中", gaps.misses),
        format!("{} 种说法", gaps.texts),
        format!("归成 {} 组", gaps.gaps.len()),
    ];
    for (count, what) in [
        (gaps.settled, "现在已能回答"),
        (gaps.too_small, "不成组（--min-size）"),
        (gaps.left_out, "太多，没有看"),
    ] {
        if count > 0 {
            rest.push(format!("{count} 种说法{what}"));
        }
    }
    writeln!(out, "{}", rest.join("，"))
}

fn print_gap(
    out: &mut impl Write,
    number: usize,
    gap: &Gap,
    kb: &KnowledgeBase,
) -> std::io::Result<()> {
    let title = format!("{number}. {}", gap.title);
    writeln!(out, "{}  {} 次", paint(GOOD, &title), gap.size)?;
    let named = |faq: &FaqId| {
        let question = kb.faq(faq).map_or("", |faq| faq.question.as_str());
        format!("{faq} {question}")
    };
    let about = match &gap.proposal {
        Proposal::NewFaq(draft) => {
            let intent = draft.intent.as_ref().and_then(|id| kb.intent(id));
            intent.map(|intent| format!("意图“{}”", intent.name))
        }
        Proposal::SimilarQuestion { faq, .. } | Proposal::ReviewAnswer { faq } => Some(named(faq)),
        Proposal::ConflictingFaqs { faqs } => Some(faqs.each_ref().map(named).join("、")),
    };
    let about = about.map(|about| format!("：{about}")).unwrap_or_default();
    writeln!(out, "   {}{about}", gap.proposal.advice())?;
    for evidence in gap.evidence.iter().take(SHOWN) {
        let text = format!("   · {} ×{}", evidence.text, evidence.count);
        writeln!(out, "{}", paint(DIM, &text))?;
    }
    if gap.evidence.len() > SHOWN {
        let more = format!("   · 还有 {} 种", gap.evidence.len() - SHOWN);
        writeln!(out, "{}", paint(DIM, &more))?;
    }
    writeln!(out)
}
