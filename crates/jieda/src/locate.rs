//! Where relative paths of the configuration point to.

use std::path::{Path, PathBuf};

/// Finds a relative path: from the working directory upwards, then from the folder of the program
/// upwards, so that `target/release/jieda` finds the repository's models from anywhere. A path that
/// is found nowhere, or is absolute, is given back as it is.
#[must_use]
pub fn locate(path: &Path) -> PathBuf {
    if path.is_absolute() {
        return path.to_owned();
    }
    let program = std::env::current_exe().ok();
    let starts = [
        std::env::current_dir().ok(),
        program.and_then(|p| p.parent().map(Path::to_owned)),
    ];
    starts
        .iter()
        .flatten()
        .flat_map(|start| start.ancestors())
        .map(|folder| folder.join(path))
        .find(|candidate| candidate.exists())
        .unwrap_or_else(|| path.to_owned())
}
