//! Answers to a clarifying question: by number, by words, or "none of these".

use jieda_types::ClarifyOption;

use crate::words::Phrases;

const NONE_OF_THESE: [&str; 12] = [
    "都不是",
    "以上都不是",
    "都不对",
    "都没有",
    "没有我要的",
    "不是这些",
    "都不是我要的",
    "没有",
    "都不是这些",
    "一个都不是",
    "没有对的",
    "没有一个对",
];

/// Yes, to a question with one option.
const YES: [&str; 12] = [
    "是", "对", "嗯", "是的", "对的", "没错", "好", "好的", "可以", "行", "要", "嗯嗯",
];
const NO: [&str; 5] = ["不是", "不对", "不", "不是的", "不是这个"];

const ORDINALS: [&[&str]; 3] = [
    &["1", "一", "第一", "第1", "头一", "1号"],
    &["2", "二", "第二", "第2", "2号"],
    &["3", "三", "第三", "第3", "3号"],
];
const LAST: [&str; 2] = ["最后", "最后一"];

/// What may stand before and after a number: 我选第二个问题.
const BEFORE: [&str; 9] = [
    "我想问的是",
    "我要问的是",
    "我要",
    "我选",
    "选择",
    "选",
    "就是",
    "是",
    "要",
];
const AFTER: [&str; 8] = ["个问题", "个吧", "问题", "个", "条", "吧", "的", "啊"];

/// Words that are in many questions and pick none.
const TOO_COMMON: [&str; 12] = [
    "可以",
    "怎么",
    "什么",
    "怎么办",
    "如何",
    "多少",
    "多久",
    "问题",
    "为什么",
    "哪里",
    "是不是",
    "能不能",
];

/// What a text says to a clarifying question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice<'a> {
    /// One of the options.
    Picked(&'a ClarifyOption),
    /// None of them.
    NoneOfThese,
    /// Something else: a new question.
    Other,
}

/// Reads a text as an answer to a clarifying question with these options.
pub(crate) fn read<'a>(phrases: &Phrases, options: &'a [ClarifyOption]) -> Choice<'a> {
    if options.is_empty() {
        return Choice::Other;
    }
    let text = phrases.plain();
    if NONE_OF_THESE.contains(&text) {
        return Choice::NoneOfThese;
    }
    if let [only] = options {
        if YES.contains(&text) {
            return Choice::Picked(only);
        }
        if NO.contains(&text) {
            return Choice::NoneOfThese;
        }
    }
    by_number(text, options)
        .or_else(|| by_words(text, options))
        .map_or(Choice::Other, Choice::Picked)
}

fn by_number<'a>(text: &str, options: &'a [ClarifyOption]) -> Option<&'a ClarifyOption> {
    let mut core = BEFORE
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(text);
    while let Some(shorter) = AFTER.iter().find_map(|word| core.strip_suffix(word)) {
        core = shorter;
    }
    if LAST.contains(&core) {
        return options.last();
    }
    ORDINALS
        .iter()
        .position(|words| words.contains(&core))
        .and_then(|i| options.get(i))
}

/// The option whose question has the text in it, if there is just one; two characters at least.
fn by_words<'a>(text: &str, options: &'a [ClarifyOption]) -> Option<&'a ClarifyOption> {
    if text.chars().count() < 2 || TOO_COMMON.contains(&text) {
        return None;
    }
    let mut hits = options.iter().filter(|option| {
        let question: String = option
            .question
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        !question.is_empty() && (question.contains(text) || text.contains(&question))
    });
    match (hits.next(), hits.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jieda_types::FaqId;

    use super::*;

    fn option(id: &str, question: &str) -> ClarifyOption {
        ClarifyOption {
            faq: FaqId::new(id).unwrap(),
            question: question.into(),
        }
    }

    #[test]
    fn options_are_picked_by_number_and_by_words() {
        let options = [
            option("a", "怎么修改登录密码"),
            option("b", "会员可以修改支付密码吗"),
        ];
        let check = |text: &str, expected: Choice<'_>| {
            assert_eq!(read(&Phrases::new(text), &options), expected, "{text}");
        };
        for text in [
            "1",
            "一",
            "第一个",
            "选1",
            "我要第1个",
            "第一个问题",
            "就是第一个吧",
        ] {
            check(text, Choice::Picked(&options[0]));
        }
        for text in [
            "2.",
            "第二个吧",
            "选第二个",
            "最后一个",
            "支付密码",
            "我选2",
        ] {
            check(text, Choice::Picked(&options[1]));
        }
        for text in ["都不是", "都不是我要的", "没有我要的"] {
            check(text, Choice::NoneOfThese);
        }
        // Fits both, fits none, says nothing, or is a new question.
        for text in [
            "修改",
            "3",
            "可以",
            "是的",
            "怎么退货",
            "第一个和第二个",
            "嗯",
        ] {
            check(text, Choice::Other);
        }
        assert_eq!(read(&Phrases::new("1"), &[]), Choice::Other);
    }

    #[test]
    fn a_single_option_is_answered_by_yes_or_no() {
        let options = [option("a", "怎么修改登录密码")];
        for text in ["是的", "对", "可以", "嗯嗯", "1"] {
            assert_eq!(
                read(&Phrases::new(text), &options),
                Choice::Picked(&options[0]),
                "{text}"
            );
        }
        assert_eq!(read(&Phrases::new("不是"), &options), Choice::NoneOfThese);
    }
}
