//! The records that monthly and quarterly reports are made from, wherever they lie.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use jieda::{
    KnowledgeBase, TimeZone, locate,
    release::{DataDir, ReleaseError},
};
use jieda_eval::monthly::{Material, Origin, Talk};
use jieda_gaps::Gaps;
use jieda_routing::{FileError, Logged, Rules, sla::Sla};

use super::routing_log::read_routing_log;
use crate::{
    args::{Common, report::period::RecordArgs},
    side::Side,
    stored::location,
};

/// What was read.
pub(super) struct Records {
    pub(super) zone: TimeZone,
    pub(super) side: Option<Side>,
    kb: Option<KnowledgeBase>,
    log: Option<Vec<Logged>>,
    rules: Rules,
    sla: Sla,
    sources: Vec<Origin>,
}

impl Records {
    /// `store` is that of the conversations, if one was named: its journal may be the routing log.
    pub(super) fn read(
        common: &Common,
        args: &RecordArgs,
        store: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let data = common.data();
        let data = data.as_deref();
        if let Some(data) = data.filter(|data| !data.is_dir()) {
            anyhow::bail!("--data：没有目录 {}", data.display());
        }
        let rules_file = named_or_in(args.rules.as_deref(), data, "routing.toml");
        let rules = rules_file
            .as_deref()
            .map(|file| checked(file, Rules::from_toml));
        let rules = rules.transpose()?;
        let sla_file = named_or_in(args.sla.as_deref(), data, "sla.toml");
        let sla = sla_file
            .as_deref()
            .map(|file| checked(file, Sla::from_toml));
        let sla = sla.transpose()?.map_or_else(Sla::shipped, Ok)?;
        let side = side(common, data)?;
        let kb = side.as_ref().map(Side::knowledge).transpose()?;
        let log_file = named_or_in(args.routing.as_deref(), data, "routing.jsonl")
            .or_else(|| named_or_in(store, data, "conversations.db"));
        let read = log_file.as_deref().map(read_routing_log).transpose()?;
        let read = read.flatten();
        let log_file = log_file.filter(|_| read.is_some());
        let (log, own) = read.map_or((None, None), |read| (Some(read.log), read.rules));
        let rules = rules.or(own).map_or_else(Rules::shipped, Ok)?;
        let files = [
            ("分配日志", log_file),
            ("路由规则", rules_file),
            ("服务协议", sla_file),
        ];
        let mut sources: Vec<Origin> = files
            .into_iter()
            .filter_map(|(what, file)| Some(origin(what, location(&file?))))
            .collect();
        match &side {
            Some(Side::Folder(folder)) => sources.push(origin("知识库", folder.display())),
            Some(Side::Release(release)) => {
                sources.push(origin("知识库", release.path().display()));
            }
            None => {}
        }
        let zone = kb
            .as_ref()
            .map_or(&rules.timezone, |kb| &kb.timezone)
            .clone();
        Ok(Self {
            zone,
            side,
            kb,
            log,
            rules,
            sla,
            sources,
        })
    }

    pub(super) fn has_log(&self) -> bool {
        self.log.is_some()
    }

    pub(super) fn add_source(&mut self, what: &str, path: &Path) {
        self.sources.insert(0, origin(what, location(path)));
    }

    /// As a report takes it.
    pub(super) fn material<'a>(
        &'a self,
        args: &RecordArgs,
        talks: Option<&'a [Talk]>,
        gaps: Option<&'a Gaps>,
    ) -> Material<'a> {
        Material {
            zone: self.zone.clone(),
            talks,
            log: self.log.as_deref(),
            rules: &self.rules,
            sla: &self.sla,
            due: args.due,
            kb: self.kb.as_ref(),
            gaps,
            sources: self.sources.clone(),
        }
    }
}

/// The file that was named, which must be there; else the one of the data directory or of the service's state in it,
/// if it is there.
pub(crate) fn named_or_in(
    named: Option<&Path>,
    data: Option<&Path>,
    name: &str,
) -> Option<PathBuf> {
    named.map(locate).or_else(|| {
        let data = data?;
        let places = [data.join(name), data.join("server").join(name)];
        places.into_iter().find(|place| place.is_file())
    })
}

/// The knowledge base that was named, else the current release. Without either, FAQs are told by their ids.
fn side(common: &Common, data: Option<&Path>) -> anyhow::Result<Option<Side>> {
    if let Some(folder) = &common.kb {
        return Ok(Some(Side::Folder(locate(folder))));
    }
    let Some(data) = data else { return Ok(None) };
    match DataDir::open(data).and_then(|data| data.open_current()) {
        Ok(release) => Ok(Some(Side::Release(Box::new(release)))),
        // A folder of records alone, or one in which nothing was published yet.
        Err(ReleaseError::NotADataDir(_) | ReleaseError::NothingCurrent(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Of an address of a database, what may be read by others: no password.
fn origin(what: &str, path: impl std::fmt::Display) -> Origin {
    Origin {
        what: what.to_owned(),
        path: path.to_string(),
    }
}

/// Reads a file and tells all that is wrong with it.
fn checked<T>(file: &Path, read: impl Fn(&str) -> Result<T, FileError>) -> anyhow::Result<T> {
    let text = fs::read_to_string(file).with_context(|| format!("无法读取 {}", file.display()))?;
    // Not as the source of another error: its lines go below the name of the file.
    read(&text).map_err(|e| anyhow::anyhow!("{} 有误：\n{e}", file.display()))
}
