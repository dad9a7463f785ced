//! Making a text index.

use jieda_knowledge::{Faq, KnowledgeBase};
use jieda_text::grams;
use jieda_types::{Segmented, Segmenter, Signal};
use tantivy::{
    Directory as _, Index, TantivyDocument,
    directory::RamDirectory,
    schema::Field,
    tokenizer::{PreTokenizedString, Token},
};

use super::{TextIndex, TextIndexError, is_words, packed::pack, schema};
use crate::bytes::FileBytes;

/// What tantivy sizes its tables for, in bytes. They grow: one segment is one segment.
const WRITER_MEMORY: usize = 30_000_000;

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
        let mut writer = Index::builder()
            .schema(schema)
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
