//! Checks of the intent of an FAQ.

use jieda_types::IntentId;

use super::RowChecker;
use crate::{
    FaqField, ProblemCode,
    source::{Cell, FaqRecord},
};

/// The intent of FAQs that have none, where intents are not listed.
const NO_INTENT: &str = "未分类";

impl RowChecker<'_> {
    pub(super) fn intent(&mut self, record: &FaqRecord) -> Option<IntentId> {
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
}
