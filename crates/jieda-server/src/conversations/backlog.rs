//! How much memory turns take that are not on the disk yet.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The bound, for all conversations together.
#[derive(Debug)]
pub(super) struct Backlog {
    bytes: AtomicU64,
    most: u64,
}

/// Bytes of the backlog, as long as it lives.
#[derive(Debug)]
pub(super) struct Share {
    bytes: u64,
    of: Arc<Backlog>,
}

impl Backlog {
    pub(super) fn new(most: u64) -> Arc<Self> {
        Arc::new(Self {
            bytes: AtomicU64::new(0),
            most,
        })
    }

    /// Takes bytes of it; none when it is full. Somebody always may have something, however large.
    pub(super) fn take(self: &Arc<Self>, bytes: u64) -> Option<Arc<Share>> {
        let fits = |held: u64| {
            let sum = held.saturating_add(bytes);
            (held == 0 || sum <= self.most).then_some(sum)
        };
        let taken = self
            .bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits);
        taken.ok().map(|_| {
            Arc::new(Share {
                bytes,
                of: Arc::clone(self),
            })
        })
    }

    /// Bytes that are taken.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.of.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded_and_given_back() {
        let backlog = Backlog::new(100);
        let large = backlog.take(150);
        assert!(large.is_some(), "somebody always may");
        assert!(backlog.take(1).is_none());
        drop(large);
        let shares: Vec<_> = (0..10).map_while(|_| backlog.take(30)).collect();
        assert_eq!((shares.len(), backlog.bytes()), (3, 90));
        drop(shares);
        assert_eq!(backlog.bytes(), 0);
    }
}
