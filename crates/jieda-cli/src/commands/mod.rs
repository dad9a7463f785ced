//! One file a command, or a folder for one with commands of its own.

pub(crate) mod ask;
pub(crate) mod assist;
mod audit;
pub(crate) mod bench_encode;
pub(crate) mod chat;
pub(crate) mod classify;
pub(crate) mod config;
pub(crate) mod depot;
pub(crate) mod doctor;
pub(crate) mod encode;
pub(crate) mod eval;
pub(crate) mod forecast;
pub(crate) mod handover;
pub(crate) mod kb;
pub(crate) mod key;
pub(crate) mod log;
pub(crate) mod model;
pub(crate) mod replay;
pub(crate) mod report;
pub(crate) mod search;
pub(crate) mod segment;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod train;
pub(crate) mod tune;
pub(crate) mod user;
