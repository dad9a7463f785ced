//! E-mail addresses.

use super::{Kind, find::Hit};
use crate::plain::Plain;

/// Most characters before the @ (RFC 5321).
const MOST_LOCAL: usize = 64;
/// Most characters of a domain.
const MOST_DOMAIN: usize = 253;
/// Providers whose addresses are known even with spaces around the @.
const PROVIDERS: &[&str] = &[
    "qq.com",
    "163.com",
    "126.com",
    "gmail.com",
    "sina.com",
    "sina.cn",
    "outlook.com",
    "hotmail.com",
    "foxmail.com",
    "139.com",
    "189.cn",
    "yeah.net",
    "icloud.com",
    "sohu.com",
    "aliyun.com",
    "vip.qq.com",
];

pub(super) fn find(plain: &Plain, hits: &mut Vec<Hit>) {
    // Nothing is read twice: not to the left of the last address or @.
    let mut floor = 0;
    for at in (0..plain.chars.len()).filter(|&i| plain.at(i) == '@') {
        if let Some((start, end)) = address(plain, at, floor) {
            hits.push(Hit {
                kind: Kind::Email,
                start,
                end,
            });
            floor = end;
        } else {
            floor = at + 1;
        }
    }
}

fn address(plain: &Plain, at: usize, floor: usize) -> Option<(usize, usize)> {
    let spaced = plain.before(at) == ' ' || plain.at(at + 1) == ' ';
    let local_end = if plain.before(at) == ' ' { at - 1 } else { at };
    let domain_start = if plain.at(at + 1) == ' ' {
        at + 2
    } else {
        at + 1
    };
    if spaced && plain.word_at(domain_start, PROVIDERS).is_none() {
        return None;
    }
    let mut start = local_end;
    while start > floor && local_end - start < MOST_LOCAL && is_local(plain.before(start)) {
        start -= 1;
    }
    // A dot is inside, never first.
    while start < local_end && matches!(plain.at(start), '.' | '-' | '+' | '%') {
        start += 1;
    }
    let end = domain_end(plain, domain_start)?;
    (start < local_end).then_some((start, end))
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-')
}

/// The end of the longest domain: labels with dots between them, letters in the last.
fn domain_end(plain: &Plain, start: usize) -> Option<usize> {
    let (mut i, mut end, mut labels) = (start, None, 0);
    while i - start < MOST_DOMAIN {
        let label = i;
        while i - start < MOST_DOMAIN && (plain.at(i).is_ascii_alphanumeric() || plain.at(i) == '-')
        {
            i += 1;
        }
        if i == label {
            break;
        }
        labels += 1;
        let letters = (label..i).all(|k| plain.at(k).is_ascii_alphabetic());
        if labels >= 2 && letters && i - label >= 2 {
            end = Some(i);
        }
        if plain.at(i) != '.' {
            break;
        }
        i += 1;
    }
    end
}
