//! Kinds of calibrators, and their hyper-parameters.

use serde::Serialize;

use super::{
    BoostedTrees, Boosting, Examples, Group, Isotonic, Logistic,
    compare::{others, pooled},
};
use crate::metrics::{Forecast, log_loss};

/// A calibrator that is to be fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Recipe {
    /// A logistic curve over one feature (Platt 1999): what a raw score alone is worth.
    Platt {
        /// Position of the feature.
        feature: usize,
    },
    /// Logistic regression over all features.
    Logistic {
        /// Ridge on standardised weights.
        ridge: f64,
    },
    /// Isotonic regression over the log-odds of a logistic regression.
    Isotonic {
        /// Ridge of the logistic regression.
        ridge: f64,
    },
    /// Gradient-boosted trees over all features.
    Boosted(Boosting),
}

/// A fitted calibrator.
#[derive(Debug, Clone, PartialEq)]
pub enum Model {
    /// Of [`Recipe::Platt`] and [`Recipe::Logistic`].
    Logistic(Logistic),
    /// Of [`Recipe::Isotonic`].
    Isotonic {
        /// What makes the score.
        score: Logistic,
        /// What makes a probability of it.
        curve: Isotonic,
    },
    /// Of [`Recipe::Boosted`].
    Boosted(BoostedTrees),
}

impl Recipe {
    /// Fits the calibrator.
    #[must_use]
    pub fn fit(&self, examples: &Examples) -> Model {
        let all: Vec<usize> = (0..examples.width()).collect();
        match *self {
            // Nothing to shrink in one dimension; a trace holds separable data.
            Self::Platt { feature } => Model::Logistic(Logistic::fit(examples, &[feature], 1e-3)),
            Self::Logistic { ridge } => Model::Logistic(Logistic::fit(examples, &all, ridge)),
            Self::Isotonic { ridge } => {
                // On the examples that the score was fitted on: a dozen weights leave thousands of them nearly as
                // honest as new ones.
                let score = Logistic::fit(examples, &all, ridge);
                let scored: Vec<(f64, bool)> = examples
                    .all()
                    .iter()
                    .map(|e| (score.log_odds(&e.features), e.right))
                    .collect();
                let curve = Isotonic::fit(&scored);
                Model::Isotonic { score, curve }
            }
            Self::Boosted(boosting) => Model::Boosted(BoostedTrees::fit(examples, &boosting)),
        }
    }
}

impl Model {
    /// The chance that a candidate with these features is right.
    #[must_use]
    pub fn probability(&self, features: &[f64]) -> f64 {
        match self {
            Self::Logistic(logistic) => logistic.probability(features),
            Self::Isotonic { score, curve } => curve.probability(score.log_odds(features)),
            Self::Boosted(trees) => trees.probability(features),
        }
    }

    /// Its forecasts for examples.
    #[must_use]
    pub fn forecasts(&self, examples: &Examples) -> Vec<Forecast> {
        examples
            .all()
            .iter()
            .map(|e| Forecast {
                probability: self.probability(&e.features),
                outcome: e.right,
            })
            .collect()
    }
}

/// A kind of calibrator, whose hyper-parameters are chosen on data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// One feature: the baseline.
    Platt {
        /// Its position.
        feature: usize,
    },
    /// Logistic regression.
    Logistic,
    /// Isotonic regression over a logistic score.
    Isotonic,
    /// Gradient-boosted trees.
    Boosted,
}

impl Family {
    /// The recipes to choose from.
    #[must_use]
    pub fn recipes(self) -> Vec<Recipe> {
        const RIDGES: [f64; 4] = [0.1, 1.0, 10.0, 100.0];
        match self {
            Self::Platt { feature } => vec![Recipe::Platt { feature }],
            Self::Logistic => RIDGES.map(|ridge| Recipe::Logistic { ridge }).to_vec(),
            Self::Isotonic => RIDGES.map(|ridge| Recipe::Isotonic { ridge }).to_vec(),
            Self::Boosted => [1, 2, 3]
                .into_iter()
                .flat_map(|depth| [50, 100, 200].map(|rounds| (depth, rounds)))
                .map(|(depth, rounds)| {
                    Recipe::Boosted(Boosting {
                        depth,
                        rounds,
                        ..Boosting::default()
                    })
                })
                .collect(),
        }
    }

    /// The recipe with the least log loss on groups that it was not fitted on, each left out once. Needs two groups
    /// to tell; with fewer it is the first.
    #[must_use]
    pub fn choose(self, groups: &[Group]) -> Option<Recipe> {
        let mut recipes = self.recipes();
        if recipes.len() == 1 || groups.len() < 2 {
            return recipes.into_iter().next();
        }
        let losses: Vec<f64> = recipes
            .iter()
            .map(|recipe| {
                let forecasts: Vec<Forecast> = (0..groups.len())
                    .filter_map(|i| {
                        let model = recipe.fit(&pooled(&others(groups, i))?);
                        Some(model.forecasts(&groups.get(i)?.examples))
                    })
                    .flatten()
                    .collect();
                log_loss(&forecasts)
            })
            .collect();
        let best = (0..losses.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b]))?;
        Some(recipes.swap_remove(best))
    }
}
