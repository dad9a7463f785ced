//! Thresholds that were tuned, written into a policy file.

use std::{fs, io, path::Path};

use jieda_decision::{Policy, Tuned};
use jieda_knowledge::write_file;
use jieda_types::Confidence;
use toml_edit::{DocumentMut, Item, Table, value};

use crate::EngineError;

/// Writes thresholds into a policy file, with where they come from. All else in the file, comments too, stays as
/// it is; a file that is not there is made. It is replaced whole or not at all.
///
/// # Errors
/// [`EngineError::Config`] when the file is no policy, before or after; [`EngineError::Unwritable`].
pub fn write_thresholds(
    path: &Path,
    reply: Confidence,
    clarify: Option<Confidence>,
    tuned: &Tuned,
) -> Result<(), EngineError> {
    // Without a band in which it pays, nothing is asked.
    let thresholds = (reply, clarify.unwrap_or(reply));
    write(path, thresholds, |document| {
        let provenance = toml_edit::ser::to_document(tuned).map_err(|e| e.to_string())?;
        document["tuned"] = Item::Table(provenance.as_table().clone());
        Ok(())
    })
}

/// Writes thresholds that somebody has chosen into a policy file. What was promised for others goes.
///
/// # Errors
/// As [`write_thresholds`]; [`EngineError::Config`] too when `clarify` is above `reply`.
pub fn set_thresholds(
    path: &Path,
    reply: Confidence,
    clarify: Confidence,
) -> Result<(), EngineError> {
    write(path, (reply, clarify), |document| {
        document.remove("tuned");
        Ok(())
    })
}

fn write(
    path: &Path,
    (reply, clarify): (Confidence, Confidence),
    change: impl FnOnce(&mut DocumentMut) -> Result<(), String>,
) -> Result<(), EngineError> {
    let refuse = |message: String| EngineError::Config {
        path: path.to_owned(),
        message,
    };
    let old = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(refuse(e.to_string())),
    };
    Policy::from_toml(&old).map_err(|e| refuse(e.to_string()))?;
    let mut document: DocumentMut = old.parse().map_err(|e| refuse(format!("{e}")))?;
    let thresholds = document
        .entry("thresholds")
        .or_insert(Item::Table(Table::new()));
    thresholds["reply"] = value(reply.get());
    thresholds["clarify"] = value(clarify.get());
    change(&mut document).map_err(refuse)?;
    let new = document.to_string();
    Policy::from_toml(&new).map_err(|e| refuse(e.to_string()))?;
    write_file(path, new.as_bytes()).map_err(|source| EngineError::Unwritable {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuned() -> Tuned {
        Tuned {
            date: "2026-11-29".into(),
            knowledge: "电商示例".into(),
            encoder: "e".into(),
            samples: 700,
            unanswerable: 100,
            max_wrong_rate: 0.05,
            confidence: 0.95,
            coverage: 0.61,
            wrong_rate: 0.031,
            wrong_rate_bound: 0.049,
        }
    }

    fn confidence(value: f64) -> Confidence {
        Confidence::saturating(value)
    }

    #[test]
    fn a_new_file_is_a_policy() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("policy.toml");
        write_thresholds(&path, confidence(0.9), Some(confidence(0.3)), &tuned()).unwrap();
        let policy = Policy::from_toml(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(policy.thresholds.reply.get(), 0.9);
        assert_eq!(policy.thresholds.clarify.get(), 0.3);
        assert_eq!(policy.tuned, Some(tuned()));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_rest_of_a_file_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("policy.toml");
        let old = "# 我们的策略\n[texts]\nthanks = \"不客气\" # 短一点\n\n[thresholds]\n# 老板定的\nreply = 0.95\nmax_options = 2\n";
        fs::write(&path, old).unwrap();
        write_thresholds(&path, confidence(0.8), None, &tuned()).unwrap();
        let new = fs::read_to_string(&path).unwrap();
        for kept in [
            "# 我们的策略",
            "\"不客气\" # 短一点",
            "# 老板定的",
            "max_options = 2",
        ] {
            assert!(new.contains(kept), "{new}");
        }
        let policy = Policy::from_toml(&new).unwrap();
        assert_eq!(policy.thresholds.reply, policy.thresholds.clarify);
        // Once more: the provenance is replaced, not doubled.
        write_thresholds(&path, confidence(0.7), None, &tuned()).unwrap();
        let new = fs::read_to_string(&path).unwrap();
        assert_eq!(new.matches("[tuned]").count(), 1);
    }

    #[test]
    fn what_somebody_chose_promises_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("policy.toml");
        write_thresholds(&path, confidence(0.9), Some(confidence(0.3)), &tuned()).unwrap();
        set_thresholds(&path, confidence(0.8), confidence(0.25)).unwrap();
        let policy = Policy::from_toml(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(policy.thresholds.reply.get(), 0.8);
        assert_eq!(policy.thresholds.clarify.get(), 0.25);
        assert_eq!(policy.tuned, None);
        assert!(set_thresholds(&path, confidence(0.2), confidence(0.5)).is_err());
    }

    #[test]
    fn what_is_no_policy_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("policy.toml");
        fs::write(&path, "[thresholds]\nreplay = 1\n").unwrap();
        let error = write_thresholds(&path, confidence(0.8), None, &tuned()).unwrap_err();
        assert!(error.to_string().contains("replay"), "{error}");
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "[thresholds]\nreplay = 1\n"
        );
    }
}
