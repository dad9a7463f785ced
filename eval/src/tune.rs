//! Thresholds for one knowledge base, with a promise: what `jieda tune` finds.

use serde::Serialize;

use crate::{
    calibrators::Quality,
    decision::{Turn, forecasts},
    risk::{
        Choice, Grid, Observation, Outlook, Promise, Redraws, Refusal, RiskCoverage, Tallies,
        clarify::{self, Band},
        cost::{self, Costs, PriceList, Thresholds},
    },
};

/// What is wanted of thresholds.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// The bound on wrong replies.
    pub promise: Promise,
    /// When a clarifying question pays.
    pub clarify: clarify::Rule,
    /// What things cost, when that is known.
    pub costs: Option<Costs>,
    /// How often the sample is cut in halves to see whether the promise is kept.
    pub redraws: usize,
}

/// What a sample can carry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TuneReport {
    /// Labelled queries.
    pub queries: usize,
    /// Of these, queries that an FAQ answers.
    pub answerable: usize,
    /// Conversations that several of them come from; 0 when none says so.
    pub conversations: usize,
    /// The promise that was wanted.
    pub promise: Promise,
    /// The reply threshold, when the sample carries the promise.
    pub choice: Option<Choice>,
    /// Why it does not, and what it would take.
    pub refusal: Option<Refusal>,
    /// From where on a clarifying question pays; none when it pays nowhere.
    pub clarify: Option<Band>,
    /// The thresholds that cost least.
    pub costs: Option<PriceList>,
    /// What more labels would buy.
    pub outlook: Vec<Outlook>,
    /// Whether the promise is kept when one half is tuned on and the other tested on.
    pub redraws: Redraws,
    /// How true the confidence is on this sample.
    pub calibration: Quality,
    /// Every threshold.
    pub curve: RiskCoverage,
}

impl TuneReport {
    /// Chooses thresholds from what the engine did with a sample. The thresholds that it worked with don't matter.
    #[must_use]
    pub fn of(turns: &[Turn], tuning: &Tuning) -> Self {
        let observations: Vec<Observation> = turns.iter().filter_map(Turn::observation).collect();
        let tallies = Tallies::of(&observations, &Grid::default());
        let chosen = tallies.choose(tuning.promise);
        let reply = chosen.as_ref().ok().map(|choice| choice.threshold);
        // To a hundredth: it promises nothing, and people read it.
        let clarify =
            clarify::choose(&observations, reply.unwrap_or(1.0), &tuning.clarify).map(|band| {
                Band {
                    threshold: (band.threshold * 100.0).floor() / 100.0,
                    ..band
                }
            });
        let tuned = reply.map(|reply| Thresholds {
            reply,
            clarify: clarify.as_ref().map(|band| band.threshold),
        });
        let conversations: std::collections::HashSet<&str> = observations
            .iter()
            .filter_map(|o| o.cluster.as_deref())
            .collect();
        Self {
            queries: tallies.queries,
            answerable: tallies.answerable,
            conversations: conversations.len(),
            promise: tuning.promise,
            choice: chosen.ok(),
            refusal: chosen.err(),
            clarify,
            costs: tuning
                .costs
                .map(|costs| cost::price(&observations, &costs, tuned)),
            outlook: tallies.outlook(tuning.promise),
            redraws: Redraws::of(&observations, tuning.promise, tuning.redraws),
            calibration: Quality::of(&forecasts(&observations)),
            curve: RiskCoverage::of(&observations),
        }
    }
}
