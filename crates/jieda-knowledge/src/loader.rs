//! Going through the files of a folder.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use jieda_text::UserDictionary;

use crate::{
    Intent, JsonlRow, KnowledgeBase, Problem, ProblemCode,
    check::{CheckedRow, IntentBook, OtherIntents, Pairs, RowChecker, intent, same_phrasings},
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

/// Whether a folder may lack FAQs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lack {
    Refused,
    Allowed,
}

impl Folder {
    /// Goes through all files.
    pub(crate) fn read(dir: &Path) -> Self {
        Self::read_with(dir, Lack::Refused)
    }

    /// The same for a folder that may be empty or not there yet.
    pub(crate) fn read_to_import(dir: &Path) -> Self {
        if dir.exists() {
            Self::read_with(dir, Lack::Allowed)
        } else {
            Self::new(dir, Settings::default(), Vec::new())
        }
    }

    fn read_with(dir: &Path, lack: Lack) -> Self {
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
        folder.faqs(dir, lack);
        folder
    }

    fn new(dir: &Path, settings: Settings, problems: Vec<Problem>) -> Self {
        let folder = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
        let folder = folder
            .file_name()
            .map_or("kb".into(), |n| n.to_string_lossy().into_owned());
        let kb = KnowledgeBase {
            name: settings.name.clone().unwrap_or(folder),
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

    fn faqs(&mut self, dir: &Path, lack: Lack) {
        let is_listed = self.settings.faqs.is_some();
        let paths = faq_files(dir, self.settings.faqs.as_deref());
        let mut listed = self.intents_file(dir);
        let mut source = Source::default();
        if paths.is_empty() && !is_listed && lack == Lack::Refused {
            let problem = Problem::new(dir.join(FAQS_FILE), ProblemCode::MissingFile, "文件不存在");
            source
                .problems
                .push(problem.suggest("请放入常见问题文件：faqs.jsonl、faqs.xlsx 或 faqs.csv 等"));
        }
        paths.iter().for_each(|path| source.read(path));
        if let Some(records) = &mut listed {
            records.append(&mut source.intents);
        }
        let records = listed.unwrap_or(source.intents);
        let intents = unique_intents(&records, &mut self.problems);
        self.problems.append(&mut source.problems);
        // Where a list of intents holds none that is sound, it is at fault, and not each FAQ.
        let others = if intents.is_empty() {
            OtherIntents::Added
        } else {
            OtherIntents::Refused
        };
        let has_rows = !source.faqs.is_empty();
        let mut checker = RowChecker::new(&self.settings, IntentBook::new(intents, others));
        let records = source.faqs.into_iter();
        self.rows = records.map(|record| checker.check(record)).collect();
        let RowChecker {
            intents, problems, ..
        } = checker;
        self.problems.extend(problems);
        let (found, pairs) = same_phrasings(&self.rows);
        self.problems.extend(found);
        self.pairs = pairs;
        self.kb.intents = intents.intents;
        self.kb.faqs = self.rows.iter().filter_map(|row| row.faq.clone()).collect();
        let is_sound = self.problems.iter().all(|p| p.code.is_warning());
        if lack == Lack::Refused
            && is_sound
            && has_rows
            && !self.kb.faqs.iter().any(|faq| faq.enabled)
        {
            let file = paths
                .first()
                .cloned()
                .unwrap_or_else(|| dir.join(FAQS_FILE));
            let problem = Problem::new(file, ProblemCode::Empty, "没有一条启用的常见问题");
            self.problems.push(problem);
        }
    }

    /// The contents of `intents.jsonl`, if there is one.
    fn intents_file(&mut self, dir: &Path) -> Option<Vec<IntentRecord>> {
        let path = dir.join(INTENTS_FILE);
        if !path.exists() {
            return None;
        }
        let (rows, mut found) = read_jsonl::<IntentRow>(&path);
        self.problems.append(&mut found);
        let place = Place::file(&path);
        let records = rows.into_iter().map(|JsonlRow { line, value: row }| {
            let place = place.row(line);
            IntentRecord {
                id: Cell::new(&row.id, place.field("id"), &mut self.problems),
                name: Cell::new(&row.name, place.field("name"), &mut self.problems),
                description: row.description,
            }
        });
        Some(records.collect())
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

/// The intents that imported files list. Several files may list the same ones, and an intent without
/// an id is the one of the folder that has its name.
pub(crate) fn intents_of_files(
    records: &[IntentRecord],
    existing: &[Intent],
    problems: &mut Vec<Problem>,
) -> Vec<Intent> {
    let mut distinct: Vec<IntentRecord> = Vec::new();
    for record in records {
        let is_same = |other: &IntentRecord| {
            let texts = |r: &IntentRecord| {
                (
                    r.id.text().map(str::to_owned),
                    r.name.text().map(str::to_owned),
                )
            };
            texts(other) == texts(record) && other.description == record.description
        };
        if !distinct.iter().any(is_same) {
            distinct.push(record.clone());
        }
    }
    let mut intents = unique_intents(&distinct, problems);
    for intent in &mut intents {
        let known = existing.iter().find(|known| known.name == intent.name);
        if let Some(known) = known.filter(|_| intent.id.as_str() == intent.name) {
            intent.id = known.id.clone();
        }
    }
    intents
}

/// Sound intents with ids of their own.
pub(crate) fn unique_intents(records: &[IntentRecord], problems: &mut Vec<Problem>) -> Vec<Intent> {
    let mut seen: HashMap<&str, &Place> = HashMap::new();
    let mut intents = Vec::new();
    for record in records {
        let place = &record.id.place;
        let id = record.id.text().unwrap_or_default();
        if let Some(first) = seen.get(id).filter(|_| !id.is_empty()) {
            let message = format!("编号“{id}”重复，{}已经用过", first.seen_from(place));
            problems.push(place.problem(ProblemCode::DuplicateId, message));
            continue;
        }
        seen.insert(id, place);
        intents.extend(intent(record, problems));
    }
    intents
}
