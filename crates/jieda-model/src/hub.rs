//! Models from a Hugging Face hub, or a mirror of one.

mod client;
mod error;
mod fetch;

use std::{collections::BTreeSet, io::Read as _, path::Path};

use client::{Answer, Ask, Client};
pub use error::HubError;
use fetch::Fetch;

/// The hub itself.
const ENDPOINT: &str = "https://huggingface.co";
/// Bytes that the description of a repository may have; real ones have some ten thousand.
const MOST_INFO: u64 = 1 << 24;
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
    /// Without the token, and without the credentials that an address may hold.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
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
        let client = Client::new(&self.endpoint, self.token.as_deref())?;
        let what = format!("{repo}@{revision}");
        let path = format!("/api/models/{repo}/revision/{revision}");
        let info = info(&client, client.ask(&path, Ask::From(0), &what)?)?;
        if info.sha.len() < 12 || !info.sha.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(client.answer(format!("`{}` is no commit", info.sha)));
        }
        let files = choose(repo, info.siblings.iter().map(|s| s.rfilename.as_str()))?;
        let fetch = Fetch {
            client: &client,
            repo,
            commit: &info.sha,
            work,
        };
        fetch.all(&files, progress)?;
        Ok(info.sha)
    }
}

/// What the hub's API says of a repository; the rest of it is not read.
#[derive(serde::Deserialize)]
struct Info {
    sha: String,
    siblings: Vec<Sibling>,
}

#[derive(serde::Deserialize)]
struct Sibling {
    rfilename: String,
}

fn info(client: &Client, answer: Answer) -> Result<Info, HubError> {
    let mut text = String::new();
    answer
        .response
        .into_body()
        .into_reader()
        .take(MOST_INFO)
        .read_to_string(&mut text)
        .map_err(|e| client.unreachable(e.to_string()))?;
    serde_json::from_str(&text).map_err(|e| client.answer(format!("about the repository: {e}")))
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
