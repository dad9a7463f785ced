//! The encoder: folder in, unit vectors out.

use std::path::Path;

use candle_core::Device;
use jieda_types::{Embedding, Encoded, Encoder, EncoderId, StageError, TextRole};

use crate::{
    ModelError, ModelManifest, Pooling,
    batch::{self, Batch},
    bert::{Bert, BertConfig},
    tokenize::{TextTokenizer, TokenizedText},
    weights::Weights,
};

const WEIGHTS_FILE: &str = "model.gguf";
const TOKENIZER_FILE: &str = "tokenizer.json";
const CONFIG_FILE: &str = "config.json";

/// A transformer encoder on candle.
pub struct TransformerEncoder {
    id: EncoderId,
    manifest: ModelManifest,
    tokenizer: TextTokenizer,
    bert: Bert,
    pad: u32,
    device: Device,
}

impl std::fmt::Debug for TransformerEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransformerEncoder")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl TransformerEncoder {
    /// Loads a model folder on the CPU; every file is verified first.
    ///
    /// # Errors
    /// [`ModelError`]: a file is missing, damaged, or not what this crate can run.
    pub fn load(dir: &Path) -> Result<Self, ModelError> {
        let manifest = ModelManifest::load(dir)?;
        let (tokenizer, network) = std::thread::scope(|scope| {
            let tokenizer = scope.spawn(|| load_tokenizer(dir, &manifest));
            let network = load_network(dir, &manifest);
            let tokenizer = tokenizer.join().unwrap_or_else(|_| {
                Err(ModelError::Unusable {
                    path: dir.join(TOKENIZER_FILE),
                    message: "the tokenizer library panicked on it".into(),
                })
            });
            (tokenizer, network)
        });
        let (bert, config) = network?;
        Ok(Self {
            id: manifest.encoder_id()?,
            tokenizer: tokenizer?,
            bert,
            pad: config.pad_token_id,
            device: Device::Cpu,
            manifest,
        })
    }

    /// What the folder says of itself.
    #[must_use]
    pub fn manifest(&self) -> &ModelManifest {
        &self.manifest
    }

    fn encode_texts(&self, texts: &[&str], role: TextRole) -> Result<Vec<Encoded>, ModelError> {
        let prefix = match role {
            TextRole::Query => &self.manifest.query_prefix,
            TextRole::Passage => &self.manifest.passage_prefix,
        };
        let tokenized = texts
            .iter()
            .map(|text| self.tokenizer.tokenize(prefix, text))
            .collect::<Result<Vec<_>, _>>()?;
        let mut encoded: Vec<Option<Encoded>> = vec![None; texts.len()];
        for members in batch::plan(&tokenized) {
            let rows: Vec<&TokenizedText> = members.iter().map(|&i| &tokenized[i]).collect();
            for (&i, embedding) in members.iter().zip(self.forward(&rows)?) {
                encoded[i] = Some(Encoded {
                    embedding,
                    tokens: tokenized[i].ids.len(),
                    truncated_tokens: tokenized[i].truncated,
                });
            }
        }
        // Invariant: the plan holds each text once.
        Ok(encoded.into_iter().flatten().collect())
    }

    fn forward(&self, texts: &[&TokenizedText]) -> Result<Vec<Embedding>, ModelError> {
        let batch = Batch::new(texts, self.pad, &self.device)?;
        let hidden = self.bert.forward(&batch)?;
        let pooled = match self.manifest.pooling {
            Pooling::Mean => batch.mean_pool(&hidden)?,
        };
        Ok(pooled
            .to_vec2::<f32>()?
            .into_iter()
            .map(Embedding::normalized)
            .collect())
    }
}

impl Encoder for TransformerEncoder {
    fn encode(&self, texts: &[&str], role: TextRole) -> Result<Vec<Encoded>, StageError> {
        self.encode_texts(texts, role)
            .map_err(|e| StageError::new("encoder", e))
    }

    fn id(&self) -> &EncoderId {
        &self.id
    }

    fn dimensions(&self) -> usize {
        self.manifest.dimensions
    }
}

fn load_tokenizer(dir: &Path, manifest: &ModelManifest) -> Result<TextTokenizer, ModelError> {
    let bytes = manifest.read_verified(dir, TOKENIZER_FILE)?;
    TextTokenizer::load(&bytes, &dir.join(TOKENIZER_FILE), manifest.max_tokens)
}

fn load_network(dir: &Path, manifest: &ModelManifest) -> Result<(Bert, BertConfig), ModelError> {
    let config = load_config(dir, manifest)?;
    let bytes = manifest.read_verified(dir, WEIGHTS_FILE)?;
    let bert = Weights::open(bytes, &Device::Cpu)
        .and_then(|mut weights| Bert::load(&mut weights, &config))
        .map_err(|e| ModelError::Unusable {
            path: dir.join(WEIGHTS_FILE),
            message: e.to_string(),
        })?;
    Ok((bert, config))
}

fn load_config(dir: &Path, manifest: &ModelManifest) -> Result<BertConfig, ModelError> {
    let unusable = |message| ModelError::Unusable {
        path: dir.join(CONFIG_FILE),
        message,
    };
    let bytes = manifest.read_verified(dir, CONFIG_FILE)?;
    let config: BertConfig = serde_json::from_slice(&bytes).map_err(|e| unusable(e.to_string()))?;
    config.check().map_err(unusable)?;
    if config.hidden_size != manifest.dimensions {
        return Err(unusable(format!(
            "hidden_size is {}, the manifest says {} dimensions",
            config.hidden_size, manifest.dimensions
        )));
    }
    if manifest.max_tokens > config.max_position_embeddings {
        return Err(unusable(format!(
            "max_position_embeddings is {}, the manifest says {} tokens",
            config.max_position_embeddings, manifest.max_tokens
        )));
    }
    Ok(config)
}
