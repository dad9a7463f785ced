//! A request that comes twice under one key is carried out once.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use http::HeaderMap;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use crate::{
    auth::Principal,
    problem::{Problem, ProblemKind},
};

const HEADER: &str = "idempotency-key";
/// Longest key.
const MOST_KEY: usize = 255;
/// Keys that are remembered, some kB each, and for how long.
const KEYS: usize = 4_000;
const LIFE: Duration = Duration::from_secs(24 * 3600);

/// Answers under the keys of their requests. In memory: a restart forgets them. What a turn came of
/// is kept with the turn as well, see [`kept`].
#[derive(Debug)]
pub(crate) struct Idempotency<T>(Cache<(String, String), Arc<Entry<T>>>);

#[derive(Debug)]
struct Entry<T> {
    body: [u8; 32],
    since: Instant,
    answer: OnceCell<Arc<T>>,
}

impl<T> Default for Idempotency<T> {
    fn default() -> Self {
        Self(Cache::new(KEYS))
    }
}

impl<T> Idempotency<T> {
    /// Carries a request out, unless its key had the same body before: then the first answer is given again, as soon as
    /// it is there. What failed is not remembered.
    pub(crate) async fn once(
        &self,
        (principal, key): (&Principal, String),
        body: &[u8],
        make: impl Future<Output = Result<T, Problem>>,
    ) -> Result<Arc<T>, Problem> {
        let body: [u8; 32] = Sha256::digest(body).into();
        let name = (principal.id(), key);
        let fresh = || {
            Arc::new(Entry {
                body,
                since: Instant::now(),
                answer: OnceCell::new(),
            })
        };
        let mut entry = match self
            .0
            .get_or_insert_with(&name, || Ok::<_, Problem>(fresh()))
        {
            Ok(entry) => entry,
            Err(problem) => return Err(problem),
        };
        if entry.since.elapsed() > LIFE {
            entry = fresh();
            self.0.insert(name, Arc::clone(&entry));
        }
        if entry.body != body {
            return Err(Problem::new(
                ProblemKind::IdempotencyConflict,
                "这个 Idempotency-Key 已用于另一个内容不同的请求",
            ));
        }
        let answer = entry
            .answer
            .get_or_try_init(|| async { make.await.map(Arc::new) });
        Ok(Arc::clone(answer.await?))
    }
}

/// The one word by which a turn knows the request that it came of: of whom, under which key, with which body.
pub(crate) fn kept(principal: &Principal, key: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [principal.id().as_bytes(), key.as_bytes(), body] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(part);
    }
    let hash = hash.finalize();
    hash.iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The key of a request.
pub(super) fn key_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let value = headers.get(HEADER);
    // What is no text is no fit key either.
    let text = value.map(|value| value.to_str().unwrap_or_default());
    text.map(checked_key).transpose()
}

/// A key, checked.
pub(crate) fn checked_key(key: &str) -> Result<String, Problem> {
    let is_fit = (1..=MOST_KEY).contains(&key.len()) && key.chars().all(|c| c.is_ascii_graphic());
    if is_fit {
        return Ok(key.to_owned());
    }
    Err(Problem::new(
        ProblemKind::InvalidField,
        format!("幂等键应为 1 到 {MOST_KEY} 个可见的 ASCII 字符"),
    ))
}
