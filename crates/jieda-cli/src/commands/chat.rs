//! `jieda chat`: turn by turn, from standard input.

use std::io::{BufRead as _, IsTerminal as _, Write};

use jieda::{EngineError, types::ConversationState};

use serde_json::json;

use crate::{
    args::{AnswerArgs, Common},
    commands::ask::{print_decision, print_explanation},
    exit, json, paint,
};

pub(crate) fn run(common: &Common, args: &AnswerArgs) -> anyhow::Result<()> {
    let engine = common.engine()?;
    let interactive = std::io::stdin().is_terminal() && !common.json;
    let mut out = anstream::stdout().lock();
    if interactive {
        let name = &engine.searcher().kb().name;
        writeln!(
            out,
            "已连接知识库“{name}”。直接输入问题；/new 开始新会话，/quit 退出。"
        )?;
    }
    let mut state = ConversationState::default();
    let mut lines = std::io::stdin().lock();
    loop {
        if interactive {
            write!(out, "\n{} ", paint::paint(paint::DIM, "客户>"))?;
            out.flush()?;
        }
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        match text.as_str() {
            "" => continue,
            "/quit" | "/exit" => return Ok(()),
            "/new" => {
                state = ConversationState::default();
                if !common.json {
                    writeln!(out, "（新会话）")?;
                }
                continue;
            }
            _ => {}
        }
        let utterance = args.utterance(text);
        let occasion = args.occasion.on(engine.searcher().kb())?;
        let (reply, next) = match engine.answer_on(&utterance, &state, &occasion) {
            Ok(answered) => answered,
            // A faulty line spoils one turn, not the conversation.
            Err(e @ (EngineError::EmptyUtterance | EngineError::UtteranceTooLong { .. })) => {
                let error = e.into();
                if common.json {
                    // One object a line, so that lines in and out keep in step.
                    let (code, message) = exit::code_and_message(&error);
                    let error = json!({ "code": code, "message": message });
                    writeln!(out, "{}", json!({ "error": error }))?;
                } else {
                    exit::report(&error);
                }
                continue;
            }
            Err(e) => return Err(e.into()),
        };
        let just_handed_over = state.handed_over.is_none() && next.handed_over.is_some();
        state = next;
        if common.json {
            let mut value = json::reply(&reply);
            value["state"] = serde_json::to_value(&state)?;
            writeln!(out, "{value}")?;
        } else {
            writeln!(out, "{}", reply.text)?;
            print_decision(&mut out, &reply, engine.searcher())?;
            if args.explain {
                print_explanation(&mut out, &reply)?;
            }
            if just_handed_over {
                writeln!(
                    out,
                    "{}",
                    paint::paint(paint::DIM, "（会话已转人工；/new 开始新会话）")
                )?;
            }
        }
        out.flush()?;
    }
}
