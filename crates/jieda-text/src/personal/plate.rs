//! Licence plates (GA 36): 京A12345, 粤B·D12345 of electric cars, 挂, 学, 警, 港, 澳, 领.

use super::{Kind, find::Hit};
use crate::{
    characters::{is_plate_end, is_plate_province},
    plain::Plain,
};

/// Words that end in a province's short name, and are followed by letters and digits all the same:
/// 最新A12345款.
const WORDS: &[&str] = &[
    "最新",
    "全新",
    "更新",
    "崭新",
    "刷新",
    "重新",
    "创新",
    "换新",
    "焕新",
    "上新",
    "翻新",
    "以旧换新",
    "里云",
    "讯云",
    "为云",
    "度云",
    "翼云",
    "动云",
    "山云",
    "智云",
    "华为云",
    "北京",
    "南京",
    "东京",
    "安宁",
    "海宁",
    "珍贵",
    "很贵",
    "太贵",
    "四川",
    "银川",
    "丹青",
    "云吉",
    "小新",
    "还新",
];

pub(super) fn find(plain: &Plain, hits: &mut Vec<Hit>) {
    let mut i = 0;
    while i < plain.chars.len() {
        match plate(plain, i) {
            Some(end) => {
                hits.push(Hit {
                    kind: Kind::Plate,
                    start: i,
                    end,
                });
                i = end;
            }
            None => i += 1,
        }
    }
}

fn plate(plain: &Plain, start: usize) -> Option<usize> {
    if !is_plate_province(plain.at(start)) || plain.word_before(start + 1, WORDS).is_some() {
        return None;
    }
    let city = plain.skip_some(start + 1, 3, |c| c == ' ');
    if city > start + 2 || !is_letter(plain.at(city)) {
        return None;
    }
    let first = plain.skip_some(city + 1, 4, |c| {
        matches!(c, ' ' | '·' | '•' | '.' | '-' | '・')
    });
    if first > city + 3 {
        return None;
    }
    let mut end = first;
    while end - first < 7 && (plain.at(end).is_ascii_digit() || is_letter(plain.at(end))) {
        end += 1;
    }
    let digits = (first..end)
        .filter(|&i| plain.at(i).is_ascii_digit())
        .count();
    match end - first {
        4 if digits >= 3 && is_plate_end(plain.at(end)) => Some(end + 1),
        5 if digits >= 2 => Some(end),
        6 if digits >= 4 && is_electric(plain, first) => Some(end),
        _ => None,
    }
    .filter(|&end| !plain.at(end).is_ascii_alphanumeric())
}

/// Letters of plates: no I and no O, which look like 1 and 0.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() && !matches!(c.to_ascii_uppercase(), 'I' | 'O')
}

/// Small ones have D or F (and letters near them) first, large ones last.
fn is_electric(plain: &Plain, first: usize) -> bool {
    let letter = |i: usize| matches!(plain.at(i).to_ascii_uppercase(), 'A'..='K');
    letter(first) || letter(first + 5)
}
