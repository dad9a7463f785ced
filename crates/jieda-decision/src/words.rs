//! A customer's words as rules see them: what he says, what he says not, and what he only quotes.

/// Words that deny what follows them: 不用转人工.
const NEGATIONS: [&str; 16] = [
    "不用",
    "不要",
    "不需要",
    "不必",
    "无需",
    "别",
    "先不",
    "先别",
    "不想",
    "没必要",
    "没说要",
    "没让",
    "没叫",
    "暂不",
    "暂时不",
    "毋须",
];

/// What may stand between a negation and the word that it denies: 不用*帮我*转人工.
const BETWEEN: [&str; 14] = [
    "帮我", "给我", "替我", "麻烦", "再", "急着", "着急", "去", "来", "你", "您", "我", "现在",
    "马上",
];

/// Pairs of quotation marks.
const QUOTES: [(char, char); 7] = [
    ('“', '”'),
    ('「', '」'),
    ('『', '』'),
    ('‘', '’'),
    ('《', '》'),
    ('"', '"'),
    ('\'', '\''),
];

/// Longest quotation in characters: one mark alone quotes nothing.
const LONGEST_QUOTE: usize = 40;

/// A normalised text prepared for rules: without punctuation and spaces, as it stands and without what
/// is quoted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phrases {
    plain: String,
    own: String,
}

impl Phrases {
    /// Prepares a normalised text.
    #[must_use]
    pub fn new(normalized: &str) -> Self {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect();
        Self {
            plain: letters(normalized),
            own: letters(&without_quotes(normalized)),
        }
    }

    /// Letters and digits of the text.
    #[must_use]
    pub fn plain(&self) -> &str {
        &self.plain
    }

    /// The same without what is quoted.
    #[must_use]
    pub fn own(&self) -> &str {
        &self.own
    }

    /// Whether the phrase occurs, quoted or not.
    #[must_use]
    pub fn mentions(&self, phrase: &str) -> bool {
        self.plain.contains(phrase)
    }

    /// Whether the customer says it himself, and does not deny it.
    #[must_use]
    pub fn affirms(&self, phrase: &str) -> bool {
        self.own
            .match_indices(phrase)
            .any(|(at, _)| !self.is_denied_at(at))
    }

    /// Whether what stands at a byte of [`own`](Self::own) is denied by what stands before it.
    pub(crate) fn is_denied_at(&self, at: usize) -> bool {
        let mut before = self.own.get(..at).unwrap_or_default();
        // At most three words stand in between, which bounds the work.
        for _ in 0..3 {
            if NEGATIONS.iter().any(|word| before.ends_with(word)) {
                // 能不能, 要不要 and 是不是别 ask; 怎么不 and 为什么不 demand.
                return !["要不要", "用不用", "想不想", "需不需要"]
                    .iter()
                    .any(|question| before.ends_with(question));
            }
            let Some(shorter) = BETWEEN.iter().find_map(|word| before.strip_suffix(word)) else {
                return false;
            };
            before = shorter;
        }
        false
    }
}

fn without_quotes(text: &str) -> String {
    let mut own = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let close = QUOTES
            .iter()
            .find(|(open, _)| *open == c)
            .map(|pair| pair.1);
        let end = close.and_then(|close| {
            after
                .char_indices()
                .take(LONGEST_QUOTE + 1)
                .find(|(_, c)| *c == close)
        });
        match end {
            // All of it in quotation marks is what he says.
            Some((at, mark)) if !(own.is_empty() && at + mark.len_utf8() == after.len()) => {
                own.push(' ');
                rest = &after[at + mark.len_utf8()..];
            }
            _ => {
                own.push(c);
                rest = after;
            }
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, phrase: &str, affirmed: bool) {
        let phrases = Phrases::new(text);
        assert!(phrases.mentions(phrase), "{text}");
        assert_eq!(phrases.affirms(phrase), affirmed, "{text}");
    }

    #[test]
    fn what_is_denied_is_not_said() {
        for text in [
            "不用转人工",
            "先别给我转人工",
            "暂时不转人工,我再看看",
            "不需要帮我再转人工了",
        ] {
            check(text, "转人工", false);
        }
        for text in [
            "转人工",
            "能不能转人工",
            "要不要转人工啊我都说了",
            "怎么还不转人工",
            "不用你说了,转人工",
            "别废话转人工",
            "不用转人工,算了还是转人工吧",
        ] {
            check(text, "转人工", true);
        }
    }

    #[test]
    fn what_is_quoted_is_not_said() {
        check("你们页面上的“转人工”按钮在哪", "转人工", false);
        check("那本《转人工的一百种方法》多少钱", "转人工", false);
        check("“转人工”", "转人工", true);
        check("他说\"好的\",给我转人工", "转人工", true);
        // A mark alone quotes nothing.
        check("it's转人工", "转人工", true);
    }
}
