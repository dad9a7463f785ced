//! Releases: knowledge bases that are made once, checked, and answered from until the next one.
//!
//! [`Publishing`] makes a release of a knowledge base folder; [`LiveEngine`] answers from the current
//! one and goes over to the next without a pause. How releases are kept on the disk is the business of
//! [`jieda_knowledge::release`]; what is in one is written in [`bundle`].

mod bundle;
mod live;
mod prune;
mod publish;

pub use bundle::{copy_knowledge, knowledge_of};
pub use live::{Follower, LiveEngine, Refreshed, Serving};
pub use prune::prune;
pub use publish::{Built, Outcome, Publishing, Recheck};

pub(crate) use bundle::Bundle;
