//! Where somebody lives: what is finer than a district. 浙江省杭州市西湖区文三路88号3栋501室 keeps
//! 浙江省杭州市西湖区.
//!
//! A road needs its number, a building two parts (3栋501) or the name of its estate in front. Without
//! them a text only names a place, as in 文三路有网点吗; behind 住在, 寄到 or 地址 that is enough.

mod parts;

use parts::{after_region, estate_start, number, road_start, room, town_start, units};

use super::{Kind, find::Hit};
use crate::{
    characters::is_han,
    plain::{Plain, spoken_digit},
};

/// Words behind which an address needs no number.
const CUES: &[&str] = &[
    "地址",
    "住址",
    "住在",
    "家住",
    "收货地址",
    "寄到",
    "送到",
    "寄往",
    "发到",
    "寄至",
    "送货到",
    "家在",
    "地址是",
    "地址改成",
    "地址换成",
    "地址改到",
    "地址为",
    "我家在",
    "租住在",
    "居住地",
    "户籍地",
    "改送到",
    "改寄到",
];
/// Most characters of an address behind such a word.
const MOST_NAMED: usize = 40;
/// What ends a named address.
const FINE: &[&str] = &[
    "路", "街", "大道", "巷", "胡同", "弄", "小区", "花园", "公寓", "大厦", "家园", "新村", "苑",
    "村", "宿舍", "广场", "镇", "乡", "街道", "社区", "单元", "号楼", "栋", "幢", "室", "号", "组",
];

/// Words that end like something fine and name nothing.
const COMMON: &[&str] = &[
    "农村",
    "学校宿舍",
    "地街道",
    "在村",
    "的村",
    "乡镇",
    "城镇",
    "全村",
    "套路",
    "线路",
    "思路",
    "一路",
    "网络线路",
];

pub(super) fn find(plain: &Plain, hits: &mut Vec<Hit>) {
    let mut i = 0;
    // An address starts where the last one ends, at the earliest.
    let mut floor = 0;
    while i < plain.chars.len() {
        let found = road(plain, i, floor)
            .or_else(|| building(plain, i, floor))
            .or_else(|| named(plain, i));
        match found {
            Some((start, end)) => {
                let end = follow(plain, end);
                hits.push(Hit {
                    kind: Kind::Address,
                    start,
                    end,
                });
                floor = end;
                i = end;
            }
            None => i += 1,
        }
    }
}

/// 文三路88号, with the road's last character at `i`.
fn road(plain: &Plain, i: usize, floor: usize) -> Option<(usize, usize)> {
    let start = road_start(plain, i, floor)?;
    let mut at = i + 1;
    if "东西南北中一二三四五六".contains(plain.at(at)) && plain.at(at + 1) == '段' {
        at += 2;
    }
    at = plain.skip_some(at, 1, |c| c == ' ');
    let end = number(plain, at)?;
    if plain.at(i) == '弄' && !plain.at(at).is_ascii_digit() {
        return None;
    }
    let house = matches!(plain.at(end), '号' | '號' | '弄' | '#')
        && !matches!(
            plain.at(end + 1),
            '线' | '车' | '口' | '桌' | '门' | '店' | '机' | '柜'
        );
    house.then(|| (town_start(plain, start, floor), house_end(plain, end)))
}

/// The end of 88号院, 88弄3号, 88号-2, with 号 or 弄 at `i`.
fn house_end(plain: &Plain, i: usize) -> usize {
    let end = i + 1;
    match (plain.at(i), plain.at(end)) {
        (_, '院') => end + 1,
        ('弄', _) => match number(plain, end) {
            Some(number) if plain.at(number) == '号' => number + 1,
            _ => end,
        },
        (_, '-') => plain.skip_some(end + 1, 4, |c| c.is_ascii_digit()),
        _ => end,
    }
}

/// 阳光花园3栋 or 3栋2单元501, with the first number at `i`.
fn building(plain: &Plain, i: usize, floor: usize) -> Option<(usize, usize)> {
    if number(plain, i).is_none() || number(plain, i.saturating_sub(1)).is_some_and(|_| i > 0) {
        return None;
    }
    let (end, count) = units(plain, i)?;
    match estate_start(plain, i, floor) {
        Some(start) => Some((town_start(plain, start, floor), end)),
        None if count >= 2 => Some((i, end)),
        None => None,
    }
}

/// 住在文三路附近, 寄到杭州市西湖区古荡街道: a word at `i` that announces an address.
fn named(plain: &Plain, i: usize) -> Option<(usize, usize)> {
    let mut start = i + plain.word_at(i, CUES)?;
    start = plain.skip_some(start, 4, |c| matches!(c, ':' | ' ' | '是' | '为' | '在'));
    let run = plain.skip_some(start, MOST_NAMED, |c| {
        is_han(c) || c.is_ascii_alphanumeric() || matches!(c, '-' | '#')
    });
    let fine = after_region(plain, start, run);
    let end = (fine + 2..=run)
        .filter(|&end| is_fine_end(plain, fine, end))
        .max()?;
    // A sentence in between is no address: 地址填错了怎么改到新小区.
    let sentence = (start..end).any(|k| {
        matches!(
            plain.at(k),
            '了' | '吗'
                | '呢'
                | '怎'
                | '么'
                | '能'
                | '想'
                | '可'
                | '哪'
                | '什'
                | '不'
                | '要'
                | '我'
                | '你'
                | '这'
                | '那'
                | '的'
                | '错'
                | '改'
                | '个'
        )
    });
    (!sentence).then_some((fine, end))
}

/// Whether the name or number of something fine ends before `end`: 幸福小区, 12号, and not 手机号 or 农村.
fn is_fine_end(plain: &Plain, start: usize, end: usize) -> bool {
    let Some(length) = plain.word_before(end, FINE) else {
        return false;
    };
    let before = plain.before(end - length);
    let numbered =
        before.is_ascii_alphanumeric() || spoken_digit(before).is_some() || before == '十';
    let is_number = matches!(
        plain.before(end),
        '室' | '号' | '组' | '栋' | '幢' | '楼' | '元'
    );
    let common = plain.word_before(end, COMMON).is_some();
    end - length > start && !common && (numbered || !is_number)
}

/// Goes on over what belongs to an address: estate, building, room.
fn follow(plain: &Plain, mut end: usize) -> usize {
    loop {
        let at = plain.skip_some(end, 1, |c| matches!(c, ' ' | '-'));
        if let Some((next, _)) = units(plain, at) {
            end = next;
            continue;
        }
        let fresh = !plain.before(at).is_ascii_alphanumeric();
        if let Some(end) = room(plain, at).filter(|_| fresh && plain.before(end) != '号') {
            return end;
        }
        // 文三路88号阳光花园3栋: an estate of a few characters with a building behind it.
        let estate = (at + 2..at + 9).find_map(|k| {
            let whole = (at..k).all(|c| is_han(plain.at(c)));
            (whole && estate_start(plain, k, at) == Some(at)).then(|| units(plain, k))?
        });
        match estate {
            Some((next, _)) => end = next,
            None => return end,
        }
    }
}
