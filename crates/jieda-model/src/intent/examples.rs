//! What a head is trained on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jieda_types::{Embedding, IntentId};

/// A text and its intent.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentExample {
    /// The text, normalised as the encoder sees it.
    pub text: String,
    /// Its intent; none for a text that has none of them.
    pub intent: Option<IntentId>,
    /// Its vector.
    pub vector: Embedding,
}

/// Why there is nothing to train.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntentFitError {
    /// There is nothing to tell apart.
    #[error("{0} intent(s) in the data: at least two are needed, or one and texts that have none")]
    TooFewIntents(usize),
    /// Vectors of several encoders.
    #[error("the vectors are not all of one length")]
    Lengths,
    /// No text is left to judge by: intents need more texts each.
    #[error("nothing is held out to judge by: each intent needs more texts")]
    NothingHeldOut,
    /// A method that was asked for can't cope.
    #[error(
        "{intents} intents are too many for this method (at most {most}): use the nearest neighbours"
    )]
    TooManyIntents {
        /// Intents of the data.
        intents: usize,
        /// Most that are trained.
        most: usize,
    },
}

/// One text under two intents: one label is wrong, or both mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The text.
    pub text: String,
    /// Its intents.
    pub intents: BTreeSet<IntentId>,
}

/// Texts that stand under more than one intent.
#[must_use]
pub fn contradictions(examples: &[IntentExample]) -> Vec<Contradiction> {
    let mut intents: BTreeMap<&str, BTreeSet<IntentId>> = BTreeMap::new();
    for example in examples {
        let of_text = intents.entry(&example.text).or_default();
        of_text.extend(example.intent.clone());
    }
    intents
        .into_iter()
        .filter(|(_, intents)| intents.len() > 1)
        .map(|(text, intents)| Contradiction {
            text: text.to_owned(),
            intents,
        })
        .collect()
}

/// The examples as numbers.
pub(crate) struct Labelled<'a> {
    pub(crate) examples: &'a [IntentExample],
    /// In alphabetical order; after them, as the last class, "none of these" where there are such texts.
    pub(crate) intents: Vec<IntentId>,
    /// A class for each example.
    pub(crate) classes: Vec<usize>,
    pub(crate) has_none: bool,
    pub(crate) dimensions: usize,
}

impl<'a> Labelled<'a> {
    pub(crate) fn new(examples: &'a [IntentExample]) -> Result<Self, IntentFitError> {
        let intents: BTreeSet<&IntentId> =
            examples.iter().filter_map(|e| e.intent.as_ref()).collect();
        let has_none = examples.iter().any(|e| e.intent.is_none());
        if intents.len() + usize::from(has_none) < 2 || intents.is_empty() {
            return Err(IntentFitError::TooFewIntents(intents.len()));
        }
        let dimensions = examples.first().map_or(0, |e| e.vector.as_slice().len());
        if examples
            .iter()
            .any(|e| e.vector.as_slice().len() != dimensions)
        {
            return Err(IntentFitError::Lengths);
        }
        let numbers: HashMap<&IntentId, usize> =
            intents.iter().enumerate().map(|(i, id)| (*id, i)).collect();
        let classes = examples
            .iter()
            .map(|e| {
                let number = e.intent.as_ref().and_then(|id| numbers.get(id));
                number.copied().unwrap_or(intents.len())
            })
            .collect();
        Ok(Self {
            examples,
            intents: intents.into_iter().cloned().collect(),
            classes,
            has_none,
            dimensions,
        })
    }

    /// Intents, and "none of these" where it is learned.
    pub(crate) fn class_count(&self) -> usize {
        self.intents.len() + usize::from(self.has_none)
    }

    /// Cuts into `folds` parts with every class spread over all of them; gives the part of each example. A text that
    /// stands there twice is in one part.
    pub(crate) fn folds(&self, folds: usize) -> Vec<usize> {
        let mut next = vec![0_usize; self.class_count()];
        let mut of_text: HashMap<&str, usize> = HashMap::new();
        self.examples
            .iter()
            .zip(&self.classes)
            .map(|(example, &class)| {
                *of_text.entry(&example.text).or_insert_with(|| {
                    let slot = next.get_mut(class);
                    slot.map_or(0, |slot| {
                        *slot += 1;
                        *slot % folds.max(1)
                    })
                })
            })
            .collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::intent) fn example(text: &str, intent: &str, vector: &[f32]) -> IntentExample {
        IntentExample {
            text: text.into(),
            intent: (intent != "none").then(|| IntentId::new(intent).unwrap()),
            vector: Embedding::normalized(vector.to_vec()),
        }
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        let one = [example("a", "x", &[1.0]), example("b", "x", &[1.0])];
        assert_eq!(
            Labelled::new(&one).err(),
            Some(IntentFitError::TooFewIntents(1))
        );
        assert_eq!(
            Labelled::new(&[]).err(),
            Some(IntentFitError::TooFewIntents(0))
        );
        let lengths = [example("a", "x", &[1.0]), example("b", "y", &[1.0, 0.0])];
        assert_eq!(Labelled::new(&lengths).err(), Some(IntentFitError::Lengths));
        let with_none = [example("a", "x", &[1.0]), example("b", "none", &[1.0])];
        let labelled = Labelled::new(&with_none).unwrap();
        assert_eq!((labelled.class_count(), labelled.classes), (2, vec![0, 1]));
    }

    #[test]
    fn contradictions_are_named() {
        let examples = [
            example("退款", "refund", &[1.0]),
            example("退款", "return", &[1.0]),
            example("退货", "return", &[1.0]),
            example("退货", "return", &[1.0]),
        ];
        let found = contradictions(&examples);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].text.as_str(), found[0].intents.len()),
            ("退款", 2)
        );
    }

    #[test]
    fn every_class_is_in_every_fold() {
        let examples: Vec<IntentExample> = (0..40)
            .map(|i| {
                example(
                    &format!("t{}", i / 2),
                    if i % 4 < 2 { "a" } else { "b" },
                    &[1.0],
                )
            })
            .collect();
        let labelled = Labelled::new(&examples).unwrap();
        let folds = labelled.folds(5);
        for class in 0..2 {
            let mine: BTreeSet<usize> = folds
                .iter()
                .zip(&labelled.classes)
                .filter(|(_, c)| **c == class)
                .map(|(fold, _)| *fold)
                .collect();
            assert_eq!(mine.len(), 5);
        }
        assert!(folds.chunks(2).all(|twins| twins[0] == twins[1]));
    }
}
