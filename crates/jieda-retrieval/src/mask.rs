//! Which FAQs may be returned.

/// A set of FAQs of a knowledge base, by their positions in it: those that a search may return.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FaqMask {
    /// One bit an FAQ; bits after the last are 0.
    words: Vec<u64>,
    length: usize,
}

impl FaqMask {
    /// None of `length` FAQs.
    #[must_use]
    pub fn none(length: usize) -> Self {
        Self {
            words: vec![0; length.div_ceil(64)],
            length,
        }
    }

    /// Those of `length` FAQs whose position pleases.
    #[must_use]
    pub fn of(length: usize, mut keep: impl FnMut(usize) -> bool) -> Self {
        let mut mask = Self::none(length);
        for position in (0..length).filter(|&position| keep(position)) {
            mask.insert(position);
        }
        mask
    }

    /// Lets an FAQ in. A position outside is ignored.
    pub fn insert(&mut self, position: usize) {
        if position < self.length {
            self.words[position / 64] |= 1 << (position % 64);
        }
    }

    /// Whether an FAQ is in.
    #[must_use]
    pub fn contains(&self, position: usize) -> bool {
        position < self.length && self.words[position / 64] >> (position % 64) & 1 == 1
    }

    /// Of how many FAQs it speaks.
    #[must_use]
    pub fn faq_count(&self) -> usize {
        self.length
    }

    /// Whether no FAQ is in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The positions that are in, in order.
    pub fn positions(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(i, &word)| {
            std::iter::successors(Some(word), |rest| Some(rest & rest.wrapping_sub(1)))
                .take_while(|&rest| rest != 0)
                .map(move |rest| i * 64 + rest.trailing_zeros() as usize)
        })
    }
}
