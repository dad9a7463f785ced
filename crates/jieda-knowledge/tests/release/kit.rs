//! A data directory to play with.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jieda_knowledge::release::{
    Check, DataDir, Publisher, Release, ReleaseError, ReleaseId, ReleaseMeta,
};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// 2026-11-25 15:30:12 UTC, and so many seconds.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-11-25T15:30:12Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

pub(crate) fn about(created: Timestamp) -> ReleaseMeta {
    ReleaseMeta {
        created,
        name: "商城".into(),
        faqs: 2,
        phrasings: 5,
        content_hash: "0123".into(),
        encoder: None,
        note: "双十一".into(),
        promise: None,
    }
}

/// A data directory that goes away with it.
pub(crate) struct Kit {
    _folder: TempDir,
    pub(crate) data: DataDir,
}

impl Kit {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::create(&folder.path().join("data")).unwrap();
        Self {
            _folder: folder,
            data,
        }
    }

    pub(crate) fn publisher(&self) -> Publisher {
        self.data.publisher("王主管", at(0)).unwrap()
    }

    /// Makes and promotes one release for each of these seconds.
    pub(crate) fn publish_at(&self, seconds: &[i64]) -> Vec<ReleaseId> {
        let mut publisher = self.publisher();
        seconds
            .iter()
            .map(|&second| {
                let text = format!("made at {second}");
                let files = [("faqs.jsonl", text.as_str()), ("index/words.bin", "w")];
                let release = seal(&mut publisher, second, &files).unwrap();
                publisher
                    .promote(release.id(), Check::Contents, at(second))
                    .unwrap();
                release.id().clone()
            })
            .collect()
    }

    /// An error without the place of the folder, which differs from run to run.
    pub(crate) fn told(&self, error: &ReleaseError) -> String {
        let place = self.data.path().display().to_string();
        error.to_string().replace(&place, "DATA") + "\n"
    }
}

pub(crate) fn seal(
    publisher: &mut Publisher,
    second: i64,
    files: &[(&str, &str)],
) -> Result<Release, ReleaseError> {
    let draft = publisher.draft()?;
    for (path, contents) in files {
        let path = draft.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
    draft.seal(about(at(second)))
}

/// Replaces a file, also one that is read-only or that another release shares. (Much faster than
/// cutting it to nothing first, after which some file systems write to the disk at once.)
pub(crate) fn overwrite(path: &Path, contents: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, contents).unwrap();
}

/// The files of a release, its manifest among them.
pub(crate) fn files_of(release: &Release) -> Vec<PathBuf> {
    let files = release.manifest().files.iter();
    let mut paths: Vec<PathBuf> = files
        .map(|file| release.path().join(file.path.to_path()))
        .collect();
    paths.push(release.path().join("manifest.json"));
    paths
}

/// What lies in a folder and is no release.
pub(crate) fn leftovers(data: &DataDir) -> Vec<String> {
    let names = |dir: PathBuf| {
        fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
    };
    names(data.path().join("releases"))
        .chain(names(data.path().to_owned()))
        .map(|name| name.into_string().unwrap())
        .filter(|name| name.starts_with('.') || name.ends_with(".new"))
        .collect()
}
