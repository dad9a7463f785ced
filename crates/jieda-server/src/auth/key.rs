//! API keys. Only a hash of the secret is kept: a key has 256 random bits, so that a fast hash is enough.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jieda::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::Scope;

/// What every key begins with, so that scanners of repositories find it.
const PREFIX: &str = "jd_";
const ID_BYTES: usize = 6;
const SECRET_BYTES: usize = 32;

/// A key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRecord {
    /// Names it; part of the key.
    pub id: String,
    /// What it is for, in the words of whoever made it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// SHA-256 of the secret, in hexadecimal digits.
    pub hash: String,
    /// When it was made.
    pub created: Timestamp,
    /// Since when it does not work any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
}

/// A key that was just made. Its text is shown once and kept nowhere.
#[derive(Debug)]
pub struct NewKey {
    /// What is kept.
    pub record: KeyRecord,
    /// What the caller sends.
    pub text: String,
}

impl NewKey {
    /// Makes a key from the system's random numbers.
    ///
    /// # Errors
    /// The system's, when it has none.
    pub fn make(name: &str, scopes: Vec<Scope>, now: Timestamp) -> Result<Self, getrandom::Error> {
        let mut id = [0; ID_BYTES];
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut secret)?;
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let secret = URL_SAFE_NO_PAD.encode(secret);
        Ok(Self {
            text: format!("{PREFIX}{id}_{secret}"),
            record: KeyRecord {
                hash: hash(&secret),
                name: name.to_owned(),
                id,
                scopes,
                created: now,
                revoked: None,
            },
        })
    }
}

impl KeyRecord {
    /// Whether a text is this key. Takes as long for a wrong secret as for the right one.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        let parts = text.strip_prefix(PREFIX).and_then(|t| t.split_once('_'));
        let Some((id, secret)) = parts else {
            return false;
        };
        id == self.id && hash(secret).as_bytes().ct_eq(self.hash.as_bytes()).into()
    }
}

/// SHA-256 in hexadecimal digits.
pub(super) fn hash(secret: &str) -> String {
    let digest = Sha256::digest(secret.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_text_and_does_not_hold_it() {
        let now = Timestamp::UNIX_EPOCH;
        let key = NewKey::make("网页", vec![Scope::Answer], now).unwrap();
        let other = NewKey::make("app", vec![Scope::Answer], now).unwrap();
        assert!(key.record.is(&key.text));
        assert!(!key.record.is(&other.text));
        assert!(!key.record.is(&key.text[..key.text.len() - 1]));
        for text in ["", "jd_", "jd__", &key.record.id] {
            assert!(!key.record.is(text), "{text}");
        }
        let kept = serde_json::to_string(&key.record).unwrap();
        let secret = key.text.rsplit_once('_').unwrap().1;
        assert!(!kept.contains(secret));
    }
}
