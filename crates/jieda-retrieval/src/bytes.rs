//! The bytes of an index file: mapped, or in memory. Cheap to clone; they never change and never move.
//!
//! The only module of this crate with `unsafe`. Everything that reads the bytes does so through
//! slices with checked bounds.

#![allow(
    unsafe_code,
    reason = "mapping a file, and promising that it stays where it is"
)]

use std::{fs::File, io, ops::Deref, path::Path, sync::Arc};

use bytemuck::{Pod, Zeroable};
use memmap2::Mmap;
use stable_deref_trait::StableDeref;

/// What sections of index files are aligned to: a cache line, and the widest vector register.
pub(crate) const ALIGNMENT: usize = 64;

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct Block([u8; ALIGNMENT]);

/// Bytes that can be written, aligned to [`ALIGNMENT`].
pub(crate) struct AlignedBytes {
    blocks: Vec<Block>,
    length: usize,
}

impl AlignedBytes {
    /// As many zeros.
    pub(crate) fn zeroed(length: usize) -> Self {
        Self {
            blocks: vec![Block::zeroed(); length.div_ceil(ALIGNMENT)],
            length,
        }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.blocks)[..self.length]
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut bytemuck::cast_slice_mut(&mut self.blocks)[..self.length]
    }
}

enum Source {
    Mapped(Mmap),
    Owned(AlignedBytes),
}

/// The bytes of a file, shared.
#[derive(Clone)]
pub(crate) struct FileBytes(Arc<Source>);

impl FileBytes {
    /// Maps a file: nothing of it is read until it is used.
    pub(crate) fn map(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: what is mapped must not change while it is. Index files are immutable: they are
        // written under another name, renamed when they are whole, and never written again
        // (`jieda_knowledge::release`, and the engine's cache). Deleting one leaves the map intact.
        let map = unsafe { Mmap::map(&file) }?;
        Ok(Self(Arc::new(Source::Mapped(map))))
    }

    /// A copy.
    pub(crate) fn copied(bytes: &[u8]) -> Self {
        let mut owned = AlignedBytes::zeroed(bytes.len());
        owned.as_mut_slice().copy_from_slice(bytes);
        owned.into()
    }
}

impl From<AlignedBytes> for FileBytes {
    fn from(bytes: AlignedBytes) -> Self {
        Self(Arc::new(Source::Owned(bytes)))
    }
}

impl Deref for FileBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match &*self.0 {
            Source::Mapped(map) => map,
            Source::Owned(bytes) => bytes.as_slice(),
        }
    }
}

// SAFETY: the bytes are behind an `Arc`, are never changed through it, and stay where they are when
// it moves: a map lies outside of it, and so do the blocks of a vector that nobody can grow.
unsafe impl StableDeref for FileBytes {}
