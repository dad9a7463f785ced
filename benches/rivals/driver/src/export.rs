//! The texts and vectors that everybody searches.

use std::{fs, path::Path};

use jieda::{
    EngineConfig, JiebaSegmenter, SearchMode, Searcher, SharedEncoder,
    types::{Encoded, Encoder, Segmenter as _, TextRole},
};
use jieda_eval::truth::{Split, read_queries};
use serde_json::{Value, json};

use crate::{
    Result,
    corpus::{Asked, Kind, Row, Table},
};

const DICTIONARY: &str = "dict.txt";
const BATCH: usize = 64;

pub(crate) fn export(kb_dir: &Path, queries: &Path, out: &Path) -> Result<Value> {
    fs::create_dir_all(out)?;
    let config = EngineConfig {
        cache_dir: out.join("cache"),
        ..EngineConfig::shipped()?
    };
    // By words alone: nothing is encoded that is not asked for below.
    let searcher = Searcher::open(&config, kb_dir, SearchMode::Bm25, &mut |_| {})?;
    let shared = SharedEncoder::load(&config)?;
    let encoder = shared.encoder().as_ref();
    let kb = searcher.kb();
    let segmenter = JiebaSegmenter::new(&kb.dictionary)?;

    let mut rows = Vec::new();
    let row = |faq: &jieda::Faq, kind, text: &str| Row {
        faq: faq.id.to_string(),
        intent: faq.intent.to_string(),
        kind,
        text: segmenter.normalize(text),
    };
    for faq in &kb.faqs {
        let phrasings = faq.phrasings().map(|text| row(faq, Kind::Phrasing, text));
        let answer = row(faq, Kind::Answer, &faq.question_and_answer());
        rows.extend(phrasings.chain([answer]));
    }
    let of_kind = |kind, role| {
        let texts = rows.iter().filter(|row| row.kind == kind);
        encode(encoder, texts.map(|row| row.text.as_str()), role)
    };
    let mut phrasings = of_kind(Kind::Phrasing, TextRole::Query)?.into_iter();
    let mut answers = of_kind(Kind::Answer, TextRole::Passage)?.into_iter();
    let vectors = rows.iter().filter_map(|row| match row.kind {
        Kind::Phrasing => phrasings.next(),
        Kind::Answer => answers.next(),
    });
    let vectors: Vec<Encoded> = vectors.collect();
    Table::rows(out).write(&rows, &vectors)?;

    let mut asked = Vec::new();
    for query in read_queries(queries, kb)? {
        let faq = kb.faq(&query.faq).ok_or("the labels were checked")?;
        let split = match query.split {
            Some(Split::Train) => "train",
            Some(Split::Test) | None => "test",
        };
        asked.push(Asked {
            faq: faq.id.to_string(),
            intent: faq.intent.to_string(),
            split: split.to_owned(),
            text: searcher.segment(&query.text)?.normalized,
            original: query.text,
        });
    }
    let texts = asked.iter().map(|a| a.text.as_str());
    let vectors = encode(encoder, texts, TextRole::Query)?;
    Table::queries(out).write(&asked, &vectors)?;

    let dictionary = kb_dir.join(DICTIONARY);
    if dictionary.is_file() {
        // Other readers of this format know no comments.
        let text = fs::read_to_string(dictionary)?;
        let words = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let words: String = words.flat_map(|line| [line, "\n"]).collect();
        fs::write(out.join(DICTIONARY), words)?;
    }
    Ok(json!({ "rows": rows.len(), "queries": asked.len() }))
}

fn encode<'a>(
    encoder: &dyn Encoder,
    texts: impl Iterator<Item = &'a str>,
    role: TextRole,
) -> Result<Vec<Encoded>> {
    let texts: Vec<&str> = texts.collect();
    let mut encoded = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        encoded.extend(encoder.encode(batch, role)?);
    }
    Ok(encoded)
}
