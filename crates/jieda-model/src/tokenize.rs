//! Texts to token ids, cut to the model's window.

use std::path::Path;

use serde_json::Value;
use tokenizers::{ModelWrapper, Tokenizer};

use crate::ModelError;

/// Before the name of a special piece, so that no text can spell it.
const HIDDEN: char = '\u{1}';

/// Token ids of one text.
pub(crate) struct TokenizedText {
    /// Ids, special tokens at both ends included.
    pub(crate) ids: Vec<u32>,
    /// Tokens that did not fit into the window.
    pub(crate) truncated: usize,
}

/// The model's tokenizer. `<s>` or `[CLS]` typed by a customer is a few plain characters and never a
/// special token: no special token is matched in text, and none of their pieces can be spelt.
pub(crate) struct TextTokenizer {
    tokenizer: Tokenizer,
    /// Special pieces were renamed: [`HIDDEN`] must not come from a text.
    hides_pieces: bool,
    max_tokens: usize,
}

impl TextTokenizer {
    pub(crate) fn load(bytes: &[u8], path: &Path, max_tokens: usize) -> Result<Self, ModelError> {
        let unusable = |message| ModelError::Unusable {
            path: path.to_owned(),
            message,
        };
        let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(|e| unusable(e.to_string()))?;
        let hides_pieces = !tokenizer.get_added_vocabulary().get_vocab().is_empty();
        if hides_pieces {
            let json = serde_json::from_slice(bytes).map_err(|e| unusable(e.to_string()))?;
            let plain = without_special_tokens(json).to_string();
            tokenizer = Tokenizer::from_bytes(plain).map_err(|e| unusable(e.to_string()))?;
        }
        // The window is ours to keep, and a batch has no padding.
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(None)
            .map_err(|e| unusable(e.to_string()))?;
        Ok(Self {
            tokenizer,
            hides_pieces,
            max_tokens,
        })
    }

    /// Ids that it can give are below this.
    ///
    /// # Errors
    /// The library's, from the template of a sequence.
    pub(crate) fn vocabulary(&self) -> Result<usize, ModelError> {
        let pieces = match self.tokenizer.get_model() {
            // Numbered without gaps; a map of all of them would cost a tenth of the time to load.
            ModelWrapper::Unigram(_) => self.tokenizer.get_vocab_size(false),
            _ => 0,
        };
        let named = match pieces {
            0 => above(self.tokenizer.get_vocab(true).values()),
            _ => above(self.tokenizer.get_added_vocabulary().get_vocab().values()),
        };
        let template = above(self.tokenize("", "")?.ids.iter());
        Ok(pieces.max(named).max(template))
    }

    pub(crate) fn tokenize(&self, prefix: &str, text: &str) -> Result<TokenizedText, ModelError> {
        let mut prefixed = format!("{prefix}{}", text.trim());
        if self.hides_pieces && prefixed.contains(HIDDEN) {
            // Not every normaliser takes control characters away.
            prefixed.retain(|c| c != HIDDEN);
        }
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

/// The first id above all of these.
fn above<'a>(ids: impl Iterator<Item = &'a u32>) -> usize {
    ids.max().map_or(0, |&id| id as usize + 1)
}

/// A hub's `tokenizer.json` lists its special tokens as added ones, which the library looks for in
/// text, and among its pieces. The list loses them, and the pieces get a name that begins with
/// [`HIDDEN`], which no text has when it is tokenised; their ids stay. The template of a sequence
/// (`[CLS]` … `[SEP]`) carries ids of its own.
fn without_special_tokens(mut json: Value) -> Value {
    let mut special = Vec::new();
    if let Some(added) = json["added_tokens"].as_array_mut() {
        added.retain(|token| {
            let is_special = token["special"].as_bool().unwrap_or(false);
            if is_special && let Some(content) = token["content"].as_str() {
                special.push(content.to_owned());
            }
            !is_special
        });
    }
    let hidden = |piece: &str| format!("{HIDDEN}{piece}");
    match &mut json["model"]["vocab"] {
        // Unigram: [[piece, score], …]; the unknown token is named by its id.
        Value::Array(pieces) => {
            for entry in pieces {
                if let Some(piece) = entry[0].as_str()
                    && special.iter().any(|s| s == piece)
                {
                    entry[0] = hidden(piece).into();
                }
            }
        }
        // WordPiece: {piece: id}; the unknown token is named by its piece.
        Value::Object(pieces) => {
            for piece in &special {
                if let Some(id) = pieces.remove(piece) {
                    pieces.insert(hidden(piece), id);
                }
            }
            if let Some(unknown) = json["model"]["unk_token"].as_str()
                && special.iter().any(|s| s == unknown)
            {
                json["model"]["unk_token"] = hidden(unknown).into();
            }
        }
        _ => {}
    }
    json
}
