//! Accounts and documents that are called by their names: 微信号abc123, QQ 12345678, 护照E00000000.

use super::{Kind, find::Hit};
use crate::plain::Plain;

const WECHAT: &[&str] = &[
    "微信",
    "微信号",
    "微信號",
    "微信id",
    "微信账号",
    "薇信",
    "v信",
    "vx",
    "wx",
    "weixin",
    "wechat",
    "加v",
    "加微",
    "威信号",
];
const QQ: &[&str] = &["qq", "qq号", "qq號", "扣扣", "扣扣号", "企鹅号", "qq账号"];
const DOCUMENTS: &[&str] = &[
    "护照",
    "護照",
    "护照号",
    "通行证",
    "通行證",
    "回乡证",
    "台胞证",
    "军官证",
    "士兵证",
    "军人证",
    "居留证",
    "居住证",
    "港澳证",
    "社保卡",
    "医保卡",
    "社保号",
    "医保号",
    "passport",
    "港澳台居住证",
    "永居证",
];
/// Characters that an account is looked for in; one with so many is none.
const MOST: usize = 24;
/// What stands between a name and the account: with one of these it is an account in any case.
const LINKS: &[&str] = &[
    "号码", "号", "码", "號", "id", "账号", "帐号", "是", "为", ":", "加", "搜", "叫",
];
/// Products and versions are no accounts: 微信 iPhone15.
const PRODUCTS: &[&str] = &[
    "iphone", "android", "ios", "ipad", "windows", "win1", "win7", "mac", "app", "vip", "pay",
    "version", "v8", "pc", "h5", "harmony", "oppo", "vivo", "huawei", "xiaomi", "mate",
];

pub(super) fn find(plain: &Plain, hits: &mut Vec<Hit>) {
    let mut i = 0;
    while i < plain.chars.len() {
        let found = [
            (Kind::Account, WECHAT),
            (Kind::Account, QQ),
            (Kind::Document, DOCUMENTS),
        ]
        .into_iter()
        .find_map(|(kind, names)| {
            let (start, linked) = value(plain, i, names)?;
            let end = match (kind, names == QQ) {
                (Kind::Document, _) => document(plain, start),
                (_, true) => qq(plain, start),
                _ => wechat(plain, start, linked),
            }?;
            Some(Hit { kind, start, end })
        });
        match found {
            Some(hit) => {
                hits.push(hit);
                i = hit.end;
            }
            None => i += 1,
        }
    }
}

/// Where the value of a name that starts at `i` starts, and whether a link stands between.
fn value(plain: &Plain, i: usize, names: &[&str]) -> Option<(usize, bool)> {
    let length = plain.word_at(i, names)?;
    if plain.at(i).is_ascii_alphabetic() && plain.before(i).is_ascii_alphanumeric() {
        return None;
    }
    let (mut at, mut linked) = (i + length, matches!(plain.before(i + length), '号' | '號'));
    for _ in 0..4 {
        at = plain.skip_some(at, 2, |c| matches!(c, ' ' | '='));
        match plain.word_at(at, LINKS) {
            Some(length) => {
                linked = true;
                at += length;
            }
            None => break,
        }
    }
    Some((plain.skip_some(at, 2, |c| c == ' '), linked))
}

/// 6 to 20 letters, digits, `_` and `-`, a letter first; or the digits of a QQ account.
fn wechat(plain: &Plain, start: usize, linked: bool) -> Option<usize> {
    let end = plain.skip_some(start, MOST, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
    });
    let digits = (start..end)
        .filter(|&i| plain.at(i).is_ascii_digit())
        .count();
    if plain.at(start).is_ascii_digit() {
        return (linked && digits == end - start && (6..=11).contains(&digits)).then_some(end);
    }
    let product = plain.word_at(start, PRODUCTS).is_some();
    let address = plain.at(end) == '@' || plain.at(end) == '.';
    let long_enough = (6..=20).contains(&(end - start));
    (plain.at(start).is_ascii_alphabetic()
        && long_enough
        && !product
        && !address
        && (linked || digits > 0))
        .then_some(end)
}

fn qq(plain: &Plain, start: usize) -> Option<usize> {
    let end = plain.skip_some(start, MOST, |c| c.is_ascii_digit());
    let mail = plain.at(end) == '@' || plain.at(end).is_ascii_alphanumeric();
    ((5..=11).contains(&(end - start)) && plain.at(start) != '0' && !mail).then_some(end)
}

/// Letters first, then digits; at least five digits.
fn document(plain: &Plain, start: usize) -> Option<usize> {
    let letters = plain.skip_some(start, MOST, |c| c.is_ascii_alphabetic());
    let end = plain.skip_some(letters, MOST, |c| c.is_ascii_alphanumeric());
    let digits = (start..end)
        .filter(|&i| plain.at(i).is_ascii_digit())
        .count();
    (letters - start <= 3 && digits >= 5 && end - start <= 20).then_some(end)
}
