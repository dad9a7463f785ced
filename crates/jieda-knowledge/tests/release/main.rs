//! Releases in a data directory: made, moved between, removed, damaged, and killed half-way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod crash;
mod damage;
mod full_disk;
mod kit;
mod lifecycle;
mod names;
mod readers;
