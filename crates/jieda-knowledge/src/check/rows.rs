//! Checks of single rows. A faulty cell is reported once, whatever else depends on it.

use std::collections::{HashMap, HashSet};

use jieda_types::{FaqId, IntentId};

use super::{
    intents::IntentBook,
    text::{has_no_word, one_line},
    values::{parse_enabled, parse_priority},
};
use crate::{
    AnswerTemplate, Channel, Faq, FaqField, Moment, Problem, ProblemCode,
    kb_toml::Settings,
    place::Place,
    source::{Cell, FaqRecord},
};

/// The intent of FAQs that have none, where intents are not listed.
const NO_INTENT: &str = "未分类";

/// A record and what it stands for.
#[derive(Debug)]
pub(crate) struct CheckedRow {
    pub(crate) record: FaqRecord,
    /// None if it is faulty.
    pub(crate) faq: Option<Faq>,
    /// Whether its id was used before: then it is likely a copy.
    pub(crate) repeats_id: bool,
}

impl CheckedRow {
    /// Whether customers can get it, as far as is known.
    pub(crate) fn is_enabled(&self) -> bool {
        self.faq.as_ref().is_none_or(|faq| faq.enabled)
    }

    /// Its phrasings, each with its cell.
    pub(crate) fn phrasings(&self) -> impl Iterator<Item = (&Cell, &str)> {
        let similar = self.record.similar.iter().flatten();
        std::iter::once(&self.record.question)
            .chain(similar)
            .filter_map(|cell| cell.text().map(|text| (cell, text)))
            .filter(|(_, text)| !has_no_word(text))
    }

    /// How messages name it.
    pub(crate) fn label(&self) -> &str {
        let question = || self.record.question.text().unwrap_or_default();
        self.record.id_text().unwrap_or_else(question)
    }
}

/// Checks rows one by one.
pub(crate) struct RowChecker<'a> {
    settings: &'a Settings,
    pub(crate) intents: IntentBook,
    ids: HashMap<String, Place>,
    /// Tables in which a missing column was reported.
    reported: HashSet<(String, FaqField)>,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> RowChecker<'a> {
    pub(crate) fn new(settings: &'a Settings, intents: IntentBook) -> Self {
        Self {
            settings,
            intents,
            ids: HashMap::new(),
            reported: HashSet::new(),
            problems: Vec::new(),
        }
    }

    /// Checks a record.
    pub(crate) fn check(&mut self, record: FaqRecord) -> CheckedRow {
        let used_before = record.id_text().is_some_and(|id| self.ids.contains_key(id));
        let faq = self.faq(&record);
        CheckedRow {
            record,
            faq,
            repeats_id: used_before,
        }
    }

    fn faq(&mut self, record: &FaqRecord) -> Option<Faq> {
        // Everything is looked at before anything is given up: all faults come at once.
        let id = self.id(record);
        let question = self.question(&record.question);
        let similar = self.similar(record, question.as_deref().unwrap_or_default());
        let intent = self.intent(record);
        let enabled = self.enabled(record.enabled.as_ref());
        let channels = self.channels(record);
        let served = channels.as_deref().unwrap_or_default();
        let answer = self.answer(&record.answer, served, enabled.unwrap_or(true));
        let valid_from = self.moment(record.valid_from.as_ref());
        let valid_until = self.moment(record.valid_until.as_ref());
        let valid = self.validity(record, valid_from.flatten(), valid_until.flatten());
        let priority = self.priority(record.priority.as_ref());
        let tags = labels(record.tags.as_deref().unwrap_or_default());
        let skill = optional(record.skill.as_ref());
        valid.then_some(())?;
        Some(Faq {
            id: id?,
            intent: intent?,
            question: question?,
            similar: similar?,
            answer: answer?,
            tags: tags?,
            skill: skill?,
            channels: channels?,
            valid_from: valid_from?,
            valid_until: valid_until?,
            enabled: enabled?,
            priority: priority?,
        })
    }

    fn id(&mut self, record: &FaqRecord) -> Option<FaqId> {
        let Some(cell) = &record.id else {
            let suggestion = "请加上“编号”列；用导入命令会自动编号";
            self.missing_column(record, FaqField::Id, ProblemCode::MissingId, suggestion);
            return None;
        };
        let text = cell.text()?;
        if text.is_empty() {
            let problem = cell.place.problem(ProblemCode::MissingId, "没有编号");
            self.problems
                .push(problem.suggest("请填一个不重复的编号；用导入命令会自动编号"));
            return None;
        }
        let Ok(id) = FaqId::new(text) else {
            let message = format!("编号“{text}”不可用：不能超过 128 字节，不能有控制字符");
            let problem = cell.place.problem(ProblemCode::InvalidId, message);
            self.problems.push(problem);
            return None;
        };
        if let Some(first) = self.ids.get(text) {
            let message = format!("编号“{text}”重复，{}已经用过", first.seen_from(&cell.place));
            let problem = cell.place.problem(ProblemCode::DuplicateId, message);
            self.problems
                .push(problem.suggest("请换一个编号，或删去其中一条"));
            return None;
        }
        self.ids.insert(text.to_owned(), cell.place.clone());
        Some(id)
    }

    /// Reports a column that a table lacks, once a table.
    fn missing_column(
        &mut self,
        record: &FaqRecord,
        field: FaqField,
        code: ProblemCode,
        suggestion: &str,
    ) {
        let table = record.place.table();
        let problem = table.problem(code, format!("没有“{field}”列"));
        if self.reported.insert((problem.to_string(), field)) {
            self.problems.push(problem.suggest(suggestion));
        }
    }

    fn question(&mut self, cell: &Cell) -> Option<String> {
        let text = one_line(cell.text()?);
        if has_no_word(&text) {
            let problem = cell.place.problem(ProblemCode::EmptyText, "没有标准问题");
            self.problems.push(problem.suggest("请补上，或删去这一条"));
            return None;
        }
        Some(text)
    }

    fn similar(&mut self, record: &FaqRecord, question: &str) -> Option<Vec<String>> {
        let mut similar: Vec<String> = Vec::new();
        let mut sound = true;
        for cell in record.similar.iter().flatten() {
            let Some(text) = cell.text().map(one_line) else {
                sound = false;
                continue;
            };
            if has_no_word(&text) {
                let problem = cell
                    .place
                    .problem(ProblemCode::EmptyText, "相似问题没有文字");
                self.problems.push(problem.suggest("请补上，或删去"));
                sound = false;
            } else if text != question && !similar.contains(&text) {
                similar.push(text);
            }
        }
        sound.then_some(similar)
    }

    fn intent(&mut self, record: &FaqRecord) -> Option<IntentId> {
        if let Some(cell) = record.intent.as_ref().filter(|cell| cell.is_filled()) {
            return self.intents.resolve(cell, &mut self.problems);
        }
        if self.intents.refuses_others() {
            let suggestion = "请填上意图的编号或名称";
            match &record.intent {
                Some(cell) => {
                    let problem = cell.place.problem(ProblemCode::MissingIntent, "没有意图");
                    self.problems.push(problem.suggest(suggestion));
                }
                None => {
                    let code = ProblemCode::MissingIntent;
                    self.missing_column(record, FaqField::Intent, code, suggestion);
                }
            }
            return None;
        }
        let suggestion = format!("归入“{NO_INTENT}”");
        self.missing_intent_once(record, &suggestion);
        let place = record.place.clone();
        let cell = Cell::new(NO_INTENT, place, &mut self.problems);
        // That it is new was said already.
        self.intents.resolve(&cell, &mut Vec::new())
    }

    fn missing_intent_once(&mut self, record: &FaqRecord, suggestion: &str) {
        match &record.intent {
            None => {
                let code = ProblemCode::NoIntent;
                self.missing_column(record, FaqField::Intent, code, suggestion);
            }
            Some(cell) => {
                let problem = cell.place.problem(ProblemCode::NoIntent, "没有意图");
                self.problems.push(problem.suggest(suggestion));
            }
        }
    }

    fn answer(
        &mut self,
        cell: &Cell,
        channels: &[Channel],
        enabled: bool,
    ) -> Option<AnswerTemplate> {
        let text = cell.text()?;
        if has_no_word(text) && enabled {
            let problem = cell.place.problem(ProblemCode::EmptyAnswer, "没有答案");
            self.problems.push(problem.suggest("请补上，或停用这一条"));
            return None;
        }
        let answer = match AnswerTemplate::parse(text) {
            Ok(answer) => answer,
            Err((position, message)) => {
                let message = format!("第 {position} 个字：{message}");
                let problem = cell.place.problem(ProblemCode::InvalidVariable, message);
                self.problems.push(problem);
                return None;
            }
        };
        let undeclared = self.settings.undeclared(&answer);
        if !undeclared.is_empty() && self.settings.supplied.is_some() {
            let names = undeclared.join("、");
            let message =
                format!("变量 {names} 没有人给值：kb.toml 的 [variables] 和 supplied 里都没有");
            let problem = cell.place.problem(ProblemCode::UndeclaredVariable, message);
            self.problems
                .push(problem.suggest("请改正变量名，或在 kb.toml 里加上"));
            return None;
        }
        if self.is_too_long(cell, &answer, channels) {
            return None;
        }
        Some(answer)
    }

    fn is_too_long(&mut self, cell: &Cell, answer: &AnswerTemplate, channels: &[Channel]) -> bool {
        let served = |name: &Channel| channels.is_empty() || channels.contains(name);
        let tightest = self
            .settings
            .channels
            .iter()
            .filter(|(name, _)| served(name))
            .filter_map(|(name, limits)| Some((limits.max_answer_chars?, name)))
            .min();
        let length = answer.plain().chars().count();
        let Some((limit, name)) = tightest.filter(|(limit, _)| length > *limit) else {
            return false;
        };
        let message = format!("答案有 {length} 个字，渠道“{name}”最多 {limit} 个");
        let problem = cell.place.problem(ProblemCode::AnswerTooLong, message);
        self.problems
            .push(problem.suggest("请缩短答案，或改“渠道”"));
        true
    }

    fn channels(&mut self, record: &FaqRecord) -> Option<Vec<Channel>> {
        let mut channels = Vec::new();
        let mut sound = true;
        for cell in record.channels.iter().flatten() {
            match cell.text().map(Channel::new) {
                None => sound = false,
                Some(Ok(channel)) => {
                    let listed = &self.settings.channels;
                    if !listed.is_empty() && !listed.contains_key(&channel) {
                        let message = format!("kb.toml 里没有渠道“{channel}”");
                        let problem = cell.place.problem(ProblemCode::UnknownChannel, message);
                        let names: Vec<&str> = listed.keys().map(Channel::as_str).collect();
                        let names = names.join("、");
                        self.problems
                            .push(problem.suggest(format!("已有：{names}")));
                    }
                    if !channels.contains(&channel) {
                        channels.push(channel);
                    }
                }
                Some(Err(_)) => {
                    let message = "渠道名不可用：不能为空，最多 40 个字";
                    let problem = cell.place.problem(ProblemCode::InvalidChannel, message);
                    self.problems.push(problem);
                    sound = false;
                }
            }
        }
        sound.then_some(channels)
    }

    /// The outer option is none for a fault, the inner one for an empty cell.
    fn moment(&mut self, cell: Option<&Cell>) -> Option<Option<Moment>> {
        let Some(cell) = cell.filter(|cell| cell.is_filled()) else {
            return Some(None);
        };
        let text = cell.text()?;
        let moment = Moment::parse(text);
        if moment.is_none() {
            let message = format!("“{text}”不是日期，或没有这一天");
            let problem = cell.place.problem(ProblemCode::InvalidDate, message);
            self.problems
                .push(problem.suggest("请写成 2026-01-31 或 2026-01-31 18:00"));
        }
        moment.map(Some)
    }

    fn validity(
        &mut self,
        record: &FaqRecord,
        from: Option<Moment>,
        until: Option<Moment>,
    ) -> bool {
        let (Some(from), Some(until), Some(cell)) = (from, until, &record.valid_until) else {
            return true;
        };
        if !until.is_over(from.start()) {
            return true;
        }
        let message = format!("失效时间 {until} 不晚于生效时间 {from}，这一条永远不会生效");
        let problem = cell.place.problem(ProblemCode::NeverValid, message);
        self.problems.push(problem.suggest("请改正其中一个"));
        false
    }

    fn enabled(&mut self, cell: Option<&Cell>) -> Option<bool> {
        let Some(cell) = cell else {
            return Some(true);
        };
        let text = cell.text()?;
        let enabled = parse_enabled(text);
        if enabled.is_none() {
            let message = format!("看不懂“{text}”");
            let problem = cell.place.problem(ProblemCode::InvalidEnabled, message);
            self.problems.push(problem.suggest("请写“是”或“否”"));
        }
        enabled
    }

    fn priority(&mut self, cell: Option<&Cell>) -> Option<i32> {
        let Some(cell) = cell else {
            return Some(0);
        };
        let text = cell.text()?;
        let priority = parse_priority(text);
        if priority.is_none() {
            let message = format!("优先级“{text}”不是整数");
            let problem = cell.place.problem(ProblemCode::InvalidPriority, message);
            self.problems
                .push(problem.suggest("请写整数，数字大的优先"));
        }
        priority
    }
}

/// Labels in one line each, without repeats; none if one is faulty.
fn labels(cells: &[Cell]) -> Option<Vec<String>> {
    let mut labels = Vec::new();
    for cell in cells {
        let label = one_line(cell.text()?);
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }
    Some(labels)
}

/// The outer option is none for a fault, the inner one for an empty cell.
fn optional(cell: Option<&Cell>) -> Option<Option<String>> {
    let Some(cell) = cell else {
        return Some(None);
    };
    let text = one_line(cell.text()?);
    Some((!text.is_empty()).then_some(text))
}
