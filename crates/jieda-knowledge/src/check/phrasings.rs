//! The same phrasing in two FAQs.

use std::collections::{HashMap, HashSet};

use super::{
    rows::CheckedRow,
    text::{letters, phrasing_key},
};
use crate::{Problem, ProblemCode, source::Cell};

/// Pairs of rows, by position, the later one first.
pub(crate) type Pairs = HashSet<(usize, usize)>;

/// One warning for each two enabled FAQs that share a phrasing and may meet; also gives the pairs. Rows that
/// repeat an id are left out: that fault was reported.
pub(crate) fn same_phrasings(rows: &[CheckedRow]) -> (Vec<Problem>, Pairs) {
    let mut first: HashMap<String, (usize, &Cell)> = HashMap::new();
    let mut pairs = Pairs::new();
    let mut problems = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        if !row.is_enabled() || row.repeats_id {
            continue;
        }
        for (cell, text) in row.phrasings() {
            let key = phrasing_key(text);
            let Some(&(other, other_cell)) = first.get(&key) else {
                first.insert(key, (i, cell));
                continue;
            };
            if other == i || !row.meets(&rows[other]) || !pairs.insert((i, other)) {
                continue;
            }
            let place = other_cell.place.seen_from(&cell.place);
            let label = rows[other].label();
            let (message, suggestion) = if same_answer(row, &rows[other]) {
                let message = format!("“{text}”与{place}“{label}”的问法相同");
                (message, "答案也相同，请合并成一条")
            } else {
                let message = format!("“{text}”与{place}“{label}”的问法相同，答案不同");
                (
                    message,
                    "客户这样问只会得到其中一个答案，请改成一致，或删去一处问法",
                )
            };
            let problem = cell.place.problem(ProblemCode::DuplicateQuestion, message);
            problems.push(problem.suggest(suggestion));
        }
    }
    (problems, pairs)
}

fn same_answer(a: &CheckedRow, b: &CheckedRow) -> bool {
    let text = |row: &CheckedRow| row.record.answer.text().map(letters);
    text(a) == text(b)
}
