//! `jieda kb diff`: what changed between two knowledge bases, and for whom.

use std::{io::Write as _, path::Path};

use anyhow::Context as _;
use jieda::{
    Engine, Faults,
    diff::{AnswerDiff, Asked, KnowledgeDiff, TopAnswer},
    read_jsonl,
    types::{ConversationState, Decision, Utterance},
};
use serde::Deserialize;

use crate::{
    args::{Common, kb::DiffArgs},
    progress::Bar,
    side::Side,
};

#[derive(Deserialize)]
struct Query {
    text: String,
}

pub(super) fn run(common: &Common, args: &DiffArgs) -> anyhow::Result<()> {
    let data = common
        .data()
        .is_some()
        .then(|| super::data_dir(common))
        .transpose()?;
    let old = Side::named(&args.old, data.as_ref())?;
    let new = Side::named(&args.new, data.as_ref())?;
    let diff = KnowledgeDiff::between(&old.knowledge()?, &new.knowledge()?);
    let answers = match &args.queries {
        None => None,
        Some(file) => Some(AnswerDiff::between(
            ask_both(common, &old, &new, file)?,
            &diff,
        )),
    };
    let mut out = anstream::stdout().lock();
    if common.json {
        let value = serde_json::json!({ "knowledge": diff, "answers": answers });
        writeln!(out, "{value:#}")?;
    } else if args.markdown {
        writeln!(out, "{}", diff.to_markdown())?;
        if let Some(answers) = answers {
            writeln!(out, "{}", answers.to_markdown())?;
        }
    } else {
        writeln!(out, "{}", diff.to_text())?;
        if let Some(answers) = answers {
            writeln!(out, "{}", answers.to_text())?;
        }
    }
    Ok(())
}

fn ask_both(common: &Common, old: &Side, new: &Side, file: &Path) -> anyhow::Result<Vec<Asked>> {
    let (rows, errors) = read_jsonl::<Query>(file);
    if !errors.is_empty() {
        let warnings = Vec::new();
        return Err(Faults { errors, warnings }.into());
    }
    let config = common.config()?;
    let (old, new) = (old.engine(&config, None)?, new.engine(&config, None)?);
    let mut bar = Bar::new("正在两边提问");
    let mut asked = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let text = &row.value.text;
        anyhow::ensure!(
            !text.trim().is_empty(),
            "{} 第 {} 行的 text 是空的",
            file.display(),
            row.line
        );
        let answer = |engine| {
            answer(engine, text).with_context(|| format!("{} 第 {} 行", file.display(), row.line))
        };
        asked.push(Asked {
            query: text.clone(),
            old: answer(&old)?,
            new: answer(&new)?,
        });
        bar.update(i + 1, rows.len());
    }
    Ok(asked)
}

/// What a customer would get: the FAQ that is sent, or offered for a choice.
fn answer(engine: &Engine, text: &str) -> Result<Option<TopAnswer>, jieda::EngineError> {
    let utterance = Utterance::new(text);
    let (reply, _) = engine.answer(&utterance, &ConversationState::default())?;
    let decision = match &reply.decision {
        Decision::AutoReply { .. } => "直接回复",
        Decision::Clarify { .. } => "反问",
        Decision::AskValue { .. } => "询问信息",
        Decision::Rephrase
        | Decision::Handoff { .. }
        | Decision::SmallTalk { .. }
        | Decision::Silent => return Ok(None),
    };
    Ok(reply.candidates.top().map(|top| TopAnswer {
        faq: top.faq.clone(),
        question: top.question.clone(),
        score: reply.confidence.get(),
        decision: decision.to_owned(),
    }))
}
