//! The draft of the knowledge base, and what becomes of it.
//!
//! A draft is a folder of its own, begun as a copy of what is served. Every change is checked as a whole before it is
//! written; nothing of it is served before it is published.

mod changes;
mod draft;
mod edit;
mod publish;
mod thresholds;

use std::{path::PathBuf, sync::Arc};

use tokio::sync::Mutex;

use crate::{
    config::{Knowledge, ServerConfig},
    problem::{Problem, ProblemKind},
};

pub(crate) use changes::{Changes, changes};
pub(crate) use draft::Draft;
pub(crate) use edit::{Edited, Effect, FaqDoc, Upload, matching};
pub(crate) use publish::{Promotion, Wanted, move_to, outcome_name, tried};

/// The one draft of a data directory.
#[derive(Debug)]
pub struct Drafts {
    /// Where it lies; none in the mode in which a folder is served.
    dir: Option<PathBuf>,
    /// One change at a time. Waited for without holding a thread: a publish takes its time.
    lock: Arc<Mutex<()>>,
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
            lock: Arc::default(),
        }
    }

    /// The draft, for as long as it is held: nobody else changes it meanwhile.
    ///
    /// # Errors
    /// [`ProblemKind::NotPossible`] where a folder is served.
    pub async fn hold(&self) -> Result<Draft, Problem> {
        let dir = self.dir()?;
        Ok(Draft::new(dir, Arc::clone(&self.lock).lock_owned().await))
    }

    /// The same for whoever only looks: none while somebody changes or publishes it, and where a folder is served.
    #[must_use]
    pub fn glance(&self) -> Option<Draft> {
        let guard = Arc::clone(&self.lock).try_lock_owned().ok()?;
        Some(Draft::new(self.dir().ok()?, guard))
    }

    fn dir(&self) -> Result<PathBuf, Problem> {
        self.dir.clone().ok_or_else(|| {
            Problem::new(
                ProblemKind::NotPossible,
                "服务是从知识库目录启动的（--kb），只能查看；用 jieda kb publish 建立数据目录，再用 --data 启动，就可以在线编辑和发布",
            )
        })
    }
}
