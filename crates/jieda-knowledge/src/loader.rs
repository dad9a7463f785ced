//! Going through the files of a folder.

use std::path::{Path, PathBuf};

use jieda_text::UserDictionary;

use crate::{
    JsonlRow, KnowledgeBase, Problem, ProblemCode,
    check::{
        CheckedRow, IntentBook, OtherIntents, Pairs, RowChecker, same_phrasings, unique_intents,
    },
    jsonl::{read_jsonl, read_utf8},
    kb_toml::{self, Settings},
    place::Place,
    source::{Cell, Format, IntentRecord, IntentRow, Source},
};

pub(crate) const INTENTS_FILE: &str = "intents.jsonl";
pub(crate) const FAQS_FILE: &str = "faqs.jsonl";

/// A folder as it was found.
pub(crate) struct Folder {
    /// What can be used of it; a knowledge base only if `problems` holds no error.
    pub(crate) kb: KnowledgeBase,
    pub(crate) settings: Settings,
    pub(crate) rows: Vec<CheckedRow>,
    /// Rows with the same phrasing, reported.
    pub(crate) pairs: Pairs,
    pub(crate) problems: Vec<Problem>,
}

impl Folder {
    /// Goes through all files.
    pub(crate) fn read(dir: &Path) -> Self {
        let mut problems = Vec::new();
        if !dir.is_dir() {
            let problem = Problem::new(dir, ProblemCode::MissingFile, "知识库目录不存在");
            problems.push(problem);
            return Self::new(dir, Settings::default(), problems);
        }
        let settings = kb_toml::read(dir, &mut problems);
        let mut folder = Self::new(dir, settings, problems);
        if let Some(name) = folder.settings.dictionary.clone() {
            folder.dictionary(&dir.join(name));
        }
        let source = folder.sources(dir);
        folder.check(source);
        folder
    }

    /// The same for a folder that may be without FAQs, or not there yet.
    pub(crate) fn read_to_import(dir: &Path) -> Self {
        if !dir.exists() {
            return Self::new(dir, Settings::default(), Vec::new());
        }
        let mut folder = Self::read(dir);
        let faqs = dir.join(FAQS_FILE);
        let lacks_faqs = |p: &Problem| match p.code {
            ProblemCode::Empty => true,
            ProblemCode::MissingFile => p.file == faqs,
            _ => false,
        };
        folder.problems.retain(|problem| !lacks_faqs(problem));
        folder
    }

    fn new(dir: &Path, settings: Settings, problems: Vec<Problem>) -> Self {
        let kb = KnowledgeBase {
            name: settings
                .name
                .clone()
                .unwrap_or_else(|| kb_toml::folder_name(dir)),
            description: settings.description.clone(),
            dictionary: UserDictionary::default(),
            variables: settings.variables.clone(),
            timezone: settings.timezone.clone(),
            channels: settings.channels.clone(),
            intents: Vec::new(),
            faqs: Vec::new(),
            warnings: Vec::new(),
        };
        Self {
            kb,
            settings,
            rows: Vec::new(),
            pairs: Pairs::new(),
            problems,
        }
    }

    fn dictionary(&mut self, path: &Path) {
        let place = Place::file(path);
        let Some(text) = read_utf8(&place, &mut self.problems) else {
            return;
        };
        match UserDictionary::parse(&text) {
            Ok(dictionary) => self.kb.dictionary = dictionary,
            Err(e) => self.problems.extend(e.problems.into_iter().map(|p| {
                let place = place.row(p.line);
                place.problem(ProblemCode::InvalidDictionary, p.message)
            })),
        }
    }

    /// What the files hold.
    fn sources(&mut self, dir: &Path) -> Source {
        let paths = faq_files(dir, self.settings.faqs.as_deref());
        let mut source = Source {
            intents: self.intents_file(dir),
            ..Source::default()
        };
        if paths.is_empty() {
            let problem = Problem::new(dir.join(FAQS_FILE), ProblemCode::MissingFile, "文件不存在");
            let suggestion = "请放入常见问题文件：faqs.jsonl、faqs.xlsx 或 faqs.csv 等";
            source.problems.push(problem.suggest(suggestion));
        }
        paths.iter().for_each(|path| source.read(path));
        source
    }

    fn check(&mut self, source: Source) {
        let intents = unique_intents(&source.intents, &mut self.problems);
        self.problems.extend(source.problems);
        // Where a list of intents holds none that is sound, it is at fault, and not each FAQ.
        let others = if intents.is_empty() {
            OtherIntents::Added
        } else {
            OtherIntents::Refused
        };
        let mut checker = RowChecker::new(&self.settings, IntentBook::new(intents, others));
        let records = source.faqs.into_iter();
        self.rows = records.map(|record| checker.check(record)).collect();
        self.kb.intents = checker.intents.intents;
        self.problems.append(&mut checker.problems);
        let (mut found, pairs) = same_phrasings(&self.rows);
        self.problems.append(&mut found);
        self.pairs = pairs;
        self.kb.faqs = self.rows.iter().filter_map(|row| row.faq.clone()).collect();
        let is_sound = self.problems.iter().all(|p| p.code.is_warning());
        if let Some(row) = self.rows.first()
            && is_sound
            && !self.kb.faqs.iter().any(|faq| faq.enabled)
        {
            let place = row.record.place.file_alone();
            let problem = place.problem(ProblemCode::Empty, "没有一条启用的常见问题");
            self.problems.push(problem);
        }
    }

    /// The contents of `intents.jsonl`, if there is one.
    fn intents_file(&mut self, dir: &Path) -> Vec<IntentRecord> {
        let path = dir.join(INTENTS_FILE);
        if !path.exists() {
            return Vec::new();
        }
        let (rows, mut found) = read_jsonl::<IntentRow>(&path);
        self.problems.append(&mut found);
        let place = Place::file(&path);
        let records = rows.into_iter().map(|JsonlRow { line, value: row }| {
            let place = place.row(line);
            let mut list = |name: &str, texts: &[String]| {
                let cell = |(i, text): (usize, &String)| {
                    let place = place.field(format!("{name}[{}]", i + 1));
                    Cell::new(text, place, &mut self.problems)
                };
                Some(texts.iter().enumerate().map(cell).collect())
            };
            IntentRecord {
                keywords: list("keywords", &row.keywords),
                patterns: list("patterns", &row.patterns),
                id: Cell::new(&row.id, place.field("id"), &mut self.problems),
                name: Cell::new(&row.name, place.field("name"), &mut self.problems),
                description: row.description,
            }
        });
        records.collect()
    }
}

/// The FAQ files of a folder: those listed, else those whose names say so, in the order of names.
pub(crate) fn faq_files(dir: &Path, listed: Option<&[String]>) -> Vec<PathBuf> {
    if let Some(names) = listed {
        return names.iter().map(|name| dir.join(name)).collect();
    }
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && Format::of(path).is_some() && is_named_faqs(path))
        .collect();
    paths.sort();
    paths
}

fn is_named_faqs(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.is_some_and(|stem| {
        let stem = stem.to_lowercase();
        let begins = ["faqs-", "faqs_", "常见问题"];
        stem == "faqs" || begins.iter().any(|begin| stem.starts_with(begin))
    })
}
