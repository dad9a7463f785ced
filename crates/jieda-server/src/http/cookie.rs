//! The cookie of a session.

use http::{HeaderMap, HeaderValue, header};

const NAME: &str = "jieda_session";

/// The token of whoever is logged in.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter();
    cookies
        .filter_map(|cookie| cookie.to_str().ok())
        .flat_map(|cookie| cookie.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
}

/// Whether pages come over TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// In clear, on this machine or behind a proxy.
    Plain,
    /// Encrypted.
    Tls,
}

/// Sets the token: scripts don't see it, other sites don't send it, and nor do pages of another tenant (`path` is empty, or
/// the tenant's).
pub(super) fn set(token: &str, (path, transport): (&str, Transport)) -> Option<HeaderValue> {
    kept_for(token, 12 * 3600, (path, transport))
}

/// Takes it away.
pub(super) fn clear(of: (&str, Transport)) -> Option<HeaderValue> {
    kept_for("", 0, of)
}

fn kept_for(
    token: &str,
    seconds: u32,
    (path, transport): (&str, Transport),
) -> Option<HeaderValue> {
    let secure = match transport {
        Transport::Plain => "",
        Transport::Tls => "; Secure",
    };
    HeaderValue::from_str(&format!(
        "{NAME}={token}; Path={path}/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}"
    ))
    .ok()
}
