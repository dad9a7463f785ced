//! Character n-grams of a text, weighted by how rare they are.
//!
//! A vector knows what a text means; n-grams know what it says. Where intents are told apart by a word ("打开"),
//! the second is worth as much as the first.

use std::collections::HashMap;

/// Which n-grams are taken, and how they are weighed. What a method likes best was found on train data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// 1 to 3 characters, rare ones weigh more: for a linear head.
    Rare,
    /// 1 or 2 characters, all alike: for a kernel.
    Plain,
}

impl Style {
    fn longest(self) -> usize {
        match self {
            Self::Rare => 3,
            Self::Plain => 2,
        }
    }
}

/// Stand before and after a text, so that 怎么 at its beginning is not 怎么 in its middle.
const BEGIN: char = '\u{2}';
const END: char = '\u{3}';
/// From so many texts on, an n-gram that only one of them has is left out: it can't be trusted, and most are such.
const TRUST: usize = 1000;

/// The n-grams of a training set, by number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Vocabulary {
    style: Style,
    /// Hash of an n-gram → its number.
    numbers: HashMap<u64, u32>,
    /// Inverse document frequency, by number: ln((1 + texts) / (1 + texts with it)) + 1; or 1.
    idf: Vec<f32>,
}

impl Vocabulary {
    /// Of normalised texts.
    pub(super) fn of<'a>(texts: impl IntoIterator<Item = &'a str>, style: Style) -> Self {
        let mut texts_with: HashMap<u64, usize> = HashMap::new();
        let mut all = 0_usize;
        for text in texts {
            all += 1;
            for hash in counts(text, style.longest()).into_keys() {
                *texts_with.entry(hash).or_default() += 1;
            }
        }
        let least = if all >= TRUST { 2 } else { 1 };
        let mut kept: Vec<(u64, usize)> = texts_with
            .into_iter()
            .filter(|&(_, texts)| texts >= least)
            .collect();
        // The same texts give the same numbers.
        kept.sort_unstable();
        let idf = |texts: usize| match style {
            Style::Rare => ((1 + all) as f32 / (1 + texts) as f32).ln() + 1.0,
            Style::Plain => 1.0,
        };
        Self::from_parts(
            style,
            kept.iter().map(|&(hash, _)| hash).collect(),
            kept.iter().map(|&(_, texts)| idf(texts)).collect(),
        )
    }

    /// From hashes and their weights, in the order of their numbers.
    pub(super) fn from_parts(style: Style, hashes: Vec<u64>, idf: Vec<f32>) -> Self {
        Self {
            style,
            numbers: (0..).zip(hashes).map(|(i, hash)| (hash, i)).collect(),
            idf,
        }
    }

    /// Hashes in the order of their numbers, and their weights.
    pub(super) fn parts(&self) -> (Vec<u64>, &[f32]) {
        let mut hashes: Vec<(u32, u64)> = self.numbers.iter().map(|(&h, &i)| (i, h)).collect();
        hashes.sort_unstable();
        (
            hashes.into_iter().map(|(_, hash)| hash).collect(),
            &self.idf,
        )
    }

    pub(super) fn len(&self) -> usize {
        self.idf.len()
    }

    /// The known n-grams of a normalised text, (1 + ln count) · idf each, scaled to length 1; ordered by number.
    pub(super) fn features(&self, text: &str) -> Vec<(u32, f32)> {
        let mut features: Vec<(u32, f32)> = counts(text, self.style.longest())
            .into_iter()
            .filter_map(|(hash, count)| {
                let number = *self.numbers.get(&hash)?;
                let idf = self.idf.get(number as usize)?;
                Some((number, (1.0 + (count as f32).ln()) * idf))
            })
            .collect();
        features.sort_unstable_by_key(|&(number, _)| number);
        let length = features.iter().map(|(_, x)| x * x).sum::<f32>().sqrt();
        if length > 0.0 {
            features.iter_mut().for_each(|(_, x)| *x /= length);
        }
        features
    }
}

/// n-grams of up to `longest` characters and how often they occur.
fn counts(text: &str, longest: usize) -> HashMap<u64, usize> {
    let padded: String = std::iter::once(BEGIN)
        .chain(text.chars())
        .chain(std::iter::once(END))
        .collect();
    let mut bounds: Vec<usize> = padded.char_indices().map(|(at, _)| at).collect();
    bounds.push(padded.len());
    let mut counts = HashMap::new();
    for n in 1..=longest {
        for window in bounds.windows(n + 1) {
            let (Some(&from), Some(&to)) = (window.first(), window.last()) else {
                continue;
            };
            let gram = &padded[from..to];
            // An end alone is in every text.
            if n > 1 || !gram.starts_with([BEGIN, END]) {
                *counts.entry(hash(gram)).or_default() += 1;
            }
        }
    }
    counts
}

/// FNV-1a: the same on every machine and in every version, since it is written into files.
fn hash(gram: &str) -> u64 {
    gram.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_grams_weigh_more() {
        let vocabulary = Vocabulary::of(["退货", "退款", "退费"], Style::Rare);
        // ␂退 ␂退货 … : 退 is in all of them.
        let features = vocabulary.features("退货");
        let weight = |gram: &str| {
            let number = vocabulary.numbers[&hash(gram)];
            features.iter().find(|(i, _)| *i == number).unwrap().1
        };
        assert!(weight("货") > weight("退"));
        let length: f32 = features.iter().map(|(_, x)| x * x).sum();
        assert!((length - 1.0).abs() < 1e-5);
    }

    #[test]
    fn what_was_never_seen_says_nothing() {
        let vocabulary = Vocabulary::of(["退货"], Style::Rare);
        assert_eq!(vocabulary.features(""), []);
        assert_eq!(vocabulary.features("天气"), []);
    }

    #[test]
    fn parts_make_the_same_again() {
        let vocabulary = Vocabulary::of(["怎么退货", "运费谁出"], Style::Plain);
        let (hashes, idf) = vocabulary.parts();
        assert_eq!(
            Vocabulary::from_parts(Style::Plain, hashes, idf.to_vec()),
            vocabulary
        );
    }
}
