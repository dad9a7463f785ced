//! A checked knowledge base.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use jieda_text::UserDictionary;
use jieda_types::{FaqId, IntentId};
use sha2::{Digest, Sha256};

use crate::{
    AnswerTemplate, Faq, Faults, Intent, JsonlRow, Problem, ProblemCode,
    faq::{FaqRow, IntentRow},
    jsonl::{read_bytes, read_jsonl},
    kb_toml::{self, KB_FILE},
    problem::FileProblems,
};

const INTENTS_FILE: &str = "intents.jsonl";
const FAQS_FILE: &str = "faqs.jsonl";

/// A knowledge base whose files were found sound.
///
/// Invariants: FAQ ids and intent ids are unique; every FAQ's intent is listed; every phrasing and
/// every answer has text; at least one FAQ; disabled FAQs are not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct KnowledgeBase {
    /// Its name: `kb.toml`'s, else the folder's.
    pub name: String,
    /// One sentence on it.
    pub description: String,
    /// Words that segmentation keeps whole.
    pub dictionary: UserDictionary,
    /// Values for variables that the caller does not supply.
    pub variables: BTreeMap<String, String>,
    /// Intents, in the order of the file.
    pub intents: Vec<Intent>,
    /// Enabled FAQs, in the order of the file.
    pub faqs: Vec<Faq>,
    /// What was noticed that does no harm.
    pub warnings: Vec<Problem>,
}

impl KnowledgeBase {
    /// Loads and checks a folder.
    ///
    /// # Errors
    /// [`Faults`] with every problem of every file.
    pub fn load(dir: &Path) -> Result<Self, Faults> {
        if !dir.is_dir() {
            let mut problems = FileProblems::new(dir.to_owned());
            problems.whole_file(ProblemCode::MissingFile, "知识库目录不存在");
            return Err(Faults {
                errors: problems.found,
                warnings: Vec::new(),
            });
        }
        let mut loader = Loader::default();
        let kb = loader.load(dir);
        let (warnings, errors): (Vec<_>, Vec<_>) = loader
            .problems
            .into_iter()
            .partition(|p| p.code.is_warning());
        if errors.is_empty() {
            Ok(Self { warnings, ..kb })
        } else {
            Err(Faults { errors, warnings })
        }
    }

    /// The FAQ with this id.
    #[must_use]
    pub fn faq(&self, id: &FaqId) -> Option<&Faq> {
        self.faqs.iter().find(|faq| faq.id == *id)
    }

    /// The intent with this id.
    #[must_use]
    pub fn intent(&self, id: &IntentId) -> Option<&Intent> {
        self.intents.iter().find(|intent| intent.id == *id)
    }

    /// SHA-256, in hex, over all that an index of this knowledge base depends on: dictionary,
    /// ids, intents, phrasings and answers. Two folders with the same contents have the same hash.
    #[must_use]
    pub fn content_hash(&self) -> String {
        let mut hash = Sha256::new();
        let mut field = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        for word in &self.dictionary.words {
            field(&word.word);
            field(&word.frequency.map_or(String::new(), |f| f.to_string()));
        }
        for faq in &self.faqs {
            field("faq");
            field(faq.id.as_str());
            field(faq.intent.as_str());
            faq.phrasings().for_each(&mut field);
            field("answer");
            field(faq.answer.source());
        }
        hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// Goes through the files and gathers problems on the way.
#[derive(Default)]
struct Loader {
    problems: Vec<Problem>,
}

impl Loader {
    fn load(&mut self, dir: &Path) -> KnowledgeBase {
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
        let mut checker = FaqChecker {
            intents: intents.iter().map(|intent| intent.id.as_str()).collect(),
            ids: HashMap::new(),
            phrasings: HashMap::new(),
            problems: FileProblems::new(path),
        };
        let some_rows = !rows.is_empty();
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

/// Known intents that a message about an unknown one shows.
const KNOWN_SHOWN: usize = 10;

/// Nothing that a customer could read or ask.
fn has_no_word(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

struct FaqChecker<'a> {
    intents: Vec<&'a str>,
    ids: HashMap<String, usize>,
    /// Phrasing → line and id of the FAQ that has it.
    phrasings: HashMap<String, (usize, String)>,
    problems: FileProblems,
}

impl FaqChecker<'_> {
    fn check(&mut self, line: usize, row: FaqRow) -> Option<Faq> {
        let problems_before = self.problems.found.len();
        let id = unique_id(
            FaqId::new(row.id.clone()),
            &row.id,
            line,
            &mut self.ids,
            &mut self.problems,
        );
        let intent = self.intent(line, &row);
        if has_no_word(&row.question) {
            self.problems.at_line(
                line,
                ProblemCode::EmptyText,
                format!("“{}”的标准问题没有文字", row.id),
            );
        }
        for (i, text) in row.similar.iter().enumerate() {
            if has_no_word(text) {
                let message = format!(
                    "“{}”的第 {} 个相似问题没有文字，请删去或补上",
                    row.id,
                    i + 1
                );
                self.problems.at_line(line, ProblemCode::EmptyText, message);
            }
        }
        let answer = self.answer(line, &row);
        if row.enabled {
            self.note_phrasings(line, &row);
        }
        if self.problems.found[problems_before..]
            .iter()
            .any(|p| !p.code.is_warning())
            || !row.enabled
        {
            return None;
        }
        let mut similar: Vec<String> = Vec::new();
        for text in row.similar {
            if text != row.question && !similar.contains(&text) {
                similar.push(text);
            }
        }
        Some(Faq {
            id: id?,
            intent: intent?,
            question: row.question,
            similar,
            answer: answer?,
            tags: row.tags,
            skill: row.skill,
        })
    }

    fn intent(&mut self, line: usize, row: &FaqRow) -> Option<IntentId> {
        if self.intents.contains(&row.intent.as_str()) {
            return IntentId::new(row.intent.clone()).ok();
        }
        // Without intents their own file is at fault, not each FAQ.
        if !self.intents.is_empty() {
            let known = self
                .intents
                .iter()
                .take(KNOWN_SHOWN)
                .copied()
                .collect::<Vec<_>>()
                .join("、");
            let more = if self.intents.len() > KNOWN_SHOWN {
                "……"
            } else {
                ""
            };
            let (id, intent) = (&row.id, &row.intent);
            let message =
                format!("“{id}”的意图“{intent}”不在 {INTENTS_FILE} 里；已有：{known}{more}");
            self.problems
                .at_line(line, ProblemCode::UnknownIntent, message);
        }
        None
    }

    fn answer(&mut self, line: usize, row: &FaqRow) -> Option<AnswerTemplate> {
        if has_no_word(&row.answer) {
            self.problems.at_line(
                line,
                ProblemCode::EmptyAnswer,
                format!("“{}”没有答案", row.id),
            );
            return None;
        }
        match AnswerTemplate::parse(&row.answer) {
            Ok(answer) => Some(answer),
            Err((position, message)) => {
                let message = format!("“{}”的答案第 {position} 个字：{message}", row.id);
                self.problems
                    .at_line(line, ProblemCode::InvalidVariable, message);
                None
            }
        }
    }

    fn note_phrasings(&mut self, line: usize, row: &FaqRow) {
        for text in std::iter::once(&row.question).chain(&row.similar) {
            let key = text.trim().to_lowercase();
            match self.phrasings.get(&key) {
                Some((first, other)) if *other != row.id => {
                    let message = format!(
                        "“{text}”与第 {first} 行“{other}”的问法相同，客户这样问只会得到其中一个答案"
                    );
                    self.problems
                        .at_line(line, ProblemCode::DuplicateQuestion, message);
                }
                Some(_) => {}
                None => {
                    self.phrasings.insert(key, (line, row.id.clone()));
                }
            }
        }
    }
}

fn unique_id<T>(
    id: Result<T, jieda_types::InvalidId>,
    text: &str,
    line: usize,
    seen: &mut HashMap<String, usize>,
    problems: &mut FileProblems,
) -> Option<T> {
    match id {
        Err(_) => {
            let message =
                format!("编号“{text}”不可用：不能为空、不能超过 128 字节、首尾不能有空格");
            problems.at_line(line, ProblemCode::InvalidId, message);
            None
        }
        Ok(_) if seen.contains_key(text) => {
            let message = format!("编号“{text}”重复，第 {} 行已经用过", seen[text]);
            problems.at_line(line, ProblemCode::DuplicateId, message);
            None
        }
        Ok(id) => {
            seen.insert(text.to_owned(), line);
            Some(id)
        }
    }
}
