//! Writing so that it is still there after a power cut. Everything that a data directory relies on is
//! written through here.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// What is being written and has not got its name yet ends so.
const BESIDE: &str = ".new";

/// Replaces a file whole: readers see the old contents or the new ones, also after a crash. Only one
/// may write at a time; a failure leaves the old file as it was. (If the very last step fails, which
/// puts the folder on the disk, the new contents are visible, but might not outlive a power cut.)
pub(super) fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    let written = write(&beside, contents).and_then(|()| fs::rename(&beside, path));
    if let Err(e) = written {
        // The first error is the one to tell; the next writer starts anew anyway.
        let _ = fs::remove_file(&beside);
        return Err(e);
    }
    sync_folder_of(path)
}

/// Writes a file in a folder that nobody else sees yet, down to the disk.
pub(super) fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

/// Gives a file or folder its name for good. Its contents must be on the disk already.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync_folder_of(to)
}

/// Makes a folder, with those above it that are not there yet.
pub(super) fn create_folders(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        create_folders(above)?;
    }
    match fs::create_dir(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(e) => Err(e),
        Ok(()) => sync_folder_of(path),
    }
}

/// Puts the names in a folder on the disk.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    // Elsewhere folders can't be opened, and renames are as durable as the file system makes them.
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

/// Where [`replace`] writes first: what a crash in it leaves behind.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(BESIDE);
    path.with_file_name(name)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let above = path.parent().filter(|p| !p.as_os_str().is_empty());
    sync_folder(above.unwrap_or(Path::new(".")))
}
