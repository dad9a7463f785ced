//! This replica: what it answers from, and what it publishes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jieda::{
    Engine, EngineConfig, LiveEngine, Refreshed, SharedEncoder, SignedDuration, Timestamp,
    release::{DataDir, Keep, Release, ReleaseId},
};
use jieda_depot::{Depot, DepotError, DepotState, Publication, Refused, ReplicaReport, Watcher};
use jieda_store::{Announcements, AnyStore};
use tokio::sync::Notify;

use super::Trial;
use crate::{
    app::StartError,
    config::{DepotConfig, Knowledge, ServerConfig},
    engines::Engines,
    problem::{Problem, ProblemKind},
};

/// Under which replicas hear that something was published.
const TOPIC: &str = "jieda_releases";
/// How often a replica says that it lives.
const BEAT_EVERY: Duration = Duration::from_secs(5);
/// How long others are told that this one ends.
const FAREWELL: Duration = Duration::from_secs(3);
/// Reports of replicas that said nothing for so long are removed.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);
/// After so many reports of its own, a replica looks for those.
const TIDY_EVERY: u64 = 500;
/// How long a release that can't be used is left alone.
const AGAIN: Duration = Duration::from_secs(60);

/// A replica that follows a depot. Its data directory is its cache.
#[derive(Debug)]
pub(crate) struct Replica {
    pub(super) depot: Depot,
    pub(super) config: DepotConfig,
    pub(super) data: DataDir,
    pub(super) live: Arc<LiveEngine>,
    engine: EngineConfig,
    encoder: SharedEncoder,
    announcer: Option<AnyStore>,
    wake: Notify,
    pub(super) at_work: tokio::sync::Mutex<AtWork>,
    trial: Mutex<Option<Arc<Trial>>>,
    /// What is current for all, as far as it is known.
    shared: Mutex<Option<ReleaseId>>,
}

/// What only the one who follows touches.
#[derive(Debug, Default)]
pub(super) struct AtWork {
    /// The last state that is known.
    pub(super) state: Option<DepotState>,
    pub(super) refused: Option<(Refused, Instant)>,
    beat: u64,
    said: Option<Instant>,
    pub(super) watcher: Watcher,
    /// Since when this replica is the canary of a release.
    pub(super) since: Option<(ReleaseId, Instant)>,
}

impl Replica {
    /// Brings in what is current before anything is opened. If the storage can't be reached, what is here answers.
    ///
    /// # Errors
    /// [`StartError`]: nothing is here, and nothing can be had.
    pub(crate) async fn prepare(config: &ServerConfig) -> Result<(), StartError> {
        let (Some(depot), Knowledge::Data(path)) = (&config.depot, &config.knowledge) else {
            return Ok(());
        };
        let failed = |error: DepotError| StartError::State {
            path: "server.depot".into(),
            message: error.to_string(),
        };
        let data = DataDir::create(path).map_err(|e| failed(e.into()))?;
        let has_any = data.open_current().is_ok();
        let brought = async {
            let from = Depot::open(&depot.url)?;
            let Some(state) = from.state().await? else {
                return match has_any {
                    // What is here was published before there was a depot.
                    true => Ok(()),
                    false => Err(DepotError::Empty(from.to_string())),
                };
            };
            // As everybody else: a canary that begins anew becomes it again.
            let release = from
                .pull(&state.pointer.current, &data, &depot.replica)
                .await?;
            let mut publisher = data.publisher(&depot.replica, Timestamp::now())?;
            tracing::info!(release = %release.id(), "the current release is here");
            publisher
                .follow(&state.pointer)
                .map(drop)
                .map_err(Into::into)
        };
        match brought.await {
            Err(error) if has_any => {
                tracing::error!(%error, "the depot can't be reached; what is here answers");
                Ok(())
            }
            done => done.map_err(failed),
        }
    }

    /// A replica, where the configuration names a depot.
    ///
    /// # Errors
    /// [`StartError`].
    pub(crate) fn open(
        config: &ServerConfig,
        engines: &Engines,
        store: Option<&AnyStore>,
    ) -> Result<Option<Arc<Self>>, StartError> {
        let (Some(depot), Some(live), Knowledge::Data(path)) =
            (&config.depot, engines.live(), &config.knowledge)
        else {
            return Ok(None);
        };
        let failed = |message: String| StartError::State {
            path: "server.depot".into(),
            message,
        };
        Ok(Some(Arc::new(Self {
            depot: Depot::open(&depot.url).map_err(|e| failed(e.to_string()))?,
            config: depot.clone(),
            data: DataDir::open(path).map_err(|e| failed(e.to_string()))?,
            live: Arc::clone(live),
            engine: config.engine.clone(),
            encoder: engines.encoder().clone(),
            announcer: store.cloned(),
            wake: Notify::new(),
            at_work: tokio::sync::Mutex::default(),
            trial: Mutex::default(),
            shared: Mutex::default(),
        })))
    }

    /// Follows the depot, for ever.
    pub(crate) async fn follow(self: Arc<Self>) {
        let mut announcements = None;
        let mut told = String::new();
        loop {
            match self.look().await {
                Ok(()) => told.clear(),
                Err(error) => {
                    let error = error.to_string();
                    // Once, not at every look.
                    if error != told {
                        tracing::error!(%error, "the depot can't be followed; what is here answers");
                        told = error;
                    }
                }
            }
            if announcements.is_none() {
                announcements = self.listen().await;
            }
            tokio::select! {
                () = tokio::time::sleep(self.config.poll) => {}
                () = self.wake.notified() => {}
                heard = next(&mut announcements) => {
                    if heard.is_err() {
                        announcements = None;
                        tokio::time::sleep(self.config.poll).await;
                    }
                }
            }
        }
    }

    /// Says that this replica ends.
    pub(crate) async fn leave(&self) {
        let told = self.depot.sign_off(&self.config.replica);
        if !matches!(tokio::time::timeout(FAREWELL, told).await, Ok(Ok(()))) {
            tracing::warn!("other replicas are not told that this one ends");
        }
    }

    /// What holds now, for whoever is about to publish.
    ///
    /// # Errors
    /// [`Problem`].
    pub(crate) async fn state(&self) -> Result<Option<DepotState>, Problem> {
        Ok(self.depot.state().await?)
    }

    /// What is current for all, as far as it is known: not what this replica tries.
    pub(crate) fn current(&self) -> Option<ReleaseId> {
        // Nothing panics while it is held.
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.clone()
    }

    /// Publishes a release of the data directory, on the state that was seen before it was made; gives the one that follows.
    ///
    /// # Errors
    /// [`Problem`]: the storage fails, or somebody else has published meanwhile.
    pub(crate) async fn publish(
        &self,
        (release, seen): (&Release, Option<&DepotState>),
        by: &str,
    ) -> Result<DepotState, Problem> {
        self.depot.push(release, &mut |_| {}).await?;
        let publication = Publication {
            release: release.id(),
            by,
            at: Timestamp::now(),
            stages: self.config.stages,
        };
        let state = self.depot.publish(&publication, seen).await?;
        self.announce(&state).await;
        Ok(state)
    }

    /// Goes to another release, forward or back, at once.
    ///
    /// # Errors
    /// [`Problem`].
    pub(crate) async fn move_to(&self, release: &Release, by: &str) -> Result<DepotState, Problem> {
        self.depot.push(release, &mut |_| {}).await?;
        let moved = self
            .depot
            .roll_back(Some(release.id()), by, Timestamp::now());
        let state = moved.await?;
        self.announce(&state).await;
        Ok(state)
    }

    /// Ends a roll-out: its release is not to become current.
    ///
    /// # Errors
    /// [`Problem`].
    pub(crate) async fn send_back(&self, by: &str, why: String) -> Result<DepotState, Problem> {
        let state = self.depot.state().await?;
        let next = state.and_then(|state| state.sent_back(by, why, Timestamp::now()));
        let next =
            next.ok_or_else(|| Problem::new(ProblemKind::NotPossible, "没有正在灰度的版本"))?;
        self.depot.advance(&next).await?;
        self.announce(&next).await;
        Ok(next)
    }

    /// What holds, and what each replica answers from.
    ///
    /// # Errors
    /// [`Problem`].
    pub(crate) async fn seen(&self) -> Result<(Option<DepotState>, Vec<ReplicaReport>), Problem> {
        Ok((self.depot.state().await?, self.depot.reports().await?))
    }

    /// Looks now, and waits until this replica answers from what it should.
    pub(crate) async fn catch_up(&self) {
        if let Err(error) = self.look().await {
            tracing::error!(%error, "the depot can't be followed; what is here answers");
        }
    }

    /// The release that this replica tries, if it is the canary.
    pub(crate) fn trial(&self) -> Option<Arc<Trial>> {
        self.lock_trial().clone()
    }

    pub(super) fn set_trial(&self, trial: Option<Trial>) {
        *self.lock_trial() = trial.map(Arc::new);
    }

    fn lock_trial(&self) -> std::sync::MutexGuard<'_, Option<Arc<Trial>>> {
        // Nothing panics while it is held.
        self.trial.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one look, goes where it should, and says where it is.
    async fn look(&self) -> Result<(), DepotError> {
        let mut work = self.at_work.lock().await;
        let newer = match &work.state {
            Some(state) => self.depot.newer(state.number).await?,
            None => self.depot.state().await?,
        };
        let is_news = newer.is_some();
        if newer.is_some() {
            work.state = newer;
        }
        let Some(state) = work.state.clone() else {
            return Ok(());
        };
        {
            let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            *shared = Some(state.pointer.current.clone());
        }
        let gone = self.go(&mut work, &state).await;
        let stepped = match &gone {
            Ok(()) => self.step(&mut work, &state).await,
            Err(_) => Ok(()),
        };
        // Whatever fails, this replica lives.
        let is_due = work.said.is_none_or(|said| said.elapsed() >= BEAT_EVERY);
        if is_news || is_due {
            self.beat(&mut work).await?;
        }
        gone.and(stepped)
    }

    /// Answers from what a state says.
    pub(super) async fn go(&self, work: &mut AtWork, state: &DepotState) -> Result<(), DepotError> {
        let pointer = state.pointer_of(&self.config.replica);
        let release = pointer.current.clone();
        let is_there = self.data.pointer().ok().flatten().as_ref() == Some(&pointer)
            && self.live.serving().release == release;
        if is_there || work.is_refused(&release) {
            return Ok(());
        }
        if let Err(why) = self.bring(&release).await? {
            tracing::error!(%release, why, "a release can't be used; the old one answers");
            work.refuse(release, why);
            return Ok(());
        }
        let (data, live) = (self.data.clone(), Arc::clone(&self.live));
        let (by, keep) = (self.config.replica.clone(), self.config.keep);
        let swapped = blocking(move || {
            let mut publisher = data.publisher(&by, Timestamp::now())?;
            publisher.follow(&pointer)?;
            let swapped = live.refresh();
            // What can't be removed now, can be later.
            let _ = publisher.prune(Keep { newest: keep });
            Ok(swapped)
        });
        match swapped.await? {
            Ok(Refreshed::Swapped { from, to }) => tracing::info!(%from, %to, "another release"),
            Ok(Refreshed::Unchanged) => {}
            Err(error) => tracing::error!(%error, "a release can't be used; the old one answers"),
        }
        work.refused = None;
        Ok(())
    }

    /// Brings a release in, and loads it on trial: what can't answer does not become current here. Gives why it can't.
    pub(super) async fn bring(&self, id: &ReleaseId) -> Result<Result<(), String>, DepotError> {
        let release = match self.depot.pull(id, &self.data, &self.config.replica).await {
            Ok(release) => release,
            // It never will be whole.
            Err(error) if error.fault() == jieda_depot::DepotFault::Data => {
                return Ok(Err(error.to_string()));
            }
            Err(error) => return Err(error),
        };
        if self.live.serving().release == *id {
            return Ok(Ok(()));
        }
        Ok(self.loaded(release).await?.map(drop))
    }

    /// An engine of a release that is here.
    pub(super) async fn loaded(
        &self,
        release: Release,
    ) -> Result<Result<Engine, String>, DepotError> {
        let (config, encoder) = (self.engine.clone(), self.encoder.clone());
        blocking(move || {
            let engine = Engine::of_release(&config, &release, Some(&encoder));
            Ok(engine.map_err(|e| e.to_string()))
        })
        .await
    }

    async fn beat(&self, work: &mut AtWork) -> Result<(), DepotError> {
        work.beat += 1;
        work.said = Some(Instant::now());
        let report = ReplicaReport {
            replica: self.config.replica.clone(),
            beat: work.beat,
            at: Timestamp::now(),
            state: work.state.as_ref().map_or(0, |state| state.number),
            release: Some(self.live.serving().release.clone()),
            refused: work.refused.as_ref().map(|(refused, _)| refused.clone()),
        };
        self.depot.report(&report).await?;
        if work.beat.is_multiple_of(TIDY_EVERY) {
            for old in self.depot.reports().await? {
                if Timestamp::now().duration_since(old.at) > FORGOTTEN {
                    self.depot.sign_off(&old.replica).await?;
                }
            }
        }
        Ok(())
    }

    /// Tells other replicas at once, where they share a store that can; else they find it out by looking.
    pub(super) async fn announce(&self, state: &DepotState) {
        self.wake.notify_one();
        if let Some(store) = &self.announcer
            && let Err(error) = store.announce(TOPIC, &state.number.to_string()).await
        {
            tracing::warn!(%error, "other replicas find out about a release by themselves");
        }
    }

    async fn listen(&self) -> Option<Announcements> {
        let store = self.announcer.as_ref()?;
        store.announcements(TOPIC).await.ok()
    }
}

async fn next(announcements: &mut Option<Announcements>) -> Result<(), jieda_store::StoreError> {
    match announcements {
        Some(announcements) => announcements.next().await.map(drop),
        None => std::future::pending().await,
    }
}

impl AtWork {
    fn is_refused(&self, release: &ReleaseId) -> bool {
        let refused = self.refused.as_ref();
        refused.is_some_and(|(refused, at)| refused.release == *release && at.elapsed() < AGAIN)
    }

    pub(super) fn refuse(&mut self, release: ReleaseId, why: String) {
        self.refused = Some((Refused { release, why }, Instant::now()));
    }
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DepotError> + Send + 'static,
) -> Result<T, DepotError> {
    let done = crate::tenants::spawn_blocking(work).await;
    done.map_err(|e| DepotError::Broken(e.to_string()))?
}
