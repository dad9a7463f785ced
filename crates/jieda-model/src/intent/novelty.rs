//! How strange a text is to all that was learned: out-of-scope detection by distance.
//!
//! The mean cosine with the three nearest known texts (a k-nearest-neighbour score: Sun et al. 2022, arXiv
//! 2204.06507), seen from what it is among the known texts themselves, each compared with the others. Compared on
//! train splits with the k-th cosine alone, Mahalanobis and relative Mahalanobis distance, energy and the highest
//! probability: `eval/results/intent-explored.md`.

use super::rows::Rows;

/// Nearest texts that are looked at.
const NEAREST: usize = 3;
/// Texts that are kept to compare with: more say hardly more, and take time.
pub(super) const MOST: usize = 1024;
/// Where half of the texts are out of scope when as many are as aren't, in standard deviations of the known texts;
/// it is nearly the same on six industries (−1.0 to −1.9).
const MIDPOINT: f32 = -1.35;
/// Log-odds a standard deviation.
const SLOPE: f32 = 1.5;

/// Texts that are known, and how near they are to one another.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Novelty {
    pub(super) vectors: Rows,
    /// Mean of the scores of the known texts, each without itself.
    pub(super) mean: f32,
    pub(super) deviation: f32,
}

impl Novelty {
    /// Of the vectors of known texts, evenly thinned out if they are too many.
    pub(super) fn of(vectors: &[&[f32]], dimensions: usize) -> Self {
        let step = vectors.len().div_ceil(MOST).max(1);
        let kept: Vec<&[f32]> = vectors.iter().step_by(step).copied().collect();
        let mut novelty = Self {
            vectors: Rows::of(&kept.concat(), dimensions),
            mean: 0.0,
            deviation: 1.0,
        };
        let scores: Vec<f32> = kept
            .iter()
            .enumerate()
            .filter_map(|(i, vector)| novelty.score(vector, Some(i)))
            .collect();
        if scores.len() > 1 {
            let n = scores.len() as f32;
            novelty.mean = scores.iter().sum::<f32>() / n;
            let variance = scores
                .iter()
                .map(|s| (s - novelty.mean).powi(2))
                .sum::<f32>()
                / n;
            // All alike would make everything else infinitely strange.
            novelty.deviation = variance.sqrt().max(0.01);
        }
        novelty
    }

    /// How likely the text belongs to none of the known, if as many texts did as don't.
    pub(super) fn probability(&self, query: &[f32]) -> f64 {
        let Some(score) = self.score(query, None) else {
            return 0.0;
        };
        let z = (score - self.mean) / self.deviation;
        1.0 / (1.0 + f64::from(SLOPE * (z - MIDPOINT)).exp())
    }

    /// Mean cosine with the nearest known texts; none without any.
    fn score(&self, query: &[f32], itself: Option<usize>) -> Option<f32> {
        let mut best = [f32::NEG_INFINITY; NEAREST];
        for (i, cosine) in self.vectors.cosines(query).into_iter().enumerate() {
            if Some(i) == itself {
                continue;
            }
            // Falling; the last falls out.
            let mut rest = cosine;
            for slot in &mut best {
                if rest > *slot {
                    std::mem::swap(slot, &mut rest);
                }
            }
        }
        let found: Vec<f32> = best.into_iter().filter(|c| c.is_finite()).collect();
        (!found.is_empty()).then(|| found.iter().sum::<f32>() / found.len() as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strange_texts_are_strange() {
        let unit = |angle: f32| [angle.cos(), angle.sin()];
        let known: Vec<[f32; 2]> = (0..30).map(|i| unit(i as f32 * 0.02)).collect();
        let rows: Vec<&[f32]> = known.iter().map(|v| v.as_slice()).collect();
        let novelty = Novelty::of(&rows, 2);
        assert!(novelty.probability(&unit(0.3)) < 0.3);
        assert!(novelty.probability(&unit(2.0)) > 0.99);
    }

    #[test]
    fn few_texts_are_no_trouble() {
        assert_eq!(Novelty::of(&[], 2).probability(&[1.0, 0.0]), 0.0);
        let one = Novelty::of(&[&[1.0, 0.0]], 2);
        assert!(one.probability(&[1.0, 0.0]).is_finite());
        assert_eq!(
            Novelty::of(&vec![[1.0_f32, 0.0].as_slice(); 5000], 2)
                .vectors
                .len(),
            1000
        );
    }
}
