//! The draft of the knowledge base, and what becomes of it.
//!
//! A draft is a folder of its own, begun as a copy of what is served. Every change is checked as a whole before it is
//! written; nothing of it is served before it is published.

mod changes;
mod draft;
mod edit;
mod publish;
mod thresholds;

use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    config::{Knowledge, ServerConfig},
    problem::{Problem, ProblemKind},
};

pub(crate) use changes::{Changes, changes};
pub(crate) use draft::Draft;
pub(crate) use edit::{Edited, Effect, FaqDoc, Upload, matching};
pub(crate) use publish::{Wanted, move_to, outcome_name};

/// The one draft of a data directory.
#[derive(Debug)]
pub struct Drafts {
    /// Where it lies; none in the mode in which a folder is served.
    dir: Option<PathBuf>,
    /// One change at a time.
    lock: Mutex<()>,
}

impl Drafts {
    /// Where a configuration keeps it.
    #[must_use]
    pub fn new(config: &ServerConfig) -> Self {
        let dir = match &config.knowledge {
            Knowledge::Folder(_) => None,
            Knowledge::Data(_) => Some(config.state_file("draft")),
        };
        Self {
            dir,
            lock: Mutex::new(()),
        }
    }

    /// The draft, for as long as the guard lives: nobody else changes it meanwhile.
    ///
    /// # Errors
    /// [`ProblemKind::NotPossible`] where a folder is served.
    pub fn hold(&self) -> Result<Draft<'_>, Problem> {
        let dir = self.dir.as_deref().ok_or_else(|| {
            Problem::new(
                ProblemKind::NotPossible,
                "服务是从知识库目录启动的（--kb），只能查看；用 jieda kb publish 建立数据目录，再用 --data 启动，就可以在线编辑和发布",
            )
        })?;
        Ok(Draft::new(dir, self.guard()))
    }

    fn guard(&self) -> MutexGuard<'_, ()> {
        // It guards files, which are whole at any moment.
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
