//! `jieda log --conversation`: all of one conversation.

use std::io::Write;

use jieda::types::Decision;
use jieda_store::{ConversationLog, Event, Store as _, StoreError, Turn};

use super::{decision_name, local};
use crate::{
    args::{Common, log::ListArgs},
    commands::handover,
    paint::{BAD, DIM, GOOD, WARN, paint},
    stored::Stored,
};

pub(super) fn run(common: &Common, args: &ListArgs) -> anyhow::Result<()> {
    let stored = Stored::open(args.filter.store.as_ref())?;
    let Some(id) = &args.filter.conversation else {
        return Ok(());
    };
    let log = stored.block_on(stored.store.log(id))?;
    let log = log.ok_or_else(|| StoreError::UnknownConversation(id.clone()))?;
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&log)?)?;
        return Ok(());
    }
    print(&mut out, &log)?;
    Ok(())
}

fn print(out: &mut impl Write, log: &ConversationLog) -> std::io::Result<()> {
    let conversation = &log.conversation;
    let mut facts = vec![
        format!("会话 {}", conversation.id),
        format!("{} 起", local(conversation.opened, "%Y-%m-%d %H:%M")),
        format!("{} 轮", conversation.last_turn),
    ];
    facts.extend(
        conversation
            .customer
            .id
            .as_ref()
            .map(|id| format!("客户 {id}")),
    );
    facts.extend(conversation.customer.tier.clone());
    facts.extend(conversation.channel.as_ref().map(|c| format!("渠道 {c}")));
    facts.extend(conversation.release.as_ref().map(|r| format!("版本 {r}")));
    if let Some(reason) = conversation.handed_over {
        facts.push(format!("人工处理中（{reason}）"));
    }
    writeln!(out, "{}", facts.join(" · "))?;
    for turn in &log.turns {
        print_turn(out, turn)?;
    }
    for feedback in &log.feedback {
        let mut facts = vec![local(feedback.at, "%m-%d %H:%M:%S")];
        facts.extend(feedback.turn.map(|n| format!("第 {n} 轮")));
        facts.extend(feedback.rating.map(|r| format!("评分 {r}")));
        facts.extend(feedback.outcome.map(|outcome| match outcome {
            jieda_store::Outcome::Solved => "已解决".to_owned(),
            jieda_store::Outcome::Unsolved => "未解决".to_owned(),
        }));
        facts.extend(feedback.comment.as_ref().map(ToString::to_string));
        writeln!(out, "\n反馈：{}", facts.join(" · "))?;
    }
    Ok(())
}

fn print_turn(out: &mut impl Write, turn: &Turn) -> std::io::Result<()> {
    let place = format!("{} · {}", turn.number, local(turn.at, "%H:%M:%S"));
    let said = match &turn.event {
        Event::Said { text, .. } => format!("客户：{text}"),
        Event::Rated { rating } => format!("客户评分：{rating}"),
        Event::AgentSaid { text } => format!("人工：{text}"),
        Event::HandedBack => "人工把会话交还给机器人".into(),
    };
    writeln!(out, "\n{} {said}", paint(DIM, &place))?;
    let Some(answer) = &turn.answer else {
        return Ok(());
    };
    let style = match &answer.decision {
        Decision::AutoReply { .. } | Decision::SmallTalk { .. } => GOOD,
        Decision::Handoff { .. } => BAD,
        _ => WARN,
    };
    let mut facts = Vec::new();
    facts.extend(answer.faq().map(ToString::to_string));
    facts.extend(answer.variant.as_ref().map(|v| format!("答案 {}", v.label)));
    facts.extend(answer.decision.reason().map(str::to_owned));
    facts.push(format!("置信度 {}", answer.confidence));
    facts.push(format!("规则 {}", answer.rule));
    facts.push(format!("{:.0} 毫秒", answer.latency.as_secs_f64() * 1e3));
    let decision = format!("[{}]", decision_name(&answer.decision));
    writeln!(
        out,
        "  {} {}",
        paint(style, &decision),
        paint(DIM, &facts.join(" · "))
    )?;
    for line in answer.reply.as_str().lines() {
        writeln!(out, "  {line}")?;
    }
    match &turn.handover {
        Some(package) => handover::print(out, package),
        None => Ok(()),
    }
}
