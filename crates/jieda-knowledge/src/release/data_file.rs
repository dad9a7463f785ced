//! `jieda-data.toml`: that a folder is a data directory, and of which version.

use std::{fs, io, path::Path};

use serde::Deserialize;

use super::{ReleaseError, durable, error::at};

pub(super) const DATA_FILE: &str = "jieda-data.toml";
/// The version of the format that is written, and the newest that can be read.
const FORMAT: u32 = 1;

/// A newer version may say more.
#[derive(Deserialize)]
struct DataFile {
    format: u32,
}

/// Whether a folder is a data directory that can be used.
pub(super) fn check(dir: &Path) -> Result<(), ReleaseError> {
    let path = dir.join(DATA_FILE);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Err(ReleaseError::NotADataDir(dir.to_owned()));
        }
        Err(source) => return Err(at(path)(source)),
    };
    match toml::from_slice::<DataFile>(&bytes) {
        Ok(DataFile { format: 1..=FORMAT }) => Ok(()),
        Ok(DataFile { format: 0 }) => Err(ReleaseError::BadDataFile {
            path,
            message: "there is no format 0".into(),
        }),
        Ok(DataFile { format }) => Err(ReleaseError::NewerFormat {
            path,
            found: format,
            supported: FORMAT,
        }),
        Err(e) => Err(ReleaseError::BadDataFile {
            path,
            message: e.message().to_owned(),
        }),
    }
}

/// Makes a folder a data directory.
pub(super) fn write(dir: &Path) -> Result<(), ReleaseError> {
    let path = dir.join(DATA_FILE);
    let text = format!(
        "# A data directory of jieda: releases, and which one is current.\nformat = {FORMAT}\n"
    );
    durable::replace(&path, text.as_bytes()).map_err(at(path))
}
