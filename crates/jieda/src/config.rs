//! Configuration: raw TOML → checked. Unknown keys are refused.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use jieda_decision::{Calibrator, Policy};
use jieda_model::{LoadOptions, Precision};
use jieda_retrieval::{FollowUpWeights, Fusion};
use serde::Deserialize;

use crate::{ConfigSource, EngineError, INTENTS_FILE, VectorPlace, config_source::Section, locate};

const SHIPPED: &str = include_str!("../jieda.toml");
/// In a model's folder: what `jieda eval fit` learned for it.
const FUSION_FILE: &str = "fusion.toml";
const CALIBRATOR_FILE: &str = "calibrator.toml";
const FOLLOW_UP_FILE: &str = "follow-up.toml";
const FOLLOW_UP_CALIBRATOR_FILE: &str = "follow-up-calibrator.toml";
/// The table of the service, which this crate does not read.
const SERVER_TABLE: &str = "server";
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
    /// Where vectors are searched.
    pub vectors: VectorPlace,
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
    /// Texts whose reading an engine remembers; 0 for none.
    pub remembered_texts: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    model: RawModel,
    retrieval: RawRetrieval,
    search: RawSearch,
    decision: RawDecision,
    input: RawInput,
    cache: RawCache,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawModel {
    dir: PathBuf,
    device: String,
    precision: Precision,
    threads: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRetrieval {
    candidates: usize,
    fusion: PathBuf,
    follow_up: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSearch {
    vectors: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDecision {
    policy: PathBuf,
    calibrator: PathBuf,
    follow_up_calibrator: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInput {
    max_bytes: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCache {
    dir: PathBuf,
    texts: usize,
}

impl EngineConfig {
    /// The built-in defaults: a TOML file with every key of the engine and what it means.
    pub const DEFAULTS: &'static str = SHIPPED;

    /// The configuration that ships with jieda.
    ///
    /// # Errors
    /// [`EngineError::Config`] when no cache folder can be found.
    pub fn shipped() -> Result<Self, EngineError> {
        Self::of(&ConfigSource::default())
    }

    /// Reads a file; keys that it leaves out keep their defaults.
    ///
    /// # Errors
    /// [`EngineError::Config`].
    pub fn load(path: &Path) -> Result<Self, EngineError> {
        Self::of(&ConfigSource::file(path)?)
    }

    /// The same with another model than the file's, or than the one that ships. Weights and confidence
    /// go with the model: where the file names none, those in the model's folder are taken
    /// (`fusion.toml`, `calibrator.toml`), else those that ship.
    ///
    /// # Errors
    /// [`EngineError::Config`].
    pub fn load_for_model(path: Option<&Path>, model: &Path) -> Result<Self, EngineError> {
        let source = path.map(ConfigSource::file).transpose()?;
        Self::of(&source.unwrap_or_default().with_model(model))
    }

    /// Reads a configuration; `path` is only named in errors.
    ///
    /// # Errors
    /// [`EngineError::Config`].
    pub fn from_toml(text: &str, path: &Path) -> Result<Self, EngineError> {
        Self::of(&ConfigSource::text(text, path))
    }

    /// Reads the keys of the engine from all layers of a configuration.
    ///
    /// # Errors
    /// [`EngineError::Config`] with file, line and column, or the variable of the environment.
    pub fn of(source: &ConfigSource) -> Result<Self, EngineError> {
        let raw: Raw = source.section(SHIPPED, Section::AllBut(SERVER_TABLE))?;
        Self::check(raw, source)
    }

    /// The policy in force for a knowledge base that may have one of its own.
    pub(crate) fn policy_with<'a>(&'a self, own: Option<&'a Policy>) -> &'a Policy {
        match (own, &self.policy_file) {
            (Some(own), None) => own,
            _ => &self.policy,
        }
    }

    fn check(raw: Raw, source: &ConfigSource) -> Result<Self, EngineError> {
        let refuse = |message: String| EngineError::Config {
            path: source.path().to_owned(),
            message,
        };
        let Raw {
            model,
            retrieval,
            search,
            decision,
            input,
            cache,
        } = raw;
        if !CANDIDATES.contains(&retrieval.candidates) {
            let (low, high) = (CANDIDATES.start(), CANDIDATES.end());
            return Err(refuse(format!(
                "retrieval.candidates must be {low} to {high}"
            )));
        }
        if input.max_bytes == 0 {
            return Err(refuse("input.max_bytes must be at least 1".into()));
        }
        let model_options = LoadOptions {
            device: model
                .device
                .parse()
                .map_err(|e| refuse(format!("model.{e}")))?,
            precision: model.precision,
            threads: NonZeroUsize::new(model.threads),
            ..LoadOptions::default()
        };
        let model_dir = locate(&model.dir);
        // What was fitted to a model lies beside it.
        let fitted = |given: PathBuf, name: &str| {
            named(given).or_else(|| Some(model_dir.join(name)).filter(|path| path.is_file()))
        };
        let policy_file = named(decision.policy);
        Ok(Self {
            model_options,
            candidates: retrieval.candidates,
            vectors: VectorPlace::at(search.vectors),
            fusion: parse_file(
                fitted(retrieval.fusion, FUSION_FILE),
                Fusion::shipped,
                Fusion::from_toml,
            )?,
            policy: parse_file(policy_file.clone(), Policy::shipped, Policy::from_toml)?,
            policy_file: policy_file.map(|path| locate(&path)),
            calibrator: parse_file(
                fitted(decision.calibrator, CALIBRATOR_FILE),
                Calibrator::shipped,
                Calibrator::from_toml,
            )?,
            follow_up: parse_file(
                fitted(retrieval.follow_up, FOLLOW_UP_FILE),
                FollowUpWeights::shipped,
                FollowUpWeights::from_toml,
            )?,
            follow_up_calibrator: parse_file(
                fitted(decision.follow_up_calibrator, FOLLOW_UP_CALIBRATOR_FILE),
                Calibrator::shipped_for_follow_ups,
                Calibrator::from_toml,
            )?,
            conversation_intents: Some(model_dir.join(INTENTS_FILE)).filter(|path| path.is_file()),
            max_bytes: input.max_bytes,
            remembered_texts: cache.texts,
            model_dir,
            cache_dir: named(cache.dir).or_else(default_cache_dir).ok_or_else(|| {
                refuse("no cache folder: set cache.dir, $JIEDA_CACHE_DIR or $HOME".into())
            })?,
        })
    }
}

/// A path that was left empty is none.
fn named(path: PathBuf) -> Option<PathBuf> {
    Some(path).filter(|path| !path.as_os_str().is_empty())
}

/// Parses the file, or takes what ships when none is given.
fn parse_file<T, E: std::fmt::Display>(
    path: Option<PathBuf>,
    shipped: impl Fn() -> Result<T, E>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, EngineError> {
    let Some(path) = path else {
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

pub(crate) fn read(path: &Path) -> Result<String, EngineError> {
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
        let spelled_out = SHIPPED.replace("dir = \"\"", "dir = \"/c\"");
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
