//! The folder that a replay is written into.

use std::{
    fs,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use jieda::write_file;
use jieda_eval::replay::Change;
use tempfile::NamedTempFile;

const CHANGED: &str = "changed.jsonl";
const TEXT: &str = "report.txt";
const JSON: &str = "report.json";

/// A folder whose files appear when everything is known.
pub(super) struct Folder {
    dir: PathBuf,
    changed: BufWriter<NamedTempFile>,
}

impl Folder {
    pub(super) fn create(dir: &Path) -> anyhow::Result<Self> {
        let unwritable = || format!("无法写入 {}", dir.display());
        fs::create_dir_all(dir).with_context(unwritable)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".jieda-").suffix(".tmp");
        // As for any other file: what the umask leaves.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let changed = builder.tempfile_in(dir).with_context(unwritable)?;
        Ok(Self {
            dir: dir.to_owned(),
            changed: BufWriter::new(changed),
        })
    }

    /// Writes a decision that changes.
    pub(super) fn changed(&mut self, change: &Change) -> io::Result<()> {
        serde_json::to_writer(&mut self.changed, change)?;
        self.changed.write_all(b"\n")
    }

    /// Puts all files in their place.
    pub(super) fn publish(self, text: &str, json: &str) -> anyhow::Result<PathBuf> {
        let Self { dir, changed } = self;
        let unwritable = || format!("无法写入 {}", dir.display());
        let changed = changed.into_inner().map_err(io::IntoInnerError::into_error);
        let changed = changed.with_context(unwritable)?;
        let persisted = changed.persist(dir.join(CHANGED));
        persisted.map_err(|e| e.error).with_context(unwritable)?;
        for (name, contents) in [(TEXT, text), (JSON, json)] {
            write_file(&dir.join(name), contents.as_bytes()).with_context(unwritable)?;
        }
        Ok(dir)
    }
}
