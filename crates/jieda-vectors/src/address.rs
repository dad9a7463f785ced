//! The address of a Qdrant server.

use crate::VectorsError;

/// Where a server is, and the key that opens it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct QdrantAddress {
    pub(crate) url: String,
    pub(crate) key: Option<String>,
}

impl QdrantAddress {
    /// Reads `http://HOST:PORT` or `https://:KEY@HOST:PORT`.
    pub(crate) fn parse(address: &str) -> Result<Self, VectorsError> {
        let refuse = |why: &str| VectorsError::Address(why.to_owned());
        let (scheme, rest) = address
            .split_once("://")
            .filter(|(scheme, _)| matches!(*scheme, "http" | "https"))
            .ok_or_else(|| refuse("after qdrant+ comes http:// or https://"))?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, host) = match rest.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, rest),
        };
        if host.is_empty() || host.contains(['/', '?', '#', ' ']) {
            return Err(refuse(
                "behind the scheme stands a host and a port, and nothing else",
            ));
        }
        let key = match user.map(|user| user.split_once(':')) {
            None => None,
            Some(Some(("", key))) if !key.is_empty() => Some(key.to_owned()),
            Some(_) => return Err(refuse("Qdrant knows keys and no users: write :KEY@HOST")),
        };
        Ok(Self {
            url: format!("{scheme}://{host}"),
            key,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_port_and_key_are_read() {
        let read = |text| {
            let address = QdrantAddress::parse(text).ok();
            address.map(|address| (address.url, address.key))
        };
        let url = |url: &str| url.to_owned();
        assert_eq!(
            read("http://localhost:6334"),
            Some((url("http://localhost:6334"), None))
        );
        assert_eq!(
            read("https://:a:b@q.example:6334/"),
            Some((url("https://q.example:6334"), Some("a:b".into())))
        );
        for wrong in [
            "",
            "ftp://a",
            "http://",
            "http://a/b",
            "http://user@a",
            "http://user:pw@a",
            "http://:@a",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
