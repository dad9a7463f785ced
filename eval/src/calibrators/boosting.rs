//! Gradient-boosted trees for probabilities (Friedman 2001, Ann. Stat. 29, 1189–1232).
//!
//! A few thousand examples with a dozen features need neither histograms nor threads, so this is a page and no
//! dependency.

use super::{
    examples::{Examples, outcome, sigmoid},
    tree::{Shape, Slope, Tree, sorted},
};

/// How to boost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Boosting {
    /// Number of trees.
    pub rounds: usize,
    /// Questions from the root to a leaf, at most.
    pub depth: usize,
    /// Share of every tree's advice that is taken.
    pub shrinkage: f64,
    /// Examples that a leaf must have.
    pub least: usize,
    /// Ridge on the values of leaves.
    pub ridge: f64,
}

/// 100 trees of depth 2, a tenth of each, 30 examples in a leaf.
impl Default for Boosting {
    fn default() -> Self {
        Self {
            rounds: 100,
            depth: 2,
            shrinkage: 0.1,
            least: 30,
            ridge: 1.0,
        }
    }
}

/// Fitted trees.
#[derive(Debug, Clone, PartialEq)]
pub struct BoostedTrees {
    bias: f64,
    shrinkage: f64,
    trees: Vec<Tree>,
}

impl BoostedTrees {
    /// Fits trees to the log loss, each to what the ones before it got wrong.
    #[must_use]
    pub fn fit(examples: &Examples, boosting: &Boosting) -> Self {
        let right: f64 = examples.all().iter().map(outcome).sum();
        // A little of both outcomes, so that the log-odds are finite.
        let bias = ((right + 0.5) / (examples.count() - right + 0.5)).ln();
        let sorted = sorted(examples);
        let shape = Shape {
            depth: boosting.depth,
            least: boosting.least.max(1),
            ridge: boosting.ridge,
        };
        let mut log_odds = vec![bias; examples.all().len()];
        let mut trees = Vec::with_capacity(boosting.rounds);
        for _ in 0..boosting.rounds {
            let slopes: Vec<Slope> = examples
                .all()
                .iter()
                .zip(&log_odds)
                .map(|(example, &z)| {
                    let p = sigmoid(z);
                    Slope {
                        gradient: p - outcome(example),
                        curvature: p * (1.0 - p),
                    }
                })
                .collect();
            let tree = Tree::grow(examples, &slopes, &sorted, &shape);
            for (z, example) in log_odds.iter_mut().zip(examples.all()) {
                *z += boosting.shrinkage * tree.value(&example.features);
            }
            trees.push(tree);
        }
        Self {
            bias,
            shrinkage: boosting.shrinkage,
            trees,
        }
    }

    /// The chance that a candidate with these features is right.
    #[must_use]
    pub fn probability(&self, features: &[f64]) -> f64 {
        let advice: f64 = self.trees.iter().map(|tree| tree.value(features)).sum();
        sigmoid(self.bias + self.shrinkage * advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrators::Example;

    fn examples(rows: impl Iterator<Item = (Vec<f64>, bool)>) -> Examples {
        Examples::new(
            rows.map(|(features, right)| Example { features, right })
                .collect(),
        )
        .unwrap()
    }

    #[test]
    fn learns_what_a_line_can_not() {
        // Right in the middle, wrong on both sides, nine times out of ten.
        let middle = |at: usize| (2..6).contains(&at);
        let rows = (0..800).map(|i| {
            let at = i % 8;
            (vec![at as f64], middle(at) != (i / 8 % 10 == 0))
        });
        let boosting = Boosting {
            rounds: 300,
            ridge: 0.0,
            ..Boosting::default()
        };
        let fit = BoostedTrees::fit(&examples(rows), &boosting);
        for at in 0..8 {
            let p = fit.probability(&[at as f64]);
            let share = if middle(at) { 0.9 } else { 0.1 };
            assert!((p - share).abs() < 0.01, "{at}: {p}");
        }
    }

    #[test]
    fn without_trees_it_is_the_base_rate() {
        let boosting = Boosting {
            rounds: 0,
            ..Boosting::default()
        };
        let fit = BoostedTrees::fit(
            &examples((0..99).map(|i| (vec![f64::from(i)], i < 33))),
            &boosting,
        );
        assert!((fit.probability(&[1.0]) - 33.5 / 100.0).abs() < 1e-12);
    }

    #[test]
    fn one_class_stays_finite() {
        let fit = BoostedTrees::fit(
            &examples((0..99).map(|i| (vec![f64::from(i)], true))),
            &Boosting::default(),
        );
        let p = fit.probability(&[50.0]);
        assert!(p > 0.99 && p < 1.0);
    }
}
