//! Reading a rating off words: 3分, 五星, 不满意.

use jieda_types::{Awaiting, ConversationState, Rating};

use crate::{policy::Satisfaction, words::Phrases};

/// What may stand before a number of points: 我给你们打3分.
const BEFORE: [&str; 15] = [
    "我", "就", "给", "你们", "你", "您", "打", "评", "这次", "服务", "只能", "最多", "那", "算",
    "也就",
];
const AFTER: [&str; 6] = ["吧", "好评", "差评", "啊", "了", "呢"];
const UNITS: [&str; 4] = ["分", "颗星", "星", "颗"];
const DIGITS: [(&str, i64); 14] = [
    ("1", 1),
    ("一", 1),
    ("2", 2),
    ("二", 2),
    ("两", 2),
    ("3", 3),
    ("三", 3),
    ("4", 4),
    ("四", 4),
    ("5", 5),
    ("五", 5),
    ("满", 5),
    ("零", 1),
    ("0", 1),
];

/// The rating that a text is, if it is one. A number of points counts after an answer; a bare number, and
/// words that could mean other things, only when a rating was asked for.
pub(crate) fn read(
    phrases: &Phrases,
    state: &ConversationState,
    satisfaction: &Satisfaction,
) -> Option<Rating> {
    if state.replies == 0 {
        return None;
    }
    let asked = state.awaiting == Awaiting::Rating;
    let text = phrases.plain();
    for words in &satisfaction.words {
        let said = |list: &[String]| list.iter().any(|whole| whole == text);
        if said(&words.always) || asked && said(&words.when_asked) {
            return Some(words.rating);
        }
    }
    points(text, asked)
}

fn points(text: &str, asked: bool) -> Option<Rating> {
    let mut core = text;
    while let Some(shorter) = BEFORE.iter().find_map(|word| core.strip_prefix(word)) {
        core = shorter;
    }
    while let Some(shorter) = AFTER.iter().find_map(|word| core.strip_suffix(word)) {
        core = shorter;
    }
    let with_unit = UNITS.iter().find_map(|unit| core.strip_suffix(unit));
    let number = with_unit.or_else(|| asked.then_some(core))?;
    let (_, stars) = DIGITS.iter().find(|(digit, _)| *digit == number)?;
    Rating::new(*stars).ok()
}

#[cfg(test)]
mod tests {
    use jieda_types::ClarifyOption;

    use super::*;
    use crate::Policy;

    fn check(text: &str, awaiting: &Awaiting, expected: Option<i64>) {
        let policy = Policy::shipped().unwrap();
        let state = ConversationState {
            replies: 1,
            awaiting: awaiting.clone(),
            ..ConversationState::default()
        };
        let rating = read(&Phrases::new(text), &state, &policy.satisfaction);
        assert_eq!(rating.map(i64::from), expected, "{text}");
        let first = ConversationState::default();
        assert_eq!(
            read(&Phrases::new(text), &first, &policy.satisfaction),
            None
        );
    }

    #[test]
    fn points_and_plain_words_are_ratings_after_an_answer() {
        for (text, stars) in [
            ("3分", 3),
            ("打5分", 5),
            ("我给五星好评", 5),
            ("给你们2星吧", 2),
            ("满分", 5),
            ("不满意", 2),
            ("非常满意", 5),
            ("1分,太差了", 0),
        ] {
            let expected = (stars > 0).then_some(stars);
            check(text, &Awaiting::Nothing, expected);
        }
        for text in [
            "3",
            "三",
            "没解决",
            "3天",
            "分期3期",
            "五星酒店怎么订",
            "3分之一",
        ] {
            check(text, &Awaiting::Nothing, None);
        }
    }

    #[test]
    fn a_bare_number_is_a_rating_when_one_was_asked_for() {
        check("3", &Awaiting::Rating, Some(3));
        check("五", &Awaiting::Rating, Some(5));
        check("没解决", &Awaiting::Rating, Some(2));
        check("怎么退货", &Awaiting::Rating, None);
        check("7", &Awaiting::Rating, None);
        let options: Vec<ClarifyOption> = Vec::new();
        check("3", &Awaiting::Choice { options }, None);
    }
}
