//! The one setting that candle takes from the environment alone.

#![allow(
    unsafe_code,
    reason = "changing the environment is unsafe beside other threads"
)]

/// Keeps candle from spreading sums over threads of its own, which wait by spinning: training has one
/// job a core already, and took a quarter longer with them. A value that the user set stays.
///
/// Must be called before any thread is started.
pub(crate) fn one() {
    const NAME: &str = "CANDLE_NUM_THREADS";
    if std::env::var_os(NAME).is_none() {
        // SAFETY: the only call is the first thing in `main`, when no other thread exists.
        unsafe { std::env::set_var(NAME, "1") };
    }
}
