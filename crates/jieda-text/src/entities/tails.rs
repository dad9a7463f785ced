//! Phones as they are masked, and the last four digits of cards.

use jieda_types::EntityKind;

use super::scan::{Hit, Scan};
use crate::plain::{Plain, spoken_digit};

/// How a bank card is masked.
const CARD_MASK: &str = "[银行卡尾号";
/// Words that announce the last digits of something.
const TAILS: &[&str] = &[
    "尾号",
    "尾號",
    "尾数",
    "后四位",
    "后4位",
    "末四位",
    "末4位",
    "最后四位",
    "最后4位",
];
/// Whose last digits are no card's.
const OTHERS: &[&str] = &[
    "手机",
    "手機",
    "电话",
    "電話",
    "号码",
    "手机号",
    "手机号码",
    "电话号码",
    "订单",
    "订单号",
    "单号",
    "运单",
    "快递",
    "车牌",
    "证件",
    "身份证",
    "身份证号",
    "护照",
    "车",
    "序列号",
    "发票",
];
const LINKS: &[&str] = &[
    "号码", "是", "为", ":", "的", " ", "就是", "=", "号", "卡", "“", "\"",
];
const MOST_LINKS: usize = 3;
const DIGITS: usize = 4;

pub(super) fn find(plain: &Plain, scan: &mut Scan) {
    let mut i = 0;
    while i < plain.chars.len() {
        let found = match plain.at(i) {
            '*' => phone(plain, i),
            '[' => masked_card(plain, i),
            _ => tail(plain, i),
        };
        match found {
            Some(hit) => {
                i = hit.end;
                scan.add(hit);
            }
            // A run of stars is looked at once.
            None => i = (i + 1).max(plain.skip(i, |c| c == '*')),
        }
    }
}

/// 138****1234, 0571-****1234, ****1234, with the first star at `stars`.
fn phone(plain: &Plain, stars: usize) -> Option<Hit> {
    let is_digit = |c: char| c.is_ascii_digit();
    let last = stars + 4;
    let whole = plain.skip_some(stars, 5, |c| c == '*') == last
        && plain.skip_some(last, DIGITS + 1, is_digit) == last + DIGITS;
    if !whole || matches!(plain.at(last + DIGITS), '*' | '@' | '.') {
        return None;
    }
    let mut start = stars;
    let hyphen = plain.before(start) == '-';
    if hyphen {
        start -= 1;
    }
    let mut digits = 0;
    while digits < 5 && is_digit(plain.before(start)) {
        start -= 1;
        digits += 1;
    }
    let form = matches!((hyphen, digits), (false, 0 | 3) | (true, 3 | 4));
    let glued = plain.before(start).is_ascii_alphanumeric() && digits > 0;
    (form && !glued).then(|| hit(plain, EntityKind::Phone, start, last + DIGITS))
}

/// The digits of `[银行卡尾号1234]`, which begins at `i`.
fn masked_card(plain: &Plain, i: usize) -> Option<Hit> {
    let start = i + CARD_MASK.chars().count();
    let end = plain.skip_some(start, DIGITS, |c| c.is_ascii_digit());
    let whole = plain.starts_with(i, CARD_MASK) && end == start + DIGITS && plain.at(end) == ']';
    whole.then(|| hit(plain, EntityKind::CardTail, start, end))
}

/// Four digits behind a word that announces them and begins at `i`.
fn tail(plain: &Plain, i: usize) -> Option<Hit> {
    if !may_begin(plain.at(i)) {
        return None;
    }
    let mut start = i + plain.word_at(i, TAILS)?;
    let owner = if plain.before(i) == '的' { i - 1 } else { i };
    if plain.word_before(owner, OTHERS).is_some() {
        return None;
    }
    for _ in 0..MOST_LINKS {
        start += plain.word_at(start, LINKS).unwrap_or(0);
    }
    let is_digit = |c: char| c.is_ascii_digit() || spoken_digit(c).is_some();
    let end = plain.skip_some(start, DIGITS, is_digit);
    let more = is_digit(plain.at(end)) || plain.at(end).is_ascii_alphabetic();
    (end == start + DIGITS && !more).then(|| hit(plain, EntityKind::CardTail, start, end))
}

/// Whether a word that announces a tail may begin with a character: most texts have none.
fn may_begin(c: char) -> bool {
    matches!(c, '尾' | '后' | '末' | '最')
}

fn hit(plain: &Plain, kind: EntityKind, start: usize, end: usize) -> Hit {
    let text = plain.text(start, end);
    let value = text.chars().map(|c| spoken_digit(c).unwrap_or(c)).collect();
    Hit {
        kind,
        start,
        end,
        value: Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_may_begin_one() {
        let words = TAILS;
        for word in words {
            let first = word.chars().next().unwrap_or_default();
            assert!(may_begin(first), "{word}");
        }
    }
}
