//! Quality isn't bought by memorising: no test query, or near copy of one, is in the training data.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// Texts with fewer characters agree by chance: 怎么退货 is in every knowledge base.
const SHORTEST: usize = 6;
const MOST_ALIKE: f64 = 0.6;

type Bigram = (char, char);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn rows(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap().map(|e| e.unwrap().path());
    let mut dirs: Vec<PathBuf> = entries.filter(|p| p.is_dir()).collect();
    dirs.sort();
    dirs
}

/// Letters and digits, in lower case.
fn letters(text: &str) -> Vec<char> {
    let lower = text.chars().flat_map(char::to_lowercase);
    lower.filter(|c| c.is_alphanumeric()).collect()
}

fn bigrams(text: &str) -> HashSet<Bigram> {
    letters(text).windows(2).map(|w| (w[0], w[1])).collect()
}

/// Test texts by the bigrams that they have.
struct Index {
    texts: Vec<(String, usize)>,
    by_bigram: HashMap<Bigram, Vec<usize>>,
}

impl Index {
    fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut index = Self {
            texts: Vec::new(),
            by_bigram: HashMap::new(),
        };
        for text in texts {
            if letters(&text).len() >= SHORTEST {
                let bigrams = bigrams(&text);
                for bigram in &bigrams {
                    let texts = index.by_bigram.entry(*bigram).or_default();
                    texts.push(index.texts.len());
                }
                index.texts.push((text, bigrams.len()));
            }
        }
        index
    }

    /// The most alike test text, by Dice's coefficient of bigrams.
    fn nearest(&self, text: &str) -> Option<(&str, f64)> {
        let bigrams = bigrams(text);
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for bigram in &bigrams {
            for &i in self.by_bigram.get(bigram).into_iter().flatten() {
                *shared.entry(i).or_default() += 1;
            }
        }
        shared
            .into_iter()
            .map(|(i, n)| {
                let (text, count) = &self.texts[i];
                let alike = 2.0 * n as f64 / (bigrams.len() + count) as f64;
                (text.as_str(), alike)
            })
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

fn test_texts() -> Vec<String> {
    let mut texts = Vec::new();
    for dir in folders(&root().join("eval/truth")) {
        for name in ["queries", "unanswerable", "handoff"] {
            let path = dir.join(format!("{name}.jsonl"));
            if path.exists() {
                let rows = rows(&path);
                let rows = rows.iter().filter(|row| row["split"] != "train");
                texts.extend(rows.map(|row| row["text"].as_str().unwrap().to_owned()));
            }
        }
    }
    texts
}

/// What customers say in the transcripts, which are all test.
fn transcript_texts() -> Vec<String> {
    let dirs = folders(&root().join("eval/truth"));
    let files = dirs.iter().map(|dir| dir.join("transcripts.jsonl"));
    let conversations = files.filter(|f| f.exists()).flat_map(|f| rows(&f));
    conversations.flat_map(|c| said(&c)).collect()
}

/// What the customer says in a conversation.
fn said(conversation: &Value) -> Vec<String> {
    let turns = conversation["turns"].as_array().unwrap().iter();
    let texts = turns.filter_map(|turn| turn["text"].as_str());
    texts.map(ToOwned::to_owned).collect()
}

/// Everything in a folder that something learns from: an industry, or the intents that all industries share.
fn learned(dir: &Path) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    if !dir.join("queries.jsonl").exists() {
        let files = [
            "intents",
            "angry-questions",
            "ordinary-questions",
            "follow-ups",
            "sensitive",
            "handoff",
        ];
        let files = files.map(|name| format!("{name}.jsonl"));
        let rows = files.iter().flat_map(|file| rows(&dir.join(file)));
        return rows.map(|row| text(&row["text"])).collect();
    }
    let mut learned = Vec::new();
    for row in rows(&dir.join("queries.jsonl")) {
        assert_eq!(row["split"], "train", "{}: {row}", dir.display());
        learned.push(text(&row["text"]));
    }
    for row in rows(&dir.join("faqs.jsonl")) {
        learned.push(text(&row["question"]));
        let similar = row["similar"].as_array().into_iter().flatten();
        learned.extend(similar.map(text));
    }
    learned
}

#[test]
fn no_test_query_is_learned() {
    let texts = test_texts();
    let count = texts.len();
    assert!(count > 1300, "only {count} test texts were found");
    let index = Index::new(texts);
    let mut dirs = folders(&root().join("models/train-data"));
    dirs.push(root().join("models/default-intents"));
    let texts: Vec<String> = dirs.iter().flat_map(|dir| learned(dir)).collect();
    check(&index, &texts, 30_000);
}

/// What was learned from conversations, and of sensitive cases, against the transcripts too.
#[test]
fn no_test_conversation_is_learned() {
    let mut tests = test_texts();
    tests.extend(transcript_texts());
    let index = Index::new(tests);
    let dirs = folders(&root().join("models/train-data"));
    let files = dirs.iter().map(|dir| dir.join("dialogues.jsonl"));
    let conversations = files.filter(|f| f.exists()).flat_map(|f| rows(&f));
    let mut texts: Vec<String> = conversations.flat_map(|c| said(&c)).collect();
    texts.extend(learned(&root().join("models/default-intents")));
    check(&index, &texts, 3_000);
}

/// None of the texts is a near copy of a test text; there must be this many.
fn check(index: &Index, texts: &[String], least: usize) {
    let long = texts.iter().filter(|t| letters(t).len() >= SHORTEST);
    let long: Vec<&String> = long.collect();
    assert!(long.len() > least, "only {} texts were found", long.len());
    let alike = |text: &&String| {
        let (test, alike) = index.nearest(text)?;
        (alike >= MOST_ALIKE).then(|| format!("{text} ~ {test} ({alike:.2})"))
    };
    let faults: Vec<String> = long.iter().filter_map(alike).collect();
    let count = faults.len();
    assert!(
        faults.is_empty(),
        "{count} near copies:\n{}",
        faults.join("\n")
    );
}

#[test]
fn a_near_copy_is_found() {
    let index = Index::new(["昨天买的鞋子今天就降价了能补差价吗".to_owned()]);
    let nearest = |text| index.nearest(text).map_or(0.0, |(_, alike)| alike);
    assert!(nearest("昨天买的鞋子今天就降价了，能补差价吗？") > 0.99);
    assert!(nearest("昨天买的裤子今天就降价了能补差价不") >= MOST_ALIKE);
    assert!(nearest("刚付款第二天便宜了五十块") < MOST_ALIKE);
}
