//! Arguments of `jieda simulate`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jieda_routing::simulate::Policy;

const ROUTING_HELP: &str = "\
Examples:
  jieda simulate routing --scenario crates/jieda-routing/scenarios/ecommerce-campaign.toml
  jieda simulate routing --scenario bank.toml --seed 7 --policy ours --json
  jieda simulate routing --scenario bank.toml --rules my-routing.toml

A scenario says who comes (contacts an hour, skills, urgency, how long they take, how long customers wait) and who
works (teams, skills, capacity, hours). crates/jieda-routing/scenarios has two, with every key explained.

The same scenario and seed bring the same contacts under every policy. Policies: ours (the rules), round_robin,
longest_idle and random (these three: first come first served among agents of the skill). No time passes: a day
takes about a second.";

const SCALE_HELP: &str = "\
Examples:
  jieda simulate scale
  jieda simulate scale --scenario my-sizing.toml --json

How many replicas a load needs for a p99, what a million answers cost, and what a campaign does until replicas are added:
a queueing model on the figures that were measured of one replica. eval/scale/sizing.toml has every key explained; copy
it, and put in what benches/service/measure says of your machine.";

#[derive(Debug, Subcommand)]
pub(crate) enum SimulateCommand {
    /// Who gets which contact: waits by urgency, load and skills, beside simpler policies
    #[command(after_help = ROUTING_HELP)]
    Routing(RoutingArgs),
    /// Replicas and costs for a load, from what was measured of one
    #[command(after_help = SCALE_HELP)]
    Scale(ScaleArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ScaleArgs {
    /// Figures, load and target (TOML) [default: eval/scale/sizing.toml as it was built]
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<PathBuf>,
    /// Draws arrivals and times
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct RoutingArgs {
    /// The day to play (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: PathBuf,
    /// Rules to play by (TOML); what the file leaves out is as in crates/jieda-routing/routing.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    /// Draws the day: another number, another day of the same kind
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// This policy alone, instead of all four [ours, round_robin, longest_idle, random]
    #[arg(long, value_name = "POLICY")]
    pub(crate) policy: Option<Policy>,
}
