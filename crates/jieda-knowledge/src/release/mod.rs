//! Releases: what answers customers, as folders that never change.
//!
//! A *release* is a folder with everything that an engine needs, made once. Which one is current is
//! said by one small file, replaced by one rename: going to another release, forward or back, takes
//! no longer than that. What this module knows of a release is its files and their hashes; what is in
//! them is others' business.
//!
//! ```text
//! DATA/
//!   jieda-data.toml          the version of this format
//!   CURRENT                  which release is current, where to go back to, the latest moves
//!   LOCK                     held by the one publisher; says who that is
//!   releases/ID/…            the files of a release
//!   releases/ID/manifest.json  what it is, and the sha256 of every file
//!   releases/.making-N       a release that is being made
//!   releases/.removing-ID    a release that is being removed
//! ```
//!
//! # What holds at any moment
//!
//! A crash, a power cut or a full disk at any moment leaves the current release as it was:
//!
//! - A release appears whole: its files are on the disk before its folder gets its name.
//! - `CURRENT` is written beside and renamed: it is the old one or the new one.
//! - A release that goes is renamed first: what is half removed is never listed.
//! - What a killed publisher left is removed by the next one.
//! - `CURRENT` and manifests carry a hash of themselves, so that damage is never taken for contents.
//!
//! # Repair
//!
//! A damaged `CURRENT` is reported, never guessed at. [`Publisher::roll_back`] to a release that is
//! named writes a new one, and keeps the damaged one as `CURRENT.damaged`. A damaged release is listed
//! with what is wrong; it can't become current. On a full disk even going back needs a few kilobytes;
//! [`Publisher::prune`] needs none and makes room.
//!
//! # Use
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use jieda_knowledge::release::{Check, DataDir, ReleaseMeta};
//! # let folder = tempfile::tempdir()?;
//! # let (path, now) = (folder.path().join("data"), jiff::Timestamp::UNIX_EPOCH);
//! let data = DataDir::create(&path)?;
//! let mut publisher = data.publisher("王主管", now)?;
//! let draft = publisher.draft()?;
//! std::fs::write(draft.path().join("faqs.jsonl"), "{}")?;
//! let release = draft.seal(ReleaseMeta { created: now, name: "商城".into(), ..Default::default() })?;
//! publisher.promote(release.id(), Check::Sizes, now)?;
//! assert_eq!(data.current()?.as_ref(), Some(release.id()));
//! # Ok(())
//! # }
//! ```
//!
//! No function here reads the clock: whoever calls says what time it is.

mod bundle;
mod damage;
mod data_dir;
mod data_file;
mod digest;
mod draft;
mod durable;
mod error;
mod file_path;
mod folder;
mod id;
mod incoming;
mod lock;
mod manifest;
mod pointer;
mod promise;
mod prune;
mod publisher;
pub mod stamped;
mod watch;

pub use bundle::{Check, Release};
pub use damage::Damage;
pub use data_dir::{DataDir, ReleaseInfo};
pub use draft::Draft;
pub use error::{ReleaseError, ReleaseFault};
pub use file_path::{FilePath, UnfitPath};
pub use id::{InvalidReleaseId, ReleaseId};
pub use incoming::Incoming;
pub use lock::Holder;
pub use manifest::{FileEntry, Manifest, ReleaseMeta};
pub use pointer::{Action, Move, Pointer};
pub use promise::{PromiseCheck, PromiseOutcome};
pub use prune::{Keep, Pruned};
pub use publisher::{Moved, Publisher};
pub use watch::Watch;
