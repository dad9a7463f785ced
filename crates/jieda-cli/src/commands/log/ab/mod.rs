//! `jieda log ab`: answers that are tried against each other.

mod course;
mod print;

use std::io::Write as _;

use jieda::{SignedDuration, Timestamp};
use jieda_eval::ab::{Goals, Trials};
use jieda_store::{Order, export};
use serde_json::json;

use crate::{
    args::{Common, log::AbArgs},
    stored::Stored,
};

pub(super) fn run(common: &Common, args: &AbArgs) -> anyhow::Result<()> {
    let stored = Stored::open(args.filter.store.as_ref())?;
    let goals = Goals {
        goal: args.goal,
        guard: args.guard,
        alpha: args.alpha,
    };
    let now = args.at.unwrap_or_else(Timestamp::now);
    let settled = now.checked_sub(SignedDuration::from_mins(args.settled.into()))?;
    let (mut courses, mut unsettled) = (Vec::new(), 0);
    let mut conversations = export(&stored.store, args.filter.filter(), Order::Oldest);
    while let Some(log) = stored.block_on(conversations.next())? {
        let course = course::of(&log);
        if course.outcomes().is_empty() {
            continue;
        }
        if log.conversation.updated > settled {
            unsettled += 1;
        } else {
            courses.push(course);
        }
    }
    let judged = Trials::of(courses).judge(&goals);
    let mut out = anstream::stdout().lock();
    if common.json {
        let report = json!({ "goals": goals, "unsettled": unsettled, "trials": judged });
        writeln!(out, "{report:#}")?;
    } else {
        print::print(&mut out, &judged, &goals)?;
        if unsettled > 0 {
            let minutes = args.settled;
            writeln!(
                out,
                "另有 {unsettled} 个会话最近 {minutes} 分钟内还有动静，暂不计入（--settled）。"
            )?;
        }
    }
    Ok(())
}
