//! Unit vectors that one is compared with, in 8 bits each number.
//!
//! A head compares a text with thousands of others, and most of that time goes into reading them: in 8 bits they are a
//! quarter as large. A cosine is off by some 0.0006 (one standard deviation, 384 dimensions), which the kernel makes
//! a quarter of a per cent of one text's pull.

use crate::cpu::level::{Level, for_each_level};

/// Largest code; −128 stays unused, so that codes are symmetric.
const LARGEST: f32 = 127.0;

/// `[rows, dimensions]`, each row with a scale of its own.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Rows {
    dimensions: usize,
    codes: Vec<i8>,
    /// What a code of 1 stands for, by row.
    scales: Vec<f32>,
}

impl Rows {
    /// Of `[rows, dimensions]`; numbers after the last whole row are left out.
    pub(super) fn of(vectors: &[f32], dimensions: usize) -> Self {
        let mut rows = Self {
            dimensions,
            ..Self::default()
        };
        for row in vectors.chunks_exact(dimensions.max(1)) {
            let scale = scale(row);
            rows.codes.extend(row.iter().map(|&x| code(x, scale)));
            rows.scales.push(scale);
        }
        rows
    }

    pub(super) fn len(&self) -> usize {
        self.scales.len()
    }

    /// The numbers again, as far as they were kept; rows made of them are the same to the last bit.
    pub(super) fn to_vectors(&self) -> Vec<f32> {
        self.codes
            .chunks_exact(self.dimensions.max(1))
            .zip(&self.scales)
            .flat_map(|(row, scale)| row.iter().map(move |&code| f32::from(code) * scale))
            .collect()
    }

    /// Cosines of a unit vector with each row: the same bits on every machine.
    pub(super) fn cosines(&self, query: &[f32]) -> Vec<f32> {
        let query_scale = scale(query);
        let query: Vec<i16> = query
            .iter()
            .map(|&x| i16::from(code(x, query_scale)))
            .collect();
        let mut products = vec![0; self.len()];
        multiply(Level::detect(), &self.codes, &query, &mut products);
        products
            .into_iter()
            .zip(&self.scales)
            .map(|(product, scale)| product as f32 * (scale * query_scale))
            .collect()
    }
}

for_each_level! {
    /// The product of `query` with each row of `codes`. Whole numbers: below 2³¹ up to 133,000 dimensions.
    fn multiply(codes: &[i8], query: &[i16], products: &mut [i32]) {
        for (row, product) in codes.chunks_exact(query.len().max(1)).zip(products) {
            *product = row.iter().zip(query).map(|(&c, &q)| i32::from(i16::from(c)) * i32::from(q)).sum();
        }
    }
}

/// What a code of 1 stands for: the largest number gets the largest code. The last bits of the scale are dropped, so that
/// any code times the scale is exact, and rows made of [`Rows::to_vectors`] get the same scale.
fn scale(row: &[f32]) -> f32 {
    let largest = row.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return 1.0;
    }
    f32::from_bits((largest / LARGEST).to_bits() & !0x7f)
}

fn code(x: f32, scale: f32) -> i8 {
    // Saturates, also what is no number.
    (x / scale).round().clamp(-LARGEST, LARGEST) as i8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_kept_is_kept(vectors in prop::collection::vec(-1.0..1.0_f32, 0..200), dimensions in 1..9_usize) {
            let rows = Rows::of(&vectors, dimensions);
            prop_assert_eq!(rows.len(), vectors.len() / dimensions);
            prop_assert_eq!(&Rows::of(&rows.to_vectors(), dimensions), &rows);
        }

        #[test]
        fn cosines_are_near(seeds in prop::collection::vec(0..1000_u32, 1..5), query in 0..1000_u32) {
            let unit = |seed: u32| {
                let mut rng = fastrand::Rng::with_seed(seed.into());
                let x: Vec<f32> = (0..384).map(|_| rng.f32() - 0.5).collect();
                let length = x.iter().map(|x| x * x).sum::<f32>().sqrt();
                x.into_iter().map(|x| x / length).collect::<Vec<_>>()
            };
            let vectors: Vec<Vec<f32>> = seeds.iter().map(|&s| unit(s)).collect();
            let query = unit(query);
            for (found, vector) in Rows::of(&vectors.concat(), 384).cosines(&query).iter().zip(&vectors) {
                prop_assert!((found - crate::dot::dot(vector, &query)).abs() < 0.005);
            }
        }
    }

    #[test]
    fn every_machine_finds_the_same() {
        let mut rng = fastrand::Rng::with_seed(1);
        let codes: Vec<i8> = (0..7 * 384).map(|_| rng.i8(-127..=127)).collect();
        let query: Vec<i16> = (0..384).map(|_| rng.i16(-127..=127)).collect();
        let by = |level| {
            let mut products = vec![0; 7];
            multiply(level, &codes, &query, &mut products);
            products
        };
        let portable = by(Level::Portable);
        for &level in Level::available() {
            assert_eq!(by(level), portable, "{}", level.name());
        }
    }

    #[test]
    fn nothing_and_zeros_are_no_trouble() {
        assert!(Rows::of(&[], 3).cosines(&[1.0, 0.0, 0.0]).is_empty());
        assert_eq!(Rows::of(&[0.0; 3], 3).cosines(&[0.6, 0.8, 0.0]), [0.0]);
        assert_eq!(Rows::of(&[0.6, 0.8, 0.0], 3).cosines(&[f32::NAN; 3]), [0.0]);
    }
}
