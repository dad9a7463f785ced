//! The routing log: the journal of a store, or a file of JSON lines.

use std::{
    fmt::Write as _,
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
};

use anyhow::Context as _;
use jieda_routing::{
    Logged, Rules,
    figures::{History, Reader},
};
use jieda_server::routing::{RoutingEntry, routing_log};
use jieda_store::Location;

use crate::stored::{Stored, location};

/// Faulty lines that are told.
const TOLD: usize = 20;

/// How every SQLite file begins.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// What the routing core has written.
pub(crate) struct RoutingLog {
    pub(crate) log: Vec<Logged>,
    /// The rules that it was made by, where it says so: the last ones.
    pub(crate) rules: Option<Rules>,
    /// From which entry on which rules held, where it says so.
    eras: Vec<(usize, Rules)>,
}

impl RoutingLog {
    /// What it says of contacts, each part of it by the rules that held then; `rules` where it does not say.
    pub(crate) fn history(&self, rules: &Rules) -> History {
        let mut reader = Reader::new(rules.groups.clone());
        let mut eras = self.eras.iter().peekable();
        for (i, logged) in self.log.iter().enumerate() {
            while let Some((_, rules)) = eras.next_if(|(from, _)| *from <= i) {
                reader.regroup(rules.groups.clone());
            }
            reader.read(logged);
        }
        reader.finish()
    }
}

/// Reads a log from the journal of a store, or from a file with one [`Logged`] a line. A store whose journal is empty has
/// none.
pub(crate) fn read_routing_log(path: &Path) -> anyhow::Result<Option<RoutingLog>> {
    if let Location::Postgres(_) = location(path) {
        return read_journal(path);
    }
    let mut head = Vec::new();
    let unreadable = || format!("无法读取 {}", path.display());
    File::open(path)
        .and_then(|file| file.take(SQLITE.len() as u64).read_to_end(&mut head))
        .with_context(unreadable)?;
    if head != SQLITE {
        let log = read_lines(path)?;
        return Ok(Some(RoutingLog {
            log,
            rules: None,
            eras: Vec::new(),
        }));
    }
    read_journal(path)
}

fn read_journal(path: &Path) -> anyhow::Result<Option<RoutingLog>> {
    let stored = Stored::open(Some(&path.to_owned()))?;
    let entries = stored.block_on(routing_log(&stored.store, 0))?;
    let mut read = RoutingLog {
        log: Vec::new(),
        rules: None,
        eras: Vec::new(),
    };
    for numbered in entries {
        match numbered.entry {
            RoutingEntry::Rules { toml, .. } => {
                let rules = Rules::from_toml(&toml)?;
                read.eras.push((read.log.len(), rules.clone()));
                read.rules = Some(rules);
            }
            RoutingEntry::Event { logged, .. } => read.log.push(*logged),
        }
    }
    Ok(Some(read).filter(|read| !read.log.is_empty()))
}

/// Empty lines are passed over. All faulty lines are told at once.
fn read_lines(path: &Path) -> anyhow::Result<Vec<Logged>> {
    let file = File::open(path).with_context(|| format!("无法读取 {}", path.display()))?;
    let mut log = Vec::new();
    let mut faults = Vec::new();
    for (number, line) in (1_usize..).zip(BufReader::new(file).split(b'\n')) {
        let line = line.with_context(|| format!("无法读取 {}", path.display()))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(logged) => log.push(logged),
            Err(error) => faults.push((number, error)),
        }
    }
    if faults.is_empty() {
        return Ok(log);
    }
    let mut message = format!("{} 有 {} 行有误：", path.display(), faults.len());
    for (number, error) in faults.iter().take(TOLD) {
        write!(message, "\n第 {number} 行：不是分配日志（{error}）")?;
    }
    if faults.len() > TOLD {
        write!(message, "\n……还有 {} 行", faults.len() - TOLD)?;
    }
    anyhow::bail!(message)
}
