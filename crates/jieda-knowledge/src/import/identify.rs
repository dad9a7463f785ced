//! Which FAQ of the folder a record is, and an id for those that are new.

use std::collections::{HashMap, HashSet};

use super::ImportMode;
use crate::{Faq, Problem, ProblemCode, check::phrasing_key, place::Place, source::FaqRecord};

/// The prefix of ids where there are none yet.
const DEFAULT_PREFIX: &str = "faq";
/// The least number of digits of a new id.
const MIN_DIGITS: usize = 3;

/// Gives every record an id. In merge mode a record also takes what its table has no column for from
/// the FAQ that it is.
pub(super) fn give_ids(
    records: &mut [FaqRecord],
    existing: &[Faq],
    mode: ImportMode,
    problems: &mut Vec<Problem>,
) {
    let by_id: HashMap<&str, &Faq> = existing.iter().map(|f| (f.id.as_str(), f)).collect();
    let claimed: HashSet<String> = records
        .iter()
        .filter_map(|record| record.id_text().map(str::to_owned))
        .collect();
    let mut by_question: HashMap<String, &Faq> = HashMap::new();
    for faq in existing
        .iter()
        .filter(|faq| !claimed.contains(faq.id.as_str()))
    {
        by_question
            .entry(phrasing_key(&faq.question))
            .or_insert(faq);
    }
    let ids = claimed
        .iter()
        .map(String::as_str)
        .chain(by_id.keys().copied());
    let mut free = FreeIds::after(ids);
    let mut without_id: HashMap<String, Place> = HashMap::new();
    for record in records {
        if let Some(id) = record.id_text() {
            if let Some(faq) = by_id.get(id) {
                take_over(record, faq, mode);
            }
            continue;
        }
        let key = phrasing_key(record.question.text().unwrap_or_default());
        if !key.is_empty() {
            let place = &record.question.place;
            if let Some(first) = without_id.get(&key) {
                let message = format!(
                    "没有编号，标准问题又与{}相同，分不清是不是同一条",
                    first.seen_from(place)
                );
                let problem = place.problem(ProblemCode::AmbiguousRow, message);
                problems.push(problem.suggest("请合并成一条，或给两条不同的编号"));
            } else {
                without_id.insert(key.clone(), place.clone());
            }
        }
        match by_question.remove(&key) {
            Some(faq) => take_over(record, faq, mode),
            None => record.set_id(&free.next()),
        }
    }
}

fn take_over(record: &mut FaqRecord, faq: &Faq, mode: ImportMode) {
    match mode {
        ImportMode::Merge => record.fill_from(faq),
        ImportMode::Replace => record.set_id(faq.id.as_str()),
    }
}

/// Ids of the commonest form, counted on: `ec-101` after `ec-100`.
struct FreeIds {
    prefix: String,
    digits: usize,
    last: u64,
}

impl FreeIds {
    fn after<'a>(ids: impl Iterator<Item = &'a str>) -> Self {
        // By prefix: how many, the greatest number, the most digits.
        let mut forms: HashMap<&str, (usize, u64, usize)> = HashMap::new();
        for id in ids {
            let Some((prefix, digits)) = id.rsplit_once('-') else {
                continue;
            };
            let is_number = digits.bytes().all(|b| b.is_ascii_digit());
            if let Some(number) = digits.parse().ok().filter(|_| is_number) {
                let form = forms.entry(prefix).or_default();
                *form = (form.0 + 1, form.1.max(number), form.2.max(digits.len()));
            }
        }
        let commonest = forms
            .into_iter()
            .filter(|(prefix, _)| !prefix.is_empty())
            .max_by(|(a, (m, ..)), (b, (n, ..))| m.cmp(n).then_with(|| b.cmp(a)));
        let (prefix, (_, last, digits)) = commonest.unwrap_or((DEFAULT_PREFIX, (0, 0, 0)));
        Self {
            prefix: prefix.to_owned(),
            digits: digits.max(MIN_DIGITS),
            last,
        }
    }

    fn next(&mut self) -> String {
        self.last = self.last.saturating_add(1);
        format!(
            "{}-{:0digits$}",
            self.prefix,
            self.last,
            digits = self.digits
        )
    }
}
