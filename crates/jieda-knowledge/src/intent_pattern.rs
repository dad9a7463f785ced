//! Regular expressions that speak for an intent.

use std::fmt;

use regex::{Regex, RegexBuilder};
use serde::{Serialize, Serializer};

/// Most that a pattern may take when it is compiled, in bytes: `\\w{1000}` takes more.
const MOST_BYTES: usize = 1 << 20;
/// Most characters of a pattern.
const MOST_CHARACTERS: usize = 500;

/// A regular expression that was read and compiled, in the syntax of the regex crate: no look-around and no
/// back-references, so that matching takes time linear in the text whatever the pattern is. Case does not count.
///
/// ```
/// use jieda_knowledge::IntentPattern;
/// let pattern = IntentPattern::new("退.{0,4}(款|钱)")?;
/// assert_eq!(pattern.find("什么时候退我的钱"), Some("退我的钱"));
/// assert!(IntentPattern::new("退(款").is_err());
/// # Ok::<(), jieda_knowledge::InvalidPattern>(())
/// ```
#[derive(Clone)]
pub struct IntentPattern(Regex);

/// Why a text is no pattern, in Chinese: it is read by who writes the files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPattern {
    /// It is no regular expression.
    #[error("不是正则表达式：{0}")]
    Syntax(String),
    /// It is too long, or compiles to too much.
    #[error("太大：最多 {MOST_CHARACTERS} 个字，重复次数也不能太多")]
    TooLarge,
    /// It matches where there is nothing, and so every text.
    #[error("空白也算匹配，等于对每句话都成立")]
    MatchesEverything,
}

impl IntentPattern {
    /// Reads and compiles a pattern.
    ///
    /// # Errors
    /// [`InvalidPattern`].
    pub fn new(pattern: &str) -> Result<Self, InvalidPattern> {
        if pattern.chars().count() > MOST_CHARACTERS {
            return Err(InvalidPattern::TooLarge);
        }
        let regex = RegexBuilder::new(pattern)
            .case_insensitive(true)
            .size_limit(MOST_BYTES)
            .dfa_size_limit(MOST_BYTES)
            .build()
            .map_err(|e| match e {
                regex::Error::CompiledTooBig(_) => InvalidPattern::TooLarge,
                other => InvalidPattern::Syntax(last_word(&other.to_string())),
            })?;
        if regex.is_match("") {
            return Err(InvalidPattern::MatchesEverything);
        }
        Ok(Self(regex))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The first part of a text that it matches.
    #[must_use]
    pub fn find<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.0.find(text).map(|found| found.as_str())
    }
}

/// The regex crate draws the place over several lines, and says what is wrong in the last one.
fn last_word(message: &str) -> String {
    let last = message.lines().last().unwrap_or_default();
    last.trim().trim_start_matches("error: ").to_owned()
}

impl fmt::Debug for IntentPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IntentPattern")
            .field(&self.as_str())
            .finish()
    }
}

impl PartialEq for IntentPattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for IntentPattern {}

impl Serialize for IntentPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pattern_is_refused() {
        let check = |pattern: &str, expected: &str| {
            let error = IntentPattern::new(pattern).unwrap_err().to_string();
            assert!(error.contains(expected), "{pattern}: {error}");
        };
        check("(", "unclosed group");
        check("(?<=退)款", "look-around");
        check(r"(.)\1", "backreferences");
        check("退*", "每句话");
        check("", "每句话");
        check(r"\w{900}{900}", "太大");
        check(&"退".repeat(501), "太大");
    }

    #[test]
    fn case_does_not_count() {
        let pattern = IntentPattern::new("VIP(会员)?").unwrap();
        assert_eq!(pattern.find("我是vip会员吗"), Some("vip会员"));
        assert_eq!(pattern.find("会员"), None);
        assert_eq!(serde_json::to_string(&pattern).unwrap(), "\"VIP(会员)?\"");
    }
}
