//! Numbers in digits and in words: 1,299.5, 1.2万, 两千五, 2万5.

use chinese_number::{ChineseCountMethod, ChineseToNumber};

use crate::plain::Plain;

/// Longest number in words.
const LONGEST: usize = 20;
/// Most digits of a whole part.
const DIGITS: usize = 12;
/// Most digits behind the point.
const DECIMALS: usize = 4;

/// A number that stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// Where it ends.
    pub(super) end: usize,
    /// Its value times one hundred.
    pub(super) hundredths: u64,
    /// How it is written.
    pub(super) form: Form,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// 299, 1,299.50.
    Digits,
    /// With 万, 千 or 百: 1.2万, 三百, 两千五.
    Scaled,
    /// 三, 十五.
    Words,
}

impl Number {
    /// The number that starts at `i`, as long as it goes.
    pub(super) fn at(plain: &Plain, i: usize) -> Option<Self> {
        if plain.at(i).is_ascii_digit() {
            digits(plain, i)
        } else {
            words(plain, i)
        }
    }

    /// The value, if it is a whole number.
    pub(super) fn whole(self) -> Option<u32> {
        let whole = self.hundredths.is_multiple_of(100);
        whole.then(|| u32::try_from(self.hundredths / 100).ok())?
    }
}

/// The value as people write it: 59.9, 12000.
pub(super) fn decimal(hundredths: u64) -> String {
    let whole = hundredths / 100;
    match hundredths % 100 {
        0 => whole.to_string(),
        cents if cents % 10 == 0 => format!("{whole}.{}", cents / 10),
        cents => format!("{whole}.{cents:02}"),
    }
}

/// Whether a character is part of a number in words.
pub(super) fn is_numeral(c: char) -> bool {
    matches!(
        c,
        '零' | '〇'
            | '一'
            | '二'
            | '两'
            | '兩'
            | '三'
            | '四'
            | '五'
            | '六'
            | '七'
            | '八'
            | '九'
            | '十'
            | '百'
            | '千'
            | '万'
            | '亿'
            | '萬'
            | '億'
            | '壹'
            | '贰'
            | '叁'
            | '肆'
            | '伍'
            | '陆'
            | '柒'
            | '捌'
            | '玖'
            | '拾'
            | '佰'
            | '仟'
    )
}

fn digits(plain: &Plain, start: usize) -> Option<Number> {
    let is_digit = |c: char| c.is_ascii_digit();
    let mut end = plain.skip_some(start, DIGITS + 1, is_digit);
    let mut text = plain.text(start, end);
    // 1,299: groups of three.
    while end - start <= DIGITS && plain.at(end) == ',' {
        let group = plain.skip_some(end + 1, 4, is_digit);
        if group != end + 4 {
            break;
        }
        text.push_str(&plain.text(end + 1, group));
        end = group;
    }
    if text.len() > DIGITS {
        return None;
    }
    let mut decimals = String::new();
    if plain.at(end) == '.' && is_digit(plain.at(end + 1)) {
        let last = plain.skip_some(end + 1, DECIMALS + 1, is_digit);
        decimals = plain.text(end + 1, last);
        end = last;
    }
    if decimals.len() > DECIMALS || is_digit(plain.at(end)) {
        return None;
    }
    let scale = scale(plain.at(end));
    let ten_thousandths: u64 = format!("{text}{decimals:0<4}").parse().ok()?;
    let value = ten_thousandths.checked_mul(scale.unwrap_or(1))? / 100;
    let Some(scale) = scale else {
        return Some(Number {
            end,
            hundredths: value,
            form: Form::Digits,
        });
    };
    let (end, more) = rest(plain, end + 1, scale);
    Some(Number {
        end,
        hundredths: value.checked_add(more)?,
        form: Form::Scaled,
    })
}

/// What follows a scale: 2万5 is 25,000, 1万2千 is 12,000. The end, and the value in hundredths.
fn rest(plain: &Plain, start: usize, scale: u64) -> (usize, u64) {
    let end = plain.skip_some(start, LONGEST, |c| is_numeral(c) || c.is_ascii_digit());
    let text = plain.text(start, end);
    let one = text.chars().count() == 1 && !matches!(plain.at(end), '.' | '点');
    let value = match text.parse::<u64>().ok().or_else(|| read(&text)) {
        Some(value @ 1..=9) if one => value * scale / 10,
        Some(value)
            if value >= 100 && value < scale && !text.bytes().all(|b| b.is_ascii_digit()) =>
        {
            value
        }
        _ => return (start, 0),
    };
    (end, value * 100)
}

fn scale(c: char) -> Option<u64> {
    Some(match c {
        '百' => 100,
        '千' => 1_000,
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    })
}

fn words(plain: &Plain, start: usize) -> Option<Number> {
    let end = plain.skip_some(start, LONGEST, is_numeral);
    if end == start || is_numeral(plain.at(end)) {
        return None;
    }
    let text = plain.text(start, end);
    let value = read(&text)?;
    let scaled = text.chars().any(|c| "百千万亿萬億佰仟".contains(c));
    Some(Number {
        end,
        hundredths: value.checked_mul(100)?,
        form: if scaled { Form::Scaled } else { Form::Words },
    })
}

/// A number in words alone: 三百二十一, 两千五 for 2500.
fn read(text: &str) -> Option<u64> {
    text.to_number(ChineseCountMethod::TenThousand).ok()
}
