//! Days by the calendar: 2026-11-03, 2026年11月3日, 11月3日, 3号.

use super::{
    Read,
    day::{goes_on_before, part, small, year},
    spec::{Day, Month, Year},
};
use crate::plain::Plain;

/// What may stand behind 11月 and makes it something else: 3月嫂.
const NO_MONTH: &str = "嫂子租卡付费供饼球亮光票";
/// What stands behind a day without a month: 3号到的, and not 3号楼.
const AFTER_A_DAY: &str = "前后之以的到发买下拍就还才上早晚中凌收付申寄签开没来办缴扣退那左预出我你去交提投报入激生起我,。!?:;";
/// Words in front of a day without a month at the end of a text.
const BEFORE_A_DAY: &[&str] = &[
    "在", "是", "到", "至", "于", "约", "从", "改", "改到", "月", "等到", "要到", "拖到",
];
/// What stands behind a day that is written 11.11.
const AFTER_A_POINT: &[&str] = &[
    "号",
    "日",
    "那天",
    "当天",
    "买的",
    "下单",
    "拍的",
    "活动",
    "大促",
    "购物节",
    "到的",
    "发的",
    "付的",
    "的订单",
    "的快递",
];

pub(super) fn read(plain: &Plain, i: usize, asked: bool) -> Option<Read> {
    if goes_on_before(plain, i) {
        return None;
    }
    with_year(plain, i)
        .or_else(|| compact(plain, i))
        .or_else(|| short_year(plain, i))
        .or_else(|| month_and_day(plain, i, Year::Nearest))
        .or_else(|| numeric(plain, i, asked))
        .or_else(|| day_alone(plain, i, asked))
}

/// 11月3日, 11月, 十一月十一号 of a year.
pub(super) fn month_and_day(plain: &Plain, i: usize, year: Year) -> Option<Read> {
    let (end, month) = part(plain, i, 12)?;
    if plain.at(end) != '月' {
        return None;
    }
    let end = end + 1;
    let month = Month::Named(year, month);
    let (bare, has_word) = match plain.at(end) {
        '份' => (end + 1, true),
        _ => (end, false),
    };
    let at = plain.skip_some(bare, 1, |c| c == ' ');
    if let Some((end, day)) = part(plain, at, 31) {
        // 11月3 without 日 is a day only where nothing else is counted.
        let marked = matches!(plain.at(end), '日' | '号' | '號');
        let ends = plain.at(end) == '\0' || ",。!? ".contains(plain.at(end));
        if marked || ends {
            return Some((end + usize::from(marked), Day::InMonth(month, day)));
        }
    }
    if plain.starts_with(bare, "初")
        || plain.starts_with(bare, "底")
        || plain.starts_with(bare, "末")
    {
        return Some((bare + 1, Day::Month(month)));
    }
    (has_word || !NO_MONTH.contains(plain.at(bare))).then_some((bare, Day::Month(month)))
}

/// 2026-11-03, 2026/11/3, 2026.11.3, 2026年11月3日, 2026年.
fn with_year(plain: &Plain, i: usize) -> Option<Read> {
    let (end, year) = year(plain, i)?;
    match plain.at(end) {
        '年' => {
            let at = plain.skip_some(end + 1, 1, |c| c == ' ');
            let year = Year::Named(year);
            let model = matches!(plain.at(end + 1), '款' | '版' | '型');
            let alone = (end + 1, Day::Year(year));
            month_and_day(plain, at, year).or((!model).then_some(alone))
        }
        joint @ ('-' | '/' | '.') => {
            let (end, month) = part(plain, end + 1, 12)?;
            if plain.at(end) != joint {
                return None;
            }
            let (end, day) = part(plain, end + 1, 31)?;
            let open = plain.at(end).is_ascii_alphanumeric()
                || (matches!(plain.at(end), '-' | '/' | '.') && plain.at(end + 1).is_ascii_digit());
            let end = end + usize::from(matches!(plain.at(end), '日' | '号'));
            (!open).then_some((
                end,
                Day::InMonth(Month::Named(Year::Named(year), month), day),
            ))
        }
        _ => None,
    }
}

/// 20261103.
fn compact(plain: &Plain, i: usize) -> Option<Read> {
    let end = plain.skip_some(i, 9, |c| c.is_ascii_digit());
    if end != i + 8
        || plain.at(end).is_ascii_alphanumeric()
        || matches!(plain.at(end), '-' | '_' | '.')
    {
        return None;
    }
    let text = plain.text(i, end);
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let real = (2000..2100).contains(&year)
        && jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).is_ok();
    let month = Month::Named(Year::Named(year), i8::try_from(month).ok()?);
    real.then_some((end, Day::InMonth(month, i8::try_from(day).ok()?)))
}

/// 26年11月3日.
fn short_year(plain: &Plain, i: usize) -> Option<Read> {
    let (end, year) = small(plain, i, 15..=49)?;
    let digits = plain.at(i).is_ascii_digit() && plain.at(end) == '年';
    let year = Year::Named(2000 + i16::try_from(year).ok()?);
    digits.then(|| month_and_day(plain, end + 1, year))?
}

/// 11.11, 11/11, 11-11 where a word behind says that it is a day, or one was asked for.
fn numeric(plain: &Plain, i: usize, asked: bool) -> Option<Read> {
    let digit = |c: char| c.is_ascii_digit();
    let first = plain.skip_some(i, 3, digit);
    let joint = plain.at(first);
    let last = plain.skip_some(first + 1, 3, digit);
    if !(1..=2).contains(&(first - i))
        || !matches!(joint, '.' | '/' | '-')
        || !(first + 2..=first + 3).contains(&last)
    {
        return None;
    }
    let number = |from, to| plain.text(from, to).parse::<i8>().ok();
    let (month, day) = (number(i, first)?, number(first + 1, last)?);
    let word = plain.word_at(last, AFTER_A_POINT);
    let alone = asked
        && !plain.at(last).is_ascii_alphanumeric()
        && !matches!(plain.at(last), '元' | '块' | '.' | '%');
    let real = (1..=12).contains(&month) && (1..=31).contains(&day);
    let marked = matches!(plain.at(last), '号' | '日');
    let month = Month::Named(Year::Nearest, month);
    (real && (word.is_some() || alone))
        .then_some((last + usize::from(marked), Day::InMonth(month, day)))
}

/// 3号, where no house, line or size is meant.
fn day_alone(plain: &Plain, i: usize, asked: bool) -> Option<Read> {
    let (end, day) = part(plain, i, 31)?;
    if !matches!(plain.at(end), '号' | '號') {
        return None;
    }
    let next = plain.at(end + 1);
    let ends = next == '\0' || next == ' ';
    let behind = AFTER_A_DAY.contains(next)
        && !matches!(
            plain.before(i),
            '码' | '型' | '款' | '路' | '街' | '栋' | '线' | '穿' | '选'
        );
    let before = ends && (asked || plain.word_before(i, BEFORE_A_DAY).is_some());
    (behind || before).then_some((end + 1, Day::InMonth(Month::Nearest, day)))
}
