//! `jieda log purge`: conversations that are old enough go.

use std::{io::Write as _, time::Duration};

use jieda::Timestamp;
use jieda_store::{Retention, RetentionMode, Store as _, WithHuman};

use crate::{
    args::{Common, log::PurgeArgs},
    stored::Stored,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn run(common: &Common, args: &PurgeArgs) -> anyhow::Result<()> {
    let stored = Stored::open(args.store.as_ref())?;
    let before = Timestamp::now().saturating_sub(DAY * args.days)?;
    let retention = Retention {
        before,
        with_human: if args.with_human {
            WithHuman::Delete
        } else {
            WithHuman::Keep
        },
        mode: if args.dry_run {
            RetentionMode::Count
        } else {
            RetentionMode::Delete
        },
    };
    let purged = stored.block_on(stored.store.purge(&retention))?;
    let mut out = anstream::stdout().lock();
    if common.json {
        let mut value = serde_json::to_value(purged)?;
        value["deleted"] = (!args.dry_run).into();
        writeln!(out, "{value:#}")?;
        return Ok(());
    }
    let done = if args.dry_run {
        "将删除"
    } else {
        "已删除"
    };
    writeln!(
        out,
        "{done} {} 个会话（{} 轮，{} 条反馈，{} 份转人工记录）：最近一轮早于 {}",
        purged.conversations,
        purged.turns,
        purged.feedback,
        purged.handovers,
        super::local(before, "%Y-%m-%d %H:%M"),
    )?;
    if purged.kept_with_human > 0 {
        writeln!(
            out,
            "另有 {} 个会话仍由人工处理，予以保留；加上 --with-human 一并删除",
            purged.kept_with_human
        )?;
    }
    Ok(())
}
