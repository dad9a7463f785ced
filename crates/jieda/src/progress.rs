//! What a long step tells its caller.

/// News of a step that may take long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Texts of the knowledge base are being encoded.
    Encoding {
        /// Texts done.
        done: usize,
        /// All texts.
        all: usize,
    },
    /// A cached file was damaged or could not be used: it is built again.
    Rebuilding,
}
