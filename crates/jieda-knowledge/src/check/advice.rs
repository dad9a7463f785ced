//! What does no harm and is worth knowing.

use jiff::civil::DateTime;

use super::rows::CheckedRow;
use crate::{Problem, ProblemCode, kb_toml::Settings};

/// Warnings on sound, enabled FAQs, as of a time of the knowledge base's time zone.
pub(crate) fn advice(rows: &[CheckedRow], settings: &Settings, now: DateTime) -> Vec<Problem> {
    let mut problems = Vec::new();
    for row in rows {
        let Some(faq) = row.faq.as_ref().filter(|faq| faq.enabled) else {
            continue;
        };
        let record = &row.record;
        if let (Some(until), Some(cell)) = (faq.valid_until, &record.valid_until)
            && until.is_over(now)
        {
            let problem = cell
                .place
                .problem(ProblemCode::Expired, format!("{until} 已经失效"));
            problems.push(problem.suggest("请改失效时间，或停用这一条"));
        }
        if faq.similar.is_empty() {
            let place = &record.question.place;
            let problem = place.problem(ProblemCode::OnePhrasing, "只有一种问法");
            problems.push(problem.suggest("请加上几个相似问题，客户才更容易问到"));
        }
        let cells = std::iter::once(&record.answer).chain(record.variants.iter().flatten());
        for ((_, answer), cell) in faq.answers().zip(cells) {
            let undeclared = settings.undeclared(answer);
            if undeclared.is_empty() || settings.supplied.is_some() {
                continue;
            }
            let message = format!(
                "变量 {} 在 kb.toml 的 [variables] 里没有",
                undeclared.join("、")
            );
            let problem = cell.place.problem(ProblemCode::UncheckedVariable, message);
            problems.push(problem.suggest("如果由调用方提供，请写进 kb.toml 的 supplied"));
        }
    }
    problems
}
