//! Who is logged in. In memory: a restart logs everybody out.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use jieda::Timestamp;

use super::{Role, UserRecord, key::hash};

/// Who does nothing for so long is logged out.
const IDLE: Duration = Duration::from_secs(12 * 3600);
/// Most sessions; the one that was idle longest goes.
const MOST: usize = 1000;

/// A person who is logged in.
#[derive(Debug, Clone)]
pub struct Session {
    /// His name.
    pub user: String,
    /// What he is.
    pub role: Role,
    /// What his page sends with everything that changes something: another site's page does not know it.
    pub csrf: String,
    /// When his password was set.
    pub(super) since: Timestamp,
    used: Instant,
}

/// Names a session to those who do not know its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionMark(String);

impl SessionMark {
    /// Of a token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(hash(token))
    }
}

/// All sessions, by a hash of their tokens.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Session>>);

impl Sessions {
    /// Begins a session; gives its token.
    pub(super) fn begin(&self, user: &UserRecord) -> Result<(String, Session), getrandom::Error> {
        let (token, csrf) = (random()?, random()?);
        let session = Session {
            user: user.name.clone(),
            role: user.role,
            csrf,
            since: user.changed,
            used: Instant::now(),
        };
        let mut all = self.lock();
        all.retain(|_, session| session.used.elapsed() < IDLE);
        if all.len() >= MOST {
            let idle = all.iter().max_by_key(|(_, session)| session.used.elapsed());
            if let Some(idle) = idle.map(|(token, _)| token.clone()) {
                all.remove(&idle);
            }
        }
        all.insert(hash(&token), session.clone());
        Ok((token, session))
    }

    /// Whose token it is.
    pub(super) fn find(&self, token: &str) -> Option<Session> {
        let mut all = self.lock();
        let session = all.get_mut(&hash(token))?;
        if session.used.elapsed() >= IDLE {
            return None;
        }
        session.used = Instant::now();
        Some(session.clone())
    }

    pub(super) fn end(&self, token: &str) {
        self.lock().remove(&hash(token));
    }

    /// When the password of a session's user was set, as long as the session goes on. Asking is no use of it.
    pub(super) fn since(&self, mark: &SessionMark) -> Option<Timestamp> {
        let all = self.lock();
        let session = all.get(&mark.0)?;
        (session.used.elapsed() < IDLE).then_some(session.since)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
