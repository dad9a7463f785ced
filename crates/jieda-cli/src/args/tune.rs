//! Arguments of `jieda tune` and `jieda eval decision`.

use std::path::{Path, PathBuf};

use clap::Args;
use jieda::{Faults, KnowledgeBase};
use jieda_eval::{
    decision::Labelled,
    risk::{Promise, clarify, cost},
    truth::{self, Split},
};

pub(crate) const HELP: &str = "\
Example:
  jieda tune --kb my-kb --queries labelled.jsonl --unanswerable none.jsonl --max-wrong-rate 2%

The reply threshold is the lowest at which, with --confidence, at most --max-wrong-rate of the automatic
replies are wrong on traffic like the sample: so the sample must be one, drawn from what customers write,
with the queries that no FAQ answers among them (--unanswerable). A \"conversation\" in a line keeps turns of
one conversation together. What the sample can't carry is refused (exit code 1), with the number of labels
that it would take.
Thresholds are written into the policy of the knowledge base (policy.toml in its folder), unless the
configuration names another; every command decides by them from then on. What changes later may break the promise:
jieda kb publish --queries checks it again before it publishes.";

/// Labelled texts.
#[derive(Debug, Args)]
pub(crate) struct LabelArgs {
    /// Labelled queries: one {"text","faq"} a line, with "style", "split" and "conversation" where known
    #[arg(long, value_name = "FILE")]
    pub(crate) queries: PathBuf,
    /// Queries that no FAQ answers: one {"text"} a line, with "kind" where known
    #[arg(long, value_name = "FILE")]
    pub(crate) unanswerable: Option<PathBuf>,
    /// Only the lines of this split: train or test
    #[arg(long)]
    pub(crate) split: Option<Split>,
}

/// Labelled texts on which a promise is checked, if there are any.
#[derive(Debug, Args)]
pub(crate) struct RecheckArgs {
    /// Check the promise of the policy (see jieda tune) on labelled queries: one {"text","faq"} a line
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    /// With --queries: queries that no FAQ answers, one {"text"} a line
    #[arg(long, value_name = "FILE", requires = "queries")]
    unanswerable: Option<PathBuf>,
    /// With --queries: only the lines of this split, train or test
    #[arg(long, requires = "queries")]
    split: Option<Split>,
}

impl RecheckArgs {
    /// The files that were named.
    pub(crate) fn labels(&self) -> Option<LabelArgs> {
        Some(LabelArgs {
            queries: self.queries.clone()?,
            unanswerable: self.unanswerable.clone(),
            split: self.split,
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct EvalDecisionArgs {
    #[command(flatten)]
    pub(crate) labels: LabelArgs,
    /// Texts that belong to a human, and look-alikes: one {"text","reason"} a line, reason null for a look-alike
    #[arg(long, value_name = "FILE")]
    pub(crate) handoff: Option<PathBuf>,
    /// Write what was decided for each text to this file (tab-separated)
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: Option<PathBuf>,
    /// Draw reliability.svg and risk-coverage.svg into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) charts: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct TuneArgs {
    #[command(flatten)]
    pub(crate) labels: LabelArgs,
    /// At most this share of automatic replies may be wrong, such as 0.02 or 2%
    #[arg(long, value_name = "SHARE", default_value = "2%", value_parser = share)]
    pub(crate) max_wrong_rate: f64,
    /// How sure that must be, such as 0.95 or 95%
    #[arg(long, value_name = "SHARE", default_value = "95%", value_parser = share)]
    pub(crate) confidence: f64,
    /// A clarifying question pays where at least this share of them offers the right FAQ
    #[arg(long, value_name = "SHARE", default_value = "50%", value_parser = share)]
    pub(crate) clarify_share: f64,
    /// What a wrong reply costs, in any unit: shows the cheapest thresholds
    #[arg(long, value_name = "COST", requires = "cost_handover", value_parser = cost)]
    pub(crate) cost_wrong: Option<f64>,
    /// What a query costs that a human answers
    #[arg(long, value_name = "COST", requires = "cost_wrong", value_parser = cost)]
    pub(crate) cost_handover: Option<f64>,
    /// What a clarifying question costs, besides the handover when it does not help
    #[arg(long, value_name = "COST", requires = "cost_wrong", value_parser = cost)]
    pub(crate) cost_clarify: Option<f64>,
    /// Cut the sample in halves so many times, tune on one and test on the other, and tell how often the promise
    /// was kept
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=10000))]
    pub(crate) redraws: u16,
    /// Policy file to write into, instead of the one in force
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Show what would be chosen, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Draw reliability.svg and risk-coverage.svg into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) charts: Option<PathBuf>,
}

impl LabelArgs {
    /// Reads the files; faults of all of them are told at once.
    pub(crate) fn read(
        &self,
        kb: &KnowledgeBase,
        handoff: Option<&Path>,
    ) -> anyhow::Result<Labelled> {
        let labelled = self.rows(kb, handoff)?;
        self.check(&labelled)?;
        Ok(labelled)
    }

    /// The lines that are wanted; there may be none.
    pub(crate) fn rows(
        &self,
        kb: &KnowledgeBase,
        handoff: Option<&Path>,
    ) -> Result<Labelled, Faults> {
        let queries = truth::read_queries(&self.queries, kb);
        let unanswerable = read_if_given(self.unanswerable.as_deref(), truth::read_unanswerable);
        let handoff = read_if_given(handoff, truth::read_handoff);
        let mut labelled = match (queries, unanswerable, handoff) {
            (Ok(queries), Ok(unanswerable), Ok(handoff)) => Labelled {
                queries,
                unanswerable,
                handoff,
            },
            (queries, unanswerable, handoff) => {
                let faults = [queries.err(), unanswerable.err(), handoff.err()];
                let errors = faults.into_iter().flatten().flat_map(|f| f.errors);
                return Err(Faults {
                    errors: errors.collect(),
                    warnings: Vec::new(),
                });
            }
        };
        if let Some(wanted) = self.split {
            labelled.queries.retain(|q| q.split == Some(wanted));
            labelled.unanswerable.retain(|q| q.split == Some(wanted));
            labelled.handoff.retain(|q| q.split == Some(wanted));
        }
        Ok(labelled)
    }

    /// Without a query there is nothing to measure.
    pub(crate) fn check(&self, labelled: &Labelled) -> anyhow::Result<()> {
        let file = self.queries.display();
        anyhow::ensure!(
            !labelled.queries.is_empty(),
            "{file} 里没有可用的查询{}",
            if self.split.is_some() {
                "（--split 之后）"
            } else {
                ""
            }
        );
        Ok(())
    }
}

pub(crate) fn read_if_given<T>(
    path: Option<&Path>,
    read: impl Fn(&Path) -> Result<Vec<T>, Faults>,
) -> Result<Vec<T>, Faults> {
    path.map_or_else(|| Ok(Vec::new()), read)
}

impl TuneArgs {
    pub(crate) fn promise(&self) -> anyhow::Result<Promise> {
        Ok(Promise::new(self.max_wrong_rate, self.confidence)?)
    }

    pub(crate) fn clarify(&self) -> clarify::Rule {
        clarify::Rule {
            share: self.clarify_share,
            ..clarify::Rule::default()
        }
    }

    pub(crate) fn costs(&self) -> Option<cost::Costs> {
        let options = clarify::Rule::default().options;
        Some(cost::Costs {
            wrong: self.cost_wrong?,
            handover: self.cost_handover?,
            clarify: self
                .cost_clarify
                .map(|cost| cost::Question { cost, options }),
        })
    }
}

/// 0.02 or 2%.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse().map(|value: f64| value / 100.0),
        None => text.parse(),
    };
    match number {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("expected a share, such as 0.02 or 2%".into()),
    }
}

pub(crate) fn cost(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..f64::INFINITY).contains(&value) => Ok(value),
        _ => Err("expected a number from 0 up".into()),
    }
}
