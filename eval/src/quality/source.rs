//! What was measured, and with what.

use std::{io, path::Path};

use jieda::{Engine, Identity, Thresholds, Tuned};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::truth::Split;

/// Where the figures come from: whoever has the same gets the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Source {
    /// The command that measured.
    pub command: String,
    /// The files with labels.
    pub files: Vec<SourceFile>,
    /// The lines that were taken of them; none for all.
    pub split: Option<Split>,
    /// The time that was asked at, as the command has it; none for no particular time.
    pub at: Option<String>,
}

/// A file with labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceFile {
    /// What its lines are.
    pub role: Role,
    /// Its path, as the command has it.
    pub path: String,
    /// Lines that were taken.
    pub lines: usize,
    /// The sha256 of all of it, in hexadecimal digits.
    pub sha256: String,
}

/// What the lines of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Queries with the FAQ that answers them.
    Queries,
    /// Queries that none answers.
    Unanswerable,
    /// Texts that belong to a human, and look-alikes.
    Handoff,
    /// Conversations.
    Transcripts,
}

/// What answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subject {
    /// Name of the knowledge base.
    pub name: String,
    /// Its enabled FAQs.
    pub faqs: usize,
    /// Its intents.
    pub intents: usize,
    /// Release or contents of the knowledge base.
    pub knowledge: String,
    /// Hash of all else that decides.
    pub policy: String,
    /// Who makes the vectors.
    pub encoder: Option<String>,
    /// The thresholds in force.
    #[serde(skip)]
    pub thresholds: Thresholds,
    /// Where the thresholds come from, when they were tuned.
    pub tuned: Option<Tuned>,
    /// Version of jieda.
    pub jieda: &'static str,
}

impl SourceFile {
    /// Hashes a file.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read(role: Role, path: &Path, lines: usize) -> io::Result<Self> {
        let digest = Sha256::digest(std::fs::read(path)?);
        Ok(Self {
            role,
            path: path.display().to_string(),
            lines,
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

impl Subject {
    pub(super) fn of(engine: &Engine) -> Self {
        let kb = engine.searcher().kb();
        let Identity { knowledge, policy } = engine.identity().clone();
        Self {
            name: kb.name.clone(),
            faqs: kb.faqs.iter().filter(|faq| faq.enabled).count(),
            intents: kb.intents.len(),
            knowledge,
            policy,
            encoder: engine.searcher().encoder_id().map(ToString::to_string),
            thresholds: engine.policy().thresholds,
            tuned: engine.policy().tuned.clone(),
            jieda: env!("CARGO_PKG_VERSION"),
        }
    }
}
