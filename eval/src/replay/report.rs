//! What a replay has to say.

use jieda::Engine;
use serde::Serialize;

use super::{Changes, Course, Figure, Figures, Tally, figures::rounded};
use crate::{
    logs::{Format, LogFacts, Variables},
    stats::{Bootstrap, Clusters, Difference, Interval},
};

/// What a replay has to say. Shares are from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReplayReport {
    /// What kind of log it was.
    pub format: Format,
    /// What led up to each turn.
    pub course: Course,
    /// Which variables of answers had values.
    pub variables: Variables,
    /// How much was in the log.
    pub log: LogFacts,
    /// What was not decided.
    pub passed_over: PassedOver,
    /// What was done then, where the log has it.
    pub recorded: Option<SideReport>,
    /// What the first engine does.
    pub a: SideReport,
    /// What the second does.
    pub b: Option<SideReport>,
    /// Where two of them differ.
    pub comparison: Option<Comparison>,
}

/// Turns of the customer's that were put to no engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PassedOver {
    /// A human had to answer them, and the course was open.
    pub with_human: usize,
    /// No word in them, or too many.
    pub unreadable: usize,
}

/// One side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SideReport {
    /// What decided; none for what was done then.
    pub identity: Option<SideIdentity>,
    /// What it did.
    #[serde(flatten)]
    pub figures: Figures,
}

/// What decided on one side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SideIdentity {
    /// Name of the knowledge base.
    pub name: String,
    /// The release, or what identifies a folder.
    pub knowledge: String,
    /// A hash of all else that decides.
    pub policy: String,
    /// Threshold of replies.
    pub reply: f64,
    /// Threshold of clarifying questions.
    pub clarify: f64,
}

/// Sides by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SideName {
    /// What was done then.
    Recorded,
    /// The first engine.
    A,
    /// The second.
    B,
}

/// Where two sides differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The first side.
    pub from: SideName,
    /// The second.
    pub to: SideName,
    /// Second less first, with intervals over conversations.
    pub figures: Vec<FigureDifference>,
    /// Decisions that change.
    pub changed: Changes,
}

/// How much a figure differs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FigureDifference {
    /// Which.
    pub figure: Figure,
    /// How much, with its interval and p-value: a paired bootstrap that draws whole conversations.
    #[serde(flatten)]
    pub difference: Difference,
}

impl SideIdentity {
    pub(super) fn of(engine: &Engine) -> Self {
        let thresholds = &engine.policy().thresholds;
        let identity = engine.identity();
        Self {
            name: engine.searcher().kb().name.clone(),
            knowledge: identity.knowledge.clone(),
            policy: identity.policy.clone(),
            reply: thresholds.reply.get(),
            clarify: thresholds.clarify.get(),
        }
    }
}

/// The differences of all figures that both sides have. `from` and `to` hold the same conversations in the same order.
pub(super) fn differences(from: &[Tally], to: &[Tally]) -> Vec<FigureDifference> {
    let clusters = Clusters::singles(from.len());
    let bootstrap = Bootstrap::default();
    let figures = Figure::ALL.into_iter().filter_map(|figure| {
        let value =
            |tallies: &[Tally], drawn: &[usize]| figure.over(drawn.iter().map(|&i| &tallies[i]));
        let found = bootstrap.difference(
            &clusters,
            |drawn| value(from, drawn),
            |drawn| value(to, drawn),
        );
        let found = found.filter(|found| !found.difference.is_nan())?;
        Some(FigureDifference {
            figure,
            difference: Difference {
                difference: rounded(found.difference),
                interval: Interval {
                    low: rounded(found.interval.low),
                    high: rounded(found.interval.high),
                    level: found.interval.level,
                },
                p: rounded(found.p),
            },
        })
    });
    figures.collect()
}
