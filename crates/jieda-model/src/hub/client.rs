//! Requests to a hub: redirects followed by hand, since the token is for the hub alone.

use std::time::Duration;

use ureq::{
    Agent, Body,
    http::{HeaderMap, Response, Uri, uri::Authority},
};

use super::HubError;

/// Redirects that one request may take: a hub needs two (a renamed repository, a storage host).
const REDIRECTS: usize = 5;
/// How long a connection, the head of an answer, or the next bytes of a body may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client of one hub.
pub(super) struct Client {
    agent: Agent,
    endpoint: Uri,
    /// The endpoint as messages may show it: without user name and password.
    shown: String,
    token: Option<String>,
}

/// How a file is asked for.
#[derive(Clone, Copy)]
pub(super) enum Ask {
    /// Only what the hub says of it: a redirect to another host ends the request.
    Head,
    /// The bytes from here on.
    From(u64),
}

/// What came of a request.
pub(super) struct Answer {
    /// The hub's own words: the headers of its answers, the first one's first.
    pub(super) heads: Vec<HeaderMap>,
    pub(super) response: Response<Body>,
}

impl Answer {
    /// A header that the hub may set on any of its answers: the first one counts.
    pub(super) fn told(&self, name: &str) -> Option<&str> {
        let found = self.heads.iter().find_map(|h| h.get(name));
        found.and_then(|value| value.to_str().ok())
    }

    /// A header of the last answer, the one that is of the file itself.
    pub(super) fn own(&self, name: &str) -> Option<&str> {
        let value = self.response.headers().get(name)?;
        value.to_str().ok()
    }
}

impl Client {
    /// # Errors
    /// An address that is none.
    pub(super) fn new(endpoint: &str, token: Option<&str>) -> Result<Self, HubError> {
        let shown = without_credentials(endpoint);
        let uri = endpoint.parse::<Uri>().ok().filter(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some()
        });
        let Some(uri) = uri else {
            return Err(HubError::Answer {
                endpoint: shown,
                message: "the address of a hub begins with https://".into(),
            });
        };
        let authority = uri.authority().map_or("", Authority::as_str);
        let local = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
        // Credentials in the address and a token are sent in the same header.
        let token = token.filter(|_| !authority.contains('@'));
        if token.is_some() && uri.scheme_str() == Some("http") && !local {
            return Err(HubError::Insecure { endpoint: shown });
        }
        let config = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_resolve(Some(PATIENCE))
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .user_agent(concat!("jieda/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: config.into(),
            endpoint: uri,
            shown,
            token: token.map(|t| t.trim().to_owned()),
        })
    }

    /// Asks the hub for a path, and gives its last answer: one of success.
    ///
    /// # Errors
    /// [`HubError`]; `what` names what was asked for.
    pub(super) fn ask(&self, path: &str, how: Ask, what: &str) -> Result<Answer, HubError> {
        let base = self.endpoint.to_string();
        let mut uri = self.parse(&format!("{}{path}", base.trim_end_matches('/')))?;
        let mut heads = Vec::new();
        for _ in 0..=REDIRECTS {
            let response = self.send(&uri, how)?;
            heads.push(response.headers().clone());
            let status = response.status().as_u16();
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                self.check(status, what)?;
                return Ok(Answer { heads, response });
            }
            let next = self.next(&uri, response.headers())?;
            // The storage host knows nothing of commits and etags; the hub has said it all.
            if matches!(how, Ask::Head) && !same_origin(&uri, &next) {
                let told = |name| heads.iter().any(|h| h.contains_key(name));
                if told("x-linked-etag") && told("x-linked-size") {
                    return Ok(Answer { heads, response });
                }
            }
            uri = next;
        }
        Err(self.answer(format!("{what}: more than {REDIRECTS} redirects")))
    }

    fn send(&self, uri: &Uri, how: Ask) -> Result<Response<Body>, HubError> {
        let mut request = match how {
            Ask::Head => self.agent.head(uri).header("Accept-Encoding", "identity"),
            Ask::From(start) => {
                let request = self.agent.get(uri).header("Accept-Encoding", "identity");
                match start {
                    0 => request,
                    _ => request.header("Range", format!("bytes={start}-")),
                }
            }
        };
        if let Some(token) = &self.token
            && same_origin(uri, &self.endpoint)
        {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        request.call().map_err(|e| match e {
            e @ (ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::Protocol(_)) => {
                self.answer(e.to_string())
            }
            e => self.unreachable(e.to_string()),
        })
    }

    /// Where a redirect leads.
    fn next(&self, from: &Uri, headers: &HeaderMap) -> Result<Uri, HubError> {
        let location = headers.get("location").and_then(|l| l.to_str().ok());
        let Some(location) = location else {
            return Err(self.answer("a redirect without an address".into()));
        };
        let scheme = from.scheme_str().unwrap_or("https");
        let authority = from.authority().map_or("", Authority::as_str);
        let next = match location {
            rooted if rooted.starts_with("//") => self.parse(&format!("{scheme}:{rooted}"))?,
            path if path.starts_with('/') => {
                self.parse(&format!("{scheme}://{authority}{path}"))?
            }
            absolute => self.parse(absolute)?,
        };
        let kept = scheme != "https" || next.scheme_str() == Some("https");
        if next.authority().is_none() || !kept {
            return Err(self.answer("a redirect to an address that is not safe".into()));
        }
        Ok(next)
    }

    fn check(&self, status: u16, what: &str) -> Result<(), HubError> {
        let (endpoint, what) = (self.shown.clone(), what.to_owned());
        match status {
            200..300 => Ok(()),
            401 | 403 => Err(HubError::Refused {
                endpoint,
                what,
                status,
            }),
            404 => Err(HubError::NotFound { endpoint, what }),
            // The mirror is overloaded or down: as good as not there.
            429 | 500.. => Err(self.unreachable(format!("HTTP {status}"))),
            _ => Err(self.answer(format!("{what}: HTTP {status}"))),
        }
    }

    fn parse(&self, address: &str) -> Result<Uri, HubError> {
        address
            .parse()
            .map_err(|e| self.answer(format!("an address that is none: {e}")))
    }

    pub(super) fn answer(&self, message: String) -> HubError {
        HubError::Answer {
            endpoint: self.shown.clone(),
            message,
        }
    }

    pub(super) fn unreachable(&self, message: String) -> HubError {
        HubError::Unreachable {
            endpoint: self.shown.clone(),
            message,
        }
    }
}

fn same_origin(a: &Uri, b: &Uri) -> bool {
    let port = |uri: &Uri| {
        let by_scheme = if uri.scheme_str() == Some("https") {
            443
        } else {
            80
        };
        uri.port_u16().unwrap_or(by_scheme)
    };
    let host = |uri: &Uri| uri.host().map(str::to_ascii_lowercase);
    a.scheme() == b.scheme() && host(a) == host(b) && port(a) == port(b)
}

/// A password may hold any sign, slashes among them: nothing before the last `@` is shown.
fn without_credentials(address: &str) -> String {
    let behind = |text: &str| text.rsplit('@').next().unwrap_or_default().to_owned();
    let Some((scheme, rest)) = address.split_once("://") else {
        return behind(address);
    };
    format!("{scheme}://{}", behind(rest))
}
