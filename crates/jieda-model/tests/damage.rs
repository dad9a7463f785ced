//! A missing or damaged model folder gives a clear error, and never a vector.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use jieda_model::{ModelError, TransformerEncoder};

fn shipped() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models/jieda-zh-base")
}

/// Loads a copy of the shipped model in which something was changed.
fn load_changed(change: impl FnOnce(&Path)) -> ModelError {
    let copy = tempfile::tempdir().unwrap();
    for name in [
        "manifest.toml",
        "config.json",
        "tokenizer.json",
        "model.gguf",
    ] {
        fs::copy(shipped().join(name), copy.path().join(name)).unwrap();
    }
    change(copy.path());
    TransformerEncoder::load(copy.path()).expect_err("must be refused")
}

fn flip_byte(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn one_changed_byte_is_noticed_in_every_file() {
    for name in ["config.json", "tokenizer.json", "model.gguf"] {
        let error = load_changed(|dir| {
            let length = fs::metadata(dir.join(name)).unwrap().len() as usize;
            flip_byte(&dir.join(name), length / 2);
        });
        assert!(
            matches!(error, ModelError::Damaged { .. }),
            "{name}: {error}"
        );
        let message = error.to_string();
        assert!(
            message.contains(name) && message.contains("sha256"),
            "{message}"
        );
    }
}

#[test]
fn a_cut_file_is_noticed() {
    let error = load_changed(|dir| {
        let bytes = fs::read(dir.join("model.gguf")).unwrap();
        fs::write(dir.join("model.gguf"), &bytes[..bytes.len() - 7]).unwrap();
    });
    assert!(error.to_string().contains("bytes"), "{error}");
}

#[test]
fn a_missing_file_is_named() {
    for name in [
        "manifest.toml",
        "config.json",
        "tokenizer.json",
        "model.gguf",
    ] {
        let error = load_changed(|dir| fs::remove_file(dir.join(name)).unwrap());
        assert!(matches!(error, ModelError::Unreadable { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_faulty_manifest_is_refused() {
    let check = |from: &str, to: &str, expected: &str| {
        let error = load_changed(|dir| replace(&dir.join("manifest.toml"), from, to));
        assert!(error.to_string().contains(expected), "{error}");
    };
    check("architecture = \"bert\"", "architecture = \"gpt\"", "gpt");
    check("pooling =", "poling =", "poling");
    check("\"model.gguf\"", "\"../model.gguf\"", "../model.gguf");
    check("dimensions = 384", "dimensions = 385", "385");
}

#[test]
fn the_id_depends_on_what_changes_vectors() {
    let manifest = jieda_model::ModelManifest::load(&shipped()).unwrap();
    let mut other = manifest.clone();
    other.query_prefix = "查询：".into();
    assert_ne!(manifest.encoder_id().unwrap(), other.encoder_id().unwrap());
    assert!(
        manifest
            .encoder_id()
            .unwrap()
            .as_str()
            .starts_with("jieda-zh-base@1+")
    );
}
