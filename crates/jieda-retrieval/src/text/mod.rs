//! BM25 over the FAQs' texts, on tantivy.
//!
//! One document an FAQ, in the order of the knowledge base, all in one segment: a document's number is
//! the FAQ's position. Four fields: jieba words and character grams, each over the phrasings and over
//! phrasings + answer. Texts are cut by our own segmenter before they reach tantivy, both when
//! indexing and when searching, so that no tokenizer has to be registered and customer text never
//! meets a query parser.
//!
//! The index is one [packed] file, which is searched in place, mapped: opening it costs the same
//! whatever its size. tantivy trusts its files, so the caller checks them whole before.

mod bm25;
mod build;
mod packed;

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use jieda_types::{Segmented, Signal};
use tantivy::{
    Index, ReloadPolicy,
    index::SegmentReader,
    schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
};

pub(crate) use self::bm25::Terms;
use self::{bm25::TextField, packed::PackedDirectory};
use crate::bytes::FileBytes;

/// Building or reading a text index failed.
#[derive(Debug, thiserror::Error)]
pub enum TextIndexError {
    /// tantivy failed.
    #[error("the text index failed: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// A file of the index can't be read.
    #[error("the text index {path} can't be read")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No text index, or one that was cut short.
    #[error("the text index is damaged")]
    Damaged,
}

impl From<io::Error> for TextIndexError {
    fn from(error: io::Error) -> Self {
        Self::Index(error.into())
    }
}

/// The signals that have a field.
const SIGNALS: [Signal; 4] = [
    Signal::WordsQuestion,
    Signal::GramsQuestion,
    Signal::WordsAll,
    Signal::GramsAll,
];

/// The name of the tokenizer that takes terms apart; only whoever writes needs it.
const TERMS: &str = "terms";

fn schema() -> (Schema, [(Signal, Field); 4]) {
    let mut builder = Schema::builder();
    let options = || {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(TERMS)
            .set_index_option(IndexRecordOption::WithFreqs)
            .set_fieldnorms(true);
        TextOptions::default().set_indexing_options(indexing)
    };
    let fields = SIGNALS.map(|signal| (signal, builder.add_text_field(signal.name(), options())));
    (builder.build(), fields)
}

/// A text index, open for searching.
pub struct TextIndex {
    bytes: FileBytes,
    fields: Vec<TextField>,
    faqs: usize,
}

impl TextIndex {
    /// Maps a file. The caller has checked that it is what was written; it must not be changed while
    /// it is open.
    ///
    /// # Errors
    /// [`TextIndexError`] when it can't be read or is no text index.
    pub fn open(path: &Path) -> Result<Self, TextIndexError> {
        let bytes = FileBytes::map(path).map_err(|source| TextIndexError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::read(bytes)
    }

    /// Reads a file's contents, and keeps a copy. The caller has checked that they are what was
    /// written.
    ///
    /// # Errors
    /// [`TextIndexError`] when they are no text index.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TextIndexError> {
        Self::read(FileBytes::copied(bytes))
    }

    fn read(bytes: FileBytes) -> Result<Self, TextIndexError> {
        let (schema, fields) = schema();
        let index = Index::open(PackedDirectory::open(bytes.clone())?)?;
        if index.schema() != schema {
            return Err(TextIndexError::Damaged);
        }
        // An index is never written after it is built: no reload, no watching thread.
        let searcher = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?
            .searcher();
        let [segment]: &[SegmentReader; 1] = searcher
            .segment_readers()
            .try_into()
            .map_err(|_| TextIndexError::Damaged)?;
        if segment.has_deletes() {
            return Err(TextIndexError::Damaged);
        }
        let fields = fields
            .into_iter()
            .map(|(signal, field)| TextField::open(segment, signal, field))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            fields,
            faqs: segment.max_doc() as usize,
            bytes,
        })
    }

    /// The file's contents.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many FAQs it holds.
    #[must_use]
    pub fn faq_count(&self) -> usize {
        self.faqs
    }

    /// BM25 of every FAQ in one of the four text fields, in order; FAQs that share no term have 0, and
    /// so has every FAQ for a signal that is not BM25's.
    ///
    /// # Errors
    /// [`TextIndexError`] when the index can't be read.
    pub fn score(&self, query: &Segmented, signal: Signal) -> Result<Vec<f32>, TextIndexError> {
        self.score_terms(&Terms::of(query), signal)
    }

    pub(crate) fn score_terms(
        &self,
        terms: &Terms,
        signal: Signal,
    ) -> Result<Vec<f32>, TextIndexError> {
        let mut scores = vec![0.0; self.faqs];
        if let Some(field) = self.field(signal) {
            field.score(terms, &mut scores)?;
        }
        Ok(scores)
    }

    /// The same scores of some FAQs alone, by position, in rising order.
    pub(crate) fn score_some(
        &self,
        terms: &Terms,
        signal: Signal,
        faqs: &[u32],
    ) -> Result<Vec<f32>, TextIndexError> {
        match self.field(signal) {
            Some(field) => Ok(field.score_some(terms, faqs)?),
            None => Ok(vec![0.0; faqs.len()]),
        }
    }

    /// Share of the query's words that an FAQ's text contains, each weighted by its rarity
    /// (inverse document frequency); words that no FAQ has weigh most. `faq` is its position.
    ///
    /// # Errors
    /// [`TextIndexError`] when the index can't be read.
    pub fn covered(&self, query: &Segmented, faq: usize) -> Result<f32, TextIndexError> {
        match (self.field(Signal::WordsAll), u32::try_from(faq)) {
            (Some(field), Ok(faq)) => Ok(field.covered(&Terms::of(query), faq)?),
            _ => Ok(0.0),
        }
    }

    fn field(&self, signal: Signal) -> Option<&TextField> {
        self.fields.iter().find(|field| field.signal() == signal)
    }
}

impl fmt::Debug for TextIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextIndex")
            .field("faqs", &self.faqs)
            .finish_non_exhaustive()
    }
}

fn is_words(signal: Signal) -> bool {
    matches!(signal, Signal::WordsQuestion | Signal::WordsAll)
}
