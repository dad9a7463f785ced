//! Where customers ask: app, web, WeChat …

use std::fmt;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// The longest name of a channel, in characters.
const MAX_CHARS: usize = 40;

/// A channel, such as `app` or `微信`. Width and case don't count: `ＡＰＰ` is `app`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Channel(String);

/// Why a text can't name a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChannel {
    /// Nothing but whitespace.
    #[error("a channel's name must not be empty")]
    Empty,
    /// More than 40 characters.
    #[error("a channel's name has at most {MAX_CHARS} characters")]
    TooLong,
    /// Line breaks and the like.
    #[error("a channel's name has no control characters")]
    Control,
}

impl Channel {
    /// Checks and folds a name.
    ///
    /// # Errors
    /// [`InvalidChannel`] when it is empty, too long, or holds control characters.
    pub fn new(name: &str) -> Result<Self, InvalidChannel> {
        let name: String = name.trim().nfkc().collect::<String>().to_lowercase();
        let name = name.trim();
        if name.is_empty() {
            Err(InvalidChannel::Empty)
        } else if name.chars().count() > MAX_CHARS {
            Err(InvalidChannel::TooLong)
        } else if name.chars().any(char::is_control) {
            Err(InvalidChannel::Control)
        } else {
            Ok(Self(name.to_owned()))
        }
    }

    /// The name, folded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a channel can carry: `[channels.NAME]` of `kb.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChannelLimits {
    /// The longest answer, in characters, variables not counted.
    pub max_answer_chars: Option<usize>,
}
