//! Noticing that another release has become current.

use super::{DataDir, ReleaseError, ReleaseId};

/// Asks a data directory now and then which release is current. Asking reads one small file.
#[derive(Debug, Clone)]
pub struct Watch {
    data: DataDir,
    seen: Option<ReleaseId>,
}

impl Watch {
    pub(super) fn new(data: DataDir, seen: Option<ReleaseId>) -> Self {
        Self { data, seen }
    }

    /// The release that is current, if it is another than at the last call. Each change is told once,
    /// whether the caller gets on with the new release or not.
    ///
    /// # Errors
    /// As [`DataDir::current`], and [`ReleaseError::NothingCurrent`] when there was one before. The
    /// next call asks anew.
    pub fn poll(&mut self) -> Result<Option<ReleaseId>, ReleaseError> {
        let current = self.data.current()?;
        if current == self.seen {
            return Ok(None);
        }
        if current.is_none() {
            return Err(ReleaseError::NothingCurrent(self.data.path().to_owned()));
        }
        self.seen.clone_from(&current);
        Ok(current)
    }
}
