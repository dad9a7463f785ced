//! The description of the API, made from the code.

use utoipa::{
    OpenApi,
    openapi::{
        self,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{api, uploads};

/// What stands at its head.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "jieda (解答)",
        description = "A self-hosted answer engine for Chinese customer service. Problems are RFC 9457 \
                       `application/problem+json` with a stable `code`.",
        license(name = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "answer", description = "Customers"),
        (name = "agent", description = "Human agents"),
        (name = "lookup", description = "Finding and understanding without deciding"),
        (name = "conversations", description = "What was said"),
        (name = "knowledge", description = "FAQs, the draft, releases"),
        (name = "policy", description = "Thresholds"),
        (name = "reports", description = "Figures and gaps"),
        (name = "qa", description = "Quality review"),
        (name = "routing", description = "Agents, queues, tickets"),
        (name = "session", description = "People in the console"),
        (name = "operations", description = "Running it"),
    ),
    security(("key" = [])),
)]
struct About;

/// The head of the document.
pub(super) fn about() -> openapi::OpenApi {
    let mut document = About::openapi();
    let key = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    document
        .components
        .get_or_insert_default()
        .add_security_scheme("key", key);
    document
}

/// The whole document, OpenAPI 3.1.
#[must_use]
pub fn document() -> openapi::OpenApi {
    api().merge(uploads(usize::MAX)).split_for_parts().1
}
