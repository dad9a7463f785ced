//! `jieda log`: turns that were asked for, by their time.

use std::io::Write as _;

use jieda_store::{Event, FoundTurn, Order, Page, Slice, Store as _};
use serde_json::{Value, json};

use super::{decision_name, local, shortened};
use crate::{
    args::{Common, log::ListArgs},
    json,
    paint::{DIM, paint},
    stored::Stored,
    table::{Align, Table},
};

const TEXT_COLUMNS: usize = 36;

pub(super) fn run(common: &Common, args: &ListArgs) -> anyhow::Result<()> {
    let stored = Stored::open(args.filter.store.as_ref())?;
    let order = if args.oldest {
        Order::Oldest
    } else {
        Order::Newest
    };
    let mut page = Page::first(order, args.limit);
    page.after.clone_from(&args.after);
    let found = stored.block_on(stored.store.turns(&args.filter.filter(), &page))?;
    let mut out = anstream::stdout().lock();
    if common.json {
        let turns: Vec<Value> = found.items.iter().map(turn).collect();
        let next = found.next.map(|next| next.to_string());
        writeln!(out, "{:#}", json!({ "turns": turns, "next": next }))?;
        return Ok(());
    }
    print(&mut out, &found)?;
    Ok(())
}

fn print(out: &mut impl std::io::Write, found: &Slice<FoundTurn>) -> std::io::Result<()> {
    if found.items.is_empty() {
        return writeln!(out, "没有符合条件的记录。");
    }
    let mut table = Table::new(&[
        ("时间", Align::Left),
        ("会话", Align::Left),
        ("轮", Align::Right),
        ("内容", Align::Left),
        ("决策", Align::Left),
        ("置信度", Align::Right),
        ("FAQ / 原因", Align::Left),
    ]);
    for FoundTurn { conversation, turn } in &found.items {
        let answer = turn.answer.as_ref();
        let because = answer.and_then(|a| {
            let faq = a.faq().map(ToString::to_string);
            faq.or_else(|| a.decision.reason().map(str::to_owned))
        });
        table.row([
            local(turn.at, "%m-%d %H:%M:%S"),
            conversation.to_string(),
            turn.number.to_string(),
            shortened(&words(&turn.event), TEXT_COLUMNS),
            answer.map_or("", |a| decision_name(&a.decision)).to_owned(),
            answer.map_or_else(String::new, |a| a.confidence.to_string()),
            because.unwrap_or_default(),
        ]);
    }
    write!(out, "{}", table.render(0))?;
    if let Some(next) = &found.next {
        let hint = format!("还有更多：加上 --after {next}");
        writeln!(out, "{}", paint(DIM, &hint))?;
    }
    Ok(())
}

/// What happened, in a few words.
pub(super) fn words(event: &Event) -> String {
    match event {
        Event::Said { text, .. } => text.to_string(),
        Event::Rated { rating } => format!("（评分 {rating}）"),
        Event::AgentSaid { text } => format!("人工：{text}"),
        Event::HandedBack => "（人工交还会话）".into(),
    }
}

fn turn(found: &FoundTurn) -> Value {
    let FoundTurn { conversation, turn } = found;
    let answer = turn.answer.as_ref();
    json!({
        "conversation": conversation,
        "number": turn.number,
        "at": turn.at,
        "event": turn.event.name(),
        "text": turn.event.text(),
        "decision": answer.map(|a| a.decision.name()),
        "reason": answer.and_then(|a| a.decision.reason()),
        "faq": answer.and_then(|a| a.faq()),
        "confidence": answer.map(|a| json::confidence(a.confidence)),
        "rule": answer.map(|a| &a.rule),
        "reply": answer.map(|a| &a.reply),
        "release": answer.map(|a| &a.release),
        "latency_ms": answer.map(|a| json::round_to(a.latency.as_secs_f64() * 1e3, 3)),
    })
}
