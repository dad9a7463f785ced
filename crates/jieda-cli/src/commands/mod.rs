//! One file a command.

pub(crate) mod ask;
pub(crate) mod chat;
pub(crate) mod classify;
pub(crate) mod eval_fit;
pub(crate) mod eval_retrieval;
pub(crate) mod search;
pub(crate) mod segment;
