//! One regression tree of gradient boosting.

use super::examples::Examples;

/// How a tree may grow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Questions from the root to a leaf, at most.
    pub(super) depth: usize,
    /// Examples that a leaf must have.
    pub(super) least: usize,
    /// Ridge on the values of leaves.
    pub(super) ridge: f64,
}

/// First and second derivative of the loss, for one example.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slope {
    pub(super) gradient: f64,
    pub(super) curvature: f64,
}

/// A node: a leaf, or a question with two nodes below it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree {
    Leaf(f64),
    Split {
        feature: usize,
        /// Smaller values go to the left.
        at: f64,
        below: Box<[Tree; 2]>,
    },
}

impl Tree {
    /// Grows a tree that lowers the loss, by Newton's method in every leaf (Chen & Guestrin 2016, arXiv
    /// 1603.02754, without their approximations: all places to split at are tried).
    ///
    /// `sorted` holds the positions of the examples for each feature, by rising value.
    pub(super) fn grow(
        examples: &Examples,
        slopes: &[Slope],
        sorted: &[Vec<usize>],
        shape: &Shape,
    ) -> Self {
        let total = Sums::of(sorted.first().map_or(&[], Vec::as_slice), slopes);
        let best = if shape.depth == 0 {
            None
        } else {
            best_split(examples, slopes, sorted, shape, total)
        };
        let Some(split) = best else {
            return Self::Leaf(total.value(shape.ridge));
        };
        let goes_left = |&i: &usize| value(examples, i, split.feature) < split.at;
        let (left, right): (Vec<_>, Vec<_>) = sorted
            .iter()
            .map(|order| order.iter().partition::<Vec<usize>, _>(|i| goes_left(i)))
            .unzip();
        let shape = Shape {
            depth: shape.depth - 1,
            ..*shape
        };
        Self::Split {
            feature: split.feature,
            at: split.at,
            below: Box::new([
                Self::grow(examples, slopes, &left, &shape),
                Self::grow(examples, slopes, &right, &shape),
            ]),
        }
    }

    /// What the leaf says that these features lead to. A missing feature goes to the right.
    pub(super) fn value(&self, features: &[f64]) -> f64 {
        match self {
            Self::Leaf(value) => *value,
            Self::Split { feature, at, below } => {
                let [left, right] = below.as_ref();
                if features.get(*feature).is_some_and(|x| x < at) {
                    left.value(features)
                } else {
                    right.value(features)
                }
            }
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Sums {
    count: usize,
    gradient: f64,
    curvature: f64,
}

impl Sums {
    fn of(positions: &[usize], slopes: &[Slope]) -> Self {
        let mut sums = Self::default();
        for &i in positions {
            // Invariant: one slope for each example.
            sums.add(slopes[i]);
        }
        sums
    }

    fn add(&mut self, slope: Slope) {
        self.count += 1;
        self.gradient += slope.gradient;
        self.curvature += slope.curvature;
    }

    fn without(self, other: Self) -> Self {
        Self {
            count: self.count - other.count,
            gradient: self.gradient - other.gradient,
            curvature: self.curvature - other.curvature,
        }
    }

    /// The value of a leaf: one step of Newton's.
    fn value(self, ridge: f64) -> f64 {
        -self.gradient / (self.curvature + ridge).max(f64::MIN_POSITIVE)
    }

    /// Twice by how much a leaf lowers the loss.
    fn gain(self, ridge: f64) -> f64 {
        self.gradient.powi(2) / (self.curvature + ridge).max(f64::MIN_POSITIVE)
    }
}

struct Split {
    feature: usize,
    at: f64,
}

fn best_split(
    examples: &Examples,
    slopes: &[Slope],
    sorted: &[Vec<usize>],
    shape: &Shape,
    total: Sums,
) -> Option<Split> {
    // A split must be worth more than rounding.
    let mut best = (total.gain(shape.ridge) + 1e-9, None);
    for (feature, order) in sorted.iter().enumerate() {
        let mut left = Sums::default();
        for pair in order.windows(2) {
            let &[here, next] = pair else { continue };
            left.add(slopes[here]);
            let (x, y) = (
                value(examples, here, feature),
                value(examples, next, feature),
            );
            let right = total.without(left);
            if x == y || left.count < shape.least || right.count < shape.least {
                continue;
            }
            let gain = left.gain(shape.ridge) + right.gain(shape.ridge);
            if gain > best.0 {
                // Half way; for neighbouring numbers that may round down to x, which would go to the right.
                let middle = f64::midpoint(x, y);
                let at = if middle > x { middle } else { y };
                best = (gain, Some(Split { feature, at }));
            }
        }
    }
    best.1
}

/// Invariant: positions and features come from the examples themselves, which are equally wide.
fn value(examples: &Examples, position: usize, feature: usize) -> f64 {
    examples.all()[position].features[feature]
}

/// For each feature the positions of the examples, by rising value.
pub(super) fn sorted(examples: &Examples) -> Vec<Vec<usize>> {
    (0..examples.width())
        .map(|feature| {
            let mut order: Vec<usize> = (0..examples.all().len()).collect();
            order.sort_by(|&a, &b| {
                value(examples, a, feature).total_cmp(&value(examples, b, feature))
            });
            order
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrators::Example;

    /// Squared loss: the gradient is minus the target, the curvature 1.
    fn grow(rows: &[([f64; 2], f64)], shape: Shape) -> Tree {
        let examples = rows.iter().map(|(features, _)| Example {
            features: features.to_vec(),
            right: true,
        });
        let examples = Examples::new(examples.collect()).unwrap();
        let slopes: Vec<Slope> = rows
            .iter()
            .map(|(_, target)| Slope {
                gradient: -target,
                curvature: 1.0,
            })
            .collect();
        Tree::grow(&examples, &slopes, &sorted(&examples), &shape)
    }

    const ROWS: [([f64; 2], f64); 4] = [
        ([0.0, 5.0], 1.0),
        ([1.0, 5.0], 1.0),
        ([2.0, 5.0], 3.0),
        ([3.0, 6.0], 9.0),
    ];

    #[test]
    fn trees_by_hand() {
        let shape = Shape {
            depth: 1,
            least: 1,
            ridge: 0.0,
        };
        // The best cut is before the 9: means 5/3 and 9; both features could make it, the first does.
        let tree = grow(&ROWS, shape);
        assert_eq!(tree.value(&[2.4, 6.0]), 5.0 / 3.0);
        assert_eq!(tree.value(&[2.5, 5.0]), 9.0);
        // With two to a leaf: {1, 1} and {3, 9}, with ridge 2.
        let tree = grow(
            &ROWS,
            Shape {
                least: 2,
                ridge: 2.0,
                ..shape
            },
        );
        assert_eq!(tree.value(&[0.0, 5.0]), 0.5);
        assert_eq!(tree.value(&[9.0, 5.0]), 3.0);
        // Deep enough to tell all three targets apart.
        let tree = grow(&ROWS, Shape { depth: 2, ..shape });
        assert_eq!(tree.value(&[1.0, 5.0]), 1.0);
        assert_eq!(tree.value(&[2.0, 5.0]), 3.0);
    }

    #[test]
    fn nothing_to_split() {
        let shape = Shape {
            depth: 3,
            least: 1,
            ridge: 0.0,
        };
        assert_eq!(
            grow(&[([1.0, 1.0], 2.0), ([1.0, 1.0], 4.0)], shape),
            Tree::Leaf(3.0)
        );
        assert_eq!(
            grow(&[([1.0, 1.0], 2.0), ([2.0, 1.0], 2.0)], shape),
            Tree::Leaf(2.0)
        );
    }
}
