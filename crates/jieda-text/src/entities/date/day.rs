//! Numbers of days, months and years.

use crate::{
    entities::number::{Form, Number, is_numeral},
    plain::{Plain, spoken_digit},
};

/// A whole number of a range without a scale: 3, 十五. Its end and value.
pub(super) fn small(
    plain: &Plain,
    i: usize,
    range: std::ops::RangeInclusive<u32>,
) -> Option<(usize, u32)> {
    let digits = plain.skip_some(i, 3, |c| c.is_ascii_digit());
    let (end, value) = match digits - i {
        0 => {
            let words = Number::at(plain, i).filter(|n| n.form == Form::Words)?;
            (words.end, words.whole()?)
        }
        1 | 2 => (digits, plain.text(i, digits).parse().ok()?),
        _ => return None,
    };
    range.contains(&value).then_some((end, value))
}

/// The same, as a day or a month.
pub(super) fn part(plain: &Plain, i: usize, most: u32) -> Option<(usize, i8)> {
    let (end, value) = small(plain, i, 1..=most)?;
    Some((end, i8::try_from(value).ok()?))
}

/// Whether a number goes on before `i`: 3 in 13, in 2.3 or in 第3.
pub(super) fn goes_on_before(plain: &Plain, i: usize) -> bool {
    let before = plain.before(i);
    let joint = matches!(before, '.' | '-' | '/' | ':' | ',')
        && i > 1
        && plain.at(i - 2).is_ascii_alphanumeric();
    before.is_ascii_alphanumeric()
        || is_numeral(before)
        || joint
        || matches!(before, '第' | '¥' | '$')
}

/// The four digits of a year: 2026, 二零二六. Its end and value.
pub(super) fn year(plain: &Plain, i: usize) -> Option<(usize, i16)> {
    let digit = |c: char| {
        let c = if c.is_ascii_digit() {
            Some(c)
        } else {
            spoken_digit(c)
        };
        c.and_then(|c| c.to_digit(10))
    };
    let mut value = 0;
    for k in i..i + 4 {
        value = value * 10 + digit(plain.at(k))?;
    }
    let fits = (1990..2100).contains(&value) && digit(plain.at(i + 4)).is_none();
    fits.then_some((i + 4, i16::try_from(value).ok()?))
}
