//! Who may do what: API keys for programs, users for people in the console.

mod file;
mod key;
mod principal;
mod scope;
mod sessions;
mod user;

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
    sync::{
        Arc, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

pub(crate) use file::owned_like_its_folder;
pub use file::{AccessFile, AccessFileError};
pub use key::{KeyRecord, NewKey};
pub(crate) use principal::Principal;
pub use scope::{Role, Scope, UnknownName};
pub(crate) use sessions::{Session, SessionMark, Sessions};
pub use user::{UserError, UserRecord};

use crate::{
    app::StartError,
    config::{Rate, ServerConfig},
    problem::{Problem, ProblemKind},
};

/// Name of the file in the folder of the state.
pub const ACCESS_FILE: &str = "access.json";
/// How often it is looked whether somebody who listens still may.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// How often one name may try to log in, in a minute.
const TRIES: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// Keys, users and sessions. The file is read again when it changes, so that a revoked key stops working within
/// seconds.
#[derive(Debug)]
pub struct Access {
    path: PathBuf,
    /// Whether nobody but this machine can reach the service, and there was no key or user so far. Once false, it stays
    /// so: a file that is gone lets nobody in.
    may_be_open: AtomicBool,
    known: RwLock<Arc<Known>>,
    sessions: Sessions,
    rates: Option<DefaultKeyedRateLimiter<String>>,
    tries: DefaultKeyedRateLimiter<String>,
}

#[derive(Debug, Default)]
struct Known {
    file: AccessFile,
    changed: Option<SystemTime>,
}

impl Access {
    /// Reads the file; without one nobody needs a key.
    ///
    /// # Errors
    /// [`StartError::State`] when it can't be read.
    pub fn open(config: &ServerConfig) -> Result<Self, StartError> {
        let path = config.state_file(ACCESS_FILE);
        let known = read(&path).map_err(|e| StartError::State {
            path: path.display().to_string(),
            message: e.to_string(),
        })?;
        let addresses = [Some(config.http), config.grpc];
        let is_private = addresses.iter().flatten().all(|a| a.ip().is_loopback());
        Ok(Self {
            path,
            may_be_open: AtomicBool::new(is_private && known.file.is_empty()),
            known: RwLock::new(Arc::new(known)),
            sessions: Sessions::default(),
            rates: config.limits.rate.map(limiter),
            tries: RateLimiter::keyed(Quota::per_minute(TRIES)),
        })
    }

    /// Whether anybody may do anything: only this machine reaches the service, and there is no key and no user.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.may_be_open.load(Ordering::Relaxed)
    }

    /// Whether there is neither a key nor a user.
    #[must_use]
    pub fn has_nobody(&self) -> bool {
        self.known().file.is_empty()
    }

    /// Whose key it is.
    ///
    /// # Errors
    /// [`ProblemKind::Unauthenticated`].
    pub fn by_key(&self, text: &str) -> Result<Principal, Problem> {
        let known = self.known();
        let key = known.file.keys.iter().find(|key| key.is(text));
        match key {
            Some(key) if key.revoked.is_none() => Ok(Principal::Key {
                id: key.id.clone(),
                scopes: key.scopes.clone(),
            }),
            Some(_) => Err(unauthenticated("密钥已吊销")),
            None => Err(unauthenticated("密钥无效")),
        }
    }

    /// Refuses a key that works no more, a person who was removed, logged out or has another role or password, and whoever
    /// was let in when nobody needed a key, if that is over: for streams, which were let in long ago.
    ///
    /// # Errors
    /// [`ProblemKind::Unauthenticated`].
    pub fn is_still(&self, principal: &Principal) -> Result<(), Problem> {
        let known = self.known();
        let file = &known.file;
        let (may, told) = match principal {
            Principal::Anybody => (self.is_open(), "现在需要密钥"),
            Principal::Key { id, .. } => {
                let works = |key: &KeyRecord| key.id == *id && key.revoked.is_none();
                (file.keys.iter().any(works), "密钥已吊销")
            }
            Principal::User {
                name,
                role,
                session,
            } => {
                let since = self.sessions.since(session);
                let is_he = |user: &UserRecord| {
                    user.name == *name && user.role == *role && Some(user.changed) == since
                };
                let told = "已退出登录，或用户已删除、换了角色或密码";
                (file.users.iter().any(is_he), told)
            }
        };
        if may {
            Ok(())
        } else {
            Err(unauthenticated(told))
        }
    }

    /// Ends when a principal may no longer go on, within seconds of that.
    pub async fn until_revoked(self: Arc<Self>, principal: Principal) {
        while self.is_still(&principal).is_ok() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Whose session it is.
    ///
    /// # Errors
    /// [`ProblemKind::Unauthenticated`].
    pub fn by_session(&self, token: &str) -> Result<Session, Problem> {
        let session = self.sessions.find(token);
        let session = session.ok_or_else(|| unauthenticated("登录已过期，请重新登录"))?;
        // Who was removed, or has another role or password, is out.
        let known = self.known();
        let user = known.file.users.iter().find(|u| u.name == session.user);
        match user {
            Some(user) if (user.role, user.changed) == (session.role, session.since) => Ok(session),
            _ => Err(unauthenticated("登录已过期，请重新登录")),
        }
    }

    /// Whether somebody is called so.
    #[must_use]
    pub fn knows_user(&self, name: &str) -> bool {
        self.known().file.users.iter().any(|user| user.name == name)
    }

    /// Begins a session; gives its token.
    ///
    /// # Errors
    /// [`ProblemKind::Unauthenticated`], [`ProblemKind::RateLimited`].
    pub fn log_in(&self, name: &str, password: &str) -> Result<(String, Session), Problem> {
        if self.tries.check_key(&name.to_owned()).is_err() {
            let wait = Duration::from_secs(60);
            return Err(
                Problem::new(ProblemKind::RateLimited, "尝试太多次，请一分钟后再试")
                    .retry_after(wait),
            );
        }
        let known = self.known();
        let user = known.file.users.iter().find(|user| user.name == name);
        // A user that is not there takes as long as a wrong password.
        let is_right = match user {
            Some(user) => user.has_password(password),
            None => {
                UserRecord::waste_time(password);
                false
            }
        };
        match user.filter(|_| is_right) {
            Some(user) => self
                .sessions
                .begin(user)
                .map_err(|e| Problem::new(ProblemKind::Internal, e.to_string())),
            None => Err(unauthenticated("用户名或密码不对")),
        }
    }

    /// Ends a session.
    pub fn log_out(&self, token: &str) {
        self.sessions.end(token);
    }

    /// Counts a request of a principal.
    ///
    /// # Errors
    /// [`ProblemKind::RateLimited`] with when to come back.
    pub fn count(&self, principal: &Principal) -> Result<(), Problem> {
        self.count_items(principal, 1)
    }

    /// Counts a request with so many items, the first of which was counted with the request: a batch costs what its items
    /// would cost one by one.
    ///
    /// # Errors
    /// [`ProblemKind::RateLimited`]; with no time to come back when so many can never come at once.
    pub fn count_more(&self, principal: &Principal, items: usize) -> Result<(), Problem> {
        match u32::try_from(items.saturating_sub(1)) {
            Ok(0) => Ok(()),
            Ok(more) => self.count_items(principal, more),
            Err(_) => Err(too_many_at_once()),
        }
    }

    fn count_items(&self, principal: &Principal, items: u32) -> Result<(), Problem> {
        let (Some(rates), Some(items)) = (&self.rates, NonZeroU32::new(items)) else {
            return Ok(());
        };
        let counted = rates.check_key_n(&principal.id(), items);
        let counted = counted.map_err(|_| too_many_at_once())?;
        counted.map_err(|not_until| {
            use governor::clock::{Clock as _, DefaultClock};
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            Problem::new(ProblemKind::RateLimited, "这个密钥的请求太频繁").retry_after(wait)
        })
    }

    /// Reads the file again, if it has changed. A file that can't be read changes nothing.
    pub fn refresh(&self) {
        if let Some(rates) = &self.rates {
            rates.retain_recent();
        }
        self.tries.retain_recent();
        if changed(&self.path) == self.known().changed {
            return;
        }
        match read(&self.path) {
            Ok(known) => {
                if !known.file.is_empty() {
                    self.may_be_open.store(false, Ordering::Relaxed);
                }
                // Nothing panics while it is held.
                let mut guard = self
                    .known
                    .write()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                *guard = Arc::new(known);
                tracing::info!("keys and users were read again");
            }
            Err(error) => tracing::error!(%error, "keys and users can't be read"),
        }
    }

    fn known(&self) -> Arc<Known> {
        let guard = self
            .known
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&guard)
    }
}

fn too_many_at_once() -> Problem {
    let told = "一批的项数超过了这个密钥一次可用的次数（server.limits.burst）";
    Problem::new(ProblemKind::RateLimited, told)
}

fn limiter(rate: Rate) -> DefaultKeyedRateLimiter<String> {
    let some = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::per_second(some(rate.per_second)).allow_burst(some(rate.burst));
    RateLimiter::keyed(quota)
}

fn read(path: &Path) -> Result<Known, AccessFileError> {
    let changed = changed(path);
    let file = AccessFile::read(path)?;
    Ok(Known { file, changed })
}

fn changed(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|m| m.modified()).ok()
}

fn unauthenticated(detail: &str) -> Problem {
    Problem::new(ProblemKind::Unauthenticated, detail)
}
