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

/// Longest name and password, in bytes: looking at a longer one would keep a core busy.
const MOST_NAME: usize = 128;
const MOST_PASSWORD: usize = 1024;

/// A user can't be kept as was wanted.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// Nobody is called so.
    #[error("用户名应有 1 到 {MOST_NAME} 字节，不含控制字符")]
    Name,
    /// Nobody could log in with it.
    #[error("密码最多 {MOST_PASSWORD} 字节")]
    Password,
    /// The password could not be hashed.
    #[error("the password can't be hashed: {0}")]
    Hash(String),
}

impl UserRecord {
    /// A person with a password.
    ///
    /// # Errors
    /// [`UserError`].
    pub fn new(name: &str, role: Role, password: &str, now: Timestamp) -> Result<Self, UserError> {
        if name.trim().is_empty() || name.len() > MOST_NAME || name.contains(char::is_control) {
            return Err(UserError::Name);
        }
        if password.len() > MOST_PASSWORD {
            return Err(UserError::Password);
        }
        Ok(Self {
            name: name.to_owned(),
            role,
            password: hashed(password)?,
            changed: now,
        })
    }

    /// Whether nobody can have this name and password: then there is nothing to look up.
    pub(crate) fn is_impossible(name: &str, password: &str) -> bool {
        name.len() > MOST_NAME || password.len() > MOST_PASSWORD
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

fn hashed(password: &str) -> Result<String, UserError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash
        .map_err(|e| UserError::Hash(e.to_string()))?
        .to_string())
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

    #[test]
    fn who_could_not_log_in_is_refused() {
        let new = |name: &str, password: &str| {
            UserRecord::new(name, Role::Viewer, password, Timestamp::UNIX_EPOCH)
        };
        assert!(matches!(new(" ", "绿水青山"), Err(UserError::Name)));
        assert!(matches!(new("王\n主管", "绿水青山"), Err(UserError::Name)));
        assert!(matches!(
            new(&"王".repeat(43), "绿水青山"),
            Err(UserError::Name)
        ));
        assert!(matches!(
            new("王主管", &"长".repeat(342)),
            Err(UserError::Password)
        ));
    }
}
