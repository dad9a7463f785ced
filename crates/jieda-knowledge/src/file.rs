//! Files that appear whole or not at all.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use tempfile::NamedTempFile;

/// A file that is written and flushed, beside the one that it shall become.
#[derive(Debug)]
pub(crate) struct Staged {
    file: NamedTempFile,
    path: PathBuf,
}

impl Staged {
    /// Writes the contents beside `path`, to the disk. Dropped, it leaves nothing behind.
    pub(crate) fn new(path: &Path, contents: &[u8]) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".jieda-").suffix(".tmp");
        usual_permissions(&mut builder);
        let mut file = builder.tempfile_in(folder_of(path))?;
        file.write_all(contents)?;
        if let Ok(replaced) = fs::metadata(path) {
            file.as_file().set_permissions(replaced.permissions())?;
        }
        file.as_file().sync_all()?;
        let path = path.to_owned();
        Ok(Self { file, path })
    }

    /// Puts it in its place.
    pub(crate) fn publish(self) -> io::Result<()> {
        self.file.persist(&self.path)?;
        // The name, too, must reach the disk. Folders can't be flushed everywhere.
        if let Ok(folder) = File::open(folder_of(&self.path)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// Writes a file whole or not at all, to the disk. One that is there keeps its permissions.
///
/// # Errors
/// The system's word on it; then nothing has changed.
pub fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    Staged::new(path, contents)?.publish()
}

/// One value a line.
pub(crate) fn json_lines<T: Serialize>(values: &[T]) -> String {
    let lines = values.iter().filter_map(|v| serde_json::to_string(v).ok());
    lines.map(|line| line + "\n").collect()
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Temporary files are for their owner alone; this one is for all whom the umask lets.
#[cfg(unix)]
fn usual_permissions(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn usual_permissions(_: &mut tempfile::Builder<'_, '_>) {}
