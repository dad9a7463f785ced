//! Calibrators, side by side: features → the chance that the best candidate is right.
//!
//! * [`Recipe::fit`]: one calibrator with given hyper-parameters, on [`Examples`].
//! * [`Family`]: a kind of calibrator and the recipes to choose from; [`Family::choose`] does.
//! * [`compare`]: all families, each judged on groups (industries) that neither the fit nor the choice has seen.

mod boosting;
mod compare;
mod examples;
mod isotonic;
mod logistic;
mod recipe;
mod tree;

pub use boosting::{BoostedTrees, Boosting};
pub use compare::{CompareError, Comparison, FamilyReport, Group, GroupReport, Quality, compare};
pub use examples::{Example, Examples, ExamplesError};
pub use isotonic::Isotonic;
pub use logistic::{Logistic, Weight};
pub use recipe::{Family, Model, Recipe};
