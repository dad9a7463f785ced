//! The parts of an address, and where their names start.

use crate::{
    characters::is_han,
    plain::{Plain, spoken_digit},
};

/// Most characters of the name of a road or an estate.
const MOST_NAME: usize = 8;
/// Characters that a number is looked for in; one with so many is none.
const MOST_NUMBER: usize = 8;
/// Words before an address that are no part of it.
const LEADS: &[&str] = &[
    "在", "到", "是", "住", "寄", "址", "了", "我", "你", "您", "他", "她", "们", "的", "给", "送",
    "把", "就", "位于", "改成", "换成", "改为", "变成", "快递", "收货", "发货", "麻烦", "去", "从",
    "家", "于",
];
/// Words that end like a road and are none.
const NO_ROADS: &[&str] = &[
    "线路",
    "电路",
    "网路",
    "走路",
    "思路",
    "链路",
    "套路",
    "出路",
    "迷路",
    "上路",
    "赶路",
    "半路",
    "铁路",
    "公路",
    "道路",
    "马路",
    "一路",
    "问路",
    "带路",
    "绕路",
    "堵路",
    "地铁路",
    "短路",
    "通路",
    "回路",
    "门路",
    "逛街",
    "上街",
    "街街",
];
const ESTATES: &[&str] = &[
    "小区", "花园", "公寓", "大厦", "家园", "新村", "苑", "宿舍", "广场", "社区", "山庄", "名邸",
    "华府", "雅居", "新城", "花苑", "嘉园", "庭", "湾", "府", "村", "校区", "园区", "公馆", "别墅",
];
/// The end of the bare number of a room at `start`: three or four digits, and nothing that they measure.
pub(super) fn room(plain: &Plain, start: usize) -> Option<usize> {
    let digit = |c: char| c.is_ascii_digit() || spoken_digit(c).is_some();
    let end = plain.skip_some(start, MOST_NUMBER, digit);
    let measure = "元块个米平年月日人%万千.公里升斤克度分秒天次件款位瓶张折"
        .contains(plain.at(end))
        || plain.at(end).is_ascii_alphanumeric();
    ((3..=4).contains(&(end - start)) && !measure).then_some(end)
}

/// Parts of a building from coarse to fine, as they follow each other.
const UNITS: &[(&str, u8)] = &[
    ("号院", 0),
    ("区", 0),
    ("期", 0),
    ("号楼", 1),
    ("栋", 1),
    ("幢", 1),
    ("棟", 1),
    ("座", 1),
    ("单元", 2),
    ("單元", 2),
    ("门", 2),
    ("层", 3),
    ("楼", 3),
    ("室", 4),
    ("房", 4),
    ("户", 4),
    ("号房", 4),
    ("号", 4),
];

/// The end of a number at `start`: digits, Chinese numerals or one letter; at most five characters.
pub(super) fn number(plain: &Plain, start: usize) -> Option<usize> {
    let is_number = |c: char| {
        c.is_ascii_digit()
            || spoken_digit(c).is_some()
            || matches!(c, '十' | '百' | '两' | '甲' | '乙')
    };
    let mut end = plain.skip_some(start, MOST_NUMBER, is_number);
    if end == start
        && plain.at(start).is_ascii_uppercase()
        && !plain.at(start + 1).is_ascii_alphanumeric()
    {
        return Some(start + 1);
    }
    if end > start && plain.at(end) == '-' && plain.at(end + 1).is_ascii_digit() {
        end = plain.skip_some(end + 1, MOST_NUMBER, |c| c.is_ascii_digit());
    }
    if end > start
        && plain.at(end).is_ascii_alphabetic()
        && !plain.at(end + 1).is_ascii_alphanumeric()
    {
        end += 1;
    }
    (end > start && end - start < MOST_NUMBER).then_some(end)
}

/// Parts of a building from `start` on, each finer than the one before: their end, and how many they are.
pub(super) fn units(plain: &Plain, start: usize) -> Option<(usize, usize)> {
    let (mut at, mut end, mut count, mut last) = (start, start, 0, None);
    while let Some(digits) = number(plain, at) {
        let unit = UNITS
            .iter()
            .filter(|(word, rank)| {
                plain.starts_with(digits, word) && last.is_none_or(|l| *rank > l)
            })
            .max_by_key(|(word, _)| word.len());
        let Some((word, rank)) = unit else {
            if last.is_some_and(|l| l < 4) && room(plain, at).is_some() {
                return Some((digits, count + 1));
            }
            break;
        };
        // 2楼3号桌 is no room, and a number on a house only one behind a road or a building.
        let thing = *word == "号"
            && (last.is_none()
                || is_han(plain.at(digits + 1))
                    && matches!(
                        plain.at(digits + 1),
                        '桌' | '线' | '店' | '柜' | '窗' | '机' | '门' | '厅'
                    ));
        let bare =
            last.is_none() && matches!(*word, "区" | "期" | "门" | "层" | "楼" | "房" | "户");
        let none = thing || bare || (*word == "门" && plain.at(digits + 1) == '课');
        if none {
            break;
        }
        last = Some(*rank);
        count += 1;
        end = digits + word.chars().count();
        at = plain.skip_some(end, 1, |c| matches!(c, ' ' | '-'));
    }
    (count > 0).then_some((end, count))
}

/// Where the name of the road starts whose last character is at `i`.
pub(super) fn road_start(plain: &Plain, i: usize, floor: usize) -> Option<usize> {
    let is_road = match plain.at(i) {
        '路' | '街' | '巷' => true,
        '道' => plain.before(i) == '大',
        '同' => plain.before(i) == '胡',
        '弄' => is_han(plain.before(i)),
        _ => false,
    };
    if !is_road || plain.word_before(i + 1, NO_ROADS).is_some() {
        return None;
    }
    let start = name_start(plain, i, floor);
    (start < i).then_some(start)
}

/// Where the name of the estate starts that ends before `end`.
pub(super) fn estate_start(plain: &Plain, end: usize, floor: usize) -> Option<usize> {
    let length = plain.word_before(end, ESTATES)?;
    let start = name_start(plain, end - length, floor);
    Some(start)
}

/// Where the town or village starts that stands before `start`; else `start`.
pub(super) fn town_start(plain: &Plain, start: usize, floor: usize) -> usize {
    match plain.word_before(
        start,
        &[
            "街道",
            "镇",
            "乡",
            "村",
            "社区",
            "开发区",
            "高新区",
            "工业园",
            "科技园",
            "园区",
        ],
    ) {
        Some(length) if start - length > floor => name_start(plain, start - length, floor),
        _ => start,
    }
}

/// Goes back over a name: to a lead-in, the suffix of a region, or anything that is no name.
fn name_start(plain: &Plain, end: usize, floor: usize) -> usize {
    let mut start = end;
    while start > floor && end - start < MOST_NAME {
        let c = plain.before(start);
        let region = is_region_end(plain, start);
        let town = plain.word_before(start, &["街道", "镇"]).is_some() && start < end;
        let lead = plain.word_before(start, LEADS).is_some();
        if region || town || lead || !(is_han(c) || c.is_ascii_alphanumeric()) {
            break;
        }
        start -= 1;
    }
    start
}

/// Whether a province, city or district ends before `end`.
fn is_region_end(plain: &Plain, end: usize) -> bool {
    match plain.before(end) {
        '省' | '县' | '縣' => true,
        '市' => !matches!(plain.before(end - 1), '超' | '城' | '门' | '菜'),
        '区' if plain.ends_with(end, "高新区") => false,
        '区' | '區' => !matches!(
            plain.before(end - 1),
            '小' | '社' | '片' | '园' | '校' | '发' | '术'
        ),
        _ => false,
    }
}

/// The place behind the last region in a run.
pub(super) fn after_region(plain: &Plain, start: usize, end: usize) -> usize {
    (start + 2..end)
        .rev()
        .find(|&k| is_region_end(plain, k))
        .unwrap_or(start)
}
