//! Making a text index.

use std::str::Split;

use jieda_knowledge::{Faq, KnowledgeBase};
use jieda_text::grams;
use jieda_types::{Segmented, Segmenter, Signal};
use tantivy::{
    Directory as _, Index, TantivyDocument,
    directory::RamDirectory,
    schema::Field,
    tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager},
};

use super::{TERMS, TextIndex, TextIndexError, is_words, packed::pack, schema};
use crate::bytes::FileBytes;

/// What tantivy sizes its tables for, in bytes. They grow: one segment is one segment.
const WRITER_MEMORY: usize = 30_000_000;

/// Stands between terms; normalised text has no control characters.
const SEPARATOR: char = '\u{1F}';

/// tantivy names its files at random; the same texts shall give the same bytes.
const SEGMENT: &str = "00000000-0000-0000-0000-000000000000";

impl TextIndex {
    /// Indexes a knowledge base. The same texts give the same bytes.
    ///
    /// # Errors
    /// [`TextIndexError`] when tantivy fails.
    pub fn build(kb: &KnowledgeBase, segmenter: &dyn Segmenter) -> Result<Self, TextIndexError> {
        let (schema, fields) = schema();
        let directory = RamDirectory::create();
        let tokenizers = TokenizerManager::new();
        tokenizers.register(TERMS, TextAnalyzer::from(TermSplitter::default()));
        let mut writer = Index::builder()
            .schema(schema)
            .tokenizers(tokenizers)
            .single_segment_index_writer(directory.clone(), WRITER_MEMORY)?;
        for faq in &kb.faqs {
            writer.add_document(document(&fields, faq, segmenter))?;
        }
        let packed = packed(&writer.finalize()?, &directory)?;
        Self::read(FileBytes::copied(&packed))
    }
}

/// The files that a reader needs, under names that don't change.
fn packed(index: &Index, directory: &RamDirectory) -> Result<Vec<u8>, TextIndexError> {
    let ids = index.searchable_segment_ids()?;
    let [id] = ids.as_slice() else {
        return Err(TextIndexError::Damaged);
    };
    let plain = id.uuid_string();
    let hyphenated = [0..8, 8..12, 12..16, 16..20, 20..32]
        .map(|part| plain.get(part).unwrap_or_default())
        .join("-");
    let mut files = Vec::new();
    for path in index.directory().list_managed_files() {
        if !directory
            .exists(&path)
            .map_err(tantivy::TantivyError::from)?
        {
            continue;
        }
        let contents = directory
            .atomic_read(&path)
            .map_err(tantivy::TantivyError::from)?;
        let name = path.to_string_lossy();
        if name.starts_with(&plain) {
            let name = name.replace(&plain, &SEGMENT.replace('-', ""));
            files.push((name, contents));
        } else {
            let text = String::from_utf8_lossy(&contents).replace(&hyphenated, SEGMENT);
            files.push((name.into_owned(), text.into_bytes()));
        }
    }
    files.sort();
    Ok(pack(
        files.iter().map(|(name, c)| (name.as_str(), c.as_slice())),
    ))
}

fn document(fields: &[(Signal, Field)], faq: &Faq, segmenter: &dyn Segmenter) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    let phrasings: Vec<Segmented> = faq
        .phrasings()
        .map(|text| segmenter.segment(text))
        .collect();
    let answer = segmenter.segment(&faq.answer.plain());
    for &(signal, field) in fields {
        let with_answer = matches!(signal, Signal::WordsAll | Signal::GramsAll);
        let texts = phrasings.iter().chain(with_answer.then_some(&answer));
        let terms = texts.flat_map(|s| -> Vec<String> {
            if is_words(signal) {
                s.words().map(str::to_owned).collect()
            } else {
                grams(&s.normalized).into_iter().map(|g| g.text).collect()
            }
        });
        document.add_text(field, joined(terms));
    }
    document
}

/// All terms as one text. tantivy would take them one by one as well, but writes those down as JSON
/// first, which takes most of the time.
fn joined(terms: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for term in terms {
        text.push_str(&term);
        text.push(SEPARATOR);
    }
    text
}

/// Takes the terms apart again. Positions and offsets stay 0: with term frequencies alone nothing reads
/// them.
#[derive(Clone, Default)]
struct TermSplitter {
    token: Token,
}

struct TermStream<'a> {
    rest: Split<'a, char>,
    token: &'a mut Token,
}

impl Tokenizer for TermSplitter {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        TermStream {
            rest: text.split(SEPARATOR),
            token: &mut self.token,
        }
    }
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(term) = self.rest.find(|term| !term.is_empty()) else {
            return false;
        };
        self.token.text.clear();
        self.token.text.push_str(term);
        // A fresh token stands at usize::MAX, to which tantivy adds.
        self.token.position = 0;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
