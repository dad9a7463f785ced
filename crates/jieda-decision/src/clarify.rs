//! Answers to a clarifying question: by number, by words, or "none of these".

use jieda_types::ClarifyOption;

const NONE_OF_THESE: [&str; 8] = [
    "都不是",
    "以上都不是",
    "都不对",
    "都没有",
    "没有我要的",
    "不是这些",
    "都不是我要的",
    "没有",
];

const ORDINALS: [&[&str]; 3] = [
    &[
        "1",
        "一",
        "第一个",
        "第1个",
        "第一",
        "选1",
        "选一",
        "1号",
        "头一个",
        "上面那个",
    ],
    &[
        "2",
        "二",
        "第二个",
        "第2个",
        "第二",
        "选2",
        "选二",
        "2号",
        "中间那个",
    ],
    &[
        "3",
        "三",
        "第三个",
        "第3个",
        "第三",
        "选3",
        "选三",
        "3号",
        "最后一个",
    ],
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

/// Reads a normalised text as an answer to a clarifying question with these options.
pub(crate) fn read<'a>(normalized: &str, options: &'a [ClarifyOption]) -> Choice<'a> {
    if options.is_empty() {
        return Choice::Other;
    }
    let text: String = normalized.chars().filter(|c| c.is_alphanumeric()).collect();
    let text = text.trim_end_matches(['吧', '啊', '呢', '的']);
    if NONE_OF_THESE.contains(&text) {
        return Choice::NoneOfThese;
    }
    let yes = ["是", "对", "嗯", "是的", "对的", "没错", "好"];
    if let ([only], true) = (options, yes.contains(&text)) {
        return Choice::Picked(only);
    }
    if let ([_], true) = (options, ["不是", "不对", "不"].contains(&text)) {
        return Choice::NoneOfThese;
    }
    if let Some(option) = ORDINALS
        .iter()
        .position(|words| words.contains(&text))
        .and_then(|i| options.get(i))
    {
        return Choice::Picked(option);
    }
    by_words(text, options).map_or(Choice::Other, Choice::Picked)
}

/// The option whose question has the text in it, if there is just one; two characters at least.
fn by_words<'a>(text: &str, options: &'a [ClarifyOption]) -> Option<&'a ClarifyOption> {
    if text.chars().count() < 2 {
        return None;
    }
    let mut hits = options.iter().filter(|option| {
        let question: String = option
            .question
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        question.contains(text) || text.contains(&question)
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
            option("b", "怎么修改支付密码"),
        ];
        let check = |text: &str, expected: Choice<'_>| {
            assert_eq!(read(text, &options), expected, "{text}");
        };
        check("1", Choice::Picked(&options[0]));
        check("第二个吧", Choice::Picked(&options[1]));
        check("2.", Choice::Picked(&options[1]));
        check("支付密码", Choice::Picked(&options[1]));
        check("修改", Choice::Other); // fits both
        check("3", Choice::Other); // there is no third
        check("都不是", Choice::NoneOfThese);
        check("怎么退货", Choice::Other);
        assert_eq!(read("1", &[]), Choice::Other);
        assert_eq!(read("是的", &options[..1]), Choice::Picked(&options[0]));
    }
}
