//! `qa.toml` as it is written.

use jieda_types::{Confidence, Rating};
use serde::Deserialize;

use super::{
    Qa,
    plan::{Draw, Plan},
    sheet::{AtZero, Item, ItemId, Sheet},
};
use crate::file::{FileError, Problems, read, within};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    sheet: RawSheet,
    plans: Vec<RawPlan>,
    double: RawDouble,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSheet {
    top: i64,
    pass: f64,
    items: Vec<RawItem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    about: String,
    weight: Option<f64>,
    #[serde(default)]
    fatal: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlan {
    #[serde(default)]
    name: String,
    #[serde(default)]
    draw: String,
    share: Option<f64>,
    most: Option<i64>,
    at_most: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDouble {
    share: f64,
}

/// Every whole number of points and plans up to it fits where it is kept.
const MOST_POINTS: i64 = 100;
const MOST_A_DAY: i64 = 100_000;

pub(super) fn read_checked(text: &str) -> Result<Qa, FileError> {
    let (raw, mut problems): (Raw, _) = read(Qa::SHIPPED, text)?;
    let sheet = raw.sheet.checked(&mut problems);
    if raw.plans.is_empty() {
        problems.push("plans", "至少要有一个方案");
    }
    let names = raw.plans.iter().map(|plan| plan.name.trim());
    twice(names, "plans", "name", &mut problems);
    let mut plans = Vec::new();
    for (i, plan) in raw.plans.iter().enumerate() {
        plans.extend(plan.checked(&format!("plans[{i}]"), &mut problems));
    }
    let double = share("double.share", Some(raw.double.share), &mut problems);
    problems.check()?;
    // Whatever is none has its problem.
    Ok(Qa {
        sheet: sheet.unwrap_or(Sheet {
            top: 1,
            pass: 0.0,
            items: Vec::new(),
        }),
        plans,
        double: double.unwrap_or_default(),
    })
}

impl RawSheet {
    fn checked(&self, problems: &mut Problems<'_>) -> Option<Sheet> {
        let top = within("sheet.top", self.top, (1, MOST_POINTS), problems);
        if !(0.0..=100.0).contains(&self.pass) {
            problems.push("sheet.pass", "应为 0 到 100");
        }
        if self.items.is_empty() {
            problems.push("sheet.items", "至少要有一项");
        }
        let ids = self.items.iter().map(|item| item.id.trim());
        twice(ids, "sheet.items", "id", problems);
        let mut items = Vec::new();
        for (i, item) in self.items.iter().enumerate() {
            items.extend(item.checked(&format!("sheet.items[{i}]"), problems));
        }
        Some(Sheet {
            top: top?,
            pass: self.pass,
            items,
        })
    }
}

impl RawItem {
    fn checked(&self, at: &str, problems: &mut Problems<'_>) -> Option<Item> {
        let id = ItemId::new(&self.id).map_err(|_| "是空的");
        let id = problems.take(format!("{at}.id"), id);
        if self.name.trim().is_empty() {
            problems.push(format!("{at}.name"), "是空的");
        }
        let weight = self.weight.filter(|w| w.is_finite() && *w > 0.0);
        let weight = problems.take(format!("{at}.weight"), weight.ok_or("应为大于 0 的数"));
        Some(Item {
            id: id?,
            name: self.name.trim().to_owned(),
            about: self.about.trim().to_owned(),
            weight: weight?,
            at_zero: if self.fatal {
                AtZero::Fails
            } else {
                AtZero::Counts
            },
        })
    }
}

impl RawPlan {
    fn checked(&self, at: &str, problems: &mut Problems<'_>) -> Option<Plan> {
        let key = |name: &str| format!("{at}.{name}");
        if self.name.trim().is_empty() {
            problems.push(key("name"), "是空的");
        }
        let draw = self.draw(&key, problems);
        let share = share(&key("share"), self.share, problems);
        let most = match self.most {
            Some(most) => within(key("most"), most, (1, MOST_A_DAY), problems),
            None => {
                problems.push(key("most"), "没有写每天最多抽几个");
                None
            }
        };
        Some(Plan {
            name: self.name.trim().to_owned(),
            draw: draw?,
            share: share?,
            most: most?,
        })
    }

    fn draw(&self, key: &impl Fn(&str) -> String, problems: &mut Problems<'_>) -> Option<Draw> {
        let bound = |problem: &str| self.at_most.ok_or(problem.to_owned());
        match self.draw.as_str() {
            "low_confidence" => {
                let bound = bound("没有写置信度不高于多少").and_then(|at_most| {
                    Confidence::new(at_most).map_err(|_| "应为 0 到 1".to_owned())
                });
                let most = problems.take(key("at_most"), bound)?;
                Some(Draw::LowConfidence(most))
            }
            "low_rating" => {
                let bound = bound("没有写评分不高于多少").and_then(|at_most| {
                    let whole = (at_most.fract() == 0.0).then_some(at_most as i64);
                    let rating = whole.and_then(|stars| Rating::new(stars).ok());
                    rating.ok_or_else(|| "应为 1 到 5 的整数".to_owned())
                });
                let most = problems.take(key("at_most"), bound)?;
                Some(Draw::LowRating(most))
            }
            name @ ("random" | "handover") => {
                if self.at_most.is_some() {
                    problems.push(key("at_most"), "只用于 low_confidence 和 low_rating");
                }
                Some(if name == "random" {
                    Draw::Random
                } else {
                    Draw::Handover
                })
            }
            other => {
                let problem =
                    format!("没有“{other}”，可以写 random、low_confidence、low_rating、handover");
                problems.push(key("draw"), problem);
                None
            }
        }
    }
}

fn share(key: &str, value: Option<f64>, problems: &mut Problems<'_>) -> Option<f64> {
    let share = value.filter(|share| (0.0..=1.0).contains(share));
    problems.take(key, share.ok_or("应为 0 到 1"))
}

/// Names that are there already.
fn twice<'a>(
    names: impl Iterator<Item = &'a str>,
    list: &str,
    key: &str,
    problems: &mut Problems<'_>,
) {
    let mut seen = std::collections::BTreeSet::new();
    for (i, name) in names.enumerate() {
        if !name.is_empty() && !seen.insert(name) {
            problems.push(format!("{list}[{i}].{key}"), format!("“{name}”写了两次"));
        }
    }
}
