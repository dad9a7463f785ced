//! Understanding and finding: a knowledge base, its segmenter, encoder and index.

use std::path::Path;

use jieda_knowledge::{KnowledgeBase, release::Release};
use jieda_model::Adapter;
use jieda_retrieval::{FaqMask, FusionWeights, HybridIndex, SearchMode};
use jieda_text::{Identifiers, JiebaSegmenter};
use jieda_types::{
    Candidate, Candidates, Encoded, EncoderId, Query, Retriever as _, Segmented, Segmenter,
    StageError, TextRole,
};

use crate::{
    EngineConfig, EngineError, Occasion, Progress, SharedEncoder, cache::Cache, learned::Learned,
    publishing::Bundle, serving::Admission,
};

/// A text, cut and encoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// Its words.
    pub segmented: Segmented,
    /// Its vector; none in BM25 mode.
    pub encoded: Option<Encoded>,
}

impl Understood {
    /// As retrieval wants it.
    #[must_use]
    pub fn query(&self) -> Query<'_> {
        Query {
            segmented: &self.segmented,
            encoded: self.encoded.as_ref(),
        }
    }
}

/// Finds FAQs for texts; decides nothing. In BM25 mode no model is loaded.
pub struct Searcher {
    kb: KnowledgeBase,
    segmenter: JiebaSegmenter,
    identifiers: Identifiers,
    encoder: Option<SharedEncoder>,
    learned: Learned,
    index: HybridIndex,
    admission: Admission,
    max_bytes: usize,
}

/// What a folder needs to be searched, but for its index.
struct Parts {
    kb: KnowledgeBase,
    segmenter: JiebaSegmenter,
    encoder: Option<SharedEncoder>,
    mode: SearchMode,
}

impl std::fmt::Debug for Searcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Searcher")
            .field("kb", &self.kb.name)
            .finish_non_exhaustive()
    }
}

impl Searcher {
    /// Loads a knowledge base folder and, unless in BM25 mode, the model; reads or builds the index.
    /// If the folder holds an [adapter](Adapter) ([`ADAPTER_FILE`](crate::ADAPTER_FILE)), queries are moved
    /// by it.
    ///
    /// # Errors
    /// [`EngineError`]: files of the knowledge base or of the model are faulty, the adapter is another
    /// model's, or the cache can't be written.
    pub fn open(
        config: &EngineConfig,
        kb_dir: &Path,
        mode: SearchMode,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, EngineError> {
        Self::open_bare(config, kb_dir, mode, progress)?.with_learned(kb_dir)
    }

    /// The same with an encoder that is loaded already.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(
        config: &EngineConfig,
        kb_dir: &Path,
        encoder: &SharedEncoder,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, EngineError> {
        let kb = KnowledgeBase::load(kb_dir)?;
        let segmenter = JiebaSegmenter::new(&kb.dictionary)?;
        let encoder = Some(encoder.clone());
        let mode = SearchMode::Hybrid;
        Self::indexed(
            config,
            Parts {
                kb,
                segmenter,
                encoder,
                mode,
            },
            progress,
        )?
        .with_learned(kb_dir)
    }

    /// The same without anything that was learned for the folder: to learn it anew.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn open_bare(
        config: &EngineConfig,
        kb_dir: &Path,
        mode: SearchMode,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, EngineError> {
        let kb = KnowledgeBase::load(kb_dir)?;
        let needs_model = mode != SearchMode::Bm25;
        // Dictionary and model take a quarter of a second each: both at once.
        let (segmenter, encoder) = std::thread::scope(|scope| {
            let encoder = needs_model.then(|| scope.spawn(|| SharedEncoder::load(config)));
            let segmenter = JiebaSegmenter::new(&kb.dictionary);
            let encoder =
                encoder.map(|thread| thread.join().map_err(|_| EngineError::panicked("encoder")));
            (segmenter, encoder)
        });
        let segmenter = segmenter?;
        let encoder = encoder.transpose()?.transpose()?;
        Self::indexed(
            config,
            Parts {
                kb,
                segmenter,
                encoder,
                mode,
            },
            progress,
        )
    }

    /// Reads or builds the index.
    fn indexed(
        config: &EngineConfig,
        parts: Parts,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, EngineError> {
        let Parts {
            kb,
            segmenter,
            encoder,
            mode,
        } = parts;
        let cache = Cache::new(&config.cache_dir);
        let text = cache.text_index(&kb, &segmenter, progress)?;
        let vectors = encoder
            .as_ref()
            .map(|encoder| cache.vectors(&kb, &segmenter, encoder.encoder().as_ref(), progress))
            .transpose()?;
        let index = config.vectors.search(vectors, |vectors| {
            HybridIndex::new(&kb, text, vectors, &config.fusion.weights, mode)
        })?;
        Ok(Self {
            admission: Admission::new(&kb),
            identifiers: identifiers(&kb),
            kb,
            segmenter,
            encoder,
            learned: Learned::default(),
            index,
            max_bytes: config.max_bytes,
        })
    }

    fn with_learned(self, kb_dir: &Path) -> Result<Self, EngineError> {
        let learned = Learned::load(kb_dir, self.encoder_id())?;
        Ok(Self { learned, ..self })
    }

    /// Opens a release, whose indexes were made when it was published. Every byte of it is checked
    /// first. Without an encoder, one is loaded if the mode needs it.
    ///
    /// # Errors
    /// [`EngineError`]: the release is damaged, or was made with another model.
    pub fn of_release(
        config: &EngineConfig,
        release: &Release,
        mode: SearchMode,
        encoder: Option<&SharedEncoder>,
    ) -> Result<Self, EngineError> {
        // Dictionary, model and release are read side by side.
        let (bundle, encoder, segmenter) = std::thread::scope(|scope| {
            let loading = (encoder.is_none() && mode != SearchMode::Bm25)
                .then(|| scope.spawn(|| SharedEncoder::load(config)));
            let segmenter = scope.spawn(JiebaSegmenter::bare);
            let bundle = Bundle::open(release);
            let loaded = loading.map(|thread| {
                let loaded = thread.join();
                loaded.map_err(|_| EngineError::panicked("encoder"))
            });
            let segmenter = segmenter.join();
            (
                bundle,
                loaded.or(encoder.cloned().map(|e| Ok(Ok(e)))),
                segmenter.map_err(|_| EngineError::panicked("segmenter")),
            )
        });
        let encoder = encoder
            .filter(|_| mode != SearchMode::Bm25)
            .transpose()?
            .transpose()?;
        Self::of_bundle(config, bundle?, segmenter??, encoder, mode)
    }

    /// Over the parts of a release, with a segmenter that may lack the knowledge base's words.
    pub(crate) fn of_bundle(
        config: &EngineConfig,
        bundle: Bundle,
        segmenter: JiebaSegmenter,
        encoder: Option<SharedEncoder>,
        mode: SearchMode,
    ) -> Result<Self, EngineError> {
        let Bundle {
            kb,
            text,
            vectors,
            learned,
        } = bundle;
        if let Some(encoder) = &encoder {
            vectors.check_encoder(encoder.encoder().id())?;
        }
        let segmenter = segmenter.with_words(&kb.dictionary);
        let vectors = encoder.is_some().then_some(vectors);
        let index = config.vectors.search(vectors, |vectors| {
            HybridIndex::new(&kb, text, vectors, &config.fusion.weights, mode)
        })?;
        Ok(Self {
            admission: Admission::new(&kb),
            identifiers: identifiers(&kb),
            kb,
            segmenter,
            learned,
            encoder,
            index,
            max_bytes: config.max_bytes,
        })
    }

    /// The same with other fusion weights.
    #[must_use]
    pub fn with_fusion(self, weights: &FusionWeights) -> Self {
        Self {
            index: self.index.with_weights(weights),
            ..self
        }
    }

    /// The same with another adapter, or without.
    #[must_use]
    pub fn with_adapter(self, adapter: Option<Adapter>) -> Self {
        let learned = Learned {
            adapter,
            ..self.learned
        };
        Self { learned, ..self }
    }

    /// A text as queries are normalised.
    #[must_use]
    pub fn normalized(&self, text: &str) -> String {
        self.segmenter.normalizer().normalize(text).text
    }

    pub(crate) fn learned(&self) -> &Learned {
        &self.learned
    }

    /// The knowledge base.
    #[must_use]
    pub fn kb(&self) -> &KnowledgeBase {
        &self.kb
    }

    /// Why the processor encodes although `model.device = "auto"` hoped for a CUDA device.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        self.encoder.as_ref()?.warning()
    }

    /// Who makes the vectors; none in BM25 mode.
    #[must_use]
    pub fn encoder_id(&self) -> Option<&EncoderId> {
        self.encoder.as_ref().map(|encoder| encoder.encoder().id())
    }

    /// The index.
    #[must_use]
    pub fn index(&self) -> &HybridIndex {
        &self.index
    }

    /// Checks a text and cuts it, without the numbers that only say whose it is ([`Identifiers`]): a text that is
    /// nothing but an order number has no words.
    ///
    /// # Errors
    /// [`EngineError::EmptyUtterance`] or [`EngineError::UtteranceTooLong`].
    pub fn segment(&self, text: &str) -> Result<Segmented, EngineError> {
        self.check_length(text)?;
        let segmented = Segmented {
            original: text.to_owned(),
            ..self.segmenter.segment(&self.identifiers.blank(text))
        };
        if segmented.normalized.is_empty() && self.normalized(text).is_empty() {
            Err(EngineError::EmptyUtterance)
        } else {
            Ok(segmented)
        }
    }

    pub(crate) fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    pub(crate) fn check_length(&self, text: &str) -> Result<(), EngineError> {
        if text.len() > self.max_bytes {
            return Err(EngineError::UtteranceTooLong {
                bytes: text.len(),
                limit: self.max_bytes,
            });
        }
        Ok(())
    }

    /// Encodes a text that was cut; nothing in BM25 mode.
    ///
    /// # Errors
    /// [`StageError`] when the model fails.
    pub fn encode(&self, segmented: &Segmented) -> Result<Option<Encoded>, StageError> {
        let Some(encoder) = &self.encoder else {
            return Ok(None);
        };
        let mut vectors = encoder
            .encoder()
            .encode(&[&segmented.normalized], TextRole::Query)?;
        Ok(vectors.pop().map(|encoded| self.adapt(encoded)))
    }

    fn adapt(&self, encoded: Encoded) -> Encoded {
        match &self.learned.adapter {
            None => encoded,
            Some(adapter) => Encoded {
                embedding: adapter.apply(&encoded.embedding),
                ..encoded
            },
        }
    }

    /// Cuts and encodes a text.
    ///
    /// # Errors
    /// [`EngineError`] for a text that is empty or too long, or when the model fails.
    pub fn understand(&self, text: &str) -> Result<Understood, EngineError> {
        let segmented = self.segment(text)?;
        let encoded = self.encode(&segmented)?;
        Ok(Understood { segmented, encoded })
    }

    /// Cuts and encodes many texts, in batches.
    ///
    /// # Errors
    /// As [`understand`](Self::understand); the first faulty text ends it.
    pub fn understand_all(&self, texts: &[&str]) -> Result<Vec<Understood>, EngineError> {
        let segmented = texts
            .iter()
            .map(|text| self.segment(text))
            .collect::<Result<Vec<_>, _>>()?;
        let encoded: Vec<Option<Encoded>> = match &self.encoder {
            None => vec![None; texts.len()],
            Some(encoder) => {
                let normalized: Vec<&str> =
                    segmented.iter().map(|s| s.normalized.as_str()).collect();
                encoder
                    .encoder()
                    .encode(&normalized, TextRole::Query)?
                    .into_iter()
                    .map(|encoded| Some(self.adapt(encoded)))
                    .collect()
            }
        };
        Ok(segmented
            .into_iter()
            .zip(encoded)
            .map(|(segmented, encoded)| Understood { segmented, encoded })
            .collect())
    }

    /// Finds the best `limit` FAQs that are enabled, whatever their dates and channels.
    ///
    /// # Errors
    /// [`StageError`] when the index fails.
    pub fn search(&self, understood: &Understood, limit: usize) -> Result<Candidates, StageError> {
        self.search_on(&understood.query(), &Occasion::whenever(), limit)
    }

    /// Finds the best `limit` FAQs among those that are served on an occasion.
    ///
    /// # Errors
    /// [`StageError`] when the index fails.
    pub fn search_on(
        &self,
        query: &Query<'_>,
        occasion: &Occasion,
        limit: usize,
    ) -> Result<Candidates, StageError> {
        self.search_among(query, self.mask(occasion).as_ref(), limit)
    }

    /// The FAQs that are served on an occasion; none when all are.
    pub(crate) fn mask(&self, occasion: &Occasion) -> Option<FaqMask> {
        self.admission.mask(&self.kb, occasion)
    }

    /// By words alone. An FAQ that asks just what the text says comes first, and `matched` is the text.
    pub(crate) fn search_by_words(
        &self,
        query: &Query<'_>,
        mask: Option<&FaqMask>,
        limit: usize,
    ) -> Result<Candidates, StageError> {
        let mut found = self.index.search_by_words(query, mask, limit)?;
        let text = &query.segmented.normalized;
        let bare = |text: &str| {
            text.chars()
                .filter(|c| c.is_alphanumeric())
                .collect::<String>()
        };
        let asked = bare(text);
        let asks_it = |candidate: &Candidate| {
            let faq = self.kb.faq(&candidate.faq);
            faq.is_some_and(|faq| faq.phrasings().any(|p| bare(&self.normalized(p)) == asked))
        };
        if let Some(position) = found.ranked.iter().position(asks_it) {
            found.ranked[..=position].rotate_right(1);
            found.ranked[0].matched.clone_from(text);
        }
        Ok(found)
    }

    pub(crate) fn search_among(
        &self,
        query: &Query<'_>,
        mask: Option<&FaqMask>,
        limit: usize,
    ) -> Result<Candidates, StageError> {
        match mask {
            Some(mask) => self.index.search_among(query, mask, limit),
            None => self.index.search(query, limit),
        }
    }
}

/// Numbers that no FAQ names say nothing about which is meant.
fn identifiers(kb: &KnowledgeBase) -> Identifiers {
    let texts = kb.faqs.iter().flat_map(|faq| {
        let answer = std::iter::once(faq.answer.source());
        faq.phrasings().chain(answer)
    });
    Identifiers::unless_in(texts)
}
