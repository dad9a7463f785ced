//! `jieda assist`: help for a human agent, at any turn.

use std::io::Write as _;

use anyhow::Context as _;

use crate::{
    args::{AssistArgs, Common},
    commands::handover,
    conversations::read_conversations,
};

pub(crate) fn run(common: &Common, args: &AssistArgs) -> anyhow::Result<()> {
    let engine = common.engine()?;
    let occasion = args.answer.occasion.on(engine.searcher().kb())?;
    let conversation = match &args.conversation {
        Some(file) => read_conversations(file)?
            .pop()
            .with_context(|| format!("{} 里没有会话", file.display()))?,
        None => {
            let mut conversation = args.answer.conversation("assist", &occasion);
            for text in &args.texts {
                let utterance = args.answer.utterance(text.clone());
                conversation.say(&engine, &utterance, &occasion)?;
            }
            conversation
        }
    };
    let cases = args.answer.cases(&engine)?;
    let help = engine.assist(&conversation, cases.as_ref())?;
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&help)?)?;
        return Ok(());
    }
    handover::ticket(&mut out, &help.ticket, help.skill.as_deref())?;
    handover::intents(&mut out, &help.intents)?;
    handover::suggestions(&mut out, &help.faqs, &help.similar)?;
    Ok(())
}
