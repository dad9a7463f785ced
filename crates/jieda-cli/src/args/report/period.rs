//! Arguments of `jieda report monthly` and `jieda report quarterly`.

use std::path::PathBuf;

use clap::Args;
use jieda_eval::monthly::{Month, Quarter};
use jieda_routing::sla::Money;

pub(crate) const MONTHLY_HELP: &str = "\
Examples:
  jieda report monthly --data data --month 2026-11 --out november.html
  jieda report monthly --data data --month 2026-11 --due 12000.00 --sla my-sla.toml \\
    --out november.html --xlsx november.xlsx
  jieda report monthly --store conversations.db --routing routing.jsonl --kb my-kb --month 2026-11 --out november.html

One Chinese page that needs nothing else, for screen and print: the service's figures against targets and the month
before, credits and improvement plans by sla.toml, what customers came for, FAQs that are confused, gaps, how contacts
were given out, and what to do, by rule. What there are no records of is left out, and the page says so.

From --data come conversations.db and the current release; each can be named instead. The routing log is in
conversations.db where `jieda serve` routes, or a file routing.jsonl with one {\"event\",\"applied\"} a line, from its
beginning. With --json, all figures go to
standard output as well.

Exit code 1 when a file is faulty; all faulty lines are told at once.";

pub(crate) const QUARTERLY_HELP: &str = "\
Examples:
  jieda report quarterly --data data --quarter 2026Q4 --out q4.html --xlsx q4.xlsx

Allocation alone, a column for each month: skill match, load and its Gini coefficient, groups, agents, the service's
figures, targets and plans. See jieda report monthly for where the records come from.";

#[derive(Debug, Args)]
pub(crate) struct MonthlyArgs {
    /// Which month, such as 2026-11, on the clock of the knowledge base's time zone (without one, of the routing rules)
    #[arg(long, value_name = "MONTH")]
    pub(crate) month: Month,
    #[command(flatten)]
    pub(crate) records: RecordArgs,
    /// Conversations that `jieda serve` or `--store` kept [default: conversations.db of --data]
    #[arg(long, value_name = "FILE|postgres://…")]
    pub(crate) store: Option<PathBuf>,
    /// Leave out what the knowledge base lacks: finding it takes the model
    #[arg(long)]
    pub(crate) no_gaps: bool,
}

#[derive(Debug, Args)]
pub(crate) struct QuarterlyArgs {
    /// Which quarter, such as 2026Q4
    #[arg(long, value_name = "QUARTER")]
    pub(crate) quarter: Quarter,
    #[command(flatten)]
    pub(crate) records: RecordArgs,
}

/// What both are made from, and where they go.
#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// The routing log: JSON lines, or a store [default: routing.jsonl of --data, else the store of the conversations]
    #[arg(long, value_name = "FILE|postgres://…")]
    pub(crate) routing: Option<PathBuf>,
    /// The rules that it was made by (TOML); what the file leaves out is as shipped [default: routing.toml of --data, else
    /// those that the log was made by]
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    /// The agreement (TOML); what the file leaves out is as shipped [default: sla.toml of --data]
    #[arg(long, value_name = "FILE")]
    pub(crate) sla: Option<PathBuf>,
    /// The amount due for the month reported on (the last one of a quarter), such as 12000.00: tells credits as amounts
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub(crate) due: Option<Money>,
    /// Write a workbook (.xlsx) as well
    #[arg(long, value_name = "FILE")]
    pub(crate) xlsx: Option<PathBuf>,
    /// The page to write
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// 12000 or 12000.00.
fn amount(text: &str) -> Result<Money, String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let hundredths = digits(whole) && digits(part) && part.len() <= 2;
    let amount = hundredths.then(|| {
        let part = format!("{part:0<2}").parse::<i64>().ok()?;
        whole
            .parse::<i64>()
            .ok()?
            .checked_mul(100)?
            .checked_add(part)
    });
    let amount = amount.flatten();
    amount
        .map(Money)
        .ok_or_else(|| "expected an amount, such as 12000.00".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, expected) in [
            ("12000", Some(1_200_000)),
            ("12000.5", Some(1_200_050)),
            ("0.07", Some(7)),
            ("-1", None),
            ("1.234", None),
            ("1.", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(amount(text).ok(), expected.map(Money), "{text}");
        }
    }
}
