//! Who asks.

use super::{Role, Scope, SessionMark};
use crate::problem::{Problem, ProblemKind};

/// Who a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// There is no key and no user: whoever reaches this machine.
    Anybody,
    /// A program.
    Key {
        /// The key's id.
        id: String,
        /// What it may do.
        scopes: Vec<Scope>,
    },
    /// A person in the console.
    User {
        /// His name.
        name: String,
        /// What he is.
        role: Role,
        /// Of his session, by which it is known whether he is still logged in.
        session: SessionMark,
    },
}

impl Principal {
    /// How he is called in logs and in the audit log.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Anybody => "anybody".into(),
            Self::Key { id, .. } => format!("key:{id}"),
            Self::User { name, .. } => format!("user:{name}"),
        }
    }

    /// Whether he may do something.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        match self {
            Self::Anybody => true,
            Self::Key { scopes, .. } => scopes.contains(&scope),
            Self::User { role, .. } => role.scopes().contains(&scope),
        }
    }

    /// Refuses what he may not do.
    ///
    /// # Errors
    /// [`ProblemKind::Forbidden`].
    pub fn needs_any(&self, scopes: &[Scope]) -> Result<(), Problem> {
        if scopes.iter().any(|&scope| self.may(scope)) {
            return Ok(());
        }
        let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        Err(Problem::new(
            ProblemKind::Forbidden,
            format!("需要权限 {}", names.join(" 或 ")),
        ))
    }

    /// Whether it may do this.
    ///
    /// # Errors
    /// [`ProblemKind::Forbidden`].
    pub fn needs(&self, scope: Scope) -> Result<(), Problem> {
        if self.may(scope) {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::Forbidden,
            format!("需要权限 {scope}"),
        ))
    }
}
