//! Files to what a model learns from.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context as _;
use jieda::{
    JiebaSegmenter, KnowledgeBase, locate,
    model::train::{Purpose, TrainingFaq, TrainingSet},
    read_jsonl,
    types::Segmenter as _,
};
use jieda_eval::truth::{self, LabelledQuery, Split};
use serde::Deserialize;

use crate::args::{Common, train::TrainArgs};

const QUERIES_FILE: &str = "queries.jsonl";

/// What may be learned from of a knowledge base's logs and of its own queries: never the test split.
pub(super) fn labelled(
    dir: &Path,
    kb: &KnowledgeBase,
    logs: &[std::path::PathBuf],
) -> anyhow::Result<Vec<LabelledQuery>> {
    let mut files = logs.to_vec();
    if dir.join(QUERIES_FILE).is_file() {
        files.push(dir.join(QUERIES_FILE));
    }
    let mut queries = Vec::new();
    for file in files {
        queries.extend(truth::read_queries(&file, kb)?);
    }
    queries.retain(|query| query.split != Some(Split::Test));
    Ok(queries)
}

/// Texts as the engine will see them.
pub(super) struct Reader(JiebaSegmenter);

#[derive(Deserialize)]
struct Pair {
    text: String,
    positive: String,
}

impl Reader {
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self(
            JiebaSegmenter::new(&jieda::UserDictionary::default())?,
        ))
    }

    pub(super) fn normalise(&self, text: &str) -> String {
        self.0.segment(text).normalized
    }

    /// All that was named to learn from.
    pub(super) fn sets(
        &self,
        common: &Common,
        args: &TrainArgs,
    ) -> anyhow::Result<Vec<TrainingSet>> {
        let kbs = match args.kbs.as_slice() {
            [] if args.pairs.is_empty() || !args.log.is_empty() => vec![common.kb_dir()],
            kbs => kbs.to_vec(),
        };
        // By their real paths: a folder may be named in two ways.
        let real = |dir: &Path| {
            locate(dir)
                .canonicalize()
                .unwrap_or_else(|_| dir.to_owned())
        };
        let validate: Vec<_> = args.validate.iter().map(|dir| real(dir)).collect();
        anyhow::ensure!(
            args.log.is_empty() || kbs.len() == 1,
            "--log 只能与一个知识库一起用：标注里的编号要属于那个知识库"
        );
        let mut sets = Vec::new();
        for dir in kbs.iter().filter(|dir| !validate.contains(&real(dir))) {
            sets.push(self.knowledge_base(dir, &args.log, Purpose::Train)?);
        }
        for dir in &args.validate {
            sets.push(self.knowledge_base(dir, &[], Purpose::Validate)?);
        }
        for file in &args.pairs {
            sets.push(self.pairs(file)?);
        }
        Ok(sets)
    }

    fn knowledge_base(
        &self,
        dir: &Path,
        logs: &[std::path::PathBuf],
        purpose: Purpose,
    ) -> anyhow::Result<TrainingSet> {
        let dir = locate(dir);
        let kb = KnowledgeBase::load(&dir)?;
        let mut queries: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for query in labelled(&dir, &kb, logs)? {
            let text = self.normalise(&query.text);
            queries.entry(query.faq).or_default().push(text);
        }
        let enabled = kb.faqs.iter().filter(|faq| faq.enabled);
        let faqs = enabled.map(|faq| TrainingFaq {
            phrasings: faq.phrasings().map(|text| self.normalise(text)).collect(),
            with_answer: Some(self.normalise(&faq.question_and_answer())),
            queries: queries.remove(&faq.id).unwrap_or_default(),
        });
        Ok(TrainingSet {
            name: kb.name.clone(),
            faqs: faqs.collect(),
            purpose,
        })
    }

    /// Texts with the same positive ask for the same.
    fn pairs(&self, file: &Path) -> anyhow::Result<TrainingSet> {
        let (rows, errors) = read_jsonl::<Pair>(file);
        if !errors.is_empty() {
            return Err(jieda::Faults {
                errors,
                warnings: Vec::new(),
            }
            .into());
        }
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in rows {
            let positive = self.normalise(&row.value.positive);
            let text = self.normalise(&row.value.text);
            if !positive.is_empty() && !text.is_empty() {
                groups.entry(positive).or_default().push(text);
            }
        }
        let faqs = groups.into_iter().map(|(positive, queries)| TrainingFaq {
            phrasings: vec![positive],
            with_answer: None,
            queries,
        });
        Ok(TrainingSet {
            name: file.display().to_string(),
            faqs: faqs.collect(),
            purpose: Purpose::Train,
        })
    }

    /// Lines of a text file, in order.
    pub(super) fn lines(&self, file: &Path) -> anyhow::Result<Vec<String>> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("无法读取 {}", file.display()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        Ok(lines.map(|line| self.normalise(line)).collect())
    }
}
