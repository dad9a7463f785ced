//! Arguments of `jieda forecast`.

use std::{num::NonZeroU32, path::PathBuf};

use clap::Args;
use jieda_routing::{Skill, figures::ServiceTarget};

pub(crate) const HELP: &str = "\
Examples:
  jieda forecast --data data
  jieda forecast --data data --days 14 --target 90/20 --concurrent 3
  jieda forecast --routing postgres://jieda@db.example.com/jieda --group 售后 --hourly
  jieda forecast --routing routing.jsonl --patience 180 --json

Contacts that will be handed over, per group and hour, from the log of the routing core: seasons of a day and a week, by
MSTL. The error is that of forecasts made in the same way for each day of the last week, beside that of saying what came
a week before. Agents are those that reach the target: by Erlang C, or with --patience by Erlang A, which counts on
customers who give up. Formulas and sources: the documentation of jieda_routing::forecast.

Two days of contacts are the least; two weeks and more know the days of the week.";

#[derive(Debug, Args)]
pub(crate) struct ForecastArgs {
    /// The routing log: JSON lines, or a store [default: routing.jsonl of --data, else its conversations.db]
    #[arg(long, value_name = "FILE|postgres://…")]
    pub(crate) routing: Option<PathBuf>,
    /// Days ahead
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=92))]
    pub(crate) days: u16,
    /// This group alone [default: each of the log, and all together]
    #[arg(long, value_name = "NAME", value_parser = skill)]
    pub(crate) group: Option<Skill>,
    /// What is to be reached: percent accepted / within seconds
    #[arg(long, value_name = "PERCENT/SECONDS", default_value = "80/20", value_parser = target)]
    pub(crate) target: ServiceTarget,
    /// How busy agents may be, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 85.0, value_parser = percent)]
    pub(crate) occupancy: f64,
    /// Mean seconds of a contact with its after-contact work [default: as in the log]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(1..=86_400))]
    pub(crate) handling: Option<i64>,
    /// Mean seconds after which a customer who waits gives up [default: nobody does]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(1..=86_400))]
    pub(crate) patience: Option<i64>,
    /// Contacts that an agent has at a time, as in chat
    #[arg(long, value_name = "N", default_value = "1", value_parser = concurrent)]
    pub(crate) concurrent: NonZeroU32,
    /// Percent of the paid time that is not worked: leave, training, illness
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent)]
    pub(crate) shrinkage: f64,
    /// Tell every hour, not every day
    #[arg(long)]
    pub(crate) hourly: bool,
}

fn skill(text: &str) -> Result<Skill, String> {
    Skill::new(text).map_err(|e| e.to_string())
}

fn concurrent(text: &str) -> Result<NonZeroU32, String> {
    match text.parse::<NonZeroU32>() {
        Ok(contacts) if contacts.get() <= 100 => Ok(contacts),
        _ => Err("not a whole number from 1 to 100".into()),
    }
}

fn percent(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(percent) if (0.0..100.0).contains(&percent) => Ok(percent),
        _ => Err("not a number from 0 to below 100".into()),
    }
}

fn target(text: &str) -> Result<ServiceTarget, String> {
    let parts = text.split_once('/');
    let target = parts.and_then(|(share, within)| {
        let within: i64 = within.parse().ok()?;
        Some(ServiceTarget::new(percent(share).ok()?, within))
    });
    target
        .filter(|target| target.percent > 0.0 && target.within.is_positive())
        .ok_or_else(|| "not percent/seconds, such as 80/20".into())
}
