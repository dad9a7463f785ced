//! Figures over the turns that are kept.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use jieda::{
    KnowledgeBase, SignedDuration, Timestamp,
    types::{ConversationState, Decision, FaqId, MaskedText},
};
use jieda_store::{Answer, Event, Filter, FoundTurn, Page, Store as _, Trace};

use super::App;
use crate::{
    problem::Problem,
    wire::{
        CurveBody, CurvePoint, DashboardBody, DayBody, DraftThresholds, LatencyBody,
        SatisfactionBody, TopFaq, rounded,
    },
};

/// Turns that are read for one report; with more, the latest count.
const MOST_TURNS: usize = 20_000;
const PAGE: u32 = 500;
/// Days of which the empty ones are shown as well.
const MOST_DAYS: i32 = 400;
/// FAQs that are named.
const TOP: usize = 20;
/// Steps between the thresholds 0 and 1 of a curve.
const STEPS: u32 = 50;

/// Turns of a time.
#[derive(Debug)]
pub(super) struct Period {
    /// The newest first, without what would make them large: states, traces, handovers.
    pub(super) turns: Vec<FoundTurn>,
    /// Whether there were more.
    pub(super) is_cut: bool,
}

impl App {
    /// The thresholds in force.
    #[must_use]
    pub fn thresholds(&self) -> DraftThresholds {
        DraftThresholds::of(self.engines.hold().policy())
    }

    /// The turns of a time.
    pub(super) async fn turns(
        &self,
        since: Timestamp,
        until: Option<Timestamp>,
    ) -> Result<Period, Problem> {
        // One at a time: each holds many turns.
        let _alone = self.reporting.lock().await;
        let store = self.conversations.store()?;
        let filter = Filter {
            since: Some(since),
            until,
            ..Filter::default()
        };
        let mut page = Page::newest(PAGE);
        let mut turns = Vec::new();
        loop {
            let slice = store.turns(&filter, &page).await?;
            turns.extend(slice.items.into_iter().map(lean));
            match slice.next {
                Some(_) if turns.len() >= MOST_TURNS => {
                    return Ok(Period {
                        turns,
                        is_cut: true,
                    });
                }
                Some(cursor) => page = page.after(cursor),
                None => {
                    return Ok(Period {
                        turns,
                        is_cut: false,
                    });
                }
            }
        }
    }

    /// What happened between two times.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn dashboard(
        self: &Arc<Self>,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<DashboardBody, Problem> {
        let period = self.turns(since, Some(until)).await?;
        let engine = self.engines.hold();
        self.compute(move || report(&period, engine.searcher().kb(), (since, until)))
            .await
    }

    /// What each threshold would have meant in the last days.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn curve(self: &Arc<Self>, days: u32) -> Result<CurveBody, Problem> {
        let period = self.turns(days_ago(days), None).await?;
        let asked = period.turns.iter().filter_map(|found| asked(found));
        let confidences: Vec<f64> = asked.map(|answer| answer.confidence.get()).collect();
        Ok(CurveBody {
            turns: confidences.len(),
            basis: "calibrated_confidence",
            points: points(&confidences),
        })
    }
}

/// Keeps what reports read: nothing of the trace; of the state, the rating.
fn lean(mut found: FoundTurn) -> FoundTurn {
    let turn = &mut found.turn;
    turn.handover = None;
    turn.state = ConversationState {
        rating: turn.state.rating,
        ..ConversationState::default()
    };
    if let Some(answer) = &mut turn.answer {
        answer.trace = Trace::default();
        answer.reply = MaskedText::default();
    }
    found
}

/// The time so many days ago.
pub(super) fn days_ago(days: u32) -> Timestamp {
    let ago = SignedDuration::from_hours(i64::from(days) * 24);
    Timestamp::now().checked_sub(ago).unwrap_or(Timestamp::MIN)
}

/// The answer to a turn that the search had a part in: what a threshold decides about.
fn asked(found: &FoundTurn) -> Option<&Answer> {
    let answer = found.turn.answer.as_ref()?;
    let is_said = matches!(found.turn.event, Event::Said { .. });
    let counts = match &answer.decision {
        Decision::SmallTalk { .. } | Decision::Silent => false,
        Decision::Handoff { reason } => !reason.is_by_words(),
        _ => true,
    };
    (is_said && counts).then_some(answer)
}

fn points(confidences: &[f64]) -> Vec<CurvePoint> {
    let all = confidences.len().max(1) as f64;
    let point = |step: u32| {
        let threshold = f64::from(step) / f64::from(STEPS);
        let answered: Vec<f64> = confidences
            .iter()
            .copied()
            .filter(|&c| c >= threshold)
            .collect();
        let wrong: f64 = answered.iter().map(|c| 1.0 - c).sum();
        CurvePoint {
            threshold: rounded(threshold),
            coverage: rounded(answered.len() as f64 / all),
            risk: rounded(wrong / answered.len().max(1) as f64),
        }
    };
    (0..=STEPS).rev().map(point).collect()
}

fn report(
    period: &Period,
    kb: &KnowledgeBase,
    (since, until): (Timestamp, Timestamp),
) -> DashboardBody {
    let turns = &period.turns;
    let answers = || {
        turns
            .iter()
            .filter_map(|found| Some((found, found.turn.answer.as_ref()?)))
    };
    let mut decisions: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut handoffs: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut faqs: HashMap<&FaqId, usize> = HashMap::new();
    let mut days: BTreeMap<String, DayBody> = BTreeMap::new();
    for (found, answer) in answers() {
        *decisions.entry(answer.decision.name()).or_default() += 1;
        if let Decision::Handoff { reason } = &answer.decision {
            *handoffs.entry(reason.as_str()).or_default() += 1;
        }
        if let Some(faq) = answer.faq() {
            *faqs.entry(faq).or_default() += 1;
        }
        let date = kb.local_time(found.turn.at).date().to_string();
        let day = days.entry(date).or_default();
        day.turns += 1;
        *match &answer.decision {
            Decision::AutoReply { .. } => &mut day.auto_reply,
            Decision::Clarify { .. } => &mut day.clarify,
            Decision::Handoff { .. } => &mut day.handoff,
            _ => &mut day.other,
        } += 1;
    }
    let conversations: HashSet<_> = turns.iter().map(|found| &found.conversation).collect();
    let handed_over: HashSet<_> = answers()
        .filter(|(_, answer)| matches!(answer.decision, Decision::Handoff { .. }))
        .map(|(found, _)| &found.conversation)
        .collect();
    let asked: Vec<&Answer> = turns.iter().filter_map(asked).collect();
    let replied = asked
        .iter()
        .filter(|answer| matches!(answer.decision, Decision::AutoReply { .. }));
    let share = |part: usize, all: usize| rounded(part as f64 / all.max(1) as f64);
    DashboardBody {
        since,
        until,
        conversations: conversations.len(),
        turns: answers().count(),
        coverage: share(replied.count(), asked.len()),
        handoff_rate: share(handed_over.len(), conversations.len()),
        decisions,
        handoffs,
        satisfaction: satisfaction(turns),
        top_faqs: top(faqs, kb),
        latency_ms: latency(
            answers()
                .map(|(_, a)| a.latency.as_secs_f64() * 1e3)
                .collect(),
        ),
        daily: calendar(days, kb, (since, until)),
        truncated: period.is_cut,
    }
}

/// Every day of a time, those without a turn too; of a longer time, those with turns alone.
fn calendar(
    mut days: BTreeMap<String, DayBody>,
    kb: &KnowledgeBase,
    (since, until): (Timestamp, Timestamp),
) -> Vec<DayBody> {
    let (first, last) = (kb.local_time(since).date(), kb.local_time(until).date());
    if (last - first).get_days() <= MOST_DAYS {
        let mut day = first;
        while day <= last {
            days.entry(day.to_string()).or_default();
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
    }
    days.into_iter()
        .map(|(date, day)| DayBody { date, ..day })
        .collect()
}

fn satisfaction(turns: &[FoundTurn]) -> SatisfactionBody {
    let mut counts = [0; 5];
    for found in turns {
        if let Some(rating) = found.turn.rating()
            && let Some(count) = counts.get_mut(usize::from(rating.get()).saturating_sub(1))
        {
            *count += 1;
        }
    }
    let all: usize = counts.iter().sum();
    let sum: usize = counts.iter().enumerate().map(|(i, n)| (i + 1) * n).sum();
    SatisfactionBody {
        counts,
        mean: (all > 0).then(|| rounded(sum as f64 / all as f64)),
    }
}

/// The FAQs with the highest counts.
fn top(counts: HashMap<&FaqId, usize>, kb: &KnowledgeBase) -> Vec<TopFaq> {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let top = counts.into_iter().take(TOP);
    top.map(|(faq, count)| TopFaq {
        faq: faq.to_string(),
        question: kb.faq(faq).map(|f| f.question.clone()).unwrap_or_default(),
        count,
    })
    .collect()
}

fn latency(mut ms: Vec<f64>) -> LatencyBody {
    ms.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let last = ms.len().saturating_sub(1);
        let position = (share * last as f64).round() as usize;
        ms.get(position).copied().map(rounded).unwrap_or_default()
    };
    LatencyBody {
        p50: at(0.5),
        p95: at(0.95),
        p99: at(0.99),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_says_coverage_and_expected_risk() {
        let points = points(&[0.95, 0.85, 0.35, 0.15]);
        let at = |threshold: f64| {
            let point = points
                .iter()
                .find(|p| (p.threshold - threshold).abs() < 1e-9);
            point.map(|p| (p.coverage, p.risk)).unwrap()
        };
        assert_eq!(at(0.8), (0.5, 0.1));
        assert_eq!(at(0.9), (0.25, 0.05));
        assert_eq!(at(1.0), (0.0, 0.0));
        assert_eq!(at(0.0).0, 1.0);
    }

    #[test]
    fn percentiles_are_of_what_is_there() {
        let body = latency((1..=101).map(f64::from).collect());
        assert_eq!((body.p50, body.p95, body.p99), (51.0, 96.0, 100.0));
        assert_eq!(latency(Vec::new()).p99, 0.0);
    }
}
