//! Releases in object storage, for replicas that share no disk: S3 and what speaks like it (OSS, COS, MinIO), Google Cloud
//! Storage, Azure, or a folder.
//!
//! ```text
//! PREFIX/releases/ID/…              the files of a release, as in a data directory
//! PREFIX/releases/ID/manifest.json  uploaded last: a release is there whole, or not
//! PREFIX/states/NUMBER.json         which release is current, and whether one is being rolled out
//! PREFIX/replicas/NAME.json         what each replica answers from
//! ```
//!
//! # What is current
//!
//! A [`DepotState`] is an object that is never changed. The next one has the next number and is created only if there is
//! none of that number (a conditional put): of two that want to change what is current, one does, and the other is told
//! [`DepotError::Overtaken`]. The state of the highest number holds. Whoever knows number *n* asks for *n* + 1: one small
//! request, whatever the depot holds. Creating what is not there is the one condition that all these storages offer, and a
//! folder as well; [`Depot::check`] tries it, since some that speak like S3 pass over it.
//!
//! # Stages
//!
//! A release may become current at once, or first answer at one replica, the *canary*: see [`Rollout`]. Each step is a
//! state, so that whoever comes next knows where things stand.
//!
//! # Use
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use jieda_depot::{Depot, Publication, Stages};
//! use jieda_knowledge::release::{DataDir, ReleaseMeta};
//! # let folder = tempfile::tempdir()?;
//! # let now = jiff::Timestamp::UNIX_EPOCH;
//! let data = DataDir::create(&folder.path().join("here"))?;
//! # let release = {
//! #     let mut publisher = data.publisher("王主管", now)?;
//! #     let draft = publisher.draft()?;
//! #     std::fs::write(draft.path().join("faqs.jsonl"), "{}")?;
//! #     draft.seal(ReleaseMeta { created: now, ..Default::default() })?
//! # };
//! let depot = Depot::open("memory:///jieda")?;
//! depot.push(&release, &mut |_| {}).await?;
//! let publication = Publication { release: release.id(), by: "王主管", at: now, stages: Stages::AtOnce };
//! depot.publish(&publication, None).await?;
//!
//! let elsewhere = DataDir::create(&folder.path().join("elsewhere"))?;
//! let state = depot.state().await?.ok_or("nothing was published")?;
//! let pulled = depot.pull(&state.pointer.current, &elsewhere, "r2").await?;
//! assert_eq!(pulled.manifest(), release.manifest());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate is the only place that knows object_store. Credentials are where its builders look for them: `AWS_…`,
//! `GOOGLE_…` and `AZURE_…` of the environment.

mod depot;
mod error;
mod place;
mod replica;
mod state;
mod transfer;

pub use depot::{Depot, Publication, Stages};
pub use error::{DepotError, DepotFault};
pub use replica::{Refused, ReplicaReport, Watcher};
pub use state::{Canary, DepotState, Ended, Outcome, Rollout};
pub use transfer::Progress;
