//! `jieda log replay`: stored conversations, run again.

use std::io::Write;

use jieda::{Conversation, Engine, Reply, types::FaqId};
use jieda_server::play_again;
use jieda_store::{Answer, ConversationLog, Order, Turn, export};
use serde::Serialize;

use super::{list::words, shortened};
use crate::{
    args::{Common, log::ReplayArgs},
    exit,
    paint::{DIM, GOOD, WARN, paint},
    stored::Stored,
};

const TEXT_COLUMNS: usize = 48;

pub(super) fn run(common: &Common, args: &ReplayArgs) -> anyhow::Result<()> {
    let stored = Stored::open(args.filter.store.as_ref())?;
    let engine = common.engine()?;
    let identity = engine.identity();
    let mut report = Report {
        release: &identity.knowledge,
        policy: &identity.policy,
        conversations: 0,
        turns: 0,
        same: 0,
        changed: Vec::new(),
    };
    let mut conversations = export(&stored.store, args.filter.filter(), Order::Oldest);
    while let Some(log) = stored.block_on(conversations.next())? {
        replay(&engine, &log, &mut report)?;
    }
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&mut out, &report)?;
    }
    if report.changed.is_empty() {
        Ok(())
    } else {
        // Everything was said already.
        Err(exit::Said(exit::INPUT).into())
    }
}

#[derive(Serialize)]
struct Report<'a> {
    release: &'a str,
    policy: &'a str,
    conversations: usize,
    turns: usize,
    same: usize,
    changed: Vec<Changed>,
}

#[derive(Serialize)]
struct Changed {
    conversation: String,
    number: u32,
    text: String,
    recorded: Outcome,
    replayed: Outcome,
}

/// What is compared of a turn, and where it came from.
#[derive(Serialize)]
struct Outcome {
    decision: &'static str,
    faq: Option<FaqId>,
    rule: String,
    release: String,
}

impl Outcome {
    fn is_same(&self, other: &Self) -> bool {
        (self.decision, &self.faq, &self.rule) == (other.decision, &other.faq, &other.rule)
    }
}

/// Runs one conversation. The state is what this engine makes of it, from the first turn on.
fn replay(engine: &Engine, log: &ConversationLog, report: &mut Report<'_>) -> anyhow::Result<()> {
    report.conversations += 1;
    let mut conversation = Conversation::new(log.conversation.id.as_str());
    for turn in &log.turns {
        let reply = play_again(engine, &mut conversation, turn)?;
        if let (Some(answer), Some(reply)) = (&turn.answer, reply) {
            compare(turn, (answer, &reply), log, report);
        }
    }
    Ok(())
}

fn compare(
    turn: &Turn,
    (answer, reply): (&Answer, &Reply),
    log: &ConversationLog,
    report: &mut Report<'_>,
) {
    let recorded = Outcome {
        decision: answer.decision.name(),
        faq: answer.faq().cloned(),
        rule: answer.rule.clone(),
        release: answer.release.clone(),
    };
    let replayed = Outcome {
        decision: reply.decision.name(),
        faq: reply.faq.clone(),
        rule: reply.trace.rule.clone(),
        release: report.release.to_owned(),
    };
    report.turns += 1;
    if recorded.is_same(&replayed) {
        report.same += 1;
        return;
    }
    report.changed.push(Changed {
        conversation: log.conversation.id.to_string(),
        number: turn.number.get(),
        text: words(&turn.event),
        recorded,
        replayed,
    });
}

fn print(out: &mut impl Write, report: &Report<'_>) -> std::io::Result<()> {
    for changed in &report.changed {
        let place = format!("{} 第 {} 轮", changed.conversation, changed.number);
        let text = shortened(&changed.text, TEXT_COLUMNS);
        writeln!(out, "{} {text}", paint(DIM, &place))?;
        for (when, outcome) in [("当时", &changed.recorded), ("现在", &changed.replayed)] {
            let mut facts = vec![outcome.decision.to_owned()];
            facts.extend(outcome.faq.as_ref().map(ToString::to_string));
            facts.push(format!("规则 {}", outcome.rule));
            facts.push(format!("版本 {}", outcome.release));
            writeln!(out, "  {when}：{}", facts.join(" · "))?;
        }
    }
    let (style, end) = if report.changed.is_empty() {
        (GOOD, "全部一致".to_owned())
    } else {
        (WARN, format!("{} 轮不同", report.changed.len()))
    };
    writeln!(
        out,
        "重放 {} 个会话，{} 轮（版本 {}）：{}",
        report.conversations,
        report.turns,
        report.release,
        paint(style, &end)
    )
}
