//! Models from a Hugging Face hub, or a mirror of one.

mod error;
mod fetch;

use std::{collections::BTreeSet, io, path::Path};

use hf_hub::{
    Cache, Repo, RepoType,
    api::sync::{ApiBuilder, ApiError},
};

pub use error::HubError;
use fetch::Fetch;

/// The hub itself.
const ENDPOINT: &str = "https://huggingface.co";
/// What a model can't do without.
const NEEDED: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];
/// What tells more of it, where it is there.
const WELCOME: [&str; 5] = [
    "modules.json",
    "1_Pooling/config.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
    "tokenizer_config.json",
];

/// A hub, and who asks.
#[derive(Clone)]
pub struct Hub {
    endpoint: String,
    token: Option<String>,
}

impl std::fmt::Debug for Hub {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Hub {
    /// A hub by its address; none is Hugging Face's own.
    #[must_use]
    pub fn new(endpoint: Option<&str>, token: Option<String>) -> Self {
        let endpoint = endpoint.map(|e| e.trim().trim_end_matches('/'));
        Self {
            endpoint: endpoint
                .filter(|e| !e.is_empty())
                .unwrap_or(ENDPOINT)
                .to_owned(),
            token: token.filter(|t| !t.trim().is_empty()),
        }
    }

    /// The hub of `HF_ENDPOINT`, asked with the token of `HF_TOKEN`.
    #[must_use]
    pub fn from_env() -> Self {
        Self::new(
            std::env::var("HF_ENDPOINT").ok().as_deref(),
            std::env::var("HF_TOKEN").ok(),
        )
    }

    /// Downloads the files of a model into `work/model` and gives the commit they are of.
    /// `work/hub` keeps what has arrived: a second call goes on where the first was interrupted.
    /// `progress` gets the bytes that are there, and how many there will be.
    ///
    /// # Errors
    /// [`HubError`].
    pub fn download(
        &self,
        repo: &str,
        revision: &str,
        work: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<String, HubError> {
        check_names(repo, revision)?;
        let cache = Cache::new(work.join("hub"));
        let api = ApiBuilder::from_cache(cache.clone())
            .with_endpoint(self.endpoint.clone())
            .with_token(self.token.as_deref().map(|t| t.trim().to_owned()))
            .build()
            .map_err(|e| self.error(e, repo, work))?;
        let asked = Repo::with_revision(repo.into(), RepoType::Model, revision.into());
        let info = api
            .repo(asked)
            .info()
            .map_err(|e| self.error(e, &format!("{repo}@{revision}"), work))?;
        if info.sha.len() < 12 || !info.sha.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(self.answer(format!("`{}` is no commit", info.sha)));
        }
        let files = choose(repo, info.siblings.iter().map(|s| s.rfilename.as_str()))?;
        let pinned = Repo::with_revision(repo.into(), RepoType::Model, info.sha.clone());
        let fetch = Fetch {
            hub: self,
            cache: cache.repo(pinned.clone()),
            repo: api.repo(pinned),
            api,
            commit: &info.sha,
            work,
        };
        fetch.all(&files, progress)?;
        Ok(info.sha)
    }

    fn answer(&self, message: String) -> HubError {
        HubError::Answer {
            endpoint: self.endpoint.clone(),
            message,
        }
    }

    fn unreachable(&self, message: String) -> HubError {
        HubError::Unreachable {
            endpoint: self.endpoint.clone(),
            message,
        }
    }

    fn error(&self, error: ApiError, what: &str, path: &Path) -> HubError {
        let (endpoint, what) = (self.endpoint.clone(), what.to_owned());
        match error {
            ApiError::RequestError(e) => match *e {
                ureq::Error::StatusCode(404) => HubError::NotFound { endpoint, what },
                ureq::Error::StatusCode(status @ (401 | 403)) => HubError::Refused {
                    endpoint,
                    what,
                    status,
                },
                // The mirror is overloaded or down: as good as not there.
                ureq::Error::StatusCode(status) if status == 429 || status >= 500 => {
                    self.unreachable(format!("HTTP {status}"))
                }
                e @ (ureq::Error::StatusCode(_)
                | ureq::Error::Json(_)
                | ureq::Error::BadUri(_)
                | ureq::Error::Http(_)) => self.answer(e.to_string()),
                e => self.unreachable(e.to_string()),
            },
            // Both the connection and the disk fail with this.
            ApiError::IoError(source) => match source.kind() {
                io::ErrorKind::StorageFull
                | io::ErrorKind::PermissionDenied
                | io::ErrorKind::NotFound
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::QuotaExceeded => HubError::Write {
                    path: path.to_owned(),
                    source,
                },
                _ => self.unreachable(source.to_string()),
            },
            ApiError::LockAcquisition(path) => HubError::Write {
                path,
                source: io::Error::other("another download is at work here"),
            },
            e => self.answer(format!("{what}: {e}")),
        }
    }
}

fn check_names(repo: &str, revision: &str) -> Result<(), HubError> {
    let sound = |text: &str, most: usize| {
        let parts: Vec<&str> = text.split('/').collect();
        parts.len() <= most
            && parts.iter().all(|part| {
                !part.is_empty()
                    && !part.starts_with('.')
                    && part
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            })
    };
    for (text, most) in [(repo, 2), (revision, 8)] {
        if !sound(text, most) {
            return Err(HubError::Name(text.to_owned()));
        }
    }
    Ok(())
}

/// The files to download, of those that are there.
fn choose<'a>(
    repo: &str,
    there: impl Iterator<Item = &'a str>,
) -> Result<Vec<&'static str>, HubError> {
    let there: BTreeSet<&str> = there.collect();
    let missing: Vec<&str> = NEEDED.into_iter().filter(|n| !there.contains(n)).collect();
    if !missing.is_empty() {
        return Err(HubError::Lacks {
            repo: repo.to_owned(),
            missing: missing.join(", "),
        });
    }
    let welcome = WELCOME.into_iter().filter(|n| there.contains(n));
    Ok(welcome.chain(NEEDED).collect())
}
