//! Whether the promise of a policy still holds for what is about to be published.

use std::{io::Write as _, path::Path};

use jieda::{
    Engine, EngineError, KnowledgeBase, POLICY_FILE, Tuned,
    release::{PromiseCheck, PromiseOutcome, ReleaseMeta},
};
use jieda_eval::{
    decision::{Labelled, Turn, ask},
    risk::{Observation, Promise, Recheck},
};

use crate::{
    args::tune::RecheckArgs,
    commands::{
        eval::decision::percent,
        tune::{knowledge_name, round},
    },
    paint::{WARN, paint},
    progress::Bar,
};

/// What becomes of a release that breaks the promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// It is not published.
    Refused,
    /// It is, and that is recorded.
    Overridden,
}

impl Broken {
    pub(super) fn of(force: bool) -> Self {
        if force {
            Self::Overridden
        } else {
            Self::Refused
        }
    }
}

/// Reads the labels that were named.
pub(super) fn labels(args: &RecheckArgs, kb: &KnowledgeBase) -> anyhow::Result<Option<Labelled>> {
    let labels = args.labels();
    labels.map(|labels| labels.read(kb, None)).transpose()
}

/// Puts the labels to an engine. None when its policy promises nothing; that is told.
pub(super) fn check(
    engine: &Engine,
    labelled: &Labelled,
    broken: Broken,
) -> Result<Option<PromiseCheck>, EngineError> {
    let Some(tuned) = &engine.policy().tuned else {
        warn("策略里没有承诺（没有用 jieda tune 定过阈值），标注没有可复核的内容");
        return Ok(None);
    };
    let promise =
        Promise::new(tuned.max_wrong_rate, tuned.confidence).map_err(|e| EngineError::Config {
            path: Path::new(POLICY_FILE).to_owned(),
            message: format!("[tuned] {e}"),
        })?;
    let mut bar = Bar::new("正在复核承诺");
    let turns = ask(engine, labelled, &mut |done, all| bar.update(done, all))?;
    drop(bar);
    let observations: Vec<Observation> = turns.iter().filter_map(Turn::observation).collect();
    let threshold = engine.policy().thresholds.reply.get();
    let found = Recheck::of(&observations, threshold, promise);
    Ok(Some(PromiseCheck {
        outcome: match (found.is_kept(), broken) {
            (true, _) => PromiseOutcome::Kept,
            (false, Broken::Refused) => PromiseOutcome::Broken,
            (false, Broken::Overridden) => PromiseOutcome::Overridden,
        },
        max_wrong_rate: promise.max_wrong_rate(),
        confidence: promise.confidence(),
        reply_threshold: threshold,
        queries: found.queries,
        unanswerable: found.queries - found.answerable,
        replies: found.replies,
        wrong: found.wrong,
        wrong_rate: round(found.wrong_rate),
        wrong_rate_bound: round(found.upper_bound),
    }))
}

/// What was found, in one line.
pub(super) fn described(check: &PromiseCheck) -> String {
    let outcome = match check.outcome {
        PromiseOutcome::Kept => "仍然成立",
        PromiseOutcome::Broken => "没有守住",
        PromiseOutcome::Overridden => "没有守住，被强制发布",
    };
    format!(
        "承诺（答错不超过 {}，把握 {}）{outcome}：{}",
        percent(check.max_wrong_rate),
        percent(check.confidence),
        figures(check)
    )
}

fn figures(check: &PromiseCheck) -> String {
    format!(
        "{} 条标注查询里自动回复 {} 条，答错 {} 条，{}，上限 {}（回复阈值 {}）",
        check.queries,
        check.replies,
        check.wrong,
        percent(check.wrong_rate),
        percent(check.wrong_rate_bound),
        check.reply_threshold
    )
}

/// Why a release is not published, and what can be done.
pub(super) fn refusal(check: &PromiseCheck) -> String {
    format!(
        "没有发布：{}。{}，或用 --force 照样发布并记录在案",
        described(check),
        remedies(check)
    )
}

/// The same of the release that answers already.
pub(super) fn refusal_of_current(check: &PromiseCheck) -> String {
    format!(
        "正在使用的版本就是这样，但{}。{}",
        described(check),
        remedies(check)
    )
}

fn remedies(check: &PromiseCheck) -> String {
    format!(
        "可以重新定阈值（jieda tune --kb 知识库目录 --queries 文件 --max-wrong-rate {}），改进知识库，\
         或补充标注（自动回复太少时，上限必然高）",
        percent(check.max_wrong_rate)
    )
}

/// A mark in the list of releases.
pub(super) fn mark(about: &ReleaseMeta) -> Option<&'static str> {
    match about.promise.as_ref()?.outcome {
        PromiseOutcome::Kept => None,
        PromiseOutcome::Broken => Some("（承诺没有守住）"),
        PromiseOutcome::Overridden => Some("（承诺没有守住，强制发布）"),
    }
}

/// Says that a promise goes out which nobody has checked on this knowledge base.
pub(super) fn warn_unchecked(tuned: &Tuned, about: &ReleaseMeta) {
    let since = if tuned.knowledge == knowledge_name(&about.name, &about.content_hash) {
        "知识库的内容此后没有变"
    } else {
        "知识库的内容此后变了"
    };
    let encoder = about.encoder.as_ref().map(ToString::to_string);
    let model = if encoder.as_deref() == Some(&tuned.encoder) {
        ""
    } else {
        "，模型也换了"
    };
    warn(&format!(
        "策略承诺答错不超过 {}（把握 {}），是 {} 在“{}”上定的，{since}{model}；这次没有复核，\
         承诺是否仍然成立无人知道。用 --queries 标注文件 [--unanswerable 文件] 复核",
        percent(tuned.max_wrong_rate),
        percent(tuned.confidence),
        tuned.date,
        tuned.knowledge
    ));
}

fn warn(message: &str) {
    // Nothing is left to do when standard error is closed.
    let _ = writeln!(anstream::stderr(), "{}：{message}", paint(WARN, "提醒"));
}
