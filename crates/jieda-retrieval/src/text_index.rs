//! BM25 over the FAQs' texts, on tantivy.
//!
//! One document an FAQ, four fields: jieba words and character grams, each over the phrasings and
//! over phrasings + answer. Texts are cut by our own segmenter before they reach tantivy, both when
//! indexing and when searching, so that no tokenizer has to be registered and customer text never
//! meets a query parser.
//!
//! The index lives in memory (1.5 kB an FAQ) and is stored as one file: the caller can check it
//! whole before any of it is used.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use jieda_knowledge::{Faq, KnowledgeBase};
use jieda_text::grams;
use jieda_types::{Segmented, Segmenter, Signal};
use tantivy::{
    Directory as _, Index, IndexReader, ReloadPolicy, Searcher, TantivyDocument, Term,
    directory::RamDirectory,
    query::{BooleanQuery, EnableScoring, Query as _, TermQuery},
    schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token},
};

/// Memory that tantivy may use while it writes, in bytes; its own minimum is 15 MB.
const WRITER_MEMORY: usize = 30_000_000;

/// Building or reading a text index failed.
#[derive(Debug, thiserror::Error)]
pub enum TextIndexError {
    /// tantivy failed.
    #[error("the text index failed: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// A file of the index can't be read or written.
    #[error("the text index can't be read or written: {0}")]
    File(String),
    /// No text index, or one that was cut short.
    #[error("the text index is damaged")]
    Damaged,
}

#[derive(Debug, Clone, Copy)]
struct Fields {
    /// Position of the FAQ in the knowledge base.
    faq: Field,
    text: [(Signal, Field); 4],
}

impl Fields {
    fn schema() -> (Schema, Self) {
        let mut builder = Schema::builder();
        let options = || {
            let indexing = TextFieldIndexing::default()
                .set_index_option(IndexRecordOption::WithFreqs)
                .set_fieldnorms(true);
            TextOptions::default().set_indexing_options(indexing)
        };
        let faq = builder.add_u64_field("faq", FAST);
        let text = [
            Signal::WordsQuestion,
            Signal::GramsQuestion,
            Signal::WordsAll,
            Signal::GramsAll,
        ]
        .map(|signal| (signal, builder.add_text_field(signal.name(), options())));
        (builder.build(), Self { faq, text })
    }
}

/// A text index, open for searching.
pub struct TextIndex {
    fields: Fields,
    index: Index,
    searcher: Searcher,
    /// FAQ of each document, by segment.
    faqs: Vec<Vec<usize>>,
}

impl std::fmt::Debug for TextIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextIndex").finish_non_exhaustive()
    }
}

impl TextIndex {
    /// Indexes a knowledge base.
    ///
    /// # Errors
    /// [`TextIndexError`] when tantivy fails.
    pub fn build(kb: &KnowledgeBase, segmenter: &dyn Segmenter) -> Result<Self, TextIndexError> {
        let (schema, fields) = Fields::schema();
        let index = Index::create_in_ram(schema);
        let mut writer = index.writer_with_num_threads(1, WRITER_MEMORY)?;
        for (position, faq) in kb.faqs.iter().enumerate() {
            writer.add_document(document(fields, position, faq, segmenter))?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        Self::open(index, fields)
    }

    /// The file's contents: the number of tantivy's files, then name and contents of each, every
    /// piece after its length (u64, little endian).
    ///
    /// # Errors
    /// [`TextIndexError`] when a file of the index can't be read.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TextIndexError> {
        let directory = self.index.directory();
        let names: BTreeSet<PathBuf> = directory.list_managed_files().into_iter().collect();
        let mut files = Vec::new();
        for name in names {
            if directory.exists(&name).map_err(file)? {
                files.push((name.clone(), directory.atomic_read(&name).map_err(file)?));
            }
        }
        let mut bytes = (files.len() as u64).to_le_bytes().to_vec();
        for (name, contents) in files {
            for piece in [name.to_string_lossy().as_bytes(), &contents] {
                bytes.extend((piece.len() as u64).to_le_bytes());
                bytes.extend(piece);
            }
        }
        Ok(bytes)
    }

    /// Reads a file's contents. The caller has checked that they are what was written: tantivy
    /// trusts its files.
    ///
    /// # Errors
    /// [`TextIndexError`] when they are no text index.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TextIndexError> {
        let directory = RamDirectory::create();
        let mut rest = bytes;
        let count = take_length(&mut rest)?;
        for _ in 0..count {
            let name = String::from_utf8_lossy(take_piece(&mut rest)?).into_owned();
            directory
                .atomic_write(Path::new(&name), take_piece(&mut rest)?)
                .map_err(file)?;
        }
        if !rest.is_empty() {
            return Err(TextIndexError::Damaged);
        }
        let (schema, fields) = Fields::schema();
        let index = Index::open(directory)?;
        if index.schema() != schema {
            return Err(TextIndexError::Damaged);
        }
        Self::open(index, fields)
    }

    fn open(index: Index, fields: Fields) -> Result<Self, TextIndexError> {
        // An index is never written after it is built: no reload, no watching thread.
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let searcher = reader.searcher();
        let faqs = read_positions(&searcher)?;
        Ok(Self {
            fields,
            index,
            searcher,
            faqs,
        })
    }

    /// BM25 of every FAQ in each of the four text fields; FAQs that share no term have 0.
    /// `faq_count` is the number of FAQs in the knowledge base.
    ///
    /// # Errors
    /// [`TextIndexError`] when the index can't be read.
    pub fn score(
        &self,
        query: &Segmented,
        faq_count: usize,
    ) -> Result<[(Signal, Vec<f32>); 4], TextIndexError> {
        let words: BTreeSet<String> = query.words().map(str::to_owned).collect();
        let grams: BTreeSet<String> = grams(&query.normalized)
            .into_iter()
            .map(|g| g.text)
            .collect();
        let mut out = self.fields.text.map(|(signal, _)| (signal, Vec::new()));
        for (slot, (signal, field)) in out.iter_mut().zip(self.fields.text) {
            let terms = if is_words(signal) { &words } else { &grams };
            slot.1 = self.score_field(field, terms, faq_count)?;
        }
        Ok(out)
    }

    /// Share of the query's words that an FAQ's text contains, each weighted by its rarity
    /// (inverse document frequency); words that no FAQ has weigh most.
    ///
    /// # Errors
    /// [`TextIndexError`] when the index can't be read.
    pub fn covered(&self, query: &Segmented, faq: usize) -> Result<f32, TextIndexError> {
        let words: BTreeSet<&str> = query.words().collect();
        let field = self.field(Signal::WordsAll);
        let documents = self.searcher.num_docs() as f32;
        let (mut all, mut found) = (0.0, 0.0);
        for word in words {
            let term = Term::from_field_text(field, word);
            let frequency = self.searcher.doc_freq(&term)? as f32;
            let rarity = (1.0 + (documents - frequency + 0.5) / (frequency + 0.5)).ln();
            all += rarity;
            if frequency > 0.0 && self.contains(&term, faq)? {
                found += rarity;
            }
        }
        Ok(if all > 0.0 { found / all } else { 0.0 })
    }

    fn field(&self, signal: Signal) -> Field {
        let [first, ..] = self.fields.text;
        self.fields
            .text
            .iter()
            .find(|(s, _)| *s == signal)
            .map_or(first.1, |(_, field)| *field)
    }

    fn score_field(
        &self,
        field: Field,
        terms: &BTreeSet<String>,
        faq_count: usize,
    ) -> tantivy::Result<Vec<f32>> {
        let mut scores = vec![0.0; faq_count];
        if terms.is_empty() {
            return Ok(scores);
        }
        let query = BooleanQuery::union(
            terms
                .iter()
                .map(|text| {
                    let term = Term::from_field_text(field, text);
                    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<_>
                })
                .collect(),
        );
        let weight = query.weight(EnableScoring::enabled_from_searcher(&self.searcher))?;
        for (reader, faqs) in self.searcher.segment_readers().iter().zip(&self.faqs) {
            weight.for_each(reader, &mut |doc, score| {
                if let Some(slot) = faqs.get(doc as usize).and_then(|&faq| scores.get_mut(faq)) {
                    *slot = score;
                }
            })?;
        }
        Ok(scores)
    }

    fn contains(&self, term: &Term, faq: usize) -> tantivy::Result<bool> {
        for (reader, faqs) in self.searcher.segment_readers().iter().zip(&self.faqs) {
            let Some(doc) = faqs.iter().position(|&f| f == faq) else {
                continue;
            };
            let index = reader.inverted_index(term.field())?;
            if let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic)? {
                use tantivy::DocSet as _;
                let doc = doc as u32;
                return Ok(
                    postings.doc() == doc || (postings.doc() < doc && postings.seek(doc) == doc)
                );
            }
        }
        Ok(false)
    }
}

fn file(error: impl std::fmt::Display) -> TextIndexError {
    TextIndexError::File(error.to_string())
}

fn take_length(rest: &mut &[u8]) -> Result<usize, TextIndexError> {
    let (head, tail) = rest
        .split_first_chunk::<8>()
        .ok_or(TextIndexError::Damaged)?;
    *rest = tail;
    usize::try_from(u64::from_le_bytes(*head)).map_err(|_| TextIndexError::Damaged)
}

fn take_piece<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], TextIndexError> {
    let length = take_length(rest)?;
    let (piece, tail) = rest
        .split_at_checked(length)
        .ok_or(TextIndexError::Damaged)?;
    *rest = tail;
    Ok(piece)
}

fn is_words(signal: Signal) -> bool {
    matches!(signal, Signal::WordsQuestion | Signal::WordsAll)
}

fn document(
    fields: Fields,
    position: usize,
    faq: &Faq,
    segmenter: &dyn Segmenter,
) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_u64(fields.faq, position as u64);
    let phrasings: Vec<Segmented> = faq
        .phrasings()
        .map(|text| segmenter.segment(text))
        .collect();
    let answer = segmenter.segment(&faq.answer.plain());
    for (signal, field) in fields.text {
        let with_answer = matches!(signal, Signal::WordsAll | Signal::GramsAll);
        let texts = phrasings.iter().chain(with_answer.then_some(&answer));
        let terms = texts.flat_map(|s| -> Vec<String> {
            if is_words(signal) {
                s.words().map(str::to_owned).collect()
            } else {
                grams(&s.normalized).into_iter().map(|g| g.text).collect()
            }
        });
        document.add_pre_tokenized_text(field, pre_tokenized(terms));
    }
    document
}

/// tantivy needs positions and offsets, but with term frequencies alone nothing reads them.
fn pre_tokenized(terms: impl Iterator<Item = String>) -> PreTokenizedString {
    let tokens = terms
        .enumerate()
        .map(|(position, text)| Token {
            position,
            text,
            ..Token::default()
        })
        .collect();
    PreTokenizedString {
        text: String::new(),
        tokens,
    }
}

fn read_positions(searcher: &Searcher) -> tantivy::Result<Vec<Vec<usize>>> {
    searcher
        .segment_readers()
        .iter()
        .map(|reader| {
            let column = reader.fast_fields().u64("faq")?;
            Ok((0..reader.max_doc())
                .map(|doc| column.first(doc).map_or(usize::MAX, |faq| faq as usize))
                .collect())
        })
        .collect()
}
