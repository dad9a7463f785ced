//! Values that a customer mentions: for the variables of answers, and for a ticket.

use std::collections::BTreeMap;

use jieda_types::TicketField;

/// Names of numbers, and what they are called.
const NUMBERS: [(&str, &[&str]); 2] = [
    ("tracking_no", &["运单", "快递单", "物流单"]),
    ("order_id", &["订单", "单号", "工单"]),
];
/// Fewest characters of a number: 订单2个 has none.
const SHORTEST: usize = 6;
/// Most characters between the name and the number.
const BETWEEN: usize = 6;

/// Values for variables, such as `order_id`: a run of letters and digits shortly after its name.
pub(crate) fn of(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, words) in NUMBERS {
        let value = words.iter().find_map(|word| {
            let (_, after) = text.split_once(word)?;
            number(after)
        });
        if let Some(value) = value.filter(|value| !found.values().any(|known| known == value)) {
            found.insert(name.to_owned(), value);
        }
    }
    found
}

/// What a ticket lists: the last value of each kind.
pub(crate) fn fields<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<TicketField> {
    let mut fields = BTreeMap::new();
    for text in texts {
        fields.extend(of(text));
        if let Some(amount) = amount(text) {
            fields.insert("amount".to_owned(), amount);
        }
    }
    let fields = fields.into_iter();
    fields
        .map(|(name, value)| TicketField { name, value })
        .collect()
}

fn number(after: &str) -> Option<String> {
    let part_of = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let (at, _) = after
        .char_indices()
        .take(BETWEEN + 1)
        .find(|(_, c)| part_of(*c))?;
    let number: String = after[at..].chars().take_while(|c| part_of(*c)).collect();
    let digits = number.chars().filter(char::is_ascii_digit).count();
    (number.len() >= SHORTEST && digits * 2 >= number.len()).then_some(number)
}

/// Digits before 元 or 块, as they were written.
fn amount(text: &str) -> Option<String> {
    ["元", "块"].iter().find_map(|unit| {
        let (before, _) = text.split_once(unit)?;
        let digits = before.chars().rev();
        let digits: Vec<char> = digits
            .take_while(|c| c.is_ascii_digit() || *c == '.')
            .collect();
        let amount: String = digits.into_iter().rev().collect();
        (!amount.is_empty()).then(|| format!("{amount}{unit}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = of(text);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn numbers_are_found_by_their_names() {
        check(
            "订单号是20261128001，到哪了",
            &[("order_id", "20261128001")],
        );
        check(
            "运单SF1234567890停三天了",
            &[("tracking_no", "SF1234567890")],
        );
        check("快递单号：YT88886666", &[("tracking_no", "YT88886666")]);
        check("我有订单2个没发货", &[]);
        check("订单什么时候发货", &[]);
        check("怎么查订单", &[]);
        // A phone number is masked before it comes here.
        check("订单电话138****1234", &[]);
    }

    #[test]
    fn a_ticket_lists_numbers_and_amounts() {
        let fields = fields(["订单20261128001", "多扣了299.5元"].into_iter());
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|f| (f.name.as_str(), f.value.as_str()))
            .collect();
        assert_eq!(fields, [("amount", "299.5元"), ("order_id", "20261128001")]);
    }
}
