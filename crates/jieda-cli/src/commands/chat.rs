//! `jieda chat`: turn by turn, from standard input.

use std::io::{BufRead as _, IsTerminal as _, Write};

use jieda::{
    Cases, Conversation, Engine, EngineError, Occasion, Reply,
    types::{Decision, Handover, Rating},
};
use jieda_server::said;
use jieda_store::Event;
use serde_json::json;

use crate::{
    args::{ChatArgs, Common},
    commands::{
        ask::{print_decision, print_explanation},
        handover,
    },
    conversations, exit, json,
    paint::{self, paint},
    recorder::{self, Happened, Recorder},
};

pub(crate) fn run(common: &Common, args: &ChatArgs) -> anyhow::Result<()> {
    let engine = common.engine()?;
    let recorder = match &args.store.store {
        Some(file) => Some(Recorder::open(file)?),
        None => None,
    };
    let mut chat = Chat {
        recorder,
        cases: args.answer.cases(&engine)?,
        engine: &engine,
        args,
        json: common.json,
        number: 0,
        conversation: Conversation::default(),
    };
    chat.begin()?;
    let interactive = std::io::stdin().is_terminal() && !common.json;
    let mut out = anstream::stdout().lock();
    if interactive {
        let name = &engine.searcher().kb().name;
        writeln!(
            out,
            "已连接知识库“{name}”。直接输入问题；/rate 1–5 评分，/handover 看转给人工的内容，/new 新会话，/quit 退出。"
        )?;
        if let (Some(_), Some(id)) = (&chat.recorder, &chat.conversation.id) {
            writeln!(out, "{}", paint(paint::DIM, &format!("（会话 {id}）")))?;
        }
    }
    let mut lines = std::io::stdin().lock();
    loop {
        if interactive {
            write!(out, "\n{} ", paint(paint::DIM, "客户>"))?;
            out.flush()?;
        }
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        match text.as_str() {
            "" => continue,
            "/quit" | "/exit" => break,
            _ => chat.line(&text, &mut out)?,
        }
        out.flush()?;
    }
    chat.end()?;
    match &mut chat.recorder {
        // What could not be stored has its last chance.
        Some(recorder) => recorder.save(),
        None => Ok(()),
    }
}

struct Chat<'a> {
    engine: &'a Engine,
    args: &'a ChatArgs,
    cases: Option<Cases>,
    recorder: Option<Recorder>,
    json: bool,
    /// Conversations so far.
    number: usize,
    conversation: Conversation,
}

impl Chat<'_> {
    fn begin(&mut self) -> anyhow::Result<()> {
        self.number += 1;
        let occasion = self.occasion()?;
        let id = match &mut self.recorder {
            Some(recorder) => recorder.begin("chat")?.to_string(),
            None => format!("chat-{}", self.number),
        };
        self.conversation = self.args.answer.conversation(&id, &occasion);
        Ok(())
    }

    /// Keeps a conversation in which something was said.
    fn end(&self) -> anyhow::Result<()> {
        match &self.args.save {
            Some(file) if !self.conversation.history.is_empty() => {
                conversations::append(file, &self.conversation)
            }
            _ => Ok(()),
        }
    }

    fn occasion(&self) -> anyhow::Result<Occasion> {
        self.args.answer.occasion.on(self.engine.searcher().kb())
    }

    fn line(&mut self, text: &str, out: &mut impl Write) -> anyhow::Result<()> {
        let (command, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match command {
            "/new" => {
                self.end()?;
                self.begin()?;
                let id = match (&self.recorder, &self.conversation.id) {
                    (Some(_), Some(id)) => format!("新会话 {id}"),
                    _ => "新会话".to_owned(),
                };
                self.note(out, &id)
            }
            "/rate" => match rest.trim().parse().map(Rating::new) {
                Ok(Ok(rating)) => {
                    let occasion = self.occasion()?;
                    let reply = self.conversation.rate(self.engine, rating, &occasion);
                    self.answered(out, (recorder::rated(rating), &occasion, &reply))
                }
                _ => self.fault(out, &anyhow::anyhow!("评分是 1 到 5 的整数，例如：/rate 4")),
            },
            "/agent" => {
                self.conversation.agent_says(rest);
                self.record(recorder::agent_said(rest))?;
                self.note(out, "已记下人工客服的话")
            }
            "/back" => {
                self.conversation.hand_back();
                self.record(Event::HandedBack)?;
                self.note(out, "人工已把会话交还给机器人")
            }
            "/handover" => match self.handover()? {
                Some(package) if self.json => {
                    writeln!(out, "{}", serde_json::to_string(&package)?)?;
                    Ok(())
                }
                Some(package) => Ok(handover::print(out, &package)?),
                None => self.fault(out, &anyhow::anyhow!("会话还没有转人工")),
            },
            "/state" => {
                writeln!(out, "{}", serde_json::to_string(&self.conversation.state)?)?;
                Ok(())
            }
            _ => self.say(out, text),
        }
    }

    fn say(&mut self, out: &mut impl Write, text: &str) -> anyhow::Result<()> {
        let utterance = self.args.answer.utterance(text.to_owned());
        let occasion = self.occasion()?;
        match self.conversation.say(self.engine, &utterance, &occasion) {
            Ok(reply) => self.answered(out, (said(&utterance, &reply), &occasion, &reply)),
            // A faulty line spoils one turn, not the conversation.
            Err(e @ (EngineError::EmptyUtterance | EngineError::UtteranceTooLong { .. })) => {
                self.fault(out, &e.into())
            }
            Err(e) => Err(e.into()),
        }
    }

    /// Shows an answer, and then keeps it.
    fn answered(
        &mut self,
        out: &mut impl Write,
        (event, occasion, reply): (Event, &Occasion, &Reply),
    ) -> anyhow::Result<()> {
        let handed_over = matches!(reply.decision, Decision::Handoff { .. });
        let package = if handed_over { self.handover()? } else { None };
        self.show(out, reply, package.as_ref())?;
        out.flush()?;
        let happened = Happened {
            engine: self.engine,
            event,
            occasion,
            reply: Some(reply),
            package: package.as_ref(),
        };
        self.keep(happened);
        Ok(())
    }

    /// Keeps what a human agent did.
    fn record(&mut self, event: Event) -> anyhow::Result<()> {
        let occasion = self.occasion()?;
        self.keep(Happened {
            engine: self.engine,
            event,
            occasion: &occasion,
            reply: None,
            package: None,
        });
        Ok(())
    }

    /// A disk that fails spoils no conversation: it is told, and tried again with the next turn.
    fn keep(&mut self, happened: Happened<'_>) {
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = recorder.turn(&self.conversation, happened)
        {
            exit::report(&error);
        }
    }

    fn show(
        &self,
        out: &mut impl Write,
        reply: &Reply,
        package: Option<&Handover>,
    ) -> anyhow::Result<()> {
        if self.json {
            let mut value = json::reply(self.engine, (reply, &self.conversation.state), package);
            value["state"] = serde_json::to_value(&self.conversation.state)?;
            writeln!(out, "{value}")?;
            return Ok(());
        }
        if !reply.text.is_empty() {
            writeln!(out, "{}", reply.text)?;
        }
        print_decision(out, reply, self.engine.searcher())?;
        if self.args.answer.explain {
            print_explanation(out, reply)?;
        }
        if let Some(package) = package {
            handover::print(out, package)?;
        }
        Ok(())
    }

    fn handover(&self) -> anyhow::Result<Option<Handover>> {
        Ok(self
            .conversation
            .handover(self.engine, self.cases.as_ref())?)
    }

    fn note(&self, out: &mut impl Write, text: &str) -> anyhow::Result<()> {
        if self.json {
            writeln!(out, "{}", json!({ "note": text }))?;
        } else {
            writeln!(out, "{}", paint(paint::DIM, &format!("（{text}）")))?;
        }
        Ok(())
    }

    fn fault(&self, out: &mut impl Write, error: &anyhow::Error) -> anyhow::Result<()> {
        if self.json {
            // One object a line, so that lines in and out keep in step.
            let (code, message) = exit::code_and_message(error);
            let error = json!({ "code": code, "message": message });
            writeln!(out, "{}", json!({ "error": error }))?;
        } else {
            exit::report(error);
        }
        Ok(())
    }
}
