//! `jieda simulate`.

mod scale;

use std::{fs, io::Write, path::Path};

use anyhow::Context as _;
use jieda::locate;
use jieda_routing::{
    Rules,
    simulate::{Policy, Report, Scenario, Setup, WaitFigures, simulate},
};
use serde_json::json;

use crate::{
    args::{
        Common,
        simulate::{RoutingArgs, SimulateCommand},
    },
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, command: &SimulateCommand) -> anyhow::Result<()> {
    match command {
        SimulateCommand::Routing(args) => routing(common, args),
        SimulateCommand::Scale(args) => scale::run(common, args),
    }
}

fn routing(common: &Common, args: &RoutingArgs) -> anyhow::Result<()> {
    let rules = match &args.rules {
        None => Rules::shipped()?,
        Some(file) => checked(file, Rules::from_toml)?,
    };
    let scenario = checked(&args.scenario, |text| Scenario::from_toml(text, &rules))?;
    let policies = args
        .policy
        .map_or(Policy::ALL.to_vec(), |policy| vec![policy]);
    let play = |policy| {
        let rules = rules.clone();
        let seed = args.seed;
        simulate(
            &scenario,
            &Setup {
                rules,
                policy,
                seed,
            },
        )
    };
    let reports: Vec<Report> = policies.into_iter().map(play).collect();
    let mut out = anstream::stdout().lock();
    if common.json {
        let all = json!({ "scenario": scenario.name, "seed": args.seed, "reports": reports });
        writeln!(out, "{all:#}")?;
    } else {
        print(&mut out, &reports)?;
    }
    Ok(())
}

/// Reads a file and tells all that is wrong with it.
fn checked<T, E: std::fmt::Display>(
    file: &Path,
    read: impl Fn(&str) -> Result<T, E>,
) -> anyhow::Result<T> {
    let path = locate(file);
    let text = fs::read_to_string(&path).with_context(|| format!("无法读取 {}", path.display()))?;
    // Not as the source of another error: its lines go below the name of the file.
    read(&text).map_err(|e| anyhow::anyhow!("{} 有误：\n{e}", path.display()))
}

fn print(out: &mut impl Write, reports: &[Report]) -> std::io::Result<()> {
    let Some(first) = reports.first() else {
        return Ok(());
    };
    writeln!(
        out,
        "“{}”：坐席 {} 人，会话 {} 个，种子 {}\n",
        first.scenario, first.agents, first.contacts, first.seed
    )?;
    writeln!(out, "等待（秒；放弃的算到放弃为止）")?;
    write!(out, "{}", waits(reports).render(0))?;
    writeln!(out, "\n坐席和匹配")?;
    write!(out, "{}", load(reports).render(0))?;
    if let Some(ours) = reports.iter().find(|r| r.policy == Policy::Ours) {
        writeln!(out)?;
        promises(out, ours, reports)?;
    }
    Ok(())
}

fn waits(reports: &[Report]) -> Table {
    let mut table = Table::new(&[
        ("策略", Align::Left),
        ("紧急程度", Align::Left),
        ("会话", Align::Right),
        ("放弃", Align::Right),
        ("平均", Align::Right),
        ("p50", Align::Right),
        ("p95", Align::Right),
        ("最长", Align::Right),
    ]);
    for report in reports {
        let by_urgency = [
            ("特急", &report.wait.critical),
            ("紧急", &report.wait.urgent),
            ("普通", &report.wait.normal),
        ];
        for (i, (urgency, figures)) in by_urgency.into_iter().enumerate() {
            let policy = if i == 0 { name(report.policy) } else { "" };
            table.row(wait(policy, urgency, figures));
        }
    }
    table
}

fn wait(policy: &str, urgency: &str, figures: &WaitFigures) -> [String; 8] {
    let seconds = |seconds: f64| format!("{seconds:.1}");
    [
        policy.to_owned(),
        urgency.to_owned(),
        figures.contacts.to_string(),
        figures.abandoned.to_string(),
        seconds(figures.mean),
        seconds(figures.p50),
        seconds(figures.p95),
        seconds(figures.longest),
    ]
}

fn load(reports: &[Report]) -> Table {
    let mut table = Table::new(&[
        ("策略", Align::Left),
        ("负荷基尼", Align::Right),
        ("全天基尼", Align::Right),
        ("接待位占用", Align::Right),
        ("技能匹配", Align::Right),
        ("他组代接", Align::Right),
        ("升级", Align::Right),
        ("拒接", Align::Right),
        ("排队报警", Align::Right),
    ]);
    for report in reports {
        table.row([
            name(report.policy).to_owned(),
            format!("{:.3}", report.load_gini),
            format!("{:.3}", report.day_gini),
            format!("{:.1}%", 100.0 * report.utilization),
            format!("{:.1}%", 100.0 * report.skill_match),
            report.helped_out.to_string(),
            report.escalated.to_string(),
            report.refused.to_string(),
            report.long_queues.to_string(),
        ]);
    }
    table
}

/// What the rules promise, and what they are worth beside agents in turn.
fn promises(out: &mut impl Write, ours: &Report, reports: &[Report]) -> std::io::Result<()> {
    let ageing = &ours.ageing;
    writeln!(
        out,
        "防饿死上限 {:.0} 秒：普通会话最长等 {:.0} 秒，超过上限的 {} 个",
        ageing.bound, ageing.longest_normal, ageing.beyond
    )?;
    let Some(turns) = reports.iter().find(|r| r.policy == Policy::RoundRobin) else {
        return Ok(());
    };
    let times = |ours: f64, theirs: f64| match theirs > 0.0 {
        true => format!("{:.2} 倍", ours / theirs),
        false => "无法相比".to_owned(),
    };
    writeln!(
        out,
        "与轮流相比：特急等待 p95 {}，普通等待 p95 {}，负荷基尼 {}",
        times(ours.wait.critical.p95, turns.wait.critical.p95),
        times(ours.wait.normal.p95, turns.wait.normal.p95),
        times(ours.load_gini, turns.load_gini)
    )
}

fn name(policy: Policy) -> &'static str {
    match policy {
        Policy::Ours => "本规则",
        Policy::RoundRobin => "轮流",
        Policy::LongestIdle => "空闲最久",
        Policy::Random => "随机",
    }
}
