//! A large knowledge base made from many small ones.
//!
//! A made-up FAQ is a real one of `models/train-data` in which about half of the longer words are
//! exchanged for others of the same industry: each word for the same one in all its phrasings, its
//! answer and its queries. So lengths, the share of common characters, and what a query shares with its
//! FAQ are those of real texts.

use std::{
    collections::{BTreeMap, HashMap},
    error::Error,
    fs,
    path::Path,
};

use fastrand::Rng;
use jieda_knowledge::{AnswerTemplate, Faq, KnowledgeBase, read_jsonl};
use jieda_text::{JiebaSegmenter, UserDictionary};
use jieda_types::{FaqId, Segmenter as _};
use serde::Deserialize;

/// Phrasings of a made-up FAQ.
pub(crate) const PHRASINGS: usize = 5;

/// What is put before a phrasing to make another one.
const OPENINGS: [&str; 6] = ["请问", "你好，", "想问下", "那个", "麻烦问一下", "我想知道"];

/// A question that somebody asks, and the FAQ that answers it.
pub(crate) struct Ask {
    pub(crate) text: String,
    /// Position of the FAQ.
    pub(crate) faq: usize,
}

/// A made-up knowledge base with queries.
pub(crate) struct Corpus {
    pub(crate) kb: KnowledgeBase,
    pub(crate) queries: Vec<Ask>,
}

#[derive(Deserialize)]
struct Query {
    text: String,
    faq: String,
}

/// A real FAQ, cut into words.
struct Source {
    phrasings: Vec<Vec<String>>,
    answer: Vec<String>,
    queries: Vec<Vec<String>>,
    industry: usize,
}

impl Corpus {
    /// `faqs` FAQs with [`PHRASINGS`] phrasings each, and `queries` queries. The same numbers give the
    /// same texts.
    pub(crate) fn make(data: &Path, faqs: usize, queries: usize) -> Result<Self, Box<dyn Error>> {
        let segmenter = JiebaSegmenter::new(&UserDictionary::default())?;
        let (mut kb, sources, vocabularies) = read_sources(data, &segmenter)?;
        let templates = std::mem::take(&mut kb.faqs);
        let mut random = Rng::with_seed(20_261_125);
        let asked: HashMap<usize, usize> =
            (0..queries).map(|i| (random.usize(..faqs), i)).collect();
        let mut asks = Vec::new();
        for position in 0..faqs {
            let which = random.usize(..sources.len());
            let source = &sources[which];
            let mut exchange = Exchange {
                random: Rng::with_seed(random.u64(..)),
                vocabulary: &vocabularies[source.industry],
                chosen: HashMap::new(),
            };
            let mut phrasings: Vec<String> = Vec::new();
            while phrasings.len() < PHRASINGS {
                let real = &source.phrasings[phrasings.len() % source.phrasings.len()];
                let again = phrasings.len() >= source.phrasings.len();
                let opening = if again { OPENINGS[phrasings.len()] } else { "" };
                phrasings.push(format!("{opening}{}", exchange.text(real)));
            }
            let question = phrasings.remove(0);
            kb.faqs.push(Faq {
                id: FaqId::new(format!("f{position:07}"))?,
                question,
                similar: phrasings,
                answer: answer(&exchange.text(&source.answer))?,
                ..templates[which].clone()
            });
            if asked.contains_key(&position) && !source.queries.is_empty() {
                let query = &source.queries[random.usize(..source.queries.len())];
                asks.push(Ask {
                    text: exchange.text(query),
                    faq: position,
                });
            }
        }
        random.shuffle(&mut asks);
        Ok(Self { kb, queries: asks })
    }
}

/// Answers' variables are not of interest here.
fn answer(text: &str) -> Result<AnswerTemplate, String> {
    AnswerTemplate::parse(&text.replace(['{', '}'], "")).map_err(|(_, why)| why)
}

/// Exchanges words, each always for the same one.
struct Exchange<'a> {
    random: Rng,
    vocabulary: &'a [String],
    chosen: HashMap<String, String>,
}

impl Exchange<'_> {
    fn text(&mut self, words: &[String]) -> String {
        words.iter().map(|word| self.word(word)).collect()
    }

    fn word(&mut self, word: &str) -> String {
        if !is_long(word) {
            return word.to_owned();
        }
        let (random, vocabulary) = (&mut self.random, self.vocabulary);
        self.chosen
            .entry(word.to_owned())
            .or_insert_with(|| {
                if random.bool() {
                    vocabulary[random.usize(..vocabulary.len())].clone()
                } else {
                    word.to_owned()
                }
            })
            .clone()
    }
}

fn is_long(word: &str) -> bool {
    word.chars().count() >= 2 && word.chars().all(char::is_alphanumeric)
}

type Sources = (KnowledgeBase, Vec<Source>, Vec<Vec<String>>);

fn read_sources(data: &Path, segmenter: &JiebaSegmenter) -> Result<Sources, Box<dyn Error>> {
    let mut folders: Vec<_> = fs::read_dir(data)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("queries.jsonl").exists())
        .collect();
    folders.sort();
    let cut = |text: &str| -> Vec<String> {
        // Search mode lets words overlap; those that start inside another are left out.
        let segmented = segmenter.segment(text);
        let mut end = 0;
        let mut words = Vec::new();
        for token in &segmented.tokens {
            if token.span.start >= end {
                words.push(token.text.clone());
                end = token.span.end;
            }
        }
        words
    };
    let mut first: Option<KnowledgeBase> = None;
    let (mut sources, mut vocabularies) = (Vec::new(), Vec::new());
    for (industry, folder) in folders.iter().enumerate() {
        let kb = KnowledgeBase::load(folder).map_err(|e| format!("{e:?}"))?;
        let mut queries: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        for row in read_jsonl::<Query>(&folder.join("queries.jsonl")).0 {
            let query = row.value;
            queries.entry(query.faq).or_default().push(cut(&query.text));
        }
        let mut vocabulary = Vec::new();
        for faq in &kb.faqs {
            let source = Source {
                phrasings: faq.phrasings().map(cut).collect(),
                answer: cut(&faq.answer.plain()),
                queries: queries.remove(faq.id.as_str()).unwrap_or_default(),
                industry,
            };
            let words = source.phrasings.iter().chain([&source.answer]).flatten();
            vocabulary.extend(words.filter(|word| is_long(word)).cloned());
            sources.push(source);
        }
        vocabularies.push(vocabulary);
        match &mut first {
            None => first = Some(kb),
            Some(all) => all.faqs.extend(kb.faqs),
        }
    }
    let kb = first.ok_or("no knowledge base to make texts from")?;
    Ok((kb, sources, vocabularies))
}
