//! Almost the same phrasing in two FAQs.
//!
//! Texts are sets of bigrams, and two are alike from a Dice coefficient of 0.85 on. Not every pair is
//! compared: of each set only the rarest bigrams are indexed, just so many that two alike sets must
//! share one of them (prefix filtering), and sets of too different size are passed over.

use std::collections::{HashMap, HashSet};

use super::{
    phrasings::Pairs,
    rows::CheckedRow,
    text::{bigrams, dice, letters, likeness},
};
use crate::{Problem, ProblemCode, source::Cell};

/// From this likeness on, two phrasings are almost the same.
const ALIKE: f64 = 0.85;
/// The Jaccard coefficient that belongs to it: what two sets share, of what they have together.
const ALIKE_JACCARD: f64 = ALIKE / (2.0 - ALIKE);
/// Below this likeness, two answers contradict each other.
const SAME_ANSWER: f64 = 0.5;

/// A phrasing as a set.
struct Phrasing<'a> {
    row: usize,
    cell: &'a Cell,
    text: &'a str,
    letters: String,
    /// Bigrams by rarity, the rarest first.
    grams: Vec<u32>,
}

/// A warning for each enabled FAQ that has almost the phrasing of one above, but for the `known`
/// pairs. One such FAQ is enough: what is alike comes in clusters.
pub(crate) fn near_duplicates(rows: &[CheckedRow], known: &Pairs) -> Vec<Problem> {
    let phrasings = phrasings(rows);
    let mut reported = HashSet::new();
    let mut problems = Vec::new();
    // Posting lists over positions in `phrasings`, which are sorted by size.
    let mut postings: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut seen = vec![usize::MAX; phrasings.len()];
    for (i, phrasing) in phrasings.iter().enumerate() {
        let prefix = &phrasing.grams[..prefix_length(phrasing.grams.len())];
        for gram in prefix {
            for &other in postings.get(gram).into_iter().flatten() {
                if std::mem::replace(&mut seen[other], i) == i {
                    continue;
                }
                let (a, b) = later_first(phrasing, &phrasings[other]);
                let is_told = reported.contains(&a.row) || known.contains(&(a.row, b.row));
                let may_meet = a.row != b.row && rows[a.row].meets(&rows[b.row]);
                if may_meet && !is_told && are_alike(a, b) {
                    reported.insert(a.row);
                    problems.push(problem(rows, a, b));
                }
            }
        }
        for gram in prefix {
            postings.entry(*gram).or_default().push(i);
        }
    }
    problems
}

fn phrasings(rows: &[CheckedRow]) -> Vec<Phrasing<'_>> {
    let mut sets = Vec::new();
    let mut frequency: HashMap<(char, char), u32> = HashMap::new();
    let rows = rows.iter().enumerate();
    for (row, checked) in rows.filter(|(_, row)| row.is_enabled() && !row.repeats_id) {
        for (cell, text) in checked.phrasings() {
            let letters = letters(text);
            let grams = bigrams(&letters);
            for gram in &grams {
                *frequency.entry(*gram).or_default() += 1;
            }
            let phrasing = Phrasing {
                row,
                cell,
                text,
                letters,
                grams: Vec::new(),
            };
            sets.push((phrasing, grams));
        }
    }
    let mut by_rarity: Vec<(u32, (char, char))> =
        frequency.into_iter().map(|(g, n)| (n, g)).collect();
    by_rarity.sort_unstable();
    let rank: HashMap<(char, char), u32> = by_rarity
        .into_iter()
        .zip(0..)
        .map(|((_, gram), rank)| (gram, rank))
        .collect();
    let mut phrasings: Vec<Phrasing<'_>> = sets
        .into_iter()
        .map(|(phrasing, grams)| {
            let mut grams: Vec<u32> = grams.iter().map(|gram| rank[gram]).collect();
            grams.sort_unstable();
            Phrasing { grams, ..phrasing }
        })
        .filter(|phrasing| phrasing.grams.len() > 1)
        .collect();
    phrasings.sort_by_key(|phrasing| phrasing.grams.len());
    phrasings
}

/// Two sets of which one has this size can only be alike if they share one of so many rarest grams.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes of texts are small and positive"
)]
fn prefix_length(size: usize) -> usize {
    let shared = (ALIKE_JACCARD * size as f64).ceil() as usize;
    (size + 1 - shared.max(1)).min(size)
}

fn later_first<'a, 'b>(
    a: &'a Phrasing<'b>,
    b: &'a Phrasing<'b>,
) -> (&'a Phrasing<'b>, &'a Phrasing<'b>) {
    if a.row >= b.row { (a, b) } else { (b, a) }
}

fn are_alike(a: &Phrasing<'_>, b: &Phrasing<'_>) -> bool {
    // 5G套餐 is not 4G套餐, however long the rest.
    let latin = |text: &'_ Phrasing<'_>| -> String {
        text.letters.chars().filter(char::is_ascii).collect()
    };
    let sizes = a.grams.len() + b.grams.len();
    let most = a.grams.len().min(b.grams.len());
    dice(most, sizes) >= ALIKE
        && dice(shared(&a.grams, &b.grams), sizes) >= ALIKE
        && latin(a) == latin(b)
}

/// How many numbers two ascending lists share.
fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, count) = (i + 1, j + 1, count + 1),
        }
    }
    count
}

fn problem(rows: &[CheckedRow], a: &Phrasing<'_>, b: &Phrasing<'_>) -> Problem {
    let answer = |row: usize| rows[row].record.answer.text().unwrap_or_default();
    let contradict = likeness(answer(a.row), answer(b.row)) < SAME_ANSWER;
    let (text, other, label) = (a.text, b.text, rows[b.row].label());
    let place = b.cell.place.seen_from(&a.cell.place);
    let message = format!("“{text}”与{place}“{label}”的“{other}”几乎一样");
    if contradict {
        let code = ProblemCode::ConflictingAnswers;
        a.cell
            .place
            .problem(code, format!("{message}，答案却不同"))
            .suggest("请让问法分得开，或改成一致的答案")
    } else {
        a.cell
            .place
            .problem(ProblemCode::NearDuplicate, message)
            .suggest("请考虑合并成一条")
    }
}
