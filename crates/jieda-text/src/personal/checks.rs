//! What a number must hold to be a phone number, an identity card or a bank card.

/// First two digits of identity cards: the provinces of GB/T 2260.
const PROVINCES: [&str; 36] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
    "81", "82", "83", "91",
];

/// Mobile numbers of the mainland: 11 digits, 13 to 19 first.
pub(crate) fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && starts_as_mobile(digits)
}

pub(super) fn starts_as_mobile(digits: &str) -> bool {
    let mut first = digits.bytes();
    first.next() == Some(b'1') && matches!(first.next(), Some(b'3'..=b'9'))
}

/// Length of the area code that a landline number starts with: 010 and 02x have three digits, the others
/// four; what follows has eight or seven, the first of them 2 to 8.
pub(super) fn area_code(digits: &str) -> Option<usize> {
    let bytes = digits.as_bytes();
    if bytes.first() != Some(&b'0') {
        return None;
    }
    let (code, local) = match bytes.get(1) {
        Some(b'1') if bytes.get(2) == Some(&b'0') => (3, 8..=8),
        Some(b'2') => (3, 8..=8),
        Some(b'3'..=b'9') => (4, 7..=8),
        _ => return None,
    };
    let starts = matches!(bytes.get(code), Some(b'2'..=b'8'));
    (starts && local.contains(&(bytes.len() - code))).then_some(code)
}

/// An identity card of 18 characters by its looks: province and date of birth. `X` counts as a digit at
/// the end.
pub(super) fn looks_like_id(text: &str) -> bool {
    let digits = match text.as_bytes() {
        [head @ .., b'X' | b'x'] | [head @ .., b'0'..=b'9'] => head,
        _ => return false,
    };
    text.len() == 18
        && digits.iter().all(u8::is_ascii_digit)
        && PROVINCES.contains(&&text[..2])
        && is_date(&text[6..10], &text[10..12], &text[12..14])
}

/// Whether the check character is right (GB 11643, ISO 7064 MOD 11-2).
pub(super) fn id_checks(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = text
        .bytes()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight)
        .sum();
    let check = b"10X98765432"[(sum % 11) as usize];
    text.as_bytes().get(17).map(|c| c.to_ascii_uppercase()) == Some(check)
}

/// An identity card of the first generation: 15 digits, the year of birth with two of them.
pub(super) fn looks_like_old_id(digits: &str) -> bool {
    digits.len() == 15
        && PROVINCES.contains(&&digits[..2])
        && is_date(
            &format!("19{}", &digits[6..8]),
            &digits[8..10],
            &digits[10..12],
        )
}

fn is_date(year: &str, month: &str, day: &str) -> bool {
    let (Ok(year), Ok(month), Ok(day)) = (
        year.parse::<u32>(),
        month.parse::<u32>(),
        day.parse::<u32>(),
    ) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1900..2100).contains(&year) && (1..=days).contains(&day)
}

/// Whether the last digit is right by Luhn's rule (ISO/IEC 7812-1).
pub(super) fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, digit)| {
            let value = u32::from(digit.wrapping_sub(b'0'));
            match (i % 2, value) {
                (1, 5..) => value * 2 - 9,
                (1, _) => value * 2,
                _ => value,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether it is the number of a bank card or of an identity card by its digits alone.
pub(crate) fn looks_like_card(digits: &str) -> bool {
    (is_card_range(digits) && luhn(digits)) || (looks_like_id(digits) && id_checks(digits))
}

/// Whether cards with these first digits have this many: what keeps tracking and order numbers apart, of
/// which every tenth passes Luhn's rule.
pub(super) fn is_card_range(digits: &str) -> bool {
    let first = |n: usize| {
        digits
            .get(..n)
            .and_then(|head| head.parse::<u32>().ok())
            .unwrap_or(0)
    };
    match digits.len() {
        15 => matches!(first(2), 34 | 37),
        16 => {
            matches!(first(2), 40..=49 | 51..=55 | 60 | 62)
                || matches!(first(4), 2221..=2720 | 3528..=3589 | 9558)
        }
        17 => first(2) == 62,
        18 => first(2) == 62 || first(4) == 4367,
        19 => matches!(first(2), 60 | 62) || matches!(first(4), 4367 | 9558),
        _ => false,
    }
}
