//! From a configuration to a service that answers, and to its end.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use axum_server::Handle;
use jieda::{Refreshed, SignedDuration, Timestamp};
use jieda_store::AnyStore;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{
    app::{App, Common, StartError},
    config::{ServerConfig, Tenant},
    conversations::Conversations,
    grpc, http,
    metrics::Measured,
    routing::Desk,
    telemetry::Telemetry,
    tenants::{Served, spawn},
};

/// How often the file of keys is looked at.
const KEYS_EVERY: Duration = Duration::from_secs(2);
/// How often samples are put into their buckets.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
/// How often solved conversations are looked for.
const CASES_EVERY: Duration = Duration::from_secs(600);
/// How often old conversations are looked for.
const PURGE_EVERY: Duration = Duration::from_secs(24 * 3600);
/// How long a client may take to send the head of a request.
const HEAD: Duration = Duration::from_secs(15);
/// How long after SIGTERM new requests are still taken, so that balancers see `/readyz` first.
const LINGER: Duration = Duration::from_secs(1);

/// Where the service listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// HTTP.
    pub http: SocketAddr,
    /// gRPC.
    pub grpc: Option<SocketAddr>,
}

/// Serves until SIGTERM or SIGINT, and finishes what is under way. `ready` is told once, when requests are answered.
///
/// # Errors
/// [`StartError`].
pub fn run(config: ServerConfig, ready: &mut dyn FnMut(Addresses)) -> Result<(), StartError> {
    run_tenants(config, Vec::new(), ready)
}

/// The same for several tenants. What belongs to the process comes from `config`: addresses, certificate, log, model and the
/// number of answers that are made at a time.
///
/// # Errors
/// [`StartError`].
pub fn run_tenants(
    config: ServerConfig,
    tenants: Vec<Tenant>,
    ready: &mut dyn FnMut(Addresses),
) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("jieda")
        // Whoever answers waits there for the batch that he is in.
        .max_blocking_threads(config.limits.workers + 64)
        .build()?;
    let served = runtime.block_on(serve(config, tenants, ready));
    // What is still computed is nobody's any more.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

async fn serve(
    config: ServerConfig,
    tenants: Vec<Tenant>,
    ready: &mut dyn FnMut(Addresses),
) -> Result<(), StartError> {
    let telemetry = Telemetry::start(&config.log)?;
    let figures = Measured::start().map_err(|e| StartError::Telemetry(e.to_string()))?;
    // Bound first: a port that is taken is told before the model is loaded.
    let http_listener = listen(config.http)?;
    let grpc_listener = config.grpc.map(listen).transpose()?;
    let drain = config.drain;
    let served = opened(config, tenants, figures).await?;
    for one in &served {
        check_protection(&one.app)?;
    }
    // All have the same.
    let tls = served.first().and_then(|one| one.app.tls.clone());
    let addresses = Addresses {
        http: http_listener.local_addr()?,
        grpc: grpc_listener
            .as_ref()
            .map(TcpListener::local_addr)
            .transpose()?,
    };
    let background: Vec<Background> = served.iter().map(background).collect::<Result<_, _>>()?;

    let handle = Handle::new();
    let router = http::all(&served).into_make_service();
    let grpc = grpc_listener.map(|listener| {
        let (served, tls) = (served.clone(), tls.clone());
        tokio::spawn(async move { grpc::serve(&served, listener, tls).await })
    });
    let mut server = axum_server::from_tcp(http_listener)?.handle(handle.clone());
    server.http_builder().http1().header_read_timeout(HEAD);
    let http = match tls {
        None => tokio::spawn(server.serve(router)),
        Some(tls) => {
            let acceptor = axum_server::tls_rustls::RustlsAcceptor::new(tls);
            tokio::spawn(server.acceptor(acceptor).serve(router))
        }
    };
    tracing::info!(http = %addresses.http, grpc = ?addresses.grpc, tenants = served.len(), "serving");
    // Listened to before anybody knows that there is somebody to tell.
    let signals = Signals::listen()?;
    ready(addresses);

    told_to_stop(&served, signals).await;
    tracing::info!("draining");
    served.iter().for_each(|one| one.app.leave());
    tokio::time::sleep(LINGER).await;
    served.iter().for_each(|one| one.app.drain());
    handle.graceful_shutdown(Some(drain));
    http.await.map_err(std::io::Error::other)??;
    if let Some(grpc) = grpc {
        match tokio::time::timeout(drain, grpc).await {
            Ok(ended) => ended
                .map_err(std::io::Error::other)?
                .map_err(std::io::Error::other)?,
            Err(_) => tracing::warn!("calls were cut off"),
        }
    }
    background.into_iter().for_each(Background::abort_all);
    for one in &served {
        end(&one.app).await;
    }
    tracing::info!("stopped");
    telemetry.end();
    Ok(())
}

/// Who is served.
async fn opened(
    config: ServerConfig,
    tenants: Vec<Tenant>,
    figures: PrometheusHandle,
) -> Result<Vec<Served>, StartError> {
    if tenants.is_empty() {
        return Ok(vec![Served {
            name: None,
            app: App::open(config).await?,
            figures,
            recorder: None,
        }]);
    }
    // What is nobody's, such as `/healthz`, is measured here, and ends with the runtime.
    tokio::spawn(keep_up(figures));
    let common = Common::of(&config).await?;
    let mut served = Vec::new();
    for tenant in tenants {
        let measured = Measured::of_tenant(tenant.name.as_str());
        let (figures, recorder) = measured.map_err(|e| StartError::Telemetry(e.to_string()))?;
        let common = Common {
            path: format!("/t/{}", tenant.name),
            ..common.clone()
        };
        let opening = App::open_with(tenant.config, common);
        let app = recorder.clone().within(opening).await;
        let app = app.map_err(|error| StartError::Tenant {
            name: tenant.name.to_string(),
            source: Box::new(error),
        })?;
        served.push(Served {
            name: Some(tenant.name),
            app,
            figures,
            recorder: Some(recorder),
        });
    }
    Ok(served)
}

/// What is left when nobody asks any more.
async fn end(app: &App) {
    let lost = app.conversations.flushed(app.config.drain).await;
    if lost > 0 {
        tracing::error!(lost, "turns were lost: the store did not take them in time");
    }
    if let Some(replica) = &app.replica {
        replica.leave().await;
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let listener =
        TcpListener::bind(address).map_err(|source| StartError::Listen { address, source })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Without a key, everybody who reaches a port may do everything: then nobody else may reach it.
fn check_protection(app: &App) -> Result<(), StartError> {
    let addresses = [Some(app.config.http), app.config.grpc];
    let exposed = addresses
        .into_iter()
        .flatten()
        .find(|a| !a.ip().is_loopback());
    match exposed {
        Some(address) if app.access.has_nobody() => Err(StartError::Unprotected { address }),
        _ => Ok(()),
    }
}

/// What the system and operators say.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    reload: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            reload: signal(SignalKind::hangup())?,
        })
    }
}

/// Waits for a signal to stop; one to reload is obeyed meanwhile.
async fn told_to_stop(served: &[Served], mut signals: Signals) {
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => return,
            _ = signals.interrupt.recv() => return,
            _ = signals.reload.recv() => {
                for one in served {
                    one.app.reload_files().await;
                    let app = Arc::clone(&one.app);
                    // What is current is looked at where it holds up nobody.
                    tokio::task::spawn_blocking(move || tell(app.engines.refresh()));
                }
            }
        }
    }
}

fn tell(refreshed: Result<Refreshed, jieda::EngineError>) {
    match refreshed {
        Ok(Refreshed::Unchanged) => {}
        Ok(Refreshed::Swapped { from, to }) => tracing::info!(%from, %to, "another release"),
        Err(error) => tracing::error!(%error, "a release can't be used; the old one answers"),
    }
}

/// Puts samples into their buckets, also when nobody reads them.
async fn keep_up(figures: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        figures.run_upkeep();
    }
}

/// Deletes what of the routing core's journal is too old, for ever.
async fn shorten(desk: Arc<Desk<AnyStore>>, days: u32) {
    let keep = SignedDuration::from_hours(i64::from(days) * 24);
    loop {
        if let Ok(before) = Timestamp::now().checked_sub(keep) {
            match desk.forget(before).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, days, "old entries of the journal were deleted"),
                Err(error) => tracing::error!(%error, "old entries can't be deleted"),
            }
        }
        tokio::time::sleep(PURGE_EVERY).await;
    }
}

/// What goes on beside requests.
struct Background {
    tasks: Vec<tokio::task::JoinHandle<()>>,
    /// Follows the data directory as long as it lives.
    _follower: Option<jieda::Follower>,
}

impl Background {
    fn abort_all(self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

fn background(served: &Served) -> Result<Background, StartError> {
    let begin = || tasks(&served.app, served.figures.clone());
    match &served.recorder {
        Some(recorder) => recorder.during(begin),
        None => begin(),
    }
}

fn tasks(app: &Arc<App>, figures: PrometheusHandle) -> Result<Background, StartError> {
    let follower = match app.engines.live() {
        Some(live) => Some(live.follow(app.config.follow_every, tell)?),
        None => None,
    };
    let mending = Conversations::keep_mending(Arc::downgrade(&app.conversations));
    let hearing = Conversations::keep_hearing(Arc::downgrade(&app.conversations));
    let keys = {
        let access = Arc::clone(&app.access);
        async move {
            loop {
                tokio::time::sleep(KEYS_EVERY).await;
                access.refresh();
            }
        }
    };
    let purging = {
        let (conversations, days) = (Arc::clone(&app.conversations), app.config.retention_days);
        async move {
            let Some(days) = days else { return };
            loop {
                match conversations.purge(days, Timestamp::now()).await {
                    Ok(0) => {}
                    Ok(count) => tracing::info!(count, days, "old conversations were deleted"),
                    Err(error) => tracing::error!(%error, "old conversations can't be deleted"),
                }
                tokio::time::sleep(PURGE_EVERY).await;
            }
        }
    };
    let cases = {
        let app = Arc::downgrade(app);
        async move {
            while let Some(app) = app.upgrade() {
                if let Err(error) = app.refresh_cases().await {
                    tracing::warn!(%error, "solved conversations can't be read");
                }
                drop(app);
                tokio::time::sleep(CASES_EVERY).await;
            }
        }
    };
    let mut tasks = vec![
        spawn(keep_up(figures)),
        spawn(mending),
        spawn(hearing),
        spawn(keys),
        spawn(purging),
        spawn(cases),
    ];
    if let Some(replica) = &app.replica {
        tasks.push(spawn(Arc::clone(replica).follow()));
    }
    if let Some(desk) = &app.routing {
        let clock = Arc::clone(desk);
        tasks.push(spawn(async move { clock.keep_time().await }));
        let (handing, watching, settling) = (Arc::clone(app), Arc::clone(app), Arc::clone(app));
        tasks.push(spawn(settling.keep_settling(Arc::clone(desk))));
        tasks.push(spawn(handing.keep_handing_over(Arc::clone(desk))));
        tasks.push(spawn(watching.keep_mode(Arc::clone(desk))));
        if let Some(days) = app.config.routing.as_ref().and_then(|r| r.keep_days) {
            tasks.push(spawn(shorten(Arc::clone(desk), days)));
        }
        let webhook = app.config.routing.as_ref().and_then(|r| r.webhook.clone());
        if let Some(webhook) = webhook {
            tasks.push(spawn(webhook.deliver(Arc::clone(desk))));
        }
    }
    Ok(Background {
        tasks,
        _follower: follower,
    })
}
