//! Texts to token ids, cut to the model's window.

use std::path::Path;

use tokenizers::Tokenizer;

use crate::ModelError;

/// Token ids of one text.
pub(crate) struct TokenizedText {
    /// Ids, special tokens at both ends included.
    pub(crate) ids: Vec<u32>,
    /// Tokens that did not fit into the window.
    pub(crate) truncated: usize,
}

/// The model's tokenizer. Its vocabulary has no added tokens that could be matched in text, so
/// that `<s>` typed by a customer is four plain characters and never a special token; checked at
/// load.
pub(crate) struct TextTokenizer {
    tokenizer: Tokenizer,
    max_tokens: usize,
}

impl TextTokenizer {
    pub(crate) fn load(bytes: &[u8], path: &Path, max_tokens: usize) -> Result<Self, ModelError> {
        let unusable = |message| ModelError::Unusable {
            path: path.to_owned(),
            message,
        };
        let tokenizer = Tokenizer::from_bytes(bytes).map_err(|e| unusable(e.to_string()))?;
        if !tokenizer.get_added_vocabulary().get_vocab().is_empty() {
            return Err(unusable(
                "added tokens would be matched inside customers' text; remove `added_tokens`"
                    .into(),
            ));
        }
        Ok(Self {
            tokenizer,
            max_tokens,
        })
    }

    pub(crate) fn tokenize(&self, prefix: &str, text: &str) -> Result<TokenizedText, ModelError> {
        let prefixed = format!("{prefix}{}", text.trim());
        let encoding =
            self.tokenizer
                .encode_fast(prefixed, true)
                .map_err(|e| ModelError::Tokenize {
                    bytes: text.len(),
                    message: e.to_string(),
                })?;
        let mut ids = encoding.get_ids().to_vec();
        let truncated = ids.len().saturating_sub(self.max_tokens);
        if truncated > 0 {
            // The last id closes the sequence: it stays.
            ids.drain(self.max_tokens - 1..ids.len() - 1);
        }
        Ok(TokenizedText { ids, truncated })
    }
}
