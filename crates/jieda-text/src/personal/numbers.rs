//! Phone numbers, identity cards and bank cards: groups of digits, alone or joined.

use super::{
    Kind,
    checks::{
        area_code, id_checks, is_card_range, is_mobile, looks_like_id, looks_like_old_id, luhn,
        starts_as_mobile,
    },
    cues::{self, Cue},
    find::Hit,
};
use crate::plain::{Plain, spoken_digit};

/// Most digits of a number: cards have 19.
const MOST_DIGITS: usize = 19;
/// Fewest digits: those of a local phone number.
const FEWEST_DIGITS: usize = 7;
/// Most characters between two groups of one number.
const MOST_BETWEEN: usize = 3;
/// Words of letters that a phone number may stand right behind.
const LATIN_CUES: &[&str] = &[
    "tel", "phone", "mobile", "cell", "call", "card", "mob", "number",
];

/// Digits without anything between them: all ASCII or all Chinese.
#[derive(Debug, Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
}

/// Groups that may be one number.
struct Window<'a> {
    plain: &'a Plain,
    groups: &'a [Group],
    digits: &'a str,
}

pub(super) fn find(plain: &Plain, hits: &mut Vec<Hit>) {
    let groups = groups(plain);
    let mut i = 0;
    // Where the last number ends: what was found is no part of a code.
    let mut taken = 0;
    while i < groups.len() {
        let (mut digits, mut best, mut cue) = (String::new(), None, None);
        for (j, group) in groups.iter().enumerate().skip(i) {
            if digits.len() + group.end - group.start > MOST_DIGITS
                || (j > i && !joined(plain, groups[j - 1], *group))
            {
                break;
            }
            digits.extend((group.start..group.end).filter_map(|k| digit(plain.at(k))));
            if digits.len() < FEWEST_DIGITS {
                continue;
            }
            let cue = *cue.get_or_insert_with(|| cues::before(plain, groups[i].start));
            let window = Window {
                plain,
                groups: &groups[i..=j],
                digits: &digits,
            };
            if let Some((kind, end)) = window.kind(cue, taken) {
                best = Some((j, window.hit(kind, end)));
            }
        }
        match best {
            Some((j, hit)) => {
                taken = hit.end;
                hits.push(hit);
                i = j + 1;
            }
            None => i += 1,
        }
    }
}

fn digit(c: char) -> Option<char> {
    c.is_ascii_digit().then_some(c).or_else(|| spoken_digit(c))
}

fn groups(plain: &Plain) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut i = 0;
    while i < plain.chars.len() {
        let c = plain.at(i);
        let end = if c.is_ascii_digit() {
            plain.skip(i, |c| c.is_ascii_digit())
        } else {
            plain.skip(i, |c| spoken_digit(c).is_some())
        };
        if end > i {
            groups.push(Group { start: i, end });
        }
        i = end.max(i + 1);
    }
    groups
}

fn joined(plain: &Plain, left: Group, right: Group) -> bool {
    let between = left.end..right.start;
    let spoken = |group: Group| !plain.at(group.start).is_ascii_digit();
    !between.is_empty()
        && between.len() <= MOST_BETWEEN
        && between.clone().all(|i| is_joint(plain.at(i)))
        && spoken(left) == spoken(right)
}

fn is_joint(c: char) -> bool {
    matches!(c, ' ' | '-' | '—' | '–' | '‐' | '‑' | '−' | '.' | '·' | ')')
}

impl Window<'_> {
    fn start(&self) -> usize {
        self.groups.first().map_or(0, |g| g.start)
    }

    fn end(&self) -> usize {
        self.groups.last().map_or(0, |g| g.end)
    }

    fn is_spoken(&self) -> bool {
        !self.plain.at(self.start()).is_ascii_digit()
    }

    fn lengths(&self) -> Vec<usize> {
        self.groups.iter().map(|g| g.end - g.start).collect()
    }

    /// With a plus or a bracket in front.
    fn hit(&self, kind: Kind, end: usize) -> Hit {
        let mut start = self.start();
        if self.plain.before(start) == '+' {
            start -= 1;
        }
        let bracket = self.plain.before(start) == '(';
        if bracket && (start..end).any(|i| self.plain.at(i) == ')') {
            start -= 1;
        }
        Hit { kind, start, end }
    }

    /// What the number is, and where it ends.
    fn kind(&self, cue: Cue, taken: usize) -> Option<(Kind, usize)> {
        let end = self.end();
        if cue == Cue::Code || self.is_part_of_code(taken) {
            return None;
        }
        if self.is_id_with_letter(cue) {
            return Some((Kind::IdCard, end + 1));
        }
        if self.plain.at(end).is_ascii_alphabetic() || self.is_amount() {
            return None;
        }
        if self.is_id(cue) {
            Some((Kind::IdCard, end))
        } else if self.is_phone(cue) {
            Some((Kind::Phone, end))
        } else if self.is_card(cue) {
            Some((Kind::BankCard, end))
        } else {
            None
        }
    }

    /// Whether letters, or digits with a hyphen, stand before: SKU-138…, 2026-138…; or it is half masked.
    fn is_part_of_code(&self, taken: usize) -> bool {
        let (plain, start) = (self.plain, self.start());
        if matches!(plain.before(start), '*' | '第') || plain.at(self.end()) == '*' {
            return true;
        }
        let glued = matches!(plain.before(start), '-' | '_' | '/' | '.' | '&' | '=');
        let end = if glued { start - 1 } else { start };
        let before = plain.before(end);
        if before.is_ascii_alphabetic() {
            return plain.word_before(end, LATIN_CUES).is_none();
        }
        // 2.138…: the second point of a list.
        let point = plain.before(start) == '.'
            && !plain.before(end.saturating_sub(1)).is_ascii_alphanumeric();
        glued && before.is_ascii_digit() && end != taken && !point
    }

    /// Whether it is a decimal or has a unit behind it.
    fn is_amount(&self) -> bool {
        let end = self.end();
        let decimal = self.plain.at(end) == '.' && self.plain.at(end + 1).is_ascii_digit();
        let unit = matches!(self.plain.at(end), '元' | '块' | '%' | '¥');
        decimal || unit || matches!(self.plain.before(self.start()), '¥' | '$')
    }

    fn is_id_with_letter(&self, cue: Cue) -> bool {
        let end = self.end();
        self.digits.len() == 17
            && matches!(self.plain.at(end), 'X' | 'x')
            && !self.plain.at(end + 1).is_ascii_alphanumeric()
            && is_id(&format!("{}X", self.digits), cue)
    }

    fn is_id(&self, cue: Cue) -> bool {
        if cue == Cue::Id && matches!(self.digits.len(), 15 | 18) {
            return self.groups.len() <= 4 || self.is_spoken();
        }
        is_id(self.digits, cue)
            || (looks_like_old_id(self.digits) && self.groups.len() == 1 && !luhn_card(self.digits))
    }

    fn is_phone(&self, cue: Cue) -> bool {
        let lengths = self.lengths();
        let single = lengths.len() == 1;
        let (digits, lengths) = self.without_country(&lengths, cue);
        if is_mobile(digits) {
            let usual = matches!(lengths, [11] | [3, 4, 4] | [3, 8] | [7, 4] | [5, 6]);
            return usual || cue == Cue::Phone || lengths.iter().all(|n| *n == 1);
        }
        if let Some(code) = area_code(digits) {
            let separate = lengths.first() == Some(&code) && lengths.len() <= 3;
            return cue != Cue::Company && ((separate && !single) || cue == Cue::Phone);
        }
        cue == Cue::Phone && self.is_named_phone(digits, lengths)
    }

    /// A number that is called one: local, or with a digit too many or too few.
    fn is_named_phone(&self, digits: &str, lengths: &[usize]) -> bool {
        let public = ["400", "800", "95", "96", "10", "12", "11"];
        if public.iter().any(|p| digits.starts_with(p)) {
            return false;
        }
        let mistyped = starts_as_mobile(digits) && matches!(digits.len(), 10 | 12);
        let local = matches!(lengths, [7 | 8] | [4, 4] | [3, 4])
            && matches!(digits.as_bytes().first(), Some(b'2'..=b'8'));
        (mistyped && lengths.len() <= 3) || local
    }

    fn without_country<'b>(&'b self, lengths: &'b [usize], cue: Cue) -> (&'b str, &'b [usize]) {
        let plus = self.plain.before(self.start()) == '+';
        for code in ["0086", "86"] {
            let Some(rest) = self
                .digits
                .strip_prefix(code)
                .filter(|rest| starts_as_mobile(rest))
            else {
                continue;
            };
            if lengths.first() == Some(&code.len()) {
                return (rest, &lengths[1..]);
            }
            if lengths.len() == 1 && (plus || code == "0086" || cue == Cue::Phone) {
                return (rest, &[11]);
            }
        }
        (self.digits, lengths)
    }

    fn is_card(&self, cue: Cue) -> bool {
        let lengths = self.lengths();
        let fours = lengths.iter().rev().skip(1).all(|n| *n == 4)
            && lengths.last().is_some_and(|n| *n <= 7);
        let usual = lengths.len() == 1
            || (fours && lengths.len() >= 4)
            || matches!(
                lengths[..],
                [6, 13] | [6, 10] | [4, 6, 5] | [8, 8] | [8, 11]
            );
        if cue == Cue::Card {
            let bins = self
                .digits
                .bytes()
                .next()
                .is_some_and(|d| matches!(d, b'3'..=b'6' | b'9'));
            return (13..=19).contains(&self.digits.len()) && (usual || luhn(self.digits)) && bins;
        }
        usual && luhn_card(self.digits)
    }
}

fn luhn_card(digits: &str) -> bool {
    is_card_range(digits) && luhn(digits)
}

/// By its looks and its check character; where it is called one, by its looks.
fn is_id(text: &str, cue: Cue) -> bool {
    looks_like_id(text) && (cue == Cue::Id || id_checks(text))
}
