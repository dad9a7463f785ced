//! Numbers of orders, parcels, policies and accounts.

use jieda_types::EntityKind;

use super::{
    EntityContext,
    names::{self, Called},
    scan::{Hit, Scan},
};
use crate::{
    personal::{is_mobile, looks_like_card},
    plain::Plain,
};

/// Longest number; a longer one is none.
const LONGEST: usize = 40;
/// Fewest characters behind a word that only stands before numbers, behind a noun, and without a name.
const NAMED: usize = 5;
const BY_NOUN: usize = 6;
const UNNAMED: usize = 10;
/// Fewest characters of a reply that is nothing but the number that was asked for.
const ALONE: usize = 6;

/// What may stand behind a number that is no order's: 订单100000元.
const UNITS: &str = "元块个件年月日天号点分秒次%米克斤岁人万千百亿折倍楼室期周台笔单张时";

/// Words that a reply may have beside the number.
const COURTESIES: &[&str] = &[
    "是",
    "就是",
    "这个",
    "我的",
    "好的",
    "你好",
    "您好",
    "应该是",
    "谢谢",
    "的",
    "嗯",
    "哦",
    "在这",
    "给你",
    "发你了",
    "给",
    "查一下",
    "麻烦",
    "帮我",
    "帮忙",
    "看下",
    "看一下",
    "查",
    "吧",
    "呢",
    "哈",
    "了",
    "啊",
    "这",
];

/// Letters that carriers begin their numbers with; two letters, nine digits and two letters are post
/// (UPU S10).
const CARRIERS: &[&str] = &[
    "SF", "YT", "JD", "JDV", "JDX", "JT", "ZT", "ZTO", "STO", "YD", "DB", "DPK", "DPL", "KY",
    "ANE", "UC", "EMS", "YZ", "HT", "CN",
];

/// Letters and digits without a break, or groups of digits with single spaces.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: usize,
    end: usize,
    /// Digits among the characters.
    digits: usize,
    letters: usize,
}

/// Numbers with a name near them.
pub(super) fn named(plain: &Plain, scan: &mut Scan) {
    for run in runs(plain) {
        let Some(called) = names::before(plain, run.start) else {
            continue;
        };
        let run = grouped(plain, run);
        let kind = match called {
            Called::Kind(kind) => long_enough(run, NAMED).then_some(kind),
            Called::AnyOrder => long_enough(run, NAMED).then(|| match carrier(plain, run) {
                true => EntityKind::TrackingNo,
                false => EntityKind::OrderId,
            }),
            Called::Noun(kind) => {
                let fits = long_enough(run, BY_NOUN) && !is_date_like(plain, run);
                fits.then_some(kind)
            }
            Called::Other => None,
        };
        let measured = UNITS.contains(plain.at(run.end)) && run.digits < UNNAMED;
        if let Some(kind) = kind.filter(|_| !measured && !is_decimal(plain, run)) {
            scan.add(hit(plain, run, kind));
        }
    }
}

/// Numbers without a name in front: of a carrier's form, with a name behind, or what was asked for.
pub(super) fn unnamed(plain: &Plain, context: &EntityContext, scan: &mut Scan) {
    let asked = context.asked.filter(|kind| kind.is_code());
    let alone = asked.is_some() && is_alone(plain);
    for run in runs(plain) {
        if scan.is_taken(run.start) || scan.is_taken(run.end - 1) || !fits_alone(plain, run, alone)
        {
            continue;
        }
        let kind = match names::behind(plain, run.end) {
            Some(Called::Kind(kind) | Called::Noun(kind)) => Some(kind),
            Some(Called::AnyOrder) => Some(EntityKind::OrderId),
            Some(Called::Other) => None,
            None => asked.or_else(|| carrier(plain, run).then_some(EntityKind::TrackingNo)),
        };
        if let Some(kind) = kind {
            scan.add(hit(plain, run, kind));
        }
    }
}

/// Whether a number without a name in front may be one at all.
fn fits_alone(plain: &Plain, run: Run, alone: bool) -> bool {
    let least = if alone { ALONE } else { UNNAMED };
    let digits = plain.text(run.start, run.end);
    let personal = run.letters == 0 && (is_mobile(&digits) || looks_like_card(&digits));
    long_enough(run, least)
        && !personal
        && !is_date_like(plain, run)
        && !is_decimal(plain, run)
        && !matches!(plain.before(run.start), '¥' | '$' | '第' | '+' | '*')
        && !UNITS.contains(plain.at(run.end))
        && names::before(plain, run.start) != Some(Called::Other)
}

/// Runs of letters, digits and inner hyphens that hold a digit.
fn runs(plain: &Plain) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut i = 0;
    while i < plain.chars.len() {
        if !plain.at(i).is_ascii_alphanumeric() {
            i += 1;
            continue;
        }
        let stop = plain.skip(i, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        let mut end = stop;
        while matches!(plain.before(end), '-' | '_') {
            end -= 1;
        }
        let count = |is: fn(&char) -> bool| (i..end).filter(|&k| is(&plain.at(k))).count();
        let run = Run {
            start: i,
            end,
            digits: count(char::is_ascii_digit),
            letters: count(char::is_ascii_alphabetic),
        };
        if run.digits > 0 && end - i <= LONGEST {
            runs.push(run);
        }
        i = stop;
    }
    runs
}

/// With the groups that follow after single spaces: 2026 1128 001.
fn grouped(plain: &Plain, run: Run) -> Run {
    let mut whole = run;
    if run.letters > 0 || run.end - run.start < 3 {
        return run;
    }
    while plain.at(whole.end) == ' ' {
        let start = whole.end + 1;
        let end = plain.skip_some(start, LONGEST, |c| c.is_ascii_digit());
        let group = (3..=6).contains(&(end - start)) && !plain.at(end).is_ascii_alphanumeric();
        let measured = UNITS.contains(plain.at(end));
        if !group || measured || end - run.start > LONGEST {
            break;
        }
        whole.end = end;
        whole.digits += end - start;
    }
    whole
}

/// Long, and half of it digits.
fn long_enough(run: Run, least: usize) -> bool {
    run.digits + run.letters >= least && run.digits >= 4 && run.digits >= run.letters
}

/// 2026-11-03, 11-03: hyphens between the parts of a date; or its eight digits.
fn is_date_like(plain: &Plain, run: Run) -> bool {
    let text = plain.text(run.start, run.end);
    let parts: Vec<&str> = text.split(['-', '_']).collect();
    let numbers: Vec<u32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let day = |month: u32, day: u32| (1..=12).contains(&month) && (1..=31).contains(&day);
    match (numbers.as_slice(), parts.len()) {
        ([year, month, date], 3) => (1900..2100).contains(year) && day(*month, *date),
        ([month, date], 2) => text.len() <= 5 && day(*month, *date),
        ([all], 1) => {
            let year = all / 10_000;
            text.len() == 8 && (1900..2100).contains(&year) && day(all / 100 % 100, all % 100)
        }
        _ => false,
    }
}

/// 1234567.89
fn is_decimal(plain: &Plain, run: Run) -> bool {
    let digit = |i: usize| plain.at(i).is_ascii_digit();
    let behind = plain.at(run.end) == '.' && digit(run.end + 1);
    let before = plain.before(run.start) == '.' && run.start > 1 && digit(run.start - 2);
    behind || before
}

fn carrier(plain: &Plain, run: Run) -> bool {
    let text = plain.text(run.start, run.end).to_ascii_uppercase();
    let letters = text.chars().take_while(char::is_ascii_alphabetic).count();
    let (head, rest) = text.split_at(letters);
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let tail = &rest[digits..];
    let post = letters == 2
        && digits == 9
        && tail.len() == 2
        && tail.bytes().all(|b| b.is_ascii_uppercase());
    let parts = tail.is_empty() || tail.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    post || (CARRIERS.contains(&head) && digits >= UNNAMED && parts)
}

/// Whether the text is one number and courtesies.
fn is_alone(plain: &Plain) -> bool {
    let mut i = 0;
    let mut numbers = 0;
    while i < plain.chars.len() {
        let end = plain.skip(i, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if end > i {
            numbers += 1;
            i = end;
        } else if let Some(length) = plain.word_at(i, COURTESIES) {
            i += length;
        } else if plain.at(i).is_alphanumeric() || plain.at(i) == '\0' {
            return false;
        } else {
            i += 1;
        }
    }
    numbers == 1
}

fn hit(plain: &Plain, run: Run, kind: EntityKind) -> Hit {
    let value = plain.text(run.start, run.end).replace(' ', "");
    Hit {
        kind,
        start: run.start,
        end: run.end,
        value: Some(value.to_ascii_uppercase()),
    }
}
