//! Checks of what customers ask and read: questions and answers.

use jieda_types::VariantLabel;

use super::RowChecker;
use crate::{
    AnswerTemplate, Channel, ProblemCode,
    check::text::{has_no_word, one_line},
    source::{Cell, FaqRecord},
};

impl RowChecker<'_> {
    pub(super) fn question(&mut self, cell: &Cell) -> Option<String> {
        let text = one_line(cell.text()?);
        if has_no_word(&text) {
            let problem = cell.place.problem(ProblemCode::EmptyText, "没有标准问题");
            self.problems.push(problem.suggest("请补上，或删去这一条"));
            return None;
        }
        Some(text)
    }

    pub(super) fn similar(&mut self, record: &FaqRecord, question: &str) -> Option<Vec<String>> {
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

    pub(super) fn answer(
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

    /// Answers that are tried against the first. An empty column in between is a mistake: the answer behind it would
    /// go by another letter than that of its column.
    pub(super) fn variants(
        &mut self,
        record: &FaqRecord,
        channels: &[Channel],
    ) -> Option<Vec<AnswerTemplate>> {
        let cells = record.variants.as_deref().unwrap_or_default();
        let filled = cells.iter().rposition(Cell::is_filled).map_or(0, |i| i + 1);
        let mut texts = vec![record.answer.text().unwrap_or_default()];
        let mut variants = Vec::new();
        let mut sound = true;
        for (i, cell) in cells[..filled].iter().enumerate() {
            let mut refuse = |code, message: String, suggestion: &str| {
                let problem = cell.place.problem(code, message);
                self.problems.push(problem.suggest(suggestion));
                sound = false;
            };
            let Some(text) = cell.text() else {
                sound = false;
                continue;
            };
            let code = ProblemCode::InvalidVariant;
            if i + 1 >= VariantLabel::MOST {
                let message = format!("备选答案太多：连同答案最多 {} 个", VariantLabel::MOST);
                refuse(code, message, "请删去一些；试得越多，要等的会话也越多");
                break;
            } else if has_no_word(text) {
                refuse(code, "备选答案没有文字".into(), "请补上，或让后面的往前移");
            } else if texts.contains(&text) {
                refuse(code, "备选答案与前面的答案一样".into(), "请改写，或删去");
            } else {
                texts.push(text);
                match self.answer(cell, channels, true) {
                    Some(answer) => variants.push(answer),
                    None => sound = false,
                }
            }
        }
        sound.then_some(variants)
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
}
