//! The service behind both wires: what a request leads to.

mod answer;
mod assist;
mod cases;
mod desk;
mod feedback;
mod gaps;
mod in_step;
mod lookup;
mod qa;
mod replay;
mod reports;
mod routing;
mod settled;

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use axum_server::tls_rustls::RustlsConfig;
use jieda::{
    Cases, Channel, Conversation, EngineError, Occasion, Timestamp,
    release::ReleaseId,
    types::{Customer, HandoffReason, HistoryTurn, Speaker},
};
use jieda_store::{AnyStore, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::{
    admission::{Admission, Lane},
    audit::AuditLog,
    auth::Access,
    config::ServerConfig,
    conversations::Conversations,
    depot::Replica,
    engines::{Engines, Model},
    knowledge::Drafts,
    problem::{Problem, ProblemKind},
    reviews::Reviews,
    routing::{Contacts, Desk, RoutingError},
    tenants::spawn_blocking,
};

pub(crate) use answer::{Ask, Keeping, detached};
pub(crate) use assist::{About, AgentAct};
pub(crate) use feedback::{Said, Whose};

use in_step::LastDegraded;

/// Turns of a conversation in which urgent words are looked for.
const LATEST: usize = 40;
/// When whoever got no stream may try again.
const STREAM_AGAIN: Duration = Duration::from_secs(5);

/// Everything that requests share.
#[derive(Debug)]
pub struct App {
    /// As it was started.
    pub config: ServerConfig,
    /// What answers.
    pub engines: Engines,
    /// Who talks.
    pub conversations: Arc<Conversations>,
    /// Who may do what.
    pub access: Arc<Access>,
    /// Who is let in.
    pub admission: Admission,
    /// Under which paths it is served: empty, or `/t/NAME`.
    pub(crate) path: String,
    /// The draft of the knowledge base.
    pub drafts: Drafts,
    /// Who has published what.
    pub audit: AuditLog,
    /// Follows releases that replicas share.
    pub(crate) replica: Option<Arc<Replica>>,
    /// Certificate and key, as they were read last.
    pub(crate) tls: Option<RustlsConfig>,
    /// Event streams that may still be opened.
    streams: Arc<Semaphore>,
    /// Who takes a handover; none where that is another system's.
    pub routing: Option<Arc<Desk<AnyStore>>>,
    /// What people found in conversations; none without a store.
    reviews: Option<Reviews<AnyStore>>,
    last_degraded: LastDegraded,
    /// Who had which conversation.
    contacts: Contacts,
    cases: RwLock<Option<Arc<Cases>>>,
    /// Held by the report that is being read.
    reporting: tokio::sync::Mutex<()>,
    /// Held by long work.
    long_work: Arc<tokio::sync::Mutex<()>>,
    /// The release whose figure is 1.
    shown: Mutex<Option<String>>,
    /// It will end soon.
    leaving: CancellationToken,
    stopping: CancellationToken,
}

/// What tenants of one process have in common; nothing where there is one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Common {
    /// The model.
    pub(crate) model: Option<Model>,
    /// The places at which answers are made.
    pub(crate) places: Option<Admission>,
    /// Certificate and key.
    pub(crate) tls: Option<RustlsConfig>,
    /// Under which paths a tenant is served.
    pub(crate) path: String,
}

impl Common {
    /// Loads what all tenants share.
    ///
    /// # Errors
    /// [`StartError`].
    pub(crate) async fn of(config: &ServerConfig) -> Result<Self, StartError> {
        let engine = config.engine.clone();
        let loading = tokio::task::spawn_blocking(move || Model::load(&engine)).await;
        let model = loading.map_err(|e| StartError::System(std::io::Error::other(e)))??;
        Ok(Self {
            model: Some(model),
            places: Some(Admission::new(config.limits.workers, config.limits.queue)),
            tls: tls(config).await?,
            path: String::new(),
        })
    }
}

/// What the service is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It answers.
    Serving,
    /// It answers, and will not for long: balancers look elsewhere.
    Leaving,
    /// It ends: what is under way is finished.
    Draining,
}

/// The service can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Model, knowledge or configuration.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The routing core.
    #[error("the routing core: {0}")]
    Routing(#[from] RoutingError),
    /// A file of the state.
    #[error("{path}: {message}")]
    State {
        /// The file.
        path: String,
        /// What is wrong with it.
        message: String,
    },
    /// A tenant can't be served, and so nobody is.
    #[error("tenant {name}: {source}")]
    Tenant {
        /// His name.
        name: String,
        /// Why.
        source: Box<StartError>,
    },
    /// An address.
    #[error("can't listen on {address}: {source}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// The system's word on it.
        source: std::io::Error,
    },
    /// Without a key, everybody who reaches the port could do everything.
    #[error("{address} can be reached from other machines, and there is no key")]
    Unprotected {
        /// The address.
        address: std::net::SocketAddr,
    },
    /// Certificate or key.
    #[error("certificate or key can't be used: {0}")]
    Tls(std::io::Error),
    /// Log or trace settings.
    #[error("{0}")]
    Telemetry(String),
    /// The system.
    #[error("the server failed: {0}")]
    System(#[from] std::io::Error),
}

impl App {
    /// Loads model and knowledge, and opens the files of the state.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn open(config: ServerConfig) -> Result<Arc<Self>, StartError> {
        Self::open_with(config, Common::default()).await
    }

    /// The same for a tenant, who shares model and places with others.
    ///
    /// # Errors
    /// [`StartError`].
    pub(crate) async fn open_with(
        config: ServerConfig,
        common: Common,
    ) -> Result<Arc<Self>, StartError> {
        let tls = match common.tls {
            Some(tls) => Some(tls),
            None => tls(&config).await?,
        };
        let state = |path: &std::path::Path, message: String| StartError::State {
            path: path.display().to_string(),
            message,
        };
        // First: a new data directory is made only where nothing else is yet.
        Replica::prepare(&config).await?;
        std::fs::create_dir_all(&config.state_dir)
            .map_err(|e| state(&config.state_dir, e.to_string()))?;
        let opening = {
            let config = config.clone();
            tokio::task::spawn_blocking(move || {
                let model = match common.model {
                    Some(model) => model,
                    None => Model::load(&config.engine)?,
                };
                Engines::open(&config, model)
            })
        };
        let store = config.store.as_ref();
        let conversations = Conversations::open(store, config.memory).await?;
        let routing = match &config.routing {
            Some(routing) => {
                let store = conversations.store().map_err(|_| {
                    let message = "server.routing needs a store".to_owned();
                    state(std::path::Path::new("server.store"), message)
                })?;
                let desk = Desk::open(store.clone(), routing.rules.clone()).await?;
                if let Some(webhook) = &routing.webhook {
                    webhook.begin(&desk).await?;
                }
                Some(Arc::new(desk))
            }
            None => None,
        };
        let reviews = conversations.store().ok().cloned().map(Reviews::new);
        let access = Access::open(&config)?;
        let audit = AuditLog::open(&config.state_file("audit.jsonl"))
            .map_err(|e| state(&config.state_file("audit.jsonl"), e.to_string()))?;
        let engines = opening
            .await
            .map_err(|e| StartError::System(std::io::Error::other(e)))??;
        let replica = Replica::open(&config, &engines, conversations.store().ok())?;
        Ok(Arc::new(Self {
            admission: match common.places {
                Some(places) => places.another(config.limits.queue),
                None => Admission::new(config.limits.workers, config.limits.queue),
            },
            path: common.path,
            drafts: Drafts::new(&config),
            streams: Arc::new(Semaphore::new(config.limits.streams)),
            conversations: Arc::new(conversations),
            access: Arc::new(access),
            audit,
            replica,
            tls,
            engines,
            routing,
            reviews,
            config,
            last_degraded: LastDegraded::default(),
            contacts: Contacts::default(),
            cases: RwLock::default(),
            reporting: tokio::sync::Mutex::default(),
            long_work: Arc::default(),
            shown: Mutex::default(),
            leaving: CancellationToken::new(),
            stopping: CancellationToken::new(),
        }))
    }

    /// Reads keys, users and the certificate again. What can't be read stays as it was, and is told in the log.
    pub(crate) async fn reload_files(&self) {
        self.access.refresh();
        if let (Some(loaded), Some(files)) = (&self.tls, &self.config.tls)
            && let Err(error) = loaded
                .reload_from_pem_file(&files.certificate, &files.key)
                .await
        {
            tracing::error!(%error, "the certificate can't be read again; the old one stays");
        }
    }

    /// What the service is doing.
    #[must_use]
    pub fn phase(&self) -> Phase {
        if self.stopping.is_cancelled() {
            Phase::Draining
        } else if self.leaving.is_cancelled() {
            Phase::Leaving
        } else {
            Phase::Serving
        }
    }

    /// It will end soon.
    pub fn leave(&self) {
        self.leaving.cancel();
    }

    /// Tells those who must know early that it will end.
    #[must_use]
    pub fn leaving(&self) -> CancellationToken {
        self.leaving.clone()
    }

    /// From now on it ends.
    pub fn drain(&self) {
        self.stopping.cancel();
    }

    /// Tells those who would go on for ever that it ends.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Notes the release that is shown now; gives the one before, if it is another.
    pub fn release_shown(&self, release: &str) -> Option<String> {
        // Nothing panics while it is held.
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let before = shown.replace(release.to_owned());
        before.filter(|before| before != release)
    }

    /// When and where a customer asks.
    ///
    /// # Errors
    /// [`Problem`] for a channel whose name is unfit.
    pub fn occasion(&self, customer: Customer) -> Result<Occasion, Problem> {
        let channel = customer.channel.as_deref().map(Channel::new).transpose();
        let channel = channel.map_err(|e| Problem::field("/customer/channel", e.to_string()))?;
        let occasion = Occasion::at(Timestamp::now()).of(customer);
        Ok(match channel {
            Some(channel) => occasion.on(channel),
            None => occasion,
        })
    }

    /// Which lane a turn takes.
    #[must_use]
    pub fn lane(&self, conversation: &Conversation, text: &str) -> Lane {
        let customer = &conversation.customer;
        let reason = conversation.state.handed_over;
        let priority = &self.config.priority;
        let among = |list: &[String], value: &Option<String>| {
            value.as_ref().is_some_and(|value| list.contains(value))
        };
        let engine = self.engines.hold();
        // However it is written: 緊急, 紧 急.
        let plain = |text: &str| engine.searcher().normalized(text);
        let words: Vec<String> = priority.words.iter().map(|word| plain(word)).collect();
        let is_urgent = |text: &str| {
            let text = plain(text);
            words.iter().any(|word| text.contains(word))
        };
        // Who said so once is still in need of it.
        let was_urgent = |turn: &&HistoryTurn| {
            turn.speaker == Speaker::Customer && is_urgent(turn.text.as_str())
        };
        let latest = || conversation.history.iter().rev().take(LATEST);
        let is_first = among(&priority.tiers, &customer.tier)
            || among(&priority.channels, &customer.channel)
            || (!words.is_empty() && is_urgent(text))
            || (!words.is_empty() && latest().any(|turn| was_urgent(&turn)))
            || reason.is_some_and(HandoffReason::is_sensitive);
        if is_first { Lane::First } else { Lane::Second }
    }

    /// Runs work that keeps a core busy, where it holds up nobody else.
    ///
    /// # Errors
    /// [`ProblemKind::Internal`] when it panics.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        spawn_blocking(work).await.map_err(|error| {
            tracing::error!(%error, "a worker panicked");
            Problem::new(ProblemKind::Internal, "这是 jieda 的缺陷，详情见日志")
        })
    }

    /// The same at a place of a lane.
    ///
    /// # Errors
    /// [`Problem`]: no place, or the work panics.
    pub async fn compute_in<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = self.admission.enter(lane).await?;
        self.compute(move || {
            let _place = place;
            work()
        })
        .await
    }

    /// The same for long work that nobody waits for in a chat: one at a time, and no place of an answer is taken.
    ///
    /// # Errors
    /// [`ProblemKind::Internal`] when it panics.
    pub async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let alone = Arc::clone(&self.long_work).lock_owned().await;
        self.compute(move || {
            let _alone = alone;
            work()
        })
        .await
    }

    /// The release that is current for all replicas, where they share one: this one may try another.
    pub(crate) fn shared_release(&self) -> Option<ReleaseId> {
        self.replica.as_ref()?.current()
    }

    /// A place among the event streams, which is free again when this is dropped.
    ///
    /// # Errors
    /// [`ProblemKind::Overloaded`].
    pub fn stream(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let place = Arc::clone(&self.streams).try_acquire_owned();
        place.map_err(|_| {
            Problem::new(ProblemKind::Overloaded, "事件流太多").retry_after(STREAM_AGAIN)
        })
    }

    /// How long a request may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.config.limits.timeout
    }
}

async fn tls(config: &ServerConfig) -> Result<Option<RustlsConfig>, StartError> {
    let Some(tls) = &config.tls else {
        return Ok(None);
    };
    // Another one may be installed already: it is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let loaded = RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await;
    Ok(Some(loaded.map_err(StartError::Tls)?))
}
