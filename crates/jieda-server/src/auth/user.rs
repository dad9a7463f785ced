//! People who use the console.

use std::sync::OnceLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use jieda::Timestamp;
use serde::{Deserialize, Serialize};

use super::Role;

/// A person as he is kept: his password as an Argon2id hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserRecord {
    /// How he logs in.
    pub name: String,
    /// What he is.
    pub role: Role,
    /// The hash, in PHC format.
    pub password: String,
    /// When he was added, or his password changed.
    pub changed: Timestamp,
}

/// A password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("the password can't be hashed: {0}")]
pub struct HashError(String);

impl UserRecord {
    /// A person with a password.
    ///
    /// # Errors
    /// [`HashError`].
    pub fn new(name: &str, role: Role, password: &str, now: Timestamp) -> Result<Self, HashError> {
        Ok(Self {
            name: name.to_owned(),
            role,
            password: hashed(password)?,
            changed: now,
        })
    }

    /// Whether it is his password.
    #[must_use]
    pub fn has_password(&self, password: &str) -> bool {
        verify(&self.password, password)
    }

    /// Takes as long as looking at a password.
    pub(super) fn waste_time(password: &str) {
        static NOBODY: OnceLock<String> = OnceLock::new();
        let hash = NOBODY.get_or_init(|| hashed("nobody").unwrap_or_default());
        let _ = verify(hash, password);
    }
}

fn hashed(password: &str) -> Result<String, HashError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|e| HashError(e.to_string()))?.to_string())
}

fn verify(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_and_not_kept() {
        let now = Timestamp::UNIX_EPOCH;
        let user = UserRecord::new("王主管", Role::Editor, "绿水青山2026", now).unwrap();
        assert!(user.has_password("绿水青山2026"));
        assert!(!user.has_password("绿水青山2025"));
        assert!(user.password.starts_with("$argon2id$"));
    }
}
