//! Fusion: several signals become one score. Pure functions.
//!
//! For a query, let x be the raw values of signal s over all FAQs. They are standardised,
//! z = (x − mean(x)) / sd(x), so that cosines squeezed into 0.82–0.93 and BM25 scores up to 30 speak
//! with one voice, and the fused score of an FAQ is the convex combination
//!
//! > score = Σₛ wₛ · zₛ,  wₛ ≥ 0,  Σₛ wₛ = 1.
//!
//! A convex combination of normalised scores beats reciprocal rank fusion, in and out of domain
//! (Bruch, Gai and Ingber 2022, arXiv 2210.11934). How the shipped weights were learned is written
//! beside them, in `fusion.toml`.

use jieda_types::Signal;
use serde::{Deserialize, Serialize, Serializer};

/// Below this standard deviation a signal says nothing about the query.
const FLAT: f32 = 1e-6;

/// One weight a signal, in the order of [`Signal::ALL`]; they add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FusionWeights([f32; Signal::ALL.len()]);

/// Weights that are no convex combination.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FusionError {
    /// Negative, infinite or not a number.
    #[error("the weight of `{signal}` is {weight}: weights are finite and not negative")]
    Unfit {
        /// The signal.
        signal: Signal,
        /// Its weight.
        weight: f32,
    },
    /// All weights are 0.
    #[error("at least one weight must be above 0")]
    AllZero,
    /// The file is no valid weights file.
    #[error("the fusion weights can't be read: {0}")]
    File(String),
}

/// Weights, and what their scores mean as likelihoods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fusion {
    /// The weights.
    pub weights: FusionWeights,
    /// softmax(score / temperature) over the FAQs is the likelihood of each; above 0.
    pub temperature: f64,
}

impl Fusion {
    /// Reads a fusion file.
    ///
    /// # Errors
    /// [`FusionError`].
    pub fn from_toml(text: &str) -> Result<Self, FusionError> {
        let file: WeightsFile =
            toml::from_str(text).map_err(|e| FusionError::File(e.to_string()))?;
        let w = file.weights;
        let weights = FusionWeights::new([
            w.vector_best,
            w.vector_mean,
            w.vector_answer,
            w.words_question,
            w.grams_question,
            w.words_all,
            w.grams_all,
        ])?;
        if !file.temperature.is_finite() || file.temperature <= 0.0 {
            return Err(FusionError::File("temperature must be above 0".into()));
        }
        Ok(Self {
            weights,
            temperature: file.temperature,
        })
    }

    /// The fusion that ships with jieda.
    ///
    /// # Errors
    /// Never, for the file that a test reads.
    pub fn shipped() -> Result<Self, FusionError> {
        Self::from_toml(include_str!("../fusion.toml"))
    }
}

/// The fusion file: everything beside `[weights]` tells how they came about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightsFile {
    temperature: f64,
    weights: RawWeights,
    #[allow(dead_code, reason = "provenance, for readers of the file")]
    #[serde(default)]
    provenance: toml::Table,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawWeights {
    vector_best: f32,
    vector_mean: f32,
    vector_answer: f32,
    words_question: f32,
    grams_question: f32,
    words_all: f32,
    grams_all: f32,
}

/// As a table from signal to weight.
impl Serialize for FusionWeights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Signal::ALL.map(|signal| (signal, self.get(signal))))
    }
}

impl FusionWeights {
    /// Checks weights and scales them to a sum of 1.
    ///
    /// # Errors
    /// [`FusionError`] when one is negative or not finite, or when all are 0.
    pub fn new(weights: [f32; Signal::ALL.len()]) -> Result<Self, FusionError> {
        for (signal, weight) in Signal::ALL.into_iter().zip(weights) {
            if !weight.is_finite() || weight < 0.0 {
                return Err(FusionError::Unfit { signal, weight });
            }
        }
        let sum: f32 = weights.iter().sum();
        if sum <= 0.0 {
            return Err(FusionError::AllZero);
        }
        Ok(Self(weights.map(|w| w / sum)))
    }

    /// The weight of a signal.
    #[must_use]
    pub fn get(&self, signal: Signal) -> f32 {
        self.0[signal.index()]
    }

    /// The weights of some signals alone, scaled to a sum of 1 again. When all of them are 0, they
    /// share equally.
    #[must_use]
    pub fn only(&self, keep: impl Fn(Signal) -> bool) -> Self {
        let kept = Signal::ALL.map(|s| if keep(s) { self.get(s) } else { 0.0 });
        let equal = Signal::ALL.map(|s| if keep(s) { 1.0 } else { 0.0 });
        Self::new(kept)
            .or_else(|_| Self::new(equal))
            .unwrap_or(*self)
    }
}

/// What values of one signal are standardised by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standard {
    mean: f32,
    /// 0 when the signal is flat.
    deviation: f32,
}

impl Standard {
    /// Of the values of all FAQs.
    #[must_use]
    pub fn of(values: &[f32]) -> Self {
        let n = values.len().max(1) as f32;
        let mean = sum(values, |v| v) / n;
        let deviation = (sum(values, |v| (v - mean) * (v - mean)) / n).sqrt();
        Self {
            mean,
            deviation: if deviation > FLAT { deviation } else { 0.0 },
        }
    }

    /// A value, standardised; 0 when the signal is flat.
    #[must_use]
    #[inline]
    pub fn apply(self, value: f32) -> f32 {
        if self.deviation > 0.0 {
            (value - self.mean) / self.deviation
        } else {
            0.0
        }
    }
}

/// Standardises values in place: mean 0, standard deviation 1; a flat signal becomes all zeros.
pub fn standardize(values: &mut [f32]) {
    let standard = Standard::of(values);
    for v in values {
        *v = standard.apply(*v);
    }
}

/// Few values are added up one after the other, many in sixteen sums of double precision: as fast as
/// memory, and exact enough for a million.
fn sum(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    const MANY: usize = 4096;
    if values.len() <= MANY {
        return values.iter().map(|&v| of(v)).sum();
    }
    let mut sums = [0.0f64; 16];
    let chunks = values.chunks_exact(sums.len());
    let rest: f64 = chunks.remainder().iter().map(|&v| f64::from(of(v))).sum();
    for chunk in chunks {
        for (sum, &v) in sums.iter_mut().zip(chunk) {
            *sum += f64::from(of(v));
        }
    }
    (sums.iter().sum::<f64>() + rest) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shipped_weights_are_a_convex_combination() {
        let weights = Fusion::shipped().unwrap().weights;
        let sum: f32 = Signal::ALL.iter().map(|&s| weights.get(s)).sum();
        assert!((sum - 1.0).abs() < 1e-5);
    }

    #[test]
    fn unfit_weights_are_refused() {
        assert_eq!(FusionWeights::new([0.0; 7]), Err(FusionError::AllZero));
        let negative = FusionWeights::new([1.0, -0.5, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(matches!(
            negative,
            Err(FusionError::Unfit {
                signal: Signal::VectorMean,
                ..
            })
        ));
        assert!(Fusion::from_toml("temperature = 1.0\n[weights]\nvector_bset = 1.0").is_err());
    }

    #[test]
    fn a_subset_of_weights_adds_up_to_one() {
        let weights = FusionWeights::new([2.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]).unwrap();
        let vectors = weights.only(Signal::is_vector);
        assert!((vectors.get(Signal::VectorBest) - 2.0 / 3.0).abs() < 1e-6);
        assert_eq!(vectors.get(Signal::GramsAll), 0.0);
    }

    proptest! {
        #[test]
        fn standardised_values_have_mean_0_and_deviation_1(
            mut values in proptest::collection::vec(-100.0f32..100.0, 2..50),
        ) {
            let spread = values.iter().fold(f32::MIN, |a, &b| a.max(b))
                - values.iter().fold(f32::MAX, |a, &b| a.min(b));
            prop_assume!(spread > 1.0);
            standardize(&mut values);
            let n = values.len() as f32;
            let mean = values.iter().sum::<f32>() / n;
            let variance = values.iter().map(|v| v * v).sum::<f32>() / n;
            prop_assert!(mean.abs() < 1e-3 && (variance - 1.0).abs() < 1e-2);
        }
    }
}
