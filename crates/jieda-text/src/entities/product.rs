//! What was bought.

use std::collections::HashSet;

use jieda_types::EntityKind;

use super::{
    goods::{GOODS, MODIFIER_STOPS},
    number::Number,
    scan::{Hit, Scan},
};
use crate::{UserDictionary, characters::is_han, plain::Plain};

/// The tag of product names in a dictionary.
const PRODUCT_TAG: &str = "nz";
/// Longest product name that is looked for, in characters.
const LONGEST: usize = 24;
/// Names of models and articles.
const MODELS: &[&str] = &[
    "型号",
    "型號",
    "货号",
    "款号",
    "sku",
    "产品型号",
    "商品编号",
    "商品货号",
];
const LINKS: &[&str] = &["是", "为", ":", " ", "叫", "=", "号"];
/// Words that what was bought stands right behind.
const CUES: &[&str] = &[
    "买的",
    "买了",
    "买过",
    "想买",
    "要买",
    "购买的",
    "购买了",
    "下单的",
    "下单了",
    "拍的",
    "拍了",
    "订的",
    "订了",
    "收到的",
    "收到",
    "退掉",
    "换成",
    "这款",
    "那款",
    "这台",
    "那台",
    "这部",
    "那部",
    "这双",
    "那双",
    "这件",
    "那件",
    "这条",
    "那条",
    "这辆",
    "那辆",
    "这只",
    "这张",
    "这套",
    "那套",
    "这把",
    "这瓶",
    "这盒",
    "这箱",
    "这个",
    "那个",
    "你们的",
    "你家的",
    "你们家的",
    "我的",
    "我家的",
    "我家",
    "新买的",
    "网上买的",
    "店里买的",
    "寄来的",
    "发来的",
    "发的",
];
/// Counters between a cue and what was bought: 买了一双运动鞋.
const COUNTERS: &[&str] = &[
    "件", "台", "双", "盒", "箱", "瓶", "袋", "套", "部", "张", "支", "包", "罐", "桶", "斤", "辆",
    "只", "条", "本", "份", "个", "把", "款",
];
/// Most characters that describe it: 红色, 纯棉加厚.
const MODIFIERS: usize = 6;
/// Words behind a model that belong to it.
const SERIES: &[&str] = &[
    "pro",
    "max",
    "plus",
    "ultra",
    "mini",
    "se",
    "air",
    "lite",
    "promax",
    "pro max",
    "青春版",
    "标准版",
    "旗舰版",
    "增强版",
];
/// Letters and digits that are no product.
const NO_MODELS: &[&str] = &[
    "app", "vip", "svip", "sku", "qq", "wifi", "4g", "5g", "sim", "ok", "id", "http", "www",
];

/// Names of products, folded.
#[derive(Debug, Clone, Default)]
pub(super) struct Products {
    names: HashSet<Box<[char]>>,
    terms: HashSet<Box<[char]>>,
}

impl Products {
    pub(super) fn of(words: &UserDictionary) -> Self {
        let (names, terms): (Vec<_>, Vec<_>) = words
            .words
            .iter()
            .partition(|word| word.tag.as_deref() == Some(PRODUCT_TAG));
        let folded = |word: &&crate::UserWord| folded(&word.word);
        Self {
            names: names.iter().map(folded).collect(),
            terms: terms.iter().map(folded).collect(),
        }
    }

    pub(super) fn find(&self, plain: &Plain, scan: &mut Scan) {
        let lower: Vec<char> = plain.chars.iter().map(char::to_ascii_lowercase).collect();
        let mut i = 0;
        while i < plain.chars.len() {
            let named = self.named(plain, &lower, i);
            let found = match may_begin(lower[i]) {
                true => named
                    .or_else(|| called(plain, i))
                    .or_else(|| self.behind_cue(plain, &lower, i)),
                false => named,
            };
            match found.filter(|&(_, end)| !masked_number(plain, end)) {
                Some((start, end)) => {
                    scan.add(Hit {
                        kind: EntityKind::Product,
                        start,
                        end,
                        value: Some(plain.text(start, end)),
                    });
                    i = end.max(i + 1);
                }
                None => i += 1,
            }
        }
    }

    /// A name of the dictionary at `i`.
    fn named(&self, plain: &Plain, lower: &[char], i: usize) -> Option<(usize, usize)> {
        let end = longest_of(&self.names, lower, i)?;
        let latin = |c: char| c.is_ascii_alphanumeric();
        let inside = (latin(plain.at(i)) && latin(plain.before(i)))
            || (latin(plain.before(end)) && latin(plain.at(end)));
        (!inside).then_some((i, end))
    }

    /// What stands behind a cue that begins at `i`.
    fn behind_cue(&self, plain: &Plain, lower: &[char], i: usize) -> Option<(usize, usize)> {
        let cue = i + plain.word_at(i, CUES)?;
        let mut start = plain.skip_some(cue, 1, |c| c == ' ');
        if let Some(end) = counted(plain, start) {
            start = plain.skip_some(end, 1, |c| c == '的');
        } else if plain.at(start) == '个' {
            start += 1;
        }
        let end = longest_of(&self.names, lower, start)
            .or_else(|| model(plain, start))
            .or_else(|| goods(plain, start))
            .or_else(|| longest_of(&self.terms, lower, start))?;
        Some((start, end))
    }
}

/// 型号X200, 货号：A-1234.
fn called(plain: &Plain, i: usize) -> Option<(usize, usize)> {
    let mut start = i + plain.word_at(i, MODELS)?;
    for _ in 0..2 {
        start += plain.word_at(start, LINKS).unwrap_or(0);
    }
    let end = code_end(plain, start)?;
    Some((start, series_end(plain, end)))
}

/// Up to four Han characters of a maker, and letters with digits: 华为Mate60 Pro.
fn model(plain: &Plain, start: usize) -> Option<usize> {
    let maker = plain.skip_some(start, 4, |c| is_han(c) && !MODIFIER_STOPS.contains(c));
    let end = code_end(plain, maker).filter(|_| plain.at(maker).is_ascii_alphabetic())?;
    Some(series_end(plain, end))
}

/// The end of letters with digits among them, or with a number behind: X200, iPhone 15.
fn code_end(plain: &Plain, start: usize) -> Option<usize> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '+');
    let mut end = plain.skip_some(start, LONGEST, part);
    let count =
        |end: usize, is: fn(&char) -> bool| (start..end).filter(|&i| is(&plain.at(i))).count();
    if plain.at(end) == ' ' && count(end, char::is_ascii_digit) == 0 {
        let number = plain.skip_some(end + 1, 5, |c| c.is_ascii_digit());
        if (1..=4).contains(&(number - end - 1)) && !crate::entities::amount::is_unit(plain, number)
        {
            end = number;
        }
    }
    let (letters, digits) = (
        count(end, char::is_ascii_alphabetic),
        count(end, char::is_ascii_digit),
    );
    let other = plain.word_at(start, NO_MODELS) == Some(end - start);
    (letters > 0 && (1..=8).contains(&digits) && !other && end - start < LONGEST).then_some(end)
}

fn series_end(plain: &Plain, mut end: usize) -> usize {
    for _ in 0..2 {
        let at = plain.skip_some(end, 1, |c| c == ' ');
        let Some(length) = plain.word_at(at, SERIES) else {
            break;
        };
        if plain.before(at + length).is_ascii_alphabetic()
            && plain.at(at + length).is_ascii_alphanumeric()
        {
            break;
        }
        end = at + length;
    }
    end
}

/// Goods at `start`, with the characters that describe them: 红色连衣裙.
fn goods(plain: &Plain, start: usize) -> Option<usize> {
    for at in start..=start + MODIFIERS {
        if let Some(length) = plain.word_at(at, GOODS) {
            return Some(at + length);
        }
        let c = plain.at(at);
        if !is_han(c) || MODIFIER_STOPS.contains(c) {
            return None;
        }
    }
    None
}

/// 我的手机138****1234 names a number and no goods. Masks are blanked out by now.
fn masked_number(plain: &Plain, start: usize) -> bool {
    let start = plain.skip_some(start, 2, |c| matches!(c, '是' | '号' | ':' | ' '));
    start < plain.chars.len() && plain.at(start) == '\0'
}

/// The end of a count: 一双, 2台.
fn counted(plain: &Plain, start: usize) -> Option<usize> {
    let number = Number::at(plain, start)?;
    let length = plain.word_at(number.end, COUNTERS)?;
    Some(number.end + length)
}

fn longest_of(words: &HashSet<Box<[char]>>, text: &[char], start: usize) -> Option<usize> {
    if words.is_empty() {
        return None;
    }
    let last = text.len().min(start + LONGEST);
    (start + 1..=last).rev().find(|&end| {
        text.get(start..end)
            .is_some_and(|word| words.contains(word))
    })
}

fn folded(word: &str) -> Box<[char]> {
    Plain::new(word)
        .chars
        .iter()
        .map(char::to_ascii_lowercase)
        .collect()
}

/// Whether a cue may begin with a lower-case character: most begin none.
fn may_begin(c: char) -> bool {
    matches!(
        c,
        '型' | '货'
            | '款'
            | 's'
            | '产'
            | '商'
            | '买'
            | '想'
            | '要'
            | '购'
            | '下'
            | '拍'
            | '订'
            | '收'
            | '退'
            | '换'
            | '这'
            | '那'
            | '你'
            | '我'
            | '新'
            | '网'
            | '店'
            | '寄'
            | '发'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_may_begin_one() {
        let words = MODELS.iter().chain(CUES);
        for word in words {
            let first = word.chars().next().unwrap_or_default();
            assert!(may_begin(first), "{word}");
        }
    }
}
