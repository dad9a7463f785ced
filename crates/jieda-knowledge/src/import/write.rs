//! Writing a folder's files: each whole or not at all.

use std::path::{Path, PathBuf};

use crate::{
    Faq, Faults, Intent, Problem, ProblemCode,
    file::{self, Staged},
    kb_toml::{KB_FILE, template},
    loader::{FAQS_FILE, INTENTS_FILE},
};

/// Writes what differs from what is there; gives the files written.
///
/// All are written beside first and renamed at the end. Intents are renamed before FAQs: they are only
/// ever added to, so the FAQs that were there go with the new ones too.
pub(super) fn folder(dir: &Path, intents: &[Intent], faqs: &[Faq]) -> Result<Vec<PathBuf>, Faults> {
    std::fs::create_dir_all(dir).map_err(|e| unwritable(dir, &e))?;
    let mut files = Vec::new();
    if !dir.join(KB_FILE).exists() {
        files.push((KB_FILE, template(dir)));
    }
    files.push((INTENTS_FILE, file::json_lines(intents)));
    files.push((FAQS_FILE, file::json_lines(faqs)));
    let mut staged = Vec::new();
    for (name, contents) in files {
        let path = dir.join(name);
        if std::fs::read(&path).ok().as_deref() == Some(contents.as_bytes()) {
            continue;
        }
        let file = Staged::new(&path, contents.as_bytes()).map_err(|e| unwritable(&path, &e))?;
        staged.push((path, file));
    }
    let mut written = Vec::new();
    for (path, file) in staged {
        file.publish().map_err(|e| unwritable(&path, &e))?;
        written.push(path);
    }
    Ok(written)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Faults {
    let message = format!("写不进去：{error}");
    Problem::new(path, ProblemCode::Unwritable, message).into()
}
