//! Days seen from today: 昨天, 三天前, 上周三, 上个月3号, 去年.

use jiff::civil::Weekday;

use super::{
    Read,
    calendar::month_and_day,
    day::{goes_on_before, part},
    festival,
    spec::{Day, Month, Offset, Year},
};
use crate::{
    entities::number::{Number, is_numeral},
    plain::Plain,
};

const DAYS: &[(i32, &[&str])] = &[
    (-3, &["大前天"]),
    (-2, &["前天", "前日"]),
    (-1, &["昨天", "昨日", "昨儿", "昨晚", "昨夜", "昨早"]),
    (0, &["今天", "今日", "今儿", "今晚", "今早", "今晨"]),
    (1, &["明天", "明日", "明儿", "明晚", "明早"]),
    (2, &["后天", "後天"]),
    (3, &["大后天"]),
];
const UNITS: &[(Unit, &[&str])] = &[
    (Unit::Days(1), &["天", "日"]),
    (Unit::Days(7), &["周", "星期", "个星期", "礼拜", "个礼拜"]),
    (Unit::Months(1), &["个月"]),
    (Unit::Months(12), &["年"]),
];
const BACK: &[&str] = &["之前", "以前", "前"];
const AHEAD: &[&str] = &["之后", "以后", "后", "後"];
/// What stands before a rule and not before a day: 满7天后, 每3天后.
const RULES: &[&str] = &[
    "满",
    "每",
    "超过",
    "超",
    "不足",
    "签收",
    "签收后",
    "付款",
    "收货",
    "收货后",
    "第",
];
const WEEKS: &[(i32, &[&str])] = &[
    (
        -2,
        &[
            "上上周",
            "上上个周",
            "上上星期",
            "上上个星期",
            "上上礼拜",
            "上上个礼拜",
        ],
    ),
    (
        -1,
        &["上周", "上个周", "上星期", "上个星期", "上礼拜", "上个礼拜"],
    ),
    (
        0,
        &[
            "这周",
            "这个周",
            "本周",
            "这星期",
            "这个星期",
            "本星期",
            "这礼拜",
            "这个礼拜",
        ],
    ),
    (
        1,
        &["下周", "下个周", "下星期", "下个星期", "下礼拜", "下个礼拜"],
    ),
    (
        2,
        &["下下周", "下下个周", "下下星期", "下下个星期", "下下礼拜"],
    ),
];
const BARE_WEEK: &[&str] = &["周", "星期", "礼拜"];
/// What makes a week something else when it stands behind: 这周边, 上周转.
const NO_WEEK: &str = "边围年转期遭折旋";
const MONTHS: &[(i32, &[&str])] = &[
    (-2, &["上上个月", "上上月"]),
    (-1, &["上个月", "上月"]),
    (0, &["这个月", "本月", "这月", "当月"]),
    (1, &["下个月", "下月"]),
];
/// What makes a month something else: 这个月租.
const NO_MONTH: &str = "租供饼嫂卡费付球";
const YEARS: &[(i16, &[&str])] = &[
    (-2, &["前年"]),
    (-1, &["去年", "上一年"]),
    (0, &["今年", "本年"]),
    (1, &["明年"]),
];

/// Units of a distance.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Days(i32),
    Months(i32),
}

pub(super) fn read(plain: &Plain, i: usize) -> Option<Read> {
    let c = plain.at(i);
    if c.is_ascii_digit() || c == '半' || is_numeral(c) {
        return distance(plain, i);
    }
    if !may_begin(c) {
        return None;
    }
    named_day(plain, i)
        .or_else(|| week(plain, i))
        .or_else(|| month(plain, i))
        .or_else(|| year(plain, i))
}

/// Whether a word of a day, a week, a month or a year may begin with a character: most begin none.
fn may_begin(c: char) -> bool {
    matches!(
        c,
        '大' | '前'
            | '昨'
            | '今'
            | '明'
            | '后'
            | '後'
            | '上'
            | '这'
            | '本'
            | '下'
            | '周'
            | '星'
            | '礼'
            | '当'
            | '去'
    )
}

fn named_day(plain: &Plain, i: usize) -> Option<Read> {
    let (length, days) = longest(plain, i, DAYS)?;
    // 以后天天, 3天前天天.
    let part_of = match plain.at(i) {
        '后' | '後' => {
            "以之然最先年月周天日".contains(plain.before(i)) || plain.before(i).is_ascii_digit()
        }
        '前' => "年月周天日".contains(plain.before(i)),
        _ => false,
    };
    let next_day = matches!(plain.at(i + length), '天' | '性') && plain.at(i) != '大';
    (!part_of && !next_day).then_some((i + length, Day::Offset(Offset::Days(days))))
}

/// 三天前, 两周之后, 半年前.
fn distance(plain: &Plain, i: usize) -> Option<Read> {
    let half = plain.at(i) == '半';
    let (end, count) = if half {
        (i + 1, 1)
    } else {
        let number = Number::at(plain, i)?;
        (
            number.end,
            number.whole().filter(|n| (1..=1000).contains(n))?,
        )
    };
    if goes_on_before(plain, i) || plain.word_before(i, RULES).is_some() {
        return None;
    }
    let end = plain.skip_some(end, 1, |c| matches!(c, '多' | '来'));
    let (length, unit) = longest(plain, end, UNITS)?;
    let end = end + length;
    let (length, sign) = match (plain.word_at(end, BACK), plain.word_at(end, AHEAD)) {
        (Some(length), _) => (length, -1),
        (_, Some(length)) => (length, 1),
        _ => return None,
    };
    // 7天后悔, 3年前后.
    if matches!(plain.at(end + length), '悔' | '后' | '台' | '端') {
        return None;
    }
    let count = i32::try_from(count).ok()? * sign;
    let offset = match (unit, half) {
        (Unit::Days(days), false) => Offset::Days(count.checked_mul(days)?),
        (Unit::Months(1), true) => Offset::Days(15 * sign),
        (Unit::Months(months), true) => Offset::Months(months / 2 * sign),
        (Unit::Months(months), false) => Offset::Months(count.checked_mul(months)?),
        (Unit::Days(_), true) => return None,
    };
    Some((end + length, Day::Offset(offset)))
}

fn week(plain: &Plain, i: usize) -> Option<Read> {
    let (end, weeks) = match longest(plain, i, WEEKS) {
        Some((length, weeks)) => (i + length, Some(weeks)),
        None => (i + plain.word_at(i, BARE_WEEK)?, None),
    };
    let next = plain.at(end);
    if next == '末' && plain.before(i) != '每' {
        return Some((end + 1, Day::Weekend(weeks.unwrap_or(0))));
    }
    if let Some(day) = weekday(next) {
        // 每周三, 一周一次 and 周一至周五 are no days.
        let repeated = matches!(plain.before(i), '每' | '个')
            || plain.before(i).is_ascii_digit()
            || "一二两三四五六七八九十几至到-~".contains(plain.before(i));
        let counted = match plain.at(end + 1) {
            '次' | '个' | '天' => true,
            '到' | '至' | '-' | '~' => {
                weekday(plain.at(end + 2)).is_some() || plain.word_at(end + 2, BARE_WEEK).is_some()
            }
            _ => false,
        };
        if weeks.is_none() && (repeated || counted) {
            return None;
        }
        return Some((end + 1, Day::InWeek(weeks.unwrap_or(0), day)));
    }
    let weeks = weeks.filter(|_| !NO_WEEK.contains(next))?;
    Some((end, Day::Week(weeks)))
}

fn weekday(c: char) -> Option<Weekday> {
    Some(match c {
        '一' | '1' => Weekday::Monday,
        '二' | '2' => Weekday::Tuesday,
        '三' | '3' => Weekday::Wednesday,
        '四' | '4' => Weekday::Thursday,
        '五' | '5' => Weekday::Friday,
        '六' | '6' => Weekday::Saturday,
        '日' | '天' => Weekday::Sunday,
        _ => return None,
    })
}

/// 上个月, 上个月3号, 本月底.
fn month(plain: &Plain, i: usize) -> Option<Read> {
    let (length, months) = longest(plain, i, MONTHS)?;
    let month = Month::Offset(months);
    let end = i + length;
    let at = plain.skip_some(end, 1, |c| matches!(c, ' ' | '的'));
    if let Some((end, day)) = part(plain, at, 31)
        && matches!(plain.at(end), '号' | '日' | '號')
    {
        return Some((end + 1, Day::InMonth(month, day)));
    }
    if matches!(plain.at(end), '初' | '底' | '末') {
        return Some((end + 1, Day::Month(month)));
    }
    (!NO_MONTH.contains(plain.at(end))).then_some((end, Day::Month(month)))
}

/// 去年, 去年11月3日, 去年双十一.
fn year(plain: &Plain, i: usize) -> Option<Read> {
    let (length, years) = longest(plain, i, YEARS)?;
    let year = Year::Offset(years);
    let end = i + length;
    let at = plain.skip_some(end, 1, |c| c == '的');
    if matches!(plain.at(end), '款' | '版' | '型') {
        return None;
    }
    let day = month_and_day(plain, at, year).or_else(|| festival::of_year(plain, at, year));
    day.or(Some((end, Day::Year(year))))
}

/// The longest word at `i`, in characters, with what it stands for.
fn longest<T: Copy>(plain: &Plain, i: usize, table: &[(T, &[&str])]) -> Option<(usize, T)> {
    let found = table
        .iter()
        .filter_map(|(value, words)| Some((plain.word_at(i, words)?, *value)));
    found.max_by_key(|(length, _)| *length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_may_begin_one() {
        let words = [
            DAYS.iter()
                .flat_map(|(_, words)| *words)
                .copied()
                .collect::<Vec<_>>(),
            WEEKS
                .iter()
                .flat_map(|(_, words)| *words)
                .copied()
                .collect(),
            MONTHS
                .iter()
                .flat_map(|(_, words)| *words)
                .copied()
                .collect(),
            YEARS
                .iter()
                .flat_map(|(_, words)| *words)
                .copied()
                .collect(),
            BARE_WEEK.to_vec(),
        ]
        .concat();
        for word in words {
            let first = word.chars().next().unwrap_or_default();
            assert!(may_begin(first), "{word}");
        }
    }
}
