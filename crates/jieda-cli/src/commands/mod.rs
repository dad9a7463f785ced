//! One file a command, or a folder for one with commands of its own.

pub(crate) mod ask;
pub(crate) mod assist;
pub(crate) mod bench_encode;
pub(crate) mod chat;
pub(crate) mod classify;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod encode;
pub(crate) mod eval_decision;
pub(crate) mod eval_fit;
pub(crate) mod eval_follow_ups;
pub(crate) mod eval_intent;
pub(crate) mod eval_retrieval;
pub(crate) mod eval_transcripts;
pub(crate) mod handover;
pub(crate) mod kb;
pub(crate) mod key;
pub(crate) mod log;
pub(crate) mod model;
pub(crate) mod search;
pub(crate) mod segment;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod train;
pub(crate) mod tune;
pub(crate) mod user;
