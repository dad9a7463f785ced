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
        let mut file = tempfile::Builder::new()
            .prefix(".jieda-")
            .suffix(".tmp")
            .tempfile_in(folder_of(path))?;
        file.write_all(contents)?;
        give_usual_permissions(file.as_file(), path)?;
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

/// Writes a file at once.
pub(crate) fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
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

/// Temporary files are for their owner alone; this one gets the permissions of the file that it
/// replaces, else those that new files have here.
#[cfg(unix)]
fn give_usual_permissions(file: &File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_or(0o644, |meta| meta.permissions().mode() & 0o777);
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn give_usual_permissions(_: &File, path: &Path) -> io::Result<()> {
    let _ = fs::metadata(path);
    Ok(())
}
