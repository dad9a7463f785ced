//! An engine that goes over to the next release while it answers.

use std::{
    panic::AssertUnwindSafe,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use jieda_knowledge::release::{DataDir, Release, ReleaseId};

use crate::{Engine, EngineConfig, EngineError, SharedEncoder};

/// How long a release that could not be used is left alone.
const RETRY: Duration = Duration::from_secs(60);

/// An engine and the release that it answers from. Whoever holds it is answered from that release,
/// from the first step to the last, whatever is published meanwhile; when the last one lets go of it,
/// its memory is given back.
#[derive(Debug)]
pub struct Serving {
    /// The engine.
    pub engine: Engine,
    /// The release.
    pub release: ReleaseId,
}

/// What a look at the data directory led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// The release in use is still the current one.
    Unchanged,
    /// Answers come from another release now.
    Swapped {
        /// The one before.
        from: ReleaseId,
        /// The one now.
        to: ReleaseId,
    },
}

/// Answers from the current release of a data directory.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use jieda::{EngineConfig, LiveEngine, types::{ConversationState, Utterance}};
/// let live = LiveEngine::open(EngineConfig::shipped()?, "data".as_ref())?;
/// let serving = live.serving();
/// let (reply, state) = serving.engine.answer(&Utterance::new("怎么退货"), &ConversationState::default())?;
/// println!("{} (release {})", reply.text, serving.release);
/// live.refresh()?; // or live.follow(…): looks by itself
/// # Ok(())
/// # }
/// ```
pub struct LiveEngine {
    config: EngineConfig,
    data: DataDir,
    encoder: SharedEncoder,
    serving: ArcSwap<Serving>,
    /// One refresh at a time.
    refreshing: Mutex<()>,
}

impl std::fmt::Debug for LiveEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveEngine")
            .field("data", &self.data)
            .field("release", &self.serving().release)
            .finish_non_exhaustive()
    }
}

impl LiveEngine {
    /// Opens the current release of a data directory.
    ///
    /// # Errors
    /// [`EngineError`]: nothing was published, the release is damaged or of another model, or the model
    /// can't be loaded.
    pub fn open(config: EngineConfig, data: &Path) -> Result<Self, EngineError> {
        let encoder = SharedEncoder::load(&config)?;
        Self::open_with(config, data, encoder)
    }

    /// The same with an encoder that is loaded already, such as one that
    /// [gathers batches](jieda_model::BatchingEncoder).
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(
        config: EngineConfig,
        data: &Path,
        encoder: SharedEncoder,
    ) -> Result<Self, EngineError> {
        let data = DataDir::open(data)?;
        let release = data.open_current()?;
        let serving = load(&config, &release, &encoder)?;
        Ok(Self {
            config,
            data,
            encoder,
            serving: ArcSwap::from_pointee(serving),
            refreshing: Mutex::new(()),
        })
    }

    /// The engine that answers now. Hold it for one answer; a conversation takes it anew each turn.
    #[must_use]
    pub fn serving(&self) -> Arc<Serving> {
        self.serving.load_full()
    }

    /// Goes over to the release that is current now. It is checked and loaded beside the one in use,
    /// and takes its place in one step; answers under way finish on the old one.
    ///
    /// # Errors
    /// [`EngineError`] when the new release can't be used: the old one goes on answering.
    pub fn refresh(&self) -> Result<Refreshed, EngineError> {
        let _one_at_a_time = self
            .refreshing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let from = self.serving().release.clone();
        if self.data.current()?.as_ref() == Some(&from) {
            return Ok(Refreshed::Unchanged);
        }
        let release = self.data.open_current()?;
        let serving = load(&self.config, &release, &self.encoder)?;
        let to = serving.release.clone();
        self.serving.store(Arc::new(serving));
        Ok(Refreshed::Swapped { from, to })
    }

    /// Looks for a new release again and again, on a thread of its own, until the [`Follower`] is
    /// dropped. `tell` hears of every swap, and of every release that could not be used: once, not at
    /// every look; it is tried again every minute.
    ///
    /// # Errors
    /// [`EngineError::Threads`] when no thread can be started.
    pub fn follow(
        self: &Arc<Self>,
        every: Duration,
        mut tell: impl FnMut(Result<Refreshed, EngineError>) + Send + 'static,
    ) -> Result<Follower, EngineError> {
        let live = Arc::clone(self);
        let (stop, stopped) = mpsc::channel::<()>();
        let look = move || {
            let mut refused: Option<Refused> = None;
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                let current = live.data.current().ok().flatten();
                if refused
                    .as_ref()
                    .is_some_and(|r| r.is_recent(current.as_ref()))
                {
                    continue;
                }
                // A panic must not end the looking: the old release would serve for ever.
                let refreshed = std::panic::catch_unwind(AssertUnwindSafe(|| live.refresh()));
                match refreshed.unwrap_or_else(|_| Err(EngineError::panicked("release"))) {
                    Ok(Refreshed::Unchanged) => refused = None,
                    Ok(swapped) => {
                        refused = None;
                        tell(Ok(swapped));
                    }
                    Err(error) => {
                        let is_news = refused.as_ref().is_none_or(|r| r.release != current);
                        refused = Some(Refused {
                            release: current,
                            at: Instant::now(),
                        });
                        if is_news {
                            tell(Err(error));
                        }
                    }
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("jieda-follow".into())
            .spawn(look)
            .map_err(EngineError::Threads)?;
        Ok(Follower {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// A release that could not be used: looked at again when another is current, or after a while.
struct Refused {
    release: Option<ReleaseId>,
    at: Instant,
}

impl Refused {
    fn is_recent(&self, current: Option<&ReleaseId>) -> bool {
        self.release.as_ref() == current && self.at.elapsed() < RETRY
    }
}

/// Looks for new releases as long as it lives.
#[derive(Debug)]
pub struct Follower {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        // The thread sees the channel close; it may be loading a release, which is waited for.
        self.stop = None;
        // Whoever drops it while being told is on that thread.
        let thread = self.thread.take();
        if let Some(thread) = thread.filter(|t| t.thread().id() != std::thread::current().id()) {
            let _ = thread.join();
        }
    }
}

fn load(
    config: &EngineConfig,
    release: &Release,
    encoder: &SharedEncoder,
) -> Result<Serving, EngineError> {
    Ok(Serving {
        engine: Engine::of_release(config, release, Some(encoder))?,
        release: release.id().clone(),
    })
}
