//! Where vectors come from: the encoder, or the exported files.

use std::{collections::HashMap, num::NonZeroUsize, path::Path, sync::Arc};

use jieda::{
    EngineConfig, SharedEncoder,
    types::{Encoded, Encoder, EncoderId, StageError, TextRole},
};

use crate::{
    Result,
    corpus::{Asked, Kind, Row, Table},
};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The index, with vectors given.
    Index,
    /// From the text: encoding is part of it.
    Text,
}

impl Way {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Text => "text",
        }
    }

    /// What makes the vectors of an index.
    pub(crate) fn encoder_of_rows(self, corpus: &Path) -> Result<SharedEncoder> {
        match self {
            Self::Index => Ok(shared(Given::all(corpus)?)),
            Self::Text => Ok(SharedEncoder::load(&EngineConfig::shipped()?)?),
        }
    }

    /// What makes the vectors of queries, with so many threads; none for as many as there are cores.
    pub(crate) fn encoder(
        self,
        corpus: &Path,
        threads: Option<NonZeroUsize>,
    ) -> Result<SharedEncoder> {
        match self {
            Self::Index => Ok(shared(Given::queries(corpus)?)),
            Self::Text => {
                let mut config = EngineConfig::shipped()?;
                config.model_options.threads = threads.or(config.model_options.threads);
                Ok(SharedEncoder::load(&config)?)
            }
        }
    }
}

impl std::str::FromStr for Way {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "index" => Ok(Self::Index),
            "text" => Ok(Self::Text),
            _ => Err(format!("unknown way {text}; known: index, text")),
        }
    }
}

fn shared(given: Given) -> SharedEncoder {
    let given: Arc<dyn Encoder> = Arc::new(given);
    given.into()
}

/// Looks vectors up instead of computing them.
struct Given {
    id: EncoderId,
    dimensions: usize,
    queries: HashMap<String, Encoded>,
    passages: HashMap<String, Encoded>,
}

impl Given {
    /// Those of the queries: an index that is there needs no others, and they would count as its memory.
    fn queries(corpus: &Path) -> Result<Self> {
        let table = Table::queries(corpus);
        let asked: Vec<Asked> = table.lines()?;
        let vectors = table.vectors(asked.len())?;
        Ok(Self {
            id: EncoderId::new("given")?,
            dimensions: vectors.first().map_or(0, |v| v.embedding.as_slice().len()),
            queries: asked.into_iter().map(|a| a.text).zip(vectors).collect(),
            passages: HashMap::new(),
        })
    }

    /// Those of the rows as well.
    fn all(corpus: &Path) -> Result<Self> {
        let mut all = Self::queries(corpus)?;
        let table = Table::rows(corpus);
        let rows: Vec<Row> = table.lines()?;
        let vectors = table.vectors(rows.len())?;
        for (row, vector) in rows.into_iter().zip(vectors) {
            let texts = match row.kind {
                Kind::Phrasing => &mut all.queries,
                Kind::Answer => &mut all.passages,
            };
            texts.insert(row.text, vector);
        }
        Ok(all)
    }
}

impl Encoder for Given {
    fn encode(
        &self,
        texts: &[&str],
        role: TextRole,
    ) -> std::result::Result<Vec<Encoded>, StageError> {
        let known = match role {
            TextRole::Query => &self.queries,
            TextRole::Passage => &self.passages,
        };
        let vector = |text: &&str| {
            let vector = known.get(*text).cloned();
            vector.ok_or_else(|| StageError::new("encoder", format!("not exported: {text}")))
        };
        texts.iter().map(vector).collect()
    }

    fn id(&self) -> &EncoderId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }
}
