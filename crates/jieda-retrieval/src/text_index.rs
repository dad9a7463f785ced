//! BM25 over the FAQs' texts, on tantivy.
//!
//! One document an FAQ, four fields: jieba words and character grams, each over the phrasings and
//! over phrasings + answer. Texts are cut by our own segmenter before they reach tantivy, both when
//! indexing and when searching, so that no tokenizer has to be registered and customer text never
//! meets a query parser.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use jieda_knowledge::{Faq, KnowledgeBase};
use jieda_text::grams;
use jieda_types::{Segmented, Segmenter, Signal};
use tantivy::{
    Index, IndexReader, ReloadPolicy, Searcher, TantivyDocument, Term,
    query::{BooleanQuery, EnableScoring, Query as _, TermQuery},
    schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token},
};

/// Memory that tantivy may use while it writes, in bytes; its own minimum is 15 MB.
const WRITER_MEMORY: usize = 30_000_000;

/// Reading or writing a text index failed.
#[derive(Debug, thiserror::Error)]
#[error("the text index in {} failed: {source}", dir.display())]
pub struct TextIndexError {
    /// The folder.
    pub dir: PathBuf,
    /// tantivy's word on it.
    pub source: tantivy::TantivyError,
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
    dir: PathBuf,
    fields: Fields,
    searcher: Searcher,
    /// FAQ of each document, by segment.
    faqs: Vec<Vec<usize>>,
}

impl std::fmt::Debug for TextIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextIndex")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

impl TextIndex {
    /// Writes an index into an empty folder.
    ///
    /// # Errors
    /// [`TextIndexError`] when the folder can't be written.
    pub fn build(
        dir: &Path,
        kb: &KnowledgeBase,
        segmenter: &dyn Segmenter,
    ) -> Result<(), TextIndexError> {
        let failed = |source| TextIndexError {
            dir: dir.to_owned(),
            source,
        };
        let (schema, fields) = Fields::schema();
        let write = || {
            let index = Index::create_in_dir(dir, schema)?;
            let mut writer = index.writer_with_num_threads(1, WRITER_MEMORY)?;
            for (position, faq) in kb.faqs.iter().enumerate() {
                writer.add_document(document(fields, position, faq, segmenter))?;
            }
            writer.commit()?;
            writer.wait_merging_threads()
        };
        write().map_err(failed)
    }

    /// Opens an index.
    ///
    /// # Errors
    /// [`TextIndexError`] when the folder holds no sound index.
    pub fn open(dir: &Path) -> Result<Self, TextIndexError> {
        let failed = |source| TextIndexError {
            dir: dir.to_owned(),
            source,
        };
        let (_, fields) = Fields::schema();
        let index = Index::open_in_dir(dir).map_err(failed)?;
        // An index is never written after it is built: no reload, no watching thread.
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(failed)?;
        let searcher = reader.searcher();
        let faqs = read_positions(&searcher).map_err(failed)?;
        Ok(Self {
            dir: dir.to_owned(),
            fields,
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
            slot.1 = self
                .score_field(field, terms, faq_count)
                .map_err(|source| TextIndexError {
                    dir: self.dir.clone(),
                    source,
                })?;
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
        let sum = || {
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
        };
        sum().map_err(|source| TextIndexError {
            dir: self.dir.clone(),
            source,
        })
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
