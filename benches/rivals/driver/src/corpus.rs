//! The folder that rivals read: texts as JSON lines, vectors as little-endian f32 one behind the other.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use jieda::types::{Embedding, Encoded};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::Result;

/// What a row of the corpus is to its FAQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// One way to ask it.
    Phrasing,
    /// Its question with its answer.
    Answer,
}

/// A text that is searched.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) faq: String,
    pub(crate) intent: String,
    pub(crate) kind: Kind,
    /// Normalised.
    pub(crate) text: String,
}

/// A labelled query.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) faq: String,
    pub(crate) intent: String,
    /// `train` or `test`.
    pub(crate) split: String,
    /// As the customer typed it.
    pub(crate) original: String,
    /// Normalised, without numbers that only say whose it is.
    pub(crate) text: String,
}

/// The rows or the queries of a corpus, each with its vector.
pub(crate) struct Table {
    lines: PathBuf,
    vectors: PathBuf,
}

impl Table {
    pub(crate) fn rows(corpus: &Path) -> Self {
        Self::named(corpus, "rows")
    }

    pub(crate) fn queries(corpus: &Path) -> Self {
        Self::named(corpus, "queries")
    }

    fn named(corpus: &Path, name: &str) -> Self {
        Self {
            lines: corpus.join(format!("{name}.jsonl")),
            vectors: corpus.join(format!("{name}.f32")),
        }
    }

    pub(crate) fn write<T: Serialize>(&self, lines: &[T], vectors: &[Encoded]) -> Result<()> {
        let mut out = BufWriter::new(File::create(&self.lines)?);
        for line in lines {
            writeln!(out, "{}", serde_json::to_string(line)?)?;
        }
        out.flush()?;
        let mut out = BufWriter::new(File::create(&self.vectors)?);
        for x in vectors.iter().flat_map(|v| v.embedding.as_slice()) {
            out.write_all(&x.to_le_bytes())?;
        }
        out.flush()?;
        Ok(())
    }

    pub(crate) fn lines<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        let text = fs::read_to_string(&self.lines)?;
        Ok(text
            .lines()
            .map(serde_json::from_str)
            .collect::<std::result::Result<_, _>>()?)
    }

    /// One a line. They come back bit for bit: a unit vector is not scaled again.
    pub(crate) fn vectors(&self, lines: usize) -> Result<Vec<Encoded>> {
        let bytes = fs::read(&self.vectors)?;
        let numbers: Vec<f32> = bytes
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        let dimensions = numbers.len() / lines.max(1);
        if dimensions == 0 || numbers.len() != dimensions * lines {
            return Err(format!("{}: not one vector a line", self.vectors.display()).into());
        }
        let encoded = |vector: &[f32]| -> Result<Encoded> {
            Ok(Encoded {
                embedding: serde_json::from_value::<Embedding>(serde_json::to_value(vector)?)?,
                tokens: 1,
                truncated_tokens: 0,
            })
        };
        numbers.chunks_exact(dimensions).map(encoded).collect()
    }
}
