//! Vectors, as the OpenAI API gives them.

use std::sync::Arc;

use axum::extract::State;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jieda::types::{Encoded, TextRole};

use super::{ProblemBody, extract::Json};
use crate::{
    app::App,
    auth::{Principal, Scope},
    problem::Problem,
    wire::{
        EmbeddingBody, EmbeddingsInput, EmbeddingsRequest, EmbeddingsResponse, EncodingFormat,
        InputType, UsageBody, VectorBody,
    },
};

/// Encode texts
///
/// Compatible with the embeddings endpoint of the OpenAI API. Vectors have length one.
#[utoipa::path(
    post, path = "/v1/embeddings", tag = "lookup",
    request_body = EmbeddingsRequest,
    responses(
        (status = 200, body = EmbeddingsResponse),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn embeddings(
    State(app): State<Arc<App>>,
    principal: Principal,
    Json(body): Json<EmbeddingsRequest>,
) -> Result<Json<EmbeddingsResponse>, Problem> {
    principal.needs(Scope::Answer)?;
    let texts = match body.input {
        EmbeddingsInput::One(text) => vec![text],
        EmbeddingsInput::Many(texts) => texts,
    };
    let most = app.config.limits.batch;
    if texts.is_empty() || texts.len() > most {
        return Err(Problem::field("/input", format!("应有 1 到 {most} 个文本")));
    }
    app.access.count_more(&principal, texts.len())?;
    let role = match body.input_type {
        InputType::Query => TextRole::Query,
        InputType::Passage => TextRole::Passage,
    };
    let encoded = app.encode(texts, role).await?;
    let tokens = encoded.iter().map(|e| e.tokens).sum();
    let vector = |(index, encoded): (usize, Encoded)| EmbeddingBody {
        object: "embedding",
        index,
        embedding: written(&encoded, body.encoding_format),
    };
    Ok(Json(EmbeddingsResponse {
        object: "list",
        data: encoded.into_iter().enumerate().map(vector).collect(),
        model: app.encoder_id(),
        usage: UsageBody {
            prompt_tokens: tokens,
            total_tokens: tokens,
        },
    }))
}

fn written(encoded: &Encoded, format: EncodingFormat) -> VectorBody {
    let values = encoded.embedding.as_slice();
    match format {
        EncodingFormat::Float => VectorBody::Float(values.to_vec()),
        EncodingFormat::Base64 => {
            let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            VectorBody::Base64(STANDARD.encode(bytes))
        }
    }
}
