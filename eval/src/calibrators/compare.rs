//! All families, judged on industries that they have not seen.

use std::fmt::Write as _;

use serde::Serialize;
use thiserror::Error;

use super::{Examples, ExamplesError, Family, Recipe};
use crate::metrics::{Forecast, auc, brier, expected_calibration_error, log_loss};

const BINS: usize = 10;

/// Examples that belong together: an industry.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What was seen there.
    pub examples: Examples,
}

/// How good forecasts are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quality {
    /// Number of forecasts.
    pub n: usize,
    /// Share that came true.
    pub base_rate: f64,
    /// Expected calibration error, 10 bins of equal size.
    pub ece: f64,
    /// Brier score.
    pub brier: f64,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Log loss, in nats.
    pub log_loss: f64,
}

/// A family on one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupReport {
    /// The group that was left out.
    pub group: String,
    /// What was chosen on the others.
    #[serde(skip)]
    pub recipe: Recipe,
    /// How good it is on the one left out.
    pub quality: Quality,
}

/// A family on all groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FamilyReport {
    /// Which.
    pub family: Family,
    /// Over the forecasts of all groups together.
    pub pooled: Quality,
    /// Each group.
    pub groups: Vec<GroupReport>,
}

/// All families.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Comparison {
    /// In the order asked for.
    pub families: Vec<FamilyReport>,
}

/// Why groups can't be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CompareError {
    /// One is left out and another is learned from.
    #[error("it takes at least two groups, not {0}")]
    TooFewGroups(usize),
    /// They don't fit together.
    #[error(transparent)]
    Examples(#[from] ExamplesError),
}

impl Quality {
    /// Of these forecasts.
    #[must_use]
    pub fn of(forecasts: &[Forecast]) -> Self {
        let right = forecasts.iter().filter(|f| f.outcome).count();
        Self {
            n: forecasts.len(),
            base_rate: right as f64 / forecasts.len().max(1) as f64,
            ece: expected_calibration_error(forecasts, BINS),
            brier: brier(forecasts),
            auc: auc(forecasts),
            log_loss: log_loss(forecasts),
        }
    }
}

/// Nested cross-validation over groups: each is left out once, hyper-parameters are chosen among the rest by leaving
/// out one more, the winner is fitted on the whole rest and judged on the group left out. So neither the fit
/// nor the choice knows what it is judged on.
///
/// # Errors
/// [`CompareError`] with fewer than two groups, or when they don't have equally many features.
pub fn compare(groups: &[Group], families: &[Family]) -> Result<Comparison, CompareError> {
    if groups.len() < 2 {
        return Err(CompareError::TooFewGroups(groups.len()));
    }
    // All together must be sound, so that every part is.
    Examples::new(
        groups
            .iter()
            .flat_map(|g| g.examples.all())
            .cloned()
            .collect(),
    )?;
    let families = families
        .iter()
        .map(|&family| {
            let mut all = Vec::new();
            let mut reports = Vec::new();
            for (i, group) in groups.iter().enumerate() {
                let rest = others(groups, i);
                let Some((recipe, examples)) = family.choose(&rest).zip(pooled(&rest)) else {
                    continue;
                };
                let forecasts = recipe.fit(&examples).forecasts(&group.examples);
                reports.push(GroupReport {
                    group: group.name.clone(),
                    recipe,
                    quality: Quality::of(&forecasts),
                });
                all.extend(forecasts);
            }
            FamilyReport {
                family,
                pooled: Quality::of(&all),
                groups: reports,
            }
        })
        .collect();
    Ok(Comparison { families })
}

impl Comparison {
    /// The family with the least pooled log loss; none without families.
    #[must_use]
    pub fn best(&self) -> Option<&FamilyReport> {
        self.families
            .iter()
            .min_by(|a, b| a.pooled.log_loss.total_cmp(&b.pooled.log_loss))
    }

    /// A Markdown table: families, and below each its groups.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut table = String::from(
            "| calibrator | left out | n | right | ECE | Brier | AUC | log loss |\n|---|---|---|---|---|---|---|---|\n",
        );
        for family in &self.families {
            let name = match family.family {
                Family::Platt { feature } => format!("Platt, feature {feature}"),
                Family::Logistic => "logistic".to_owned(),
                Family::Isotonic => "logistic + isotonic".to_owned(),
                Family::Boosted => "boosted trees".to_owned(),
            };
            let groups = family.groups.iter().map(|g| (g.group.as_str(), &g.quality));
            for (group, q) in groups.chain([("pooled", &family.pooled)]) {
                // Writing to a string can't fail.
                let _ = writeln!(
                    table,
                    "| {name} | {group} | {} | {:.3} | {:.3} | {:.4} | {:.3} | {:.4} |",
                    q.n, q.base_rate, q.ece, q.brier, q.auc, q.log_loss
                );
            }
        }
        table
    }
}

/// All groups but one.
pub(super) fn others(groups: &[Group], left_out: usize) -> Vec<Group> {
    let others = groups.iter().enumerate().filter(|(i, _)| *i != left_out);
    others.map(|(_, group)| group.clone()).collect()
}

/// The examples of all groups; none when there are none, or they don't fit together.
pub(super) fn pooled(groups: &[Group]) -> Option<Examples> {
    let all = groups.iter().flat_map(|g| g.examples.all()).cloned();
    Examples::new(all.collect()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrators::Example;

    /// A population whose log-odds are a line of two features and, if it bends, something that no line is.
    fn group(name: &str, seed: u64, bend: f64) -> Group {
        let mut rng = fastrand::Rng::with_seed(seed);
        let examples = (0..500).map(|_| {
            let features: Vec<f64> = (0..3).map(|_| rng.f64() * 4.0 - 2.0).collect();
            let z = features[0] + features[1] * 0.5 + bend * features[1] * features[2];
            Example {
                right: rng.f64() < 1.0 / (1.0 + f64::exp(-z)),
                features,
            }
        });
        Group {
            name: name.to_owned(),
            examples: Examples::new(examples.collect()).unwrap(),
        }
    }

    const FAMILIES: [Family; 4] = [
        Family::Platt { feature: 0 },
        Family::Logistic,
        Family::Isotonic,
        Family::Boosted,
    ];

    fn winner(bend: f64) -> (Family, Comparison) {
        let groups = [
            group("a", 1, bend),
            group("b", 2, bend),
            group("c", 3, bend),
        ];
        let comparison = compare(&groups, &FAMILIES).unwrap();
        (comparison.best().unwrap().family, comparison)
    }

    #[test]
    fn a_line_is_found_by_the_line_and_a_bend_by_trees() {
        let (family, comparison) = winner(0.0);
        assert_eq!(family, Family::Logistic);
        let logistic = &comparison.families[1];
        assert_eq!((logistic.pooled.n, logistic.groups.len()), (1500, 3));
        assert!(logistic.pooled.ece < 0.05 && logistic.pooled.auc > 0.75);
        // One of two features is less than both.
        assert!(comparison.families[0].pooled.auc < logistic.pooled.auc);
        assert_eq!(winner(1.5).0, Family::Boosted);
    }

    #[test]
    fn tables_have_a_line_for_each_group() {
        let groups = [group("a", 1, 0.0), group("b", 2, 0.0)];
        let comparison = compare(&groups, &FAMILIES[..2]).unwrap();
        let table = comparison.to_markdown();
        assert_eq!(table.lines().count(), 2 + 2 * 3);
        assert!(table.contains("| logistic | pooled | 1000 |"), "{table}");
        assert!(
            serde_json::to_string(&comparison)
                .unwrap()
                .contains("log_loss")
        );
    }

    #[test]
    fn what_can_not_be_compared() {
        let one = group("a", 1, 0.0);
        assert_eq!(
            compare(std::slice::from_ref(&one), &FAMILIES),
            Err(CompareError::TooFewGroups(1))
        );
        let narrow = Group {
            name: "b".to_owned(),
            examples: Examples::new(vec![Example {
                features: vec![1.0],
                right: true,
            }])
            .unwrap(),
        };
        assert!(matches!(
            compare(&[one, narrow], &FAMILIES),
            Err(CompareError::Examples(ExamplesError::Width {
                found: 1,
                expected: 3,
                ..
            }))
        ));
    }
}
