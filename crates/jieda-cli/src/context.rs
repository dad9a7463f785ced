//! From arguments to an engine.

use std::io::{Read as _, Write as _};

use jieda::{Engine, EngineConfig, SearchMode, Searcher, locate};

use crate::{
    args::{Common, TextArgs},
    paint::{WARN, paint},
    progress,
};

/// Most that is read from standard input, in bytes; the engine's own limit is far below.
const MOST_INPUT: u64 = 1 << 20;

impl Common {
    /// The configuration, with the model that was asked for.
    pub(crate) fn config(&self) -> anyhow::Result<EngineConfig> {
        let mut config = match &self.config {
            Some(path) => EngineConfig::load(path)?,
            None => EngineConfig::shipped()?,
        };
        if let Some(model) = &self.model {
            config.model_dir = locate(model);
        }
        Ok(config)
    }

    /// The knowledge base folder.
    pub(crate) fn kb_dir(&self) -> std::path::PathBuf {
        locate(&self.kb)
    }

    /// An engine that decides.
    pub(crate) fn engine(&self) -> anyhow::Result<Engine> {
        let config = self.config()?;
        let engine = Engine::open(&config, &self.kb_dir(), &mut progress::opening())?;
        warn(engine.searcher());
        Ok(engine)
    }

    /// A searcher in the mode that was asked for.
    pub(crate) fn searcher(&self, mode: SearchMode) -> anyhow::Result<Searcher> {
        self.searcher_for(&self.kb_dir(), mode)
    }

    /// A searcher for another knowledge base.
    pub(crate) fn searcher_for(
        &self,
        kb_dir: &std::path::Path,
        mode: SearchMode,
    ) -> anyhow::Result<Searcher> {
        let config = self.config()?;
        let searcher = Searcher::open(&config, kb_dir, mode, &mut progress::opening())?;
        warn(&searcher);
        Ok(searcher)
    }
}

/// Tells what was noticed in the files of a knowledge base that works all the same.
fn warn(searcher: &Searcher) {
    if let Some(warning) = searcher.warning() {
        let _ = writeln!(
            anstream::stderr(),
            "{}：没有可用的 CUDA 设备，改用处理器（{warning}）",
            paint(WARN, "提醒")
        );
    }
    for warning in &searcher.kb().warnings {
        // Nothing is left to do when standard error is closed.
        let _ = writeln!(anstream::stderr(), "{}：{warning}", paint(WARN, "提醒"));
    }
}

impl TextArgs {
    /// The text itself, read from standard input for `-`. Bytes that are no UTF-8 become �.
    pub(crate) fn read(&self) -> anyhow::Result<String> {
        if self.text != "-" {
            return Ok(self.text.clone());
        }
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .take(MOST_INPUT + 1)
            .read_to_end(&mut bytes)?;
        anyhow::ensure!(
            bytes.len() as u64 <= MOST_INPUT,
            "输入超过 {MOST_INPUT} 字节，请截短"
        );
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
