//! `jieda report monthly`.

use std::{io::Write as _, path::Path};

use jieda::types::Rating;
use jieda_eval::{
    monthly::{Month, Monthly, Talk},
    page::monthly_page,
    workbook::monthly_workbook,
};
use jieda_gaps::{GapMiner, Gaps, Miss};
use jieda_server::{Kept, misses};
use jieda_store::{Filter, Order, Turn, export};

use super::{
    check_place,
    records::{Records, named_or_in},
    talks::talk,
    write_page, write_workbook,
};
use crate::{
    args::{Common, report::period::MonthlyArgs},
    context::warn,
    progress::Bar,
    stored::Stored,
};

pub(super) fn run(common: &Common, args: &MonthlyArgs) -> anyhow::Result<()> {
    let to = &args.records;
    check_place("--out", &to.out)?;
    if let Some(xlsx) = &to.xlsx {
        check_place("--xlsx", xlsx)?;
    }
    let mut records = Records::read(common, to, args.store.as_deref())?;
    let data = common.data();
    let store = named_or_in(args.store.as_deref(), data.as_deref(), "conversations.db");
    anyhow::ensure!(
        store.is_some() || records.has_log(),
        "没有会话库，也没有分配日志：请用 --data 指定有 conversations.db 或 routing.jsonl 的目录，或用 --store、--routing 指定文件"
    );
    if let Some(store) = &store {
        records.add_source("会话", store);
    }
    let finding = records.side.as_ref().filter(|_| !args.no_gaps);
    let mut low = None;
    let engine = match finding {
        Some(side) if store.is_some() => {
            let engine = side.engine(&common.config()?, None)?;
            warn(engine.searcher());
            low = Some(engine.policy().satisfaction.handoff_at);
            Some(engine)
        }
        _ => None,
    };
    let kept = store.map(|store| kept(&store, args.month, &records, low));
    let kept = kept.transpose()?;
    let gaps: Option<Gaps> = match (&engine, &kept) {
        (Some(engine), Some(kept)) => {
            let mut bar = Bar::new("正在归组");
            let miner = GapMiner::new(engine);
            Some(miner.mine(&kept.misses, &mut |done, all| bar.update(done, all))?)
        }
        _ => None,
    };
    let talks = kept.as_ref().map(|kept| &kept.talks[..]);
    let monthly = Monthly::of(&records.material(to, talks, gaps.as_ref()), args.month)?;
    write_page(&to.out, &monthly_page(&monthly)?)?;
    if let Some(xlsx) = &to.xlsx {
        write_workbook(xlsx, &monthly_workbook(&monthly)?)?;
    }
    if common.json {
        let mut out = anstream::stdout().lock();
        writeln!(out, "{}", serde_json::to_string_pretty(&monthly)?)?;
    }
    Ok(())
}

/// Conversations, and what was missed in those of the month.
struct KeptTalks {
    talks: Vec<Talk>,
    misses: Vec<Miss>,
}

/// Conversations of the month and of the one before, one at a time: never more than one is held whole.
fn kept(
    store: &Path,
    month: Month,
    records: &Records,
    low: Option<Rating>,
) -> anyhow::Result<KeptTalks> {
    let stored = Stored::open(Some(&store.to_owned()))?;
    let period = month.period(&records.zone)?;
    let filter = Filter {
        since: Some(month.before().period(&records.zone)?.from),
        until: Some(period.to),
        ..Filter::default()
    };
    let mut conversations = export(&stored.store, filter, Order::Oldest);
    let mut kept = KeptTalks {
        talks: Vec::new(),
        misses: Vec::new(),
    };
    while let Some(log) = stored.block_on(conversations.next())? {
        let talk = talk(&log);
        let is_of_month = talk.opened().is_some_and(|at| period.contains(at));
        if let Some(low) = low.filter(|_| is_of_month) {
            let turns: Vec<&Turn> = log.turns.iter().collect();
            let conversation = Kept {
                conversation: &log.conversation.id,
                turns: &turns,
                feedback: &log.feedback,
            };
            kept.misses.extend(misses(conversation, low));
        }
        kept.talks.push(talk);
    }
    Ok(kept)
}
