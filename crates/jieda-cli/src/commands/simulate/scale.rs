//! `jieda simulate scale`.

use std::io::Write;

use jieda_eval::scale::{Scenario, Sizing};

use crate::{
    args::{Common, simulate::ScaleArgs},
    table::{Align, Table},
};

pub(super) fn run(common: &Common, args: &ScaleArgs) -> anyhow::Result<()> {
    let scenario = match &args.scenario {
        None => Scenario::shipped()?,
        Some(file) => super::checked(file, Scenario::from_toml)?,
    };
    let sizing = Sizing::of(&scenario, args.seed);
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&sizing)?)?;
    } else {
        print(&mut out, &scenario, &sizing)?;
    }
    Ok(())
}

fn print(out: &mut impl Write, scenario: &Scenario, sizing: &Sizing) -> std::io::Result<()> {
    let target = &scenario.target;
    writeln!(
        out,
        "“{}”：p99 不超过 {} 毫秒、占用不超过 {:.0}%，每个副本承担 {:.0} 次/秒（p99 {:.1} 毫秒）\n",
        sizing.name,
        target.p99_ms,
        100.0 * target.utilization,
        sizing.rate_per_replica,
        sizing.p99_ms
    )?;
    let mut table = Table::new(&[
        ("高峰 次/秒", Align::Right),
        ("副本", Align::Right),
        ("p99 毫秒", Align::Right),
        ("日均 百万次", Align::Right),
        ("每百万次费用：伸缩", Align::Right),
        ("固定", Align::Right),
        ("大促副本", Align::Right),
        ("扩容前拒绝", Align::Right),
        ("大促全程拒绝", Align::Right),
    ]);
    for load in &sizing.loads {
        table.row([
            format!("{:.0}", load.peak.rate),
            load.peak.replicas.to_string(),
            format!("{:.1}", load.peak.p99_ms),
            format!("{:.1}", load.answers_per_day / 1e6),
            format!("{:.2}", load.cost_per_million_scaled),
            format!("{:.2}", load.cost_per_million_fixed),
            load.burst.replicas.to_string(),
            format!("{:.1}%", 100.0 * load.refused_while_scaling),
            format!("{:.1}%", 100.0 * load.refused_in_campaign),
        ]);
    }
    write!(out, "{}", table.render(0))?;
    writeln!(
        out,
        "\n副本数含备用 {} 个；大促是高峰的 {} 倍，扩容需要 {} 分钟。费用单位随场景里的 cost_per_hour",
        target.spare, scenario.load.burst, scenario.scaling.minutes
    )
}
