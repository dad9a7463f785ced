//! Times of day: 下午3点, 15:30, 晚上八点半.

use std::fmt;

use jiff::{ToSpan as _, civil::Date};

use super::day::{goes_on_before, small};
use crate::plain::Plain;

/// Parts of a day, longest first where one begins another.
const PARTS: &[(Part, &[&str])] = &[
    (
        Part::Morning,
        &["上午", "早上", "早晨", "清晨", "一早", "早", "晨"],
    ),
    (Part::Night, &["凌晨", "半夜"]),
    (Part::Noon, &["中午", "正午"]),
    (Part::Afternoon, &["下午", "午后", "傍晚"]),
    (Part::Evening, &["晚上", "夜里", "晚间", "晚", "夜"]),
];
/// Words of one character: parts of a day only behind a day.
const SHORT: &[char] = &['早', '晨', '晚', '夜'];
/// What says, behind a bare 3点, that it is an hour.
const HOURS: &[&str] = &[
    "前",
    "之前",
    "以前",
    "之后",
    "以后",
    "左右",
    "钟",
    "整",
    "到的",
    "下的单",
    "下单",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Morning,
    Night,
    Noon,
    Afternoon,
    Evening,
}

/// An hour and a minute; 24:00 is the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    hour: u32,
    minute: u32,
}

impl Clock {
    /// On a day, as ISO 8601 writes it.
    pub(super) fn on(self, day: Date) -> String {
        let day = match self.hour {
            24 => day.checked_add(1.day()).unwrap_or(day),
            _ => day,
        };
        format!("{day}T{self}")
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour % 24, self.minute)
    }
}

/// What follows a day: 下午3点, 15:30, or 下午 alone. Its end, and the time where one is said.
pub(super) fn behind_a_day(plain: &Plain, day: usize) -> Option<(usize, Option<Clock>)> {
    let at = plain.skip_some(day, 1, |c| matches!(c, ' ' | '的' | ',' | 'T'));
    // 昨晚8点: the part is in the day's own word.
    let part = match plain.before(day) {
        '晚' | '夜' => Some((day, Part::Evening)),
        '早' | '晨' => Some((day, Part::Morning)),
        _ => part(plain, at),
    };
    let hour = part.map_or(at, |(end, _)| plain.skip_some(end, 1, |c| c == ' '));
    if let Some((end, clock)) = hour_at(plain, hour, part.map(|(_, part)| part)) {
        return Some((end, Some(clock)));
    }
    // 昨天晚上 goes on, 昨天的早 does not.
    let (end, _) = part.filter(|(end, _)| *end > at + 1)?;
    Some((end, None))
}

/// A time without a day.
pub(super) fn alone(plain: &Plain, i: usize) -> Option<(usize, Clock)> {
    if let Some((end, part)) = part(plain, i).filter(|(end, _)| end - i > 1) {
        let at = plain.skip_some(end, 1, |c| c == ' ');
        return hour_at(plain, at, Some(part));
    }
    if goes_on_before(plain, i) {
        return None;
    }
    let (end, clock) = hour_at(plain, i, None)?;
    let hour_said = plain.word_at(end, HOURS).is_some();
    let sure = match plain.before(end) {
        '点' | '點' | '时' => clock.hour >= 2 && hour_said,
        // 1:10 is a ratio as well.
        c if c.is_ascii_digit() => hour_said || plain.at(i + 2) == ':' || plain.at(i + 2) == '点',
        _ => true,
    };
    sure.then_some((end, clock))
}

fn part(plain: &Plain, i: usize) -> Option<(usize, Part)> {
    if !may_begin(plain.at(i)) {
        return None;
    }
    let found = PARTS
        .iter()
        .filter_map(|(part, words)| Some((plain.word_at(i, words)?, *part)));
    let (length, part) = found.max_by_key(|(length, _)| *length)?;
    // 早就, 晚点, 晚了 are no parts of a day.
    let other = length == 1
        && SHORT.contains(&plain.at(i))
        && matches!(plain.at(i + 1), '就' | '点' | '了' | '已' | '到' | '饭');
    (!other).then_some((i + length, part))
}

/// 3点, 3点半, 3点20分, 15:30.
fn hour_at(plain: &Plain, i: usize, part: Option<Part>) -> Option<(usize, Clock)> {
    let (end, hour) = small(plain, i, 0..=24)?;
    let (end, minute) = match plain.at(end) {
        ':' => {
            let last = plain.skip_some(end + 1, 3, |c| c.is_ascii_digit());
            let two = last == end + 3 && plain.at(i).is_ascii_digit();
            let more = plain.at(last).is_ascii_alphanumeric();
            let minute = plain.text(end + 1, last).parse().ok()?;
            let seconds = plain.skip_some(last + 1, 2, |c| c.is_ascii_digit());
            let last = if plain.at(last) == ':' && seconds == last + 3 {
                seconds
            } else {
                last
            };
            (two && !more).then_some((last, minute))?
        }
        '点' | '點' | '时' => minute_at(plain, end + 1),
        _ => return None,
    };
    let hour = match part {
        Some(Part::Afternoon | Part::Evening) if (1..12).contains(&hour) => hour + 12,
        Some(Part::Evening) if hour == 12 => 24,
        Some(Part::Night) if hour == 12 => 0,
        Some(Part::Noon) if (1..3).contains(&hour) => hour + 12,
        _ => hour,
    };
    (minute < 60 && (hour < 24 || minute == 0)).then_some((end, Clock { hour, minute }))
}

/// The minutes behind 点, and where they end.
fn minute_at(plain: &Plain, i: usize) -> (usize, u32) {
    match plain.at(i) {
        '半' => return (i + 1, 30),
        '整' | '钟' => return (i + 1, 0),
        '一' if plain.at(i + 1) == '刻' => return (i + 2, 15),
        '三' if plain.at(i + 1) == '刻' => return (i + 2, 45),
        _ => {}
    }
    let at = if plain.at(i) == '零' { i + 1 } else { i };
    match small(plain, at, 0..=59) {
        Some((end, minute)) if plain.at(end) == '分' => (end + 1, minute),
        Some((end, minute)) if end == i + 2 && plain.at(i).is_ascii_digit() => (end, minute),
        _ => (i, 0),
    }
}

/// Whether a part of a day may begin with a character: most begin none.
fn may_begin(c: char) -> bool {
    matches!(
        c,
        '上' | '早'
            | '清'
            | '一'
            | '晨'
            | '凌'
            | '半'
            | '中'
            | '正'
            | '下'
            | '午'
            | '傍'
            | '晚'
            | '夜'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_may_begin_one() {
        let words = PARTS.iter().flat_map(|(_, words)| *words);
        for word in words {
            let first = word.chars().next().unwrap_or_default();
            assert!(may_begin(first), "{word}");
        }
    }
}
