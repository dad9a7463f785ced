//! Days with a name: 双十一, 618, 国庆, 春节.

use super::{
    Read,
    day::goes_on_before,
    spec::{Day, Month, Year},
};
use crate::plain::Plain;

/// Month and day of those that are the same every year.
const FIXED: &[((i8, i8), &[&str])] = &[
    ((11, 11), &["双十一", "双11", "雙十一", "雙11"]),
    ((12, 12), &["双十二", "双12", "雙十二", "雙12"]),
    ((6, 18), &["618", "六一八", "6·18", "6.18"]),
    ((1, 1), &["元旦", "元旦节"]),
    ((2, 14), &["情人节"]),
    ((3, 8), &["三八节", "妇女节", "女神节"]),
    (
        (5, 1),
        &["五一", "五一节", "劳动节", "五一劳动节", "五一假期"],
    ),
    ((6, 1), &["六一", "儿童节", "六一儿童节"]),
    ((9, 10), &["教师节"]),
    (
        (10, 1),
        &[
            "国庆",
            "国庆节",
            "国庆假期",
            "十一假期",
            "十一长假",
            "十一黄金周",
        ],
    ),
    ((12, 24), &["平安夜"]),
    ((12, 25), &["圣诞", "圣诞节"]),
];
/// Those of other calendars.
const MOVING: &[&str] = &[
    "春节",
    "过年",
    "除夕",
    "元宵节",
    "清明",
    "清明节",
    "端午",
    "端午节",
    "七夕",
    "七夕节",
    "中秋",
    "中秋节",
    "重阳节",
    "黑五",
    "黑色星期五",
    "母亲节",
    "父亲节",
    "感恩节",
    "腊八",
];
/// What makes 618 or 五一 something else when it stands behind.
const NO_DAY: &str = "元块个号%.米克路街广楼室次岁人码斤线套件";

pub(super) fn read(plain: &Plain, i: usize) -> Option<Read> {
    of_year(plain, i, Year::Nearest)
}

/// One of a year: 去年双十一.
pub(super) fn of_year(plain: &Plain, i: usize, year: Year) -> Option<Read> {
    if !may_begin(plain.at(i)) {
        return None;
    }
    let fixed = FIXED
        .iter()
        .filter_map(|(day, words)| Some((plain.word_at(i, words)?, Some(*day))));
    let moving = plain.word_at(i, MOVING).map(|length| (length, None));
    let (length, day) = fixed.chain(moving).max_by_key(|(length, _)| *length)?;
    let end = i + length;
    let numeric = plain.at(i).is_ascii_digit() || "五六".contains(plain.at(i));
    let part_of = numeric
        && (goes_on_before(plain, i)
            || matches!(plain.before(i), '满' | '减')
            || NO_DAY.contains(plain.at(end))
            || "二三四五六七八九十百千万".contains(plain.at(end)));
    let longer = plain.before(end).is_ascii_digit() && plain.at(end).is_ascii_alphanumeric();
    if part_of || longer {
        return None;
    }
    let day = day.map_or(Day::Unknown, |(month, day)| {
        Day::InMonth(Month::Named(year, month), day)
    });
    Some((end, day))
}

/// Whether a festival may begin with a character: most begin none.
fn may_begin(c: char) -> bool {
    matches!(
        c,
        '双' | '雙'
            | '6'
            | '六'
            | '元'
            | '情'
            | '三'
            | '妇'
            | '女'
            | '五'
            | '劳'
            | '儿'
            | '教'
            | '国'
            | '十'
            | '平'
            | '圣'
            | '春'
            | '过'
            | '除'
            | '清'
            | '端'
            | '七'
            | '中'
            | '重'
            | '黑'
            | '母'
            | '父'
            | '感'
            | '腊'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_may_begin_one() {
        let words = FIXED.iter().flat_map(|(_, words)| *words).chain(MOVING);
        for word in words {
            let first = word.chars().next().unwrap_or_default();
            assert!(may_begin(first), "{word}");
        }
    }
}
