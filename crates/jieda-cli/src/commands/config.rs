//! `jieda config`.

use std::io::Write as _;

use jieda::{EngineConfig, Section};
use jieda_server::ServerConfig;
use serde_json::json;

use super::serve::warn_of_unknown;
use crate::{
    args::{Common, serve::ConfigCommand},
    paint::{GOOD, paint},
};

pub(crate) fn run(common: &Common, command: &ConfigCommand) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Default => {
            let mut out = anstream::stdout().lock();
            writeln!(out, "{}", EngineConfig::DEFAULTS)?;
            write!(out, "{}", ServerConfig::DEFAULTS)?;
            Ok(())
        }
        ConfigCommand::Show => show(common),
        ConfigCommand::Check => {
            let source = common.source()?;
            ServerConfig::of(&source, common.knowledge())?;
            warn_of_unknown(&source);
            let mut out = anstream::stdout().lock();
            if common.json {
                writeln!(out, "{}", json!({ "ok": true }))?;
            } else {
                writeln!(out, "{}", paint(GOOD, "配置没有问题"))?;
            }
            Ok(())
        }
    }
}

fn show(common: &Common) -> anyhow::Result<()> {
    let source = common.source()?;
    // What is shown is sound.
    ServerConfig::of(&source, common.knowledge())?;
    let mut all: toml::Table = source.section(EngineConfig::DEFAULTS, Section::AllBut("server"))?;
    let server: toml::Table = source.section(ServerConfig::DEFAULTS, Section::Only("server"))?;
    all.extend(server);
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{:#}", json!(all))?;
    } else {
        write!(out, "{}", toml::to_string_pretty(&all)?)?;
    }
    Ok(())
}
