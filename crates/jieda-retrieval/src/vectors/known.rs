//! Vectors that need not be computed again.

use jieda_types::{EncoderId, TextRole};
use sha2::{Digest, Sha256};

use super::layout::HASH;

/// Names a text and its role: 128 bits of a SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextHash(pub(super) [u8; HASH]);

impl TextHash {
    /// Of a normalised text.
    #[must_use]
    pub fn of(role: TextRole, normalized: &str) -> Self {
        let role = match role {
            TextRole::Query => b'q',
            TextRole::Passage => b'p',
        };
        let digest = Sha256::new()
            .chain_update([role])
            .chain_update(normalized)
            .finalize();
        let mut hash = [0; HASH];
        for (slot, byte) in hash.iter_mut().zip(digest) {
            *slot = byte;
        }
        Self(hash)
    }

    /// The bits, to name the text elsewhere.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; HASH] {
        &self.0
    }
}

/// Somebody who has vectors of an encoder: an older [`VectorIndex`](super::VectorIndex), or several.
pub trait KnownVectors {
    /// The vector of a text, if it is known, from this very encoder.
    fn vector(&self, encoder: &EncoderId, text: TextHash) -> Option<&[f32]>;
}

/// Knows no vector: everything is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NothingKnown;

impl KnownVectors for NothingKnown {
    fn vector(&self, _: &EncoderId, _: TextHash) -> Option<&[f32]> {
        None
    }
}

impl<K: KnownVectors + ?Sized> KnownVectors for &K {
    fn vector(&self, encoder: &EncoderId, text: TextHash) -> Option<&[f32]> {
        (**self).vector(encoder, text)
    }
}

/// Whoever knows it first.
impl<K: KnownVectors> KnownVectors for Vec<K> {
    fn vector(&self, encoder: &EncoderId, text: TextHash) -> Option<&[f32]> {
        self.iter().find_map(|known| known.vector(encoder, text))
    }
}
