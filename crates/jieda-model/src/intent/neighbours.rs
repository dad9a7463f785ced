//! Intents by the labelled texts that lie nearest.

use super::rows::Rows;

/// A vector to compare with, and what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Neighbours {
    pub(super) vectors: Rows,
    /// A class for each.
    pub(super) classes: Vec<usize>,
    /// T of the scores.
    pub(super) temperature: f32,
}

impl Neighbours {
    /// ln Σ exp(cos / T) over the texts of each class: a kernel density, of which the nearest texts make nearly all.
    /// Works from one text a class; a class without any has −∞.
    pub(super) fn logits(&self, query: &[f32], classes: usize) -> Vec<f32> {
        let cosines = self.vectors.cosines(query);
        let mut best = vec![f32::NEG_INFINITY; classes];
        let scored: Vec<(usize, f32)> = self
            .classes
            .iter()
            .zip(cosines)
            .map(|(&class, cosine)| (class, cosine / self.temperature))
            .collect();
        for &(class, score) in &scored {
            if let Some(best) = best.get_mut(class) {
                *best = best.max(score);
            }
        }
        let mut sums = vec![0.0_f32; classes];
        for (class, score) in scored {
            if let (Some(sum), Some(best)) = (sums.get_mut(class), best.get(class)) {
                *sum += (score - best).exp();
            }
        }
        best.iter()
            .zip(sums)
            .map(|(best, sum)| best + sum.ln())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_text_names_the_class() {
        let neighbours = Neighbours {
            vectors: Rows::of(&[1.0, 0.0, 0.0, 1.0, 0.6, 0.8], 2),
            classes: vec![0, 1, 1],
            temperature: 0.1,
        };
        let (first, second) = ([1.0, 0.0], [0.0, 1.0]);
        let logits = neighbours.logits(&first, 3);
        assert!(logits[0] > logits[1], "{logits:?}");
        assert_eq!(logits[2], f32::NEG_INFINITY);
        // One text: its cosine over T. Two: ln(e^(10·0.8) + e^(10·1)). How near cosines are is the business of `Rows`.
        let near = neighbours.vectors.cosines(&first);
        assert!((logits[0] - 10.0 * near[0]).abs() < 1e-5);
        let logits = neighbours.logits(&second, 3);
        let near = neighbours.vectors.cosines(&second);
        let expected = ((10.0 * near[1]).exp() + (10.0 * near[2]).exp()).ln();
        assert!((logits[1] - expected).abs() < 1e-4);
        assert!((near[1] - 1.0).abs() < 1e-4 && (near[2] - 0.8).abs() < 5e-3);
    }
}
