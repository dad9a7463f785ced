//! Searching, classifying, cutting and encoding, without deciding.

use jieda::types::{Segmented, Token, TokenKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CandidateBody, EvidenceBody, IntentBody};

/// A text to look up.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// The text.
    #[schema(min_length = 1)]
    pub text: String,
    /// Most FAQs that are wanted, 1 to 100; 10 by default.
    #[serde(default = "ten")]
    #[schema(minimum = 1, maximum = 100, default = 10)]
    pub limit: usize,
    /// FAQs of other channels are left out.
    #[serde(default)]
    #[schema(max_length = 128)]
    pub channel: Option<String>,
    /// Whether candidates come with every part of their scores.
    #[serde(default)]
    pub explain: bool,
}

fn ten() -> usize {
    10
}

/// What was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchResponse {
    /// Best first.
    pub candidates: Vec<CandidateBody>,
    /// Which knowledge was searched.
    pub release: String,
}

/// A text.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextRequest {
    /// The text.
    #[schema(min_length = 1)]
    pub text: String,
}

/// Its intents.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClassifyResponse {
    /// Likeliest first; together with `none_of_these` they add up to one.
    pub intents: Vec<IntentBody>,
    /// Keywords and patterns that had a part in it.
    pub evidence: Vec<EvidenceBody>,
    /// Which knowledge was asked.
    pub release: String,
}

/// Its words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentResponse {
    /// As it came.
    pub original: String,
    /// As it is read.
    pub normalized: String,
    /// In order.
    pub tokens: Vec<TokenBody>,
}

/// A word, and its place in bytes of the original.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TokenBody {
    /// As it is read.
    pub text: String,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// As it was written.
    pub original: String,
    /// What it is made of.
    #[schema(value_type = String)]
    pub kind: TokenKind,
}

impl SegmentResponse {
    /// Converts a text that was cut.
    #[must_use]
    pub fn of(segmented: &Segmented) -> Self {
        let token = |t: &Token| TokenBody {
            text: t.text.clone(),
            start: t.span.start,
            end: t.span.end,
            original: t.span.of(&segmented.original).to_owned(),
            kind: t.kind,
        };
        Self {
            original: segmented.original.clone(),
            normalized: segmented.normalized.clone(),
            tokens: segmented.tokens.iter().map(token).collect(),
        }
    }
}

/// Texts to encode, as the OpenAI API takes them.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EmbeddingsRequest {
    /// One text, or several.
    pub input: EmbeddingsInput,
    /// The model's name; any is taken, since there is one.
    #[serde(default)]
    pub model: Option<String>,
    /// `float`, or `base64` of little-endian f32.
    #[serde(default)]
    pub encoding_format: EncodingFormat,
    /// Ours: whether the texts are `query` (what customers write) or `passage` (what is searched).
    #[serde(default)]
    pub input_type: InputType,
}

/// One text, or several.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum EmbeddingsInput {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// How vectors are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EncodingFormat {
    /// Numbers.
    #[default]
    Float,
    /// Little-endian f32, in base64.
    Base64,
}

/// Which side of the search texts are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum InputType {
    /// What customers write.
    #[default]
    Query,
    /// What is searched.
    Passage,
}

/// Their vectors.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EmbeddingsResponse {
    /// Always `list`.
    pub object: &'static str,
    /// One vector a text, in order.
    pub data: Vec<EmbeddingBody>,
    /// The encoder's id.
    pub model: String,
    /// What it cost.
    pub usage: UsageBody,
}

/// One vector of length one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EmbeddingBody {
    /// Always `embedding`.
    pub object: &'static str,
    /// The position of its text.
    pub index: usize,
    /// The vector.
    pub embedding: VectorBody,
}

/// A vector as it was asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum VectorBody {
    /// Numbers.
    Float(Vec<f32>),
    /// Little-endian f32, in base64.
    Base64(String),
}

/// Tokens that were read.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct UsageBody {
    /// Of the texts.
    pub prompt_tokens: usize,
    /// The same.
    pub total_tokens: usize,
}
