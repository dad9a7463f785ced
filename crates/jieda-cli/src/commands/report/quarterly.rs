//! `jieda report quarterly`.

use std::io::Write as _;

use jieda_eval::{monthly::Quarterly, page::quarterly_page, workbook::quarterly_workbook};

use super::{check_place, records::Records, write_page, write_workbook};
use crate::args::{Common, report::period::QuarterlyArgs};

pub(super) fn run(common: &Common, args: &QuarterlyArgs) -> anyhow::Result<()> {
    let to = &args.records;
    check_place("--out", &to.out)?;
    if let Some(xlsx) = &to.xlsx {
        check_place("--xlsx", xlsx)?;
    }
    let records = Records::read(common, to, None)?;
    anyhow::ensure!(
        records.has_log(),
        "没有分配日志：请用 --data 指定有 routing.jsonl 的目录，或用 --routing 指定文件"
    );
    let quarterly = Quarterly::of(&records.material(to, None, None), args.quarter)?;
    write_page(&to.out, &quarterly_page(&quarterly)?)?;
    if let Some(xlsx) = &to.xlsx {
        write_workbook(xlsx, &quarterly_workbook(&quarterly)?)?;
    }
    if common.json {
        let mut out = anstream::stdout().lock();
        writeln!(out, "{}", serde_json::to_string_pretty(&quarterly)?)?;
    }
    Ok(())
}
