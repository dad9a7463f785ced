//! What calibrators learn from.

use thiserror::Error;

/// The evidence for a candidate, and whether it was right.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The features, in one order throughout.
    pub features: Vec<f64>,
    /// Whether the candidate answers the query.
    pub right: bool,
}

/// Examples with equally many features, all of them finite; at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Examples {
    examples: Vec<Example>,
    width: usize,
}

/// Why nothing can be learned from examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ExamplesError {
    /// There are none.
    #[error("there are no examples to learn from")]
    Empty,
    /// They have no features, or not equally many.
    #[error("example {example} has {found} features, not {expected}")]
    Width {
        /// Its position, from 0.
        example: usize,
        /// Features that it has.
        found: usize,
        /// Features of the first example, one at least.
        expected: usize,
    },
    /// A feature is infinite or no number.
    #[error("feature {feature} of example {example} is not a finite number")]
    NotFinite {
        /// Position of the example, from 0.
        example: usize,
        /// Position of the feature, from 0.
        feature: usize,
    },
}

impl Examples {
    /// Checks the examples.
    ///
    /// # Errors
    /// [`ExamplesError`] for the first that is not as the others.
    pub fn new(examples: Vec<Example>) -> Result<Self, ExamplesError> {
        let width = examples.first().ok_or(ExamplesError::Empty)?.features.len();
        for (i, example) in examples.iter().enumerate() {
            let found = example.features.len();
            if found != width || found == 0 {
                return Err(ExamplesError::Width {
                    example: i,
                    found,
                    expected: width.max(1),
                });
            }
            if let Some(feature) = example.features.iter().position(|x| !x.is_finite()) {
                return Err(ExamplesError::NotFinite {
                    example: i,
                    feature,
                });
            }
        }
        Ok(Self { examples, width })
    }

    /// All examples.
    #[must_use]
    pub fn all(&self) -> &[Example] {
        &self.examples
    }

    /// Number of features of each.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many there are, never 0, as a number to divide by.
    pub(super) fn count(&self) -> f64 {
        self.examples.len() as f64
    }

    /// One feature of all examples; 0 for one that does not exist.
    pub(super) fn column(&self, feature: usize) -> impl Iterator<Item = f64> + '_ {
        self.examples
            .iter()
            .map(move |e| e.features.get(feature).copied().unwrap_or(0.0))
    }
}

/// 1 for right, 0 for wrong.
pub(super) fn outcome(example: &Example) -> f64 {
    f64::from(u8::from(example.right))
}

/// The logistic function.
pub(super) fn sigmoid(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faulty_examples_are_refused() {
        let check = |rows: &[&[f64]], expected: Result<usize, ExamplesError>| {
            let examples = rows
                .iter()
                .map(|row| Example {
                    features: row.to_vec(),
                    right: true,
                })
                .collect();
            assert_eq!(Examples::new(examples).map(|e| e.width()), expected);
        };
        check(&[&[1.0, 2.0], &[3.0, 4.0]], Ok(2));
        check(&[], Err(ExamplesError::Empty));
        let width = |example, found, expected| {
            Err(ExamplesError::Width {
                example,
                found,
                expected,
            })
        };
        check(&[&[1.0], &[1.0, 2.0]], width(1, 2, 1));
        check(&[&[]], width(0, 0, 1));
        let not_finite = Err(ExamplesError::NotFinite {
            example: 1,
            feature: 0,
        });
        check(&[&[1.0], &[f64::NAN]], not_finite);
    }
}
