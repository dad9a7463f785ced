//! The service: the real binary, by real clients.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod access;
mod answer;
mod commands;
mod compat;
mod conversations;
mod depot;
mod grpc;
mod knowledge;
mod operations;
mod qa;
mod replicas;
mod routing;
mod server;
mod tenants;
mod tls;
mod variants;
