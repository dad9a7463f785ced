//! Benchmarks, rivals beside us
