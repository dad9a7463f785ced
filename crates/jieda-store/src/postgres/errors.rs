//! What PostgreSQL says when something fails.

use std::sync::Arc;

use crate::StoreError;

/// Codes of which another attempt may do better: serialization_failure, deadlock_detected, lock_not_available.
const AGAIN: [&str; 3] = ["40001", "40P01", "55P03"];
/// Codes of a server that goes, comes or is full: admin_shutdown, crash_shutdown, cannot_connect_now,
/// too_many_connections, read_only_sql_transaction (a primary that has become a standby), query_canceled (too slow),
/// idle_in_transaction_session_timeout.
const AWAY: [&str; 7] = [
    "57P01", "57P02", "57P03", "53300", "25006", "57014", "25P03",
];
/// The class of connection exceptions.
const CONNECTION: &str = "08";

/// Makes an error of what the database says.
pub(crate) fn failed(doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |error| {
        use sqlx::Error as E;
        let code = error.as_database_error().and_then(|e| e.code());
        let code = code.as_deref().unwrap_or_default();
        if AGAIN.contains(&code) {
            return StoreError::Locked;
        }
        let is_cut = matches!(
            error,
            E::Io(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Protocol(_)
        );
        if is_cut || AWAY.contains(&code) || code.starts_with(CONNECTION) {
            return StoreError::Unreachable {
                doing,
                source: Arc::new(error),
            };
        }
        StoreError::Database {
            doing,
            source: Arc::new(error),
        }
    }
}
