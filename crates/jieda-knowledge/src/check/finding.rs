//! What somebody else found out about FAQs, put where it belongs in the files.

use jieda_types::FaqId;

use super::rows::CheckedRow;
use crate::{Problem, ProblemCode};

/// What was found about a phrasing of an FAQ, such as by searching for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The FAQ.
    pub faq: FaqId,
    /// The phrasing, as it stands in the FAQ.
    pub phrasing: String,
    /// The kind.
    pub code: ProblemCode,
    /// What is wrong, in Chinese, without full stop.
    pub message: String,
    /// What to do, in Chinese, without full stop.
    pub suggestion: String,
}

/// Findings as problems; those of FAQs that no row holds are left out.
pub(crate) fn placed(findings: Vec<Finding>, rows: &[CheckedRow]) -> Vec<Problem> {
    let problem = |finding: Finding| {
        let is_its = |row: &&CheckedRow| row.faq.as_ref().is_some_and(|f| f.id == finding.faq);
        let record = &rows.iter().find(is_its)?.record;
        let mut cells = record.similar.iter().flatten();
        let cell = cells
            .find(|cell| cell.text() == Some(&finding.phrasing))
            .unwrap_or(&record.question);
        let problem = cell.place.problem(finding.code, finding.message);
        Some(problem.suggest(finding.suggestion))
    };
    findings.into_iter().filter_map(problem).collect()
}
