//! The encoder: folder in, unit vectors out.

use std::path::Path;

use jieda_types::{Embedding, Encoded, Encoder, EncoderId, StageError, TextRole};

use crate::{
    LoadOptions, ModelError, ModelManifest,
    config::BertConfig,
    manifest::{CONFIG_FILE, MANIFEST_FILE, TOKENIZER_FILE},
    network::{self, Network},
    tokenize::TextTokenizer,
    weights::Weights,
};

/// A transformer encoder: BERT and its family.
pub struct TransformerEncoder {
    id: EncoderId,
    manifest: ModelManifest,
    tokenizer: TextTokenizer,
    network: Network,
    threads: Option<rayon::ThreadPool>,
    warning: Option<String>,
}

impl std::fmt::Debug for TransformerEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransformerEncoder")
            .field("id", &self.id)
            .field("network", &self.network.describe())
            .finish_non_exhaustive()
    }
}

impl TransformerEncoder {
    /// Loads a model folder on the processor, in int8; every file is verified first.
    ///
    /// # Errors
    /// As [`load_with`](Self::load_with).
    pub fn load(dir: &Path) -> Result<Self, ModelError> {
        Self::load_with(dir, &LoadOptions::default())
    }

    /// Loads a model folder; every file is verified first.
    ///
    /// # Errors
    /// [`ModelError`]: a file is missing, damaged, or not what this crate can run; or the device is
    /// not there.
    pub fn load_with(dir: &Path, options: &LoadOptions) -> Result<Self, ModelError> {
        let (device, warning) =
            network::open_device(options.device).map_err(|e| ModelError::Device {
                device: options.device,
                message: e.to_string(),
            })?;
        let threads = options
            .threads
            .map(|n| rayon::ThreadPoolBuilder::new().num_threads(n.get()).build())
            .transpose()
            .map_err(|e| ModelError::Threads {
                message: e.to_string(),
            })?;
        let manifest = ModelManifest::load(dir)?;
        let config = load_config(dir, &manifest)?;
        let (tokenizer, network) = std::thread::scope(|scope| {
            let tokenizer = scope.spawn(|| load_tokenizer(dir, &manifest));
            let network = run_on(threads.as_ref(), || {
                load_weights(dir, &manifest, |weights| {
                    Network::load(weights, &config, options, &device)
                })
            });
            let tokenizer = tokenizer.join().unwrap_or_else(|_| {
                Err(ModelError::Unusable {
                    path: dir.join(TOKENIZER_FILE),
                    message: "the tokenizer library panicked on it".into(),
                })
            });
            (tokenizer, network)
        });
        let (network, tokenizer) = (network?, tokenizer?);
        check_vocabulary(dir, &tokenizer, &config)?;
        Ok(Self {
            id: manifest.encoder_id_in(network.numbers())?,
            tokenizer,
            network,
            threads,
            warning,
            manifest,
        })
    }

    /// What the folder says of itself.
    #[must_use]
    pub fn manifest(&self) -> &ModelManifest {
        &self.manifest
    }

    /// Where and how it computes, for people: `cpu, int8, avx512-vnni`.
    #[must_use]
    pub fn describe(&self) -> String {
        self.network.describe()
    }

    /// Why the processor computes although [`DeviceChoice::Auto`](crate::DeviceChoice::Auto) hoped for a CUDA device.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
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
        let vectors = run_on(self.threads.as_ref(), || {
            self.network.forward(&tokenized, self.manifest.pooling)
        })?;
        Ok(vectors
            .into_iter()
            .zip(&tokenized)
            .map(|(vector, text)| Encoded {
                embedding: Embedding::normalized(vector),
                tokens: text.ids.len(),
                truncated_tokens: text.truncated,
            })
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

pub(crate) fn load_tokenizer(
    dir: &Path,
    manifest: &ModelManifest,
) -> Result<TextTokenizer, ModelError> {
    let bytes = manifest.read_verified(dir, TOKENIZER_FILE)?;
    TextTokenizer::load(&bytes, &dir.join(TOKENIZER_FILE), manifest.max_tokens)
}

/// Every id that the tokenizer can give must have its row in the network.
pub(crate) fn check_vocabulary(
    dir: &Path,
    tokenizer: &TextTokenizer,
    config: &BertConfig,
) -> Result<(), ModelError> {
    let vocabulary = tokenizer.vocabulary()?;
    if vocabulary <= config.vocab_size {
        return Ok(());
    }
    Err(ModelError::Unusable {
        path: dir.join(TOKENIZER_FILE),
        message: format!(
            "its ids go up to {}, the network knows those below {}",
            vocabulary - 1,
            config.vocab_size
        ),
    })
}

/// Runs on threads of the encoder's own, or on the caller's where it has none.
fn run_on<T: Send>(threads: Option<&rayon::ThreadPool>, work: impl FnOnce() -> T + Send) -> T {
    match threads {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// Opens the weights, checked, and makes something of them.
pub(crate) fn load_weights<T>(
    dir: &Path,
    manifest: &ModelManifest,
    load: impl FnOnce(&mut Weights) -> candle_core::Result<T>,
) -> Result<T, ModelError> {
    let name = manifest
        .weights_file()
        .ok_or_else(|| ModelError::Manifest {
            path: dir.join(MANIFEST_FILE),
            message: "[files] lists no weights: model.gguf or model.safetensors".into(),
        })?;
    let bytes = manifest.read_verified(dir, name)?;
    Weights::open(bytes)
        .and_then(|mut weights| load(&mut weights))
        .map_err(|e| ModelError::Unusable {
            path: dir.join(name),
            message: e.to_string(),
        })
}

pub(crate) fn load_config(dir: &Path, manifest: &ModelManifest) -> Result<BertConfig, ModelError> {
    let unusable = |message| ModelError::Unusable {
        path: dir.join(CONFIG_FILE),
        message,
    };
    let bytes = manifest.read_verified(dir, CONFIG_FILE)?;
    let json = serde_json::from_slice(&bytes).map_err(|e| unusable(e.to_string()))?;
    let config = BertConfig::from_json(json).map_err(unusable)?;
    if config.hidden_size != manifest.dimensions {
        return Err(unusable(format!(
            "hidden_size is {}, the manifest says {} dimensions",
            config.hidden_size, manifest.dimensions
        )));
    }
    if manifest.max_tokens > config.positions() {
        return Err(unusable(format!(
            "there are {} positions, the manifest says {} tokens",
            config.positions(),
            manifest.max_tokens
        )));
    }
    Ok(config)
}
