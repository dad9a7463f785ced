//! From a draft to what is served, and back.

use jieda::{
    Built, Engine, EngineConfig, Outcome, Publishing, SharedEncoder, Timestamp,
    release::{Check, DataDir, Moved, Release},
};

use super::Draft;
use crate::problem::Problem;

/// What a publish needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Model and other settings.
    pub config: &'a EngineConfig,
    /// The data directory.
    pub data: &'a std::path::Path,
    /// The model, loaded.
    pub encoder: &'a SharedEncoder,
    /// Who publishes.
    pub by: &'a str,
    /// What is new.
    pub note: &'a str,
    /// Who says what is current.
    pub promotion: Promotion,
}

/// Who says what is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promotion {
    /// The data directory.
    Here,
    /// A depot, which the data directory follows.
    Elsewhere,
}

impl Draft {
    /// Publishes the draft. It stays, and is then what is served.
    ///
    /// # Errors
    /// [`Problem`] with every fault of the draft; then nothing has changed.
    pub fn publish(&self, wanted: &Wanted<'_>) -> Result<Built, Problem> {
        let publishing = Publishing {
            config: wanted.config,
            kb_dir: self.dir(),
            data: wanted.data,
            by: wanted.by,
            note: wanted.note,
            now: Timestamp::now(),
            encoder: Some(wanted.encoder),
        };
        Ok(match wanted.promotion {
            Promotion::Here => publishing.publish(&mut |_| {})?,
            Promotion::Elsewhere => publishing.build(&mut |_| {})?,
        })
    }
}

/// A release of the data directory, which was loaded on trial.
///
/// # Errors
/// [`Problem`].
pub(crate) fn tried(wanted: &Wanted<'_>, id: &str) -> Result<Release, Problem> {
    let data = DataDir::open(wanted.data)?;
    let release = data.release(&data.resolve(id)?)?;
    Engine::of_release(wanted.config, &release, Some(wanted.encoder))?;
    Ok(release)
}

/// Makes another release the current one. It is loaded on trial first: what can't answer is not made current.
///
/// # Errors
/// [`Problem`].
pub(crate) fn move_to(wanted: &Wanted<'_>, id: &str) -> Result<Moved, Problem> {
    let data = DataDir::open(wanted.data)?;
    let release = tried(wanted, id)?;
    let id = release.id().clone();
    let now = Timestamp::now();
    let mut publisher = data.publisher(wanted.by, now)?;
    Ok(publisher.promote(&id, Check::Contents, now)?)
}

/// Whether a publish made something new, for the wire.
#[must_use]
pub(crate) fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::New { .. } => "new",
        Outcome::Unchanged => "unchanged",
    }
}
