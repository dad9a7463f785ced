//! Configuration: raw TOML → checked. Unknown keys are refused.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use jieda_decision::{Calibrator, Policy};
use jieda_model::{LoadOptions, Precision};
use jieda_retrieval::{FollowUpWeights, Fusion};
use serde::Deserialize;

use crate::{EngineError, INTENTS_FILE, locate};

const SHIPPED: &str = include_str!("../jieda.toml");
/// In a model's folder: what `jieda eval fit` learned for it.
const FUSION_FILE: &str = "fusion.toml";
const CALIBRATOR_FILE: &str = "calibrator.toml";
const FOLLOW_UP_FILE: &str = "follow-up.toml";
const FOLLOW_UP_CALIBRATOR_FILE: &str = "follow-up-calibrator.toml";
const CANDIDATES: std::ops::RangeInclusive<usize> = 5..=1000;

/// A checked configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineConfig {
    /// Folder of the sentence encoder.
    pub model_dir: PathBuf,
    /// Device, numbers and threads of the encoder.
    pub model_options: LoadOptions,
    /// How many candidates a decision looks at.
    pub candidates: usize,
    /// Weights of the signals, and their temperature.
    pub fusion: Fusion,
    /// Thresholds, rules and texts: those of the file that the configuration names, else those that ship.
    pub policy: Policy,
    /// The file that the configuration names. It goes before a knowledge base's own.
    pub policy_file: Option<PathBuf>,
    /// Coefficients of the confidence.
    pub calibrator: Calibrator,
    /// How follow-ups are found.
    pub follow_up: FollowUpWeights,
    /// Coefficients of the confidence in them.
    pub follow_up_calibrator: Calibrator,
    /// The head that names intents of any conversation, where the model has one.
    pub conversation_intents: Option<PathBuf>,
    /// Longest utterance in bytes.
    pub max_bytes: usize,
    /// Where text indexes and vectors are kept.
    pub cache_dir: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    model: RawModel,
    retrieval: RawRetrieval,
    decision: RawDecision,
    input: RawInput,
    cache: RawCache,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawModel {
    dir: Option<PathBuf>,
    device: Option<String>,
    precision: Option<Precision>,
    threads: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawRetrieval {
    candidates: Option<usize>,
    fusion: Option<PathBuf>,
    follow_up: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawDecision {
    policy: Option<PathBuf>,
    calibrator: Option<PathBuf>,
    follow_up_calibrator: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawInput {
    max_bytes: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawCache {
    dir: Option<PathBuf>,
}

impl RawModel {
    fn or(self, default: Self) -> Self {
        Self {
            dir: self.dir.or(default.dir),
            device: self.device.or(default.device),
            precision: self.precision.or(default.precision),
            threads: self.threads.or(default.threads),
        }
    }
}

impl EngineConfig {
    /// The configuration that ships with jieda.
    ///
    /// # Errors
    /// [`EngineError::Config`] when no cache folder can be found.
    pub fn shipped() -> Result<Self, EngineError> {
        Self::from_toml("", Path::new("jieda.toml"))
    }

    /// Reads a file; keys that it leaves out keep their defaults.
    ///
    /// # Errors
    /// [`EngineError::Config`].
    pub fn load(path: &Path) -> Result<Self, EngineError> {
        Self::from_toml(&read(path)?, path)
    }

    /// The same with another model than the file's, or than the one that ships. Weights and confidence
    /// go with the model: where the file names none, those in the model's folder are taken
    /// (`fusion.toml`, `calibrator.toml`), else those that ship.
    ///
    /// # Errors
    /// [`EngineError::Config`].
    pub fn load_for_model(path: Option<&Path>, model: &Path) -> Result<Self, EngineError> {
        match path {
            Some(path) => Self::resolve(&read(path)?, path, Some(model)),
            None => Self::resolve("", Path::new("jieda.toml"), Some(model)),
        }
    }

    /// Reads a configuration; `path` is only named in errors.
    ///
    /// # Errors
    /// [`EngineError::Config`].
    pub fn from_toml(text: &str, path: &Path) -> Result<Self, EngineError> {
        Self::resolve(text, path, None)
    }

    /// The policy in force for a knowledge base that may have one of its own.
    pub(crate) fn policy_with<'a>(&'a self, own: Option<&'a Policy>) -> &'a Policy {
        match (own, &self.policy_file) {
            (Some(own), None) => own,
            _ => &self.policy,
        }
    }

    fn resolve(text: &str, path: &Path, model_dir: Option<&Path>) -> Result<Self, EngineError> {
        let refuse = |message: String| EngineError::Config {
            path: path.to_owned(),
            message,
        };
        let given: Raw = toml::from_str(text).map_err(|e| refuse(e.to_string()))?;
        let default: Raw = toml::from_str(SHIPPED).map_err(|e| refuse(e.to_string()))?;
        let candidates = given
            .retrieval
            .candidates
            .or(default.retrieval.candidates)
            .unwrap_or_default();
        if !CANDIDATES.contains(&candidates) {
            let (low, high) = (CANDIDATES.start(), CANDIDATES.end());
            return Err(refuse(format!(
                "retrieval.candidates must be {low} to {high}"
            )));
        }
        let max_bytes = given
            .input
            .max_bytes
            .or(default.input.max_bytes)
            .unwrap_or_default();
        if max_bytes == 0 {
            return Err(refuse("input.max_bytes must be at least 1".into()));
        }
        let model = given.model.or(default.model);
        let device = model.device.as_deref().unwrap_or("cpu").parse();
        let model_options = LoadOptions {
            device: device.map_err(|e| refuse(format!("model.{e}")))?,
            precision: model.precision.unwrap_or_default(),
            threads: model.threads.and_then(NonZeroUsize::new),
            ..LoadOptions::default()
        };
        let model_dir = model_dir.map_or_else(|| model.dir.unwrap_or_default(), Path::to_owned);
        let model_dir = locate(&model_dir);
        // What was fitted to a model lies beside it.
        let fitted = |given: Option<PathBuf>, name: &str| {
            given
                .filter(|path| !path.as_os_str().is_empty())
                .or_else(|| Some(model_dir.join(name)).filter(|path| path.is_file()))
        };
        let policy_file = given.decision.policy;
        let policy_file = policy_file.filter(|path| !path.as_os_str().is_empty());
        Ok(Self {
            model_options,
            candidates,
            fusion: parse_file(
                fitted(given.retrieval.fusion, FUSION_FILE),
                Fusion::shipped,
                Fusion::from_toml,
            )?,
            policy: parse_file(policy_file.clone(), Policy::shipped, Policy::from_toml)?,
            policy_file: policy_file.map(|path| locate(&path)),
            calibrator: parse_file(
                fitted(given.decision.calibrator, CALIBRATOR_FILE),
                Calibrator::shipped,
                Calibrator::from_toml,
            )?,
            follow_up: parse_file(
                fitted(given.retrieval.follow_up, FOLLOW_UP_FILE),
                FollowUpWeights::shipped,
                FollowUpWeights::from_toml,
            )?,
            follow_up_calibrator: parse_file(
                fitted(
                    given.decision.follow_up_calibrator,
                    FOLLOW_UP_CALIBRATOR_FILE,
                ),
                Calibrator::shipped_for_follow_ups,
                Calibrator::from_toml,
            )?,
            conversation_intents: Some(model_dir.join(INTENTS_FILE)).filter(|path| path.is_file()),
            max_bytes,
            model_dir,
            cache_dir: given
                .cache
                .dir
                .filter(|dir| !dir.as_os_str().is_empty())
                .or_else(default_cache_dir)
                .ok_or_else(|| {
                    refuse("no cache folder: set cache.dir, $JIEDA_CACHE_DIR or $HOME".into())
                })?,
        })
    }
}

/// Parses the file, or takes what ships when none is given.
fn parse_file<T, E: std::fmt::Display>(
    path: Option<PathBuf>,
    shipped: impl Fn() -> Result<T, E>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, EngineError> {
    let Some(path) = path.filter(|path| !path.as_os_str().is_empty()) else {
        return shipped().map_err(|e| EngineError::Config {
            path: "built-in".into(),
            message: e.to_string(),
        });
    };
    let path = locate(&path);
    parse(&read(&path)?).map_err(|e| EngineError::Config {
        path,
        message: e.to_string(),
    })
}

fn read(path: &Path) -> Result<String, EngineError> {
    std::fs::read_to_string(path).map_err(|e| EngineError::Config {
        path: path.to_owned(),
        message: e.to_string(),
    })
}

fn default_cache_dir() -> Option<PathBuf> {
    let set = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("JIEDA_CACHE_DIR")
        .or_else(|| set("XDG_CACHE_HOME").map(|dir| dir.join("jieda")))
        .or_else(|| set("HOME").map(|dir| dir.join(".cache").join("jieda")))
        .or_else(|| set("LOCALAPPDATA").map(|dir| dir.join("jieda")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<EngineConfig, EngineError> {
        EngineConfig::from_toml(
            &format!("cache.dir = \"/c\"\n{text}"),
            Path::new("test.toml"),
        )
    }

    #[test]
    fn the_shipped_file_says_what_the_defaults_are() {
        let spelled_out = SHIPPED
            .replace("# Entries", "#")
            .replace("dir = \"\"", "dir = \"/c\"");
        let full = EngineConfig::from_toml(&spelled_out, Path::new("jieda.toml")).unwrap();
        assert_eq!(full, load("").unwrap());
    }

    #[test]
    fn what_was_fitted_to_a_model_lies_beside_it() {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let base = EngineConfig::load_for_model(None, &models.join("jieda-zh-base")).unwrap();
        let shipped = load("").unwrap();
        assert_ne!(base.fusion, shipped.fusion);
        assert_ne!(base.calibrator, shipped.calibrator);
        let small = EngineConfig::load_for_model(None, &models.join("jieda-zh-small")).unwrap();
        assert_eq!(small.fusion, shipped.fusion);
        let given = load("model.dir = \"models/jieda-zh-base\"").unwrap();
        assert_eq!(given.fusion, base.fusion);
    }

    #[test]
    fn faults_are_named() {
        let check = |text: &str, expected: &str| {
            let message = load(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        };
        check("retrieval.candidate = 1", "candidate");
        check("retrieval.candidates = 1", "5 to 1000");
        check("input.max_bytes = 0", "max_bytes");
        check("model.device = \"gpu\"", "model.device `gpu`");
        check("model.precision = \"int4\"", "int4");
        check(
            "decision.policy = \"/no/such/policy.toml\"",
            "/no/such/policy.toml",
        );
    }
}
