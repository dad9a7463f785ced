//! The intents of a knowledge base, by id and by name.

use std::collections::HashMap;

use jieda_types::IntentId;

use super::text::{has_no_word, likeness, one_line};
use crate::{
    Intent, IntentPattern, Problem, ProblemCode,
    place::Place,
    source::{Cell, IntentRecord},
};

/// Known intents that a message about an unknown one shows.
const KNOWN_SHOWN: usize = 10;
/// From this likeness on, a known intent is offered for an unknown one.
const LIKE_ENOUGH: f64 = 0.5;
/// Most keywords of an intent, and most patterns.
const MOST_RULES: usize = 200;

/// What becomes of an FAQ's intent that nobody has listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OtherIntents {
    /// It is a fault.
    Refused,
    /// It is one more intent: the FAQs are the list.
    Added,
    /// It is one more intent, and worth a warning.
    AddedWithWarning,
}

/// Intents, found by id or by name.
#[derive(Debug)]
pub(crate) struct IntentBook {
    pub(crate) intents: Vec<Intent>,
    others: OtherIntents,
    by_id: HashMap<String, IntentId>,
    by_name: HashMap<String, IntentId>,
}

impl IntentBook {
    pub(crate) fn new(intents: Vec<Intent>, others: OtherIntents) -> Self {
        let mut book = Self {
            intents: Vec::new(),
            others,
            by_id: HashMap::new(),
            by_name: HashMap::new(),
        };
        intents.into_iter().for_each(|intent| book.add(intent));
        book
    }

    /// Adds an intent; one with a known id takes the place of that.
    pub(crate) fn add(&mut self, intent: Intent) {
        let id = intent.id.clone();
        self.by_id.insert(id.as_str().to_owned(), id.clone());
        self.by_name.entry(intent.name.clone()).or_insert(id);
        match self.intents.iter_mut().find(|known| known.id == intent.id) {
            Some(known) => *known = intent,
            None => self.intents.push(intent),
        }
    }

    /// The intent that an FAQ names by id or by name.
    pub(super) fn resolve(&mut self, cell: &Cell, problems: &mut Vec<Problem>) -> Option<IntentId> {
        let text = one_line(cell.text()?);
        if let Some(id) = self.by_id.get(&text).or_else(|| self.by_name.get(&text)) {
            return Some(id.clone());
        }
        if self.others == OtherIntents::Refused {
            problems.push(self.unknown(&cell.place, &text));
            return None;
        }
        let Ok(id) = IntentId::new(text.clone()) else {
            problems.push(unfit(&cell.place, &text));
            return None;
        };
        if self.others == OtherIntents::AddedWithWarning {
            problems.push(self.new_one(&cell.place, &text));
        }
        self.add(Intent {
            id: id.clone(),
            name: text,
            description: String::new(),
            keywords: Vec::new(),
            patterns: Vec::new(),
        });
        Some(id)
    }

    pub(super) fn refuses_others(&self) -> bool {
        self.others == OtherIntents::Refused
    }

    fn unknown(&self, place: &Place, text: &str) -> Problem {
        let names: Vec<&str> = self.intents.iter().map(|i| i.id.as_str()).collect();
        let known = names[..names.len().min(KNOWN_SHOWN)].join("、");
        let more = if names.len() > KNOWN_SHOWN {
            "……"
        } else {
            ""
        };
        let message = format!("没有“{text}”这个意图，已有：{known}{more}");
        let suggestion = match self.nearest(text) {
            Some(name) => format!("是不是“{name}”？"),
            None => "请改成已有的意图，或把它加进意图列表".to_owned(),
        };
        place
            .problem(ProblemCode::UnknownIntent, message)
            .suggest(suggestion)
    }

    fn new_one(&self, place: &Place, text: &str) -> Problem {
        let problem = place.problem(ProblemCode::NewIntent, format!("新增意图“{text}”"));
        match self.nearest(text) {
            Some(name) => problem.suggest(format!("如果是写错了，是不是“{name}”？")),
            None => problem,
        }
    }

    fn nearest(&self, text: &str) -> Option<&str> {
        let both = |i: &'_ Intent| likeness(text, i.id.as_str()).max(likeness(text, &i.name));
        let best = self
            .intents
            .iter()
            .max_by(|a, b| both(a).total_cmp(&both(b)))?;
        let name = if likeness(text, &best.name) >= LIKE_ENOUGH {
            best.name.as_str()
        } else {
            best.id.as_str()
        };
        (both(best) >= LIKE_ENOUGH).then_some(name)
    }
}

/// Sound intents with ids of their own. Two files may list the same one.
pub(crate) fn unique_intents(records: &[IntentRecord], problems: &mut Vec<Problem>) -> Vec<Intent> {
    let mut seen: HashMap<&str, &IntentRecord> = HashMap::new();
    let mut intents = Vec::new();
    for record in records {
        let id = record.id.text().unwrap_or_default();
        match seen.get(id).filter(|_| !id.is_empty()) {
            None => {
                seen.insert(id, record);
                intents.extend(intent(record, problems));
            }
            Some(first) if first.is_copy_of(record) => {}
            Some(first) => {
                let place = &record.id.place;
                let first = first.id.place.seen_from(place);
                let message = format!("编号“{id}”重复，{first}已经用过");
                problems.push(place.problem(ProblemCode::DuplicateId, message));
            }
        }
    }
    intents
}

/// The same for files that are imported: an intent without an id is the known one of its name.
pub(crate) fn intents_of_files(
    records: &[IntentRecord],
    all: &[Intent],
    problems: &mut Vec<Problem>,
) -> Vec<Intent> {
    let mut intents = unique_intents(records, problems);
    for intent in &mut intents {
        let record = records
            .iter()
            .find(|r| r.id.text() == Some(intent.id.as_str()));
        let known = all.iter().find(|known| known.name == intent.name);
        if let Some(known) = known.filter(|_| intent.id.as_str() == intent.name) {
            intent.id = known.id.clone();
        }
        // What a table has no column for stays as it was.
        let before = all.iter().find(|known| known.id == intent.id);
        if let (Some(record), Some(before)) = (record, before) {
            if record.keywords.is_none() {
                intent.keywords.clone_from(&before.keywords);
            }
            if record.patterns.is_none() {
                intent.patterns.clone_from(&before.patterns);
            }
        }
    }
    intents
}

/// The intent of a record, if it is sound.
fn intent(record: &IntentRecord, problems: &mut Vec<Problem>) -> Option<Intent> {
    let (id, name) = (record.id.text()?, one_line(record.name.text()?));
    if has_no_word(&name) {
        let problem = record
            .name
            .place
            .problem(ProblemCode::EmptyText, "意图没有名称");
        problems.push(problem);
        return None;
    }
    match IntentId::new(id) {
        Ok(id) => Some(Intent {
            id,
            name,
            description: record.description.trim().to_owned(),
            keywords: keywords(record, problems),
            patterns: patterns(record, problems),
        }),
        Err(_) => {
            problems.push(unfit(&record.id.place, id));
            None
        }
    }
}

/// Words of a record, each once. More rules than anyone reads are refused: all are tried on every text.
fn keywords(record: &IntentRecord, problems: &mut Vec<Problem>) -> Vec<String> {
    let mut keywords: Vec<String> = Vec::new();
    for cell in few(record.keywords.as_deref(), "关键词", problems) {
        let Some(word) = cell.text().map(one_line) else {
            continue;
        };
        if has_no_word(&word) {
            let message = format!("关键词“{word}”里没有文字");
            problems.push(cell.place.problem(ProblemCode::InvalidIntentRule, message));
        } else if !keywords.contains(&word) {
            keywords.push(word);
        }
    }
    keywords
}

fn patterns(record: &IntentRecord, problems: &mut Vec<Problem>) -> Vec<IntentPattern> {
    let mut patterns: Vec<IntentPattern> = Vec::new();
    for cell in few(record.patterns.as_deref(), "正则", problems) {
        let Some(text) = cell.text() else {
            continue;
        };
        match IntentPattern::new(text) {
            Ok(pattern) if patterns.contains(&pattern) => {}
            Ok(pattern) => patterns.push(pattern),
            Err(e) => {
                let message = format!("正则“{text}”{e}");
                problems.push(cell.place.problem(ProblemCode::InvalidIntentRule, message));
            }
        }
    }
    patterns
}

fn few<'a>(cells: Option<&'a [Cell]>, what: &str, problems: &mut Vec<Problem>) -> &'a [Cell] {
    let cells = cells.unwrap_or_default();
    match cells.get(MOST_RULES) {
        None => cells,
        Some(cell) => {
            let message = format!(
                "一个意图的{what}最多 {MOST_RULES} 个，这里有 {} 个",
                cells.len()
            );
            problems.push(cell.place.problem(ProblemCode::InvalidIntentRule, message));
            &[]
        }
    }
}

fn unfit(place: &Place, id: &str) -> Problem {
    let message = format!("意图“{id}”不可用：不能为空、不能超过 128 字节、不能有控制字符");
    place.problem(ProblemCode::InvalidId, message)
}
