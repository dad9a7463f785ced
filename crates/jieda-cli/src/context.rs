//! From arguments to an engine.

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use jieda::{
    ConfigSource, Engine, EngineConfig, SearchMode, Searcher, locate,
    release::{DataDir, Release},
};

use jieda_server::Knowledge;

use crate::{
    args::{Common, TextArgs},
    paint::{WARN, paint},
    progress,
};

/// The knowledge base of whoever names none.
const DEFAULT_KB: &str = "kb-samples/ecommerce";
const DATA_VARIABLE: &str = "JIEDA_DATA";

/// Most that is read from standard input, in bytes; the engine's own limit is far below.
const MOST_INPUT: u64 = 1 << 20;

impl Common {
    /// The configuration, with the model that was asked for.
    pub(crate) fn config(&self) -> anyhow::Result<EngineConfig> {
        Ok(EngineConfig::of(&self.source()?)?.with_vector_engine(jieda_vectors::connect)?)
    }

    /// All layers of the configuration: file, environment, options.
    pub(crate) fn source(&self) -> anyhow::Result<ConfigSource> {
        let file = self.config.as_deref().map(ConfigSource::file).transpose()?;
        let source = file.unwrap_or_default().with_environment();
        Ok(match &self.model {
            Some(model) => source.with_model(model),
            None => source,
        })
    }

    /// What answers come from: a data directory, or a folder.
    pub(crate) fn knowledge(&self) -> Knowledge {
        match self.data() {
            Some(data) => Knowledge::Data(data),
            None => Knowledge::Folder(self.kb_dir()),
        }
    }

    /// The knowledge base folder.
    pub(crate) fn kb_dir(&self) -> PathBuf {
        let kb = self.kb.as_deref();
        locate(kb.unwrap_or(Path::new(DEFAULT_KB)))
    }

    /// The data directory: the one that was named, else that of the environment unless a folder was named.
    pub(crate) fn data(&self) -> Option<PathBuf> {
        let named = self.data.clone();
        let environment = || std::env::var_os(DATA_VARIABLE).filter(|v| !v.is_empty());
        named.or_else(|| {
            self.kb
                .is_none()
                .then(environment)
                .flatten()
                .map(Into::into)
        })
    }

    /// An engine that decides.
    pub(crate) fn engine(&self) -> anyhow::Result<Engine> {
        let config = self.config()?;
        let engine = match self.data() {
            Some(data) => Engine::of_release(&config, &current(&data)?, None)?,
            None => Engine::open(&config, &self.kb_dir(), &mut progress::opening())?,
        };
        warn(engine.searcher());
        Ok(engine)
    }

    /// A searcher in the mode that was asked for.
    pub(crate) fn searcher(&self, mode: SearchMode) -> anyhow::Result<Searcher> {
        let Some(data) = self.data() else {
            return self.searcher_for(&self.kb_dir(), mode);
        };
        let searcher = Searcher::of_release(&self.config()?, &current(&data)?, mode, None)?;
        warn(&searcher);
        Ok(searcher)
    }

    /// A searcher for another knowledge base.
    pub(crate) fn searcher_for(&self, kb_dir: &Path, mode: SearchMode) -> anyhow::Result<Searcher> {
        let searcher = self.quiet_searcher_for(kb_dir, mode)?;
        warn(&searcher);
        Ok(searcher)
    }

    /// The same without a word on what was noticed in the files.
    pub(crate) fn quiet_searcher_for(
        &self,
        kb_dir: &Path,
        mode: SearchMode,
    ) -> anyhow::Result<Searcher> {
        let config = self.config()?;
        Ok(Searcher::open(
            &config,
            kb_dir,
            mode,
            &mut progress::opening(),
        )?)
    }
}

/// The current release of a data directory.
fn current(data: &Path) -> anyhow::Result<Release> {
    Ok(DataDir::open(data)?.open_current()?)
}

/// Tells what was noticed in the files of a knowledge base that works all the same.
pub(crate) fn warn(searcher: &Searcher) {
    if let Some(warning) = searcher.warning() {
        warn_of_device(warning);
    }
    for warning in &searcher.kb().warnings {
        // Nothing is left to do when standard error is closed.
        let _ = writeln!(anstream::stderr(), "{}：{warning}", paint(WARN, "提醒"));
    }
}

/// Tells why the processor encodes.
pub(crate) fn warn_of_device(warning: &str) {
    let _ = writeln!(
        anstream::stderr(),
        "{}：没有可用的 CUDA 设备，改用处理器（{warning}）",
        paint(WARN, "提醒")
    );
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
