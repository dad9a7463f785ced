//! The answer service: HTTP, gRPC, console and chat widget, in one process with an embedded store.
//!
//! [`run`] serves until it is told to stop. What a request leads to is in `App`, which knows neither wire; HTTP, gRPC
//! and the JSON of both are converted at the edge (`http`, `grpc`, [`wire`]). One table leads from
//! [`ProblemKind`] to HTTP statuses, gRPC codes and texts.
//!
//! ```no_run
//! use jieda_server::{Knowledge, ServerConfig, run};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let source = jieda::ConfigSource::default().with_environment();
//! let config = ServerConfig::of(&source, Knowledge::Data("data".into()))?;
//! run(config, &mut |addresses| println!("http://{}/console/", addresses.http))?;
//! # Ok(())
//! # }
//! ```

mod admission;
mod app;
mod audit;
mod auth;
mod config;
mod conversations;
mod depot;
mod engines;
mod grpc;
mod http;
mod knowledge;
mod metrics;
mod problem;
mod reviews;
pub mod routing;
mod serve;
mod telemetry;
mod tenants;
pub mod wire;

pub use app::StartError;
pub use audit::AuditLog;
pub use auth::{
    ACCESS_FILE, AccessFile, AccessFileError, KeyRecord, NewKey, Role, Scope, UnknownName,
    UserError, UserRecord,
};
pub use config::{Knowledge, LogFormat, ServerConfig, Tenant, TenantName};
pub use conversations::{Kept, answer_of, misses, play_again, restore, said};
pub use grpc::v1;
pub use http::document as openapi;
pub use problem::{FieldError, Problem, ProblemKind};
pub use serve::{Addresses, run, run_tenants};
