//! Cutting into words with jieba.

use std::{cmp::Reverse, sync::Arc};

use jieba_rs::{Jieba, TokenizeMode};
use jieda_types::{ByteSpan, Segmented, Segmenter, Token};

use crate::{
    TextError, UserDictionary,
    characters::kind_of,
    normalize::{Normalized, Normalizer},
};

/// Normalises, then cuts with jieba in search mode: long words are given along with the shorter
/// words inside them, so that 退货运费 is found by 运费.
///
/// Cloning is cheap: dictionary and tables are shared.
#[derive(Clone)]
pub struct JiebaSegmenter {
    normalizer: Arc<Normalizer>,
    jieba: Arc<Jieba>,
}

impl std::fmt::Debug for JiebaSegmenter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JiebaSegmenter").finish_non_exhaustive()
    }
}

impl JiebaSegmenter {
    /// Loads jieba's default dictionary (about 0.25 s) and adds the words of a knowledge base.
    ///
    /// # Errors
    /// [`TextError`] when built-in data are damaged.
    pub fn new(words: &UserDictionary) -> Result<Self, TextError> {
        Ok(Self::bare()?.with_words(words))
    }

    /// Loads jieba's default dictionary alone, such as while the words are still being read.
    ///
    /// # Errors
    /// [`TextError`] when built-in data are damaged.
    pub fn bare() -> Result<Self, TextError> {
        Ok(Self {
            normalizer: Arc::new(Normalizer::new()?),
            jieba: Arc::new(Jieba::new()),
        })
    }

    /// The same with more words.
    #[must_use]
    pub fn with_words(mut self, words: &UserDictionary) -> Self {
        for word in &words.words {
            let normalized = self.normalizer.normalize(&word.word).text;
            if !normalized.is_empty() {
                let jieba = Arc::make_mut(&mut self.jieba);
                jieba.add_word(&normalized, word.frequency, word.tag.as_deref());
            }
        }
        self
    }

    /// The normaliser alone.
    #[must_use]
    pub fn normalizer(&self) -> &Normalizer {
        &self.normalizer
    }

    fn tokens(&self, normalized: &Normalized) -> Vec<Token> {
        let mut tokens: Vec<Token> = self
            .jieba
            .tokenize(&normalized.text, TokenizeMode::Search, true)
            .into_iter()
            .filter(|t| !t.word.trim().is_empty())
            .filter_map(|t| {
                let spans = normalized.spans.get(t.start..t.end)?;
                let span = ByteSpan {
                    start: spans.first()?.start,
                    end: spans.last()?.end,
                };
                Some(Token {
                    text: t.word.to_owned(),
                    span,
                    kind: kind_of(t.word),
                })
            })
            .collect();
        // jieba gives the short words inside a long one before it.
        tokens.sort_by_key(|t| (t.span.start, Reverse(t.span.end)));
        drop_parts_of_codes(&mut tokens);
        tokens.sort_by_key(|t| (t.span.start, t.span.end));
        tokens
    }
}

/// Search mode also finds words inside codes: 4g in 2.4g. There they mean something else.
/// The tokens are ordered by start, the longest first.
fn drop_parts_of_codes(tokens: &mut Vec<Token>) {
    let mut code = ByteSpan { start: 0, end: 0 };
    tokens.retain(|t| {
        if !t.text.is_ascii() {
            return true;
        }
        let inside = t.span != code && code.start <= t.span.start && t.span.end <= code.end;
        if !inside {
            code = t.span;
        }
        !inside
    });
}

impl Segmenter for JiebaSegmenter {
    fn segment(&self, text: &str) -> Segmented {
        let normalized = self.normalizer.normalize(text);
        let tokens = self.tokens(&normalized);
        Segmented {
            original: text.to_owned(),
            normalized: normalized.text,
            tokens,
        }
    }
}
