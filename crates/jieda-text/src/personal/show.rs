//! What is shown instead: enough for an agent to recognise it with the customer, and no more.

use super::{Kind, name::surname_length};
use crate::plain::spoken_digit;

/// The mask of folded characters of a kind.
pub(super) fn mask(kind: Kind, plain: &str) -> String {
    match kind {
        Kind::Phone => phone(plain),
        Kind::IdCard => format!("[身份证尾号{}]", tail(plain)),
        Kind::BankCard => format!("[银行卡尾号{}]", tail(plain)),
        Kind::Document => format!("[证件尾号{}]", tail(plain)),
        Kind::Email => email(plain),
        Kind::Plate => plate(plain),
        Kind::Account => "[账号]".to_owned(),
        Kind::Address => "[地址]".to_owned(),
        Kind::Name => name(plain),
    }
}

/// Digits, spoken ones too, and letters.
fn letters(plain: &str) -> Vec<char> {
    plain
        .chars()
        .filter_map(|c| {
            c.is_ascii_alphanumeric()
                .then_some(c)
                .or_else(|| spoken_digit(c))
        })
        .collect()
}

fn tail(plain: &str) -> String {
    let letters = letters(plain);
    letters[letters.len().saturating_sub(4)..]
        .iter()
        .collect::<String>()
        .to_uppercase()
}

/// 138****5678, 0571-****1234.
fn phone(plain: &str) -> String {
    let digits: String = letters(plain).into_iter().collect();
    let local = digits
        .strip_prefix("0086")
        .or_else(|| digits.strip_prefix("86").filter(|rest| rest.len() == 11))
        .unwrap_or(&digits);
    let head = match super::checks::area_code(local) {
        Some(code) => format!("{}-", &local[..code]),
        None if local.len() >= 10 => local[..3].to_owned(),
        None => String::new(),
    };
    format!("{head}****{}", tail(local))
}

/// a***@qq.com.
fn email(plain: &str) -> String {
    let compact: String = plain.chars().filter(|c| *c != ' ').collect();
    let (local, domain) = compact.split_once('@').unwrap_or((&compact, ""));
    let first = local.chars().next().unwrap_or('*');
    format!("{first}***@{domain}")
}

/// 京A***45.
fn plate(plain: &str) -> String {
    let all: Vec<char> = plain.chars().filter(|c| c.is_alphanumeric()).collect();
    let head: String = all.iter().take(2).collect();
    let last: String = all[all.len().saturating_sub(2)..].iter().collect();
    format!("{head}***{last}").to_uppercase()
}

/// 张**.
fn name(plain: &str) -> String {
    let surname = surname_length(plain);
    plain
        .chars()
        .enumerate()
        .map(|(i, c)| if i < surname { c } else { '*' })
        .collect()
}
