//! Checks on the rows of a knowledge base.

use std::{collections::HashMap, path::PathBuf};

use jieda_types::{FaqId, IntentId};

use crate::{
    AnswerTemplate, Faq, Intent, ProblemCode, faq::FaqRow, loader::INTENTS_FILE,
    problem::FileProblems,
};

/// Known intents that a message about an unknown one shows.
const KNOWN_SHOWN: usize = 10;

/// Nothing that a customer could read or ask.
fn has_no_word(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

/// Checks FAQs one by one, and against those before.
pub(crate) struct FaqChecker<'a> {
    intents: Vec<&'a str>,
    ids: HashMap<String, usize>,
    /// Phrasing → line and id of the FAQ that has it.
    phrasings: HashMap<String, (usize, String)>,
    pub(crate) problems: FileProblems,
}

impl<'a> FaqChecker<'a> {
    pub(crate) fn new(path: PathBuf, intents: &'a [Intent]) -> Self {
        Self {
            intents: intents.iter().map(|intent| intent.id.as_str()).collect(),
            ids: HashMap::new(),
            phrasings: HashMap::new(),
            problems: FileProblems::new(path),
        }
    }

    /// The FAQ of a row, if it is sound and enabled.
    pub(crate) fn check(&mut self, line: usize, row: FaqRow) -> Option<Faq> {
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

/// An id that is fit and was not seen before.
pub(crate) fn unique_id<T>(
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
