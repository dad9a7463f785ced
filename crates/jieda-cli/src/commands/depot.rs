//! `jieda depot`.

use std::io::Write as _;

use jieda::{
    Timestamp,
    release::{DataDir, ReleaseId},
};
use jieda_depot::{Depot, DepotError, DepotState, Outcome, Publication, Stages};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::{
    args::{
        Common,
        depot::{DepotCommand, PlaceArgs, PruneArgs, PushArgs, RollbackArgs, SendBackArgs},
    },
    paint::{DIM, GOOD, WARN, paint},
    progress::Bar,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, command: &DepotCommand) -> anyhow::Result<()> {
    let work = Work {
        common,
        runtime: tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?,
    };
    match command {
        DepotCommand::Check(place) => work.check(place),
        DepotCommand::Show(place) => work.show(place),
        DepotCommand::Push(args) => work.push(args),
        DepotCommand::Pull(place) => work.pull(place),
        DepotCommand::Rollback(args) => work.roll_back(args),
        DepotCommand::SendBack(args) => work.send_back(args),
        DepotCommand::Prune(args) => work.prune(args),
    }
}

/// What all commands need.
struct Work<'a> {
    common: &'a Common,
    runtime: Runtime,
}

impl Work<'_> {
    fn check(&self, place: &PlaceArgs) -> anyhow::Result<()> {
        let depot = Depot::open(&place.url)?;
        self.runtime.block_on(depot.check())?;
        self.tell(
            &json!({ "place": depot.to_string(), "sound": true }),
            || format!("{depot} 可以用作版本库"),
        )
    }

    fn show(&self, place: &PlaceArgs) -> anyhow::Result<()> {
        let depot = Depot::open(&place.url)?;
        let (state, reports, releases) = self.runtime.block_on(async {
            Ok::<_, DepotError>((
                depot.state().await?,
                depot.reports().await?,
                depot.releases().await?,
            ))
        })?;
        let mut out = anstream::stdout().lock();
        if self.common.json {
            let all = json!({ "state": state, "replicas": reports, "releases": releases });
            writeln!(out, "{all:#}")?;
            return Ok(());
        }
        match &state {
            None => writeln!(out, "{depot} 里还没有发布过版本")?,
            Some(state) => tell_state(&mut out, state)?,
        }
        let names: Vec<String> = releases.iter().map(ToString::to_string).collect();
        writeln!(out, "库里的版本  {}", joined(&names))?;
        let mut table = Table::new(&[
            ("副本", Align::Left),
            ("正在使用", Align::Left),
            ("报告时间", Align::Left),
            ("没能换上", Align::Left),
        ]);
        for report in &reports {
            let refused = report.refused.as_ref();
            table.row([
                report.replica.clone(),
                report
                    .release
                    .as_ref()
                    .map_or("–".into(), ToString::to_string),
                report.at.strftime("%m-%d %H:%M:%S UTC").to_string(),
                refused.map_or(String::new(), |r| format!("{}：{}", r.release, r.why)),
            ]);
        }
        if !reports.is_empty() {
            writeln!(out, "{}", table.render(0))?;
        }
        Ok(())
    }

    fn push(&self, args: &PushArgs) -> anyhow::Result<()> {
        let data = self.data()?;
        let release = match &args.release {
            Some(text) => data.release(&data.resolve(text)?)?,
            None => data.open_current()?,
        };
        let depot = Depot::open(&args.place.url)?;
        // Whatever somebody else publishes meanwhile, is not taken back.
        let seen = self.runtime.block_on(depot.state())?;
        let mut bar = Bar::bytes("正在上传");
        let mut told = |progress: jieda_depot::Progress| {
            let count = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
            bar.update(count(progress.done), count(progress.all));
        };
        self.runtime.block_on(depot.push(&release, &mut told))?;
        drop(bar);
        if args.upload_only {
            return self.tell(&json!({ "release": release.id(), "state": null }), || {
                format!("版本 {} 已上传，尚未发布", release.id())
            });
        }
        let publication = Publication {
            release: release.id(),
            by: &args.by,
            at: Timestamp::now(),
            stages: if args.canary {
                Stages::Canary
            } else {
                Stages::AtOnce
            },
        };
        let state = self
            .runtime
            .block_on(depot.publish(&publication, seen.as_ref()))?;
        self.tell(
            &json!({ "release": release.id(), "state": state }),
            || match &state.rollout {
                Some(_) => format!("版本 {} 开始灰度：先由一个副本使用", release.id()),
                None => format!("版本 {} 已发布，各副本随即换上", release.id()),
            },
        )
    }

    fn pull(&self, place: &PlaceArgs) -> anyhow::Result<()> {
        let depot = Depot::open(&place.url)?;
        let data = DataDir::create(&super::kb::data_path(self.common)?)?;
        let pulled = self.runtime.block_on(async {
            let state = depot.state().await?;
            let state = state.ok_or_else(|| DepotError::Empty(depot.to_string()))?;
            depot
                .pull(&state.pointer.current, &data, "jieda depot pull")
                .await?;
            Ok::<_, DepotError>(state)
        })?;
        let mut publisher = data.publisher("jieda depot pull", Timestamp::now())?;
        let moved = publisher.follow(&pulled.pointer)?;
        self.tell(&json!({ "from": moved.from, "to": moved.to }), || {
            format!(
                "版本 {} 已取到 {}，现在是当前版本",
                moved.to,
                data.path().display()
            )
        })
    }

    fn roll_back(&self, args: &RollbackArgs) -> anyhow::Result<()> {
        let depot = Depot::open(&args.place.url)?;
        let state = self.runtime.block_on(async {
            let to = match &args.release {
                Some(text) => Some(resolved(text, &depot.releases().await?)?),
                None => None,
            };
            let back = depot.roll_back(to.as_ref(), &args.by, Timestamp::now());
            anyhow::Ok(back.await?)
        })?;
        self.tell(
            &json!({ "to": state.pointer.current, "state": state }),
            || format!("已回退到 {}，各副本随即换上", state.pointer.current),
        )
    }

    fn send_back(&self, args: &SendBackArgs) -> anyhow::Result<()> {
        let depot = Depot::open(&args.place.url)?;
        let state = self.runtime.block_on(async {
            let state = depot.state().await?;
            let next = state.and_then(|state| {
                let why = match args.why.as_str() {
                    "" => format!("{} 撤回了它", args.by),
                    why => why.to_owned(),
                };
                state.sent_back(&args.by, why, Timestamp::now())
            });
            let next = next.ok_or_else(|| DepotError::NoRollout(depot.to_string()))?;
            depot.advance(&next).await?;
            Ok::<_, DepotError>(next)
        })?;
        self.tell(&json!({ "state": state }), || {
            format!("灰度已结束，继续使用 {}", state.pointer.current)
        })
    }

    fn prune(&self, args: &PruneArgs) -> anyhow::Result<()> {
        let depot = Depot::open(&args.place.url)?;
        let gone = self.runtime.block_on(depot.prune(args.keep))?;
        self.tell(&json!({ "removed": gone }), || match gone.len() {
            0 => "没有可以删除的版本".into(),
            _ => {
                let names: Vec<String> = gone.iter().map(ToString::to_string).collect();
                format!("已删除 {}", joined(&names))
            }
        })
    }

    fn data(&self) -> anyhow::Result<DataDir> {
        Ok(DataDir::open(&super::kb::data_path(self.common)?)?)
    }

    fn tell(&self, json: &serde_json::Value, words: impl FnOnce() -> String) -> anyhow::Result<()> {
        let mut out = anstream::stdout().lock();
        match self.common.json {
            true => writeln!(out, "{json:#}")?,
            false => writeln!(out, "{}", words())?,
        }
        Ok(())
    }
}

fn tell_state(out: &mut impl std::io::Write, state: &DepotState) -> std::io::Result<()> {
    let current = &state.pointer.current;
    writeln!(out, "当前版本    {}", paint(GOOD, &current.to_string()))?;
    if let Some(rollout) = &state.rollout {
        let canary = rollout.canary.as_ref();
        let canary = canary.map_or("还没有副本试用".into(), |c| {
            format!("由 {} 试用", c.replica)
        });
        let told = format!("{}（{} 发布），{canary}", rollout.release, rollout.by);
        writeln!(out, "正在灰度    {}", paint(WARN, &told))?;
    }
    if let Some(ended) = &state.ended {
        let how = match &ended.outcome {
            Outcome::Finished => "通过，已成为当前版本".into(),
            Outcome::SentBack { why } => format!("被撤回：{why}"),
            Outcome::Superseded => "没有完成，被后来的发布取代".into(),
        };
        let told = format!("上次灰度    {} {how}", ended.release);
        writeln!(out, "{}", paint(DIM, &told))?;
    }
    Ok(())
}

fn joined(names: &[String]) -> String {
    match names {
        [] => "–".into(),
        names => names.join("、"),
    }
}

/// The one release that begins so.
fn resolved(text: &str, releases: &[ReleaseId]) -> anyhow::Result<ReleaseId> {
    let meant = |id: &&ReleaseId| id.as_str().starts_with(text) || id.hash().starts_with(text);
    let found: Vec<&ReleaseId> = releases.iter().filter(meant).collect();
    match found.as_slice() {
        [id] => Ok((*id).clone()),
        [] => anyhow::bail!("版本库里没有 {text} 开头的版本"),
        _ => anyhow::bail!("{text} 可以指 {} 个版本，请写得更全", found.len()),
    }
}
