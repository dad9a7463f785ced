//! `jieda forecast`.

use std::io::Write;

use jieda::{SignedDuration, TimeZone, Timestamp};
use jieda_routing::{
    Rules, Skill,
    figures::{Cut, History},
    forecast::{ForecastError, HourAhead, Outlook, Wanted},
};
use serde_json::json;

use super::report::{named_or_in, read_routing_log};
use crate::{
    args::{Common, forecast::ForecastArgs},
    paint::{DIM, GOOD, paint},
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &ForecastArgs) -> anyhow::Result<()> {
    let data = common.data();
    let data = data.as_deref();
    let file = named_or_in(args.routing.as_deref(), data, "routing.jsonl")
        .or_else(|| named_or_in(None, data, "conversations.db"));
    let file = file.ok_or_else(|| {
        anyhow::anyhow!("没有分配日志：请用 --data 指定数据目录，或用 --routing 指定文件或数据库")
    })?;
    let read = read_routing_log(&file)?;
    let read = read.ok_or_else(|| {
        anyhow::anyhow!("会话库里还没有分配日志：坐席分配（server.routing.enabled）没有用过")
    })?;
    let rules = read.rules.clone().map_or_else(Rules::shipped, Ok)?;
    let history = read.history(&rules);
    let now = history.span().map_or_else(Timestamp::now, |span| {
        // A log that ended long ago says what came after it.
        let day = SignedDuration::from_hours(24);
        match Timestamp::now() {
            now if now.duration_since(span.to) <= day => now,
            _ => span.to,
        }
    });
    let mut expected = Vec::new();
    for group in groups(args, &history) {
        let wanted = wanted(args, group.clone());
        match Outlook::of(&history, now, &wanted) {
            Ok(outlook) => expected.push(Expected { group, outlook }),
            Err(ForecastError::TooShort { needed, found }) => anyhow::bail!(
                "记录太短：至少要 {needed} 个小时的转人工记录，现在只有 {found} 个小时"
            ),
            Err(error) => return Err(error.into()),
        }
    }
    let mut out = anstream::stdout().lock();
    if common.json {
        let all = expected
            .iter()
            .map(|expected| json!({ "group": expected.group, "outlook": expected.outlook }));
        writeln!(out, "{:#}", serde_json::Value::from_iter(all))?;
        return Ok(());
    }
    for expected in &expected {
        expected.print(&mut out, args, &rules.timezone)?;
    }
    Ok(())
}

/// What is expected of a group; without one, of all.
struct Expected {
    group: Option<Skill>,
    outlook: Outlook,
}

fn groups(args: &ForecastArgs, history: &History) -> Vec<Option<Skill>> {
    match &args.group {
        Some(group) => vec![Some(group.clone())],
        None => {
            let each = history.skills().into_iter().map(Some);
            std::iter::once(None).chain(each).collect()
        }
    }
}

fn wanted(args: &ForecastArgs, group: Option<Skill>) -> Wanted {
    Wanted {
        cut: Cut {
            skill: group,
            ..Cut::default()
        },
        hours: usize::from(args.days) * 24,
        target: args.target,
        most_occupancy: args.occupancy,
        patience: args.patience.map(SignedDuration::from_secs),
        handling: args.handling.map(SignedDuration::from_secs),
        concurrent: args.concurrent,
        shrinkage: args.shrinkage,
    }
}

impl Expected {
    fn print(
        &self,
        out: &mut impl Write,
        args: &ForecastArgs,
        zone: &TimeZone,
    ) -> anyhow::Result<()> {
        let Outlook {
            contacts, handling, ..
        } = self.outlook;
        let name = self.group.as_ref().map_or("全部", Skill::as_str);
        writeln!(out, "{}", paint(GOOD, name))?;
        let days = self.outlook.history.length().as_hours() / 24;
        let handling = handling.map_or(
            "未知（没有结束的会话，用 --handling 指定）".into(),
            |time| format!("{} 秒", time.as_secs()),
        );
        let learned = format!("  依据 {days} 天里的 {contacts} 次转人工，平均处理时长 {handling}");
        writeln!(out, "{}", paint(DIM, &learned))?;
        writeln!(out, "{}", paint(DIM, &format!("  {}", self.error())))?;
        let table = match args.hourly {
            true => self.by_hour(zone),
            false => self.by_day(zone),
        };
        writeln!(out, "{}", table.render(2))?;
        Ok(())
    }

    fn error(&self) -> String {
        let shown = |percent: Option<f64>| percent.map_or("–".into(), |p| format!("{p:.0}%"));
        match &self.outlook.backtest {
            Some(backtest) => format!(
                "最近一周逐日回测：误差 {}（WAPE），直接照抄上周同一时刻为 {}",
                shown(backtest.wape),
                shown(backtest.naive_wape)
            ),
            None => "记录不足两周，还不能回测误差".into(),
        }
    }

    fn by_day(&self, zone: &TimeZone) -> Table {
        let mut table = Table::new(&[
            ("日期", Align::Left),
            ("转人工", Align::Right),
            ("最忙时段", Align::Left),
            ("该小时", Align::Right),
            ("需要坐席", Align::Right),
        ]);
        let local = |hour: &HourAhead| zone.to_datetime(hour.from);
        let same_day = |a: &HourAhead, b: &HourAhead| local(a).date() == local(b).date();
        for day in self.outlook.hours.chunk_by(same_day) {
            let busiest = day.iter().max_by(|a, b| a.contacts.total_cmp(&b.contacts));
            let Some(busiest) = busiest else { continue };
            table.row([
                local(busiest).strftime("%m-%d").to_string(),
                format!("{:.0}", day.iter().map(|hour| hour.contacts).sum::<f64>()),
                local(busiest).strftime("%H:%M").to_string(),
                format!("{:.1}", busiest.contacts),
                agents(busiest),
            ]);
        }
        table
    }

    fn by_hour(&self, zone: &TimeZone) -> Table {
        let mut table = Table::new(&[
            ("时间", Align::Left),
            ("转人工", Align::Right),
            ("需要坐席", Align::Right),
        ]);
        for hour in &self.outlook.hours {
            table.row([
                zone.to_datetime(hour.from)
                    .strftime("%m-%d %H:%M")
                    .to_string(),
                format!("{:.1}", hour.contacts),
                agents(hour),
            ]);
        }
        table
    }
}

/// Agents to be planned.
fn agents(hour: &HourAhead) -> String {
    hour.planned.map_or("–".into(), |agents| agents.to_string())
}
