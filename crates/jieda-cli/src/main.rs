//! The command line of jieda: ask, chat, search, segment, classify, models, evaluate.
//!
//! Output for people is Chinese; `--json` gives the same for programs, on standard output. Progress
//! and errors go to standard error. Exit codes: see [`exit`].

mod args;
mod candle_threads;
mod commands;
mod context;
mod conversations;
mod exit;
mod json;
mod names;
mod paint;
mod progress;
mod recorder;
mod side;
mod stored;
mod table;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{BenchCommand, Cli, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(conflict) = cli.check() {
        conflict.exit();
    }
    if matches!(cli.command, Command::Train { .. }) {
        candle_threads::one();
    }
    // A panic is a bug of ours: the user gets one line and a code, not a backtrace.
    std::panic::set_hook(Box::new(exit::report_panic));
    match std::panic::catch_unwind(|| run(&cli)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => exit::report(&error),
        Err(_) => ExitCode::from(exit::INTERNAL),
    }
}

fn run(cli: &Cli) -> anyhow::Result<()> {
    let common = &cli.common;
    match &cli.command {
        Command::Ask(args) => commands::ask::run(common, args),
        Command::Chat(args) => commands::chat::run(common, args),
        Command::Assist(args) => commands::assist::run(common, args),
        Command::Log(args) => commands::log::run(common, args),
        Command::Replay(args) => commands::replay::run(common, args),
        Command::Serve(args) => commands::serve::run(common, args),
        Command::Key { command } => commands::key::run(common, command),
        Command::User { command } => commands::user::run(common, command),
        Command::Config { command } => commands::config::run(common, command),
        Command::Doctor(args) => commands::doctor::run(common, args),
        Command::Search(args) => commands::search::run(common, args),
        Command::Segment(args) => commands::segment::run(common, args),
        Command::Encode(args) => commands::encode::run(common, args),
        Command::Classify(args) => commands::classify::run(common, args),
        Command::Kb { command } => commands::kb::run(common, command),
        Command::Model { command } => commands::model::run(common, command),
        Command::Train { command } => commands::train::run(common, command),
        Command::Report(args) => commands::report::run(common, args),
        Command::Tune(args) => commands::tune::run(common, args),
        Command::Simulate { command } => commands::simulate::run(common, command),
        Command::Depot { command } => commands::depot::run(common, command),
        Command::Forecast(args) => commands::forecast::run(common, args),
        Command::Bench {
            command: BenchCommand::Encode(args),
        } => commands::bench_encode::run(common, args),
        Command::Eval { command } => commands::eval::run(common, command),
    }
}
