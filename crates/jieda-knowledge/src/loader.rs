//! Going through the files of a folder.

use std::{collections::HashMap, path::Path};

use jieda_text::UserDictionary;
use jieda_types::IntentId;

use crate::{
    Faq, Intent, JsonlRow, KnowledgeBase, Problem, ProblemCode,
    check::{FaqChecker, unique_id},
    faq::{FaqRow, IntentRow},
    jsonl::{read_bytes, read_jsonl},
    kb_toml::{self, KB_FILE},
    problem::FileProblems,
};

pub(crate) const INTENTS_FILE: &str = "intents.jsonl";
const FAQS_FILE: &str = "faqs.jsonl";

/// Goes through the files and gathers problems on the way.
#[derive(Default)]
pub(crate) struct Loader {
    pub(crate) problems: Vec<Problem>,
}

impl Loader {
    pub(crate) fn load(&mut self, dir: &Path) -> KnowledgeBase {
        let mut problems = FileProblems::new(dir.join(KB_FILE));
        let settings = kb_toml::read(dir, &mut problems);
        self.problems.append(&mut problems.found);
        let dictionary = settings
            .dictionary
            .as_deref()
            .map(|name| self.dictionary(dir, name));
        let intents = self.intents(dir);
        let faqs = self.faqs(dir, &intents);
        let folder = || {
            dir.file_name()
                .map_or("kb".into(), |n| n.to_string_lossy().into_owned())
        };
        KnowledgeBase {
            name: settings.name.unwrap_or_else(folder),
            description: settings.description.unwrap_or_default(),
            dictionary: dictionary.unwrap_or_default(),
            variables: settings.variables,
            intents,
            faqs,
            warnings: Vec::new(),
        }
    }

    fn dictionary(&mut self, dir: &Path, name: &str) -> UserDictionary {
        let mut problems = FileProblems::new(dir.join(name));
        if name.contains(['/', '\\']) {
            let message = format!("dictionary“{name}”应当是知识库目录里的文件名，不能带路径");
            self.problems.push(Problem {
                file: dir.join(KB_FILE),
                line: None,
                column: None,
                code: ProblemCode::InvalidConfig,
                message,
            });
            return UserDictionary::default();
        }
        let text = read_bytes(&dir.join(name), &mut problems).and_then(|bytes| {
            String::from_utf8(bytes)
                .map_err(|_| {
                    problems
                        .whole_file(ProblemCode::InvalidUtf8, "不是 UTF-8 编码，请另存为 UTF-8");
                })
                .ok()
        });
        let dictionary = text.and_then(|text| match UserDictionary::parse(&text) {
            Ok(dictionary) => Some(dictionary),
            Err(e) => {
                for p in e.problems {
                    problems.at_line(p.line, ProblemCode::InvalidDictionary, p.message);
                }
                None
            }
        });
        self.problems.append(&mut problems.found);
        dictionary.unwrap_or_default()
    }

    fn intents(&mut self, dir: &Path) -> Vec<Intent> {
        let path = dir.join(INTENTS_FILE);
        let (rows, found) = read_jsonl::<IntentRow>(&path);
        let mut problems = FileProblems::new(path);
        let mut seen = HashMap::new();
        let mut intents = Vec::new();
        for JsonlRow { line, value: row } in rows {
            if row.name.trim().is_empty() {
                problems.at_line(
                    line,
                    ProblemCode::EmptyText,
                    format!("意图“{}”没有名称", row.id),
                );
            }
            if let Some(id) = unique_id(
                IntentId::new(row.id.clone()),
                &row.id,
                line,
                &mut seen,
                &mut problems,
            ) {
                intents.push(Intent {
                    id,
                    name: row.name,
                    description: row.description,
                });
            }
        }
        self.add_in_order(found, problems);
        intents
    }

    fn faqs(&mut self, dir: &Path, intents: &[Intent]) -> Vec<Faq> {
        let path = dir.join(FAQS_FILE);
        let (rows, found) = read_jsonl::<FaqRow>(&path);
        let mut checker = FaqChecker::new(path, intents);
        // Without intents no FAQ is sound, and their own file is at fault.
        let some_rows = !rows.is_empty() && !intents.is_empty();
        let faqs: Vec<Faq> = rows
            .into_iter()
            .filter_map(|row| checker.check(row.line, row.value))
            .collect();
        if faqs.is_empty() && some_rows && found.is_empty() && checker.problems.found.is_empty() {
            checker
                .problems
                .whole_file(ProblemCode::Empty, "没有一条启用的常见问题");
        }
        self.add_in_order(found, checker.problems);
        faqs
    }

    /// Adds the problems of one file, in the order of its lines, whichever check found them.
    fn add_in_order(&mut self, mut found: Vec<Problem>, more: FileProblems) {
        found.extend(more.found);
        found.sort_by_key(|p| p.line);
        self.problems.append(&mut found);
    }
}
