//! What is kept of a turn.

use std::sync::Arc;

use jieda::{
    Identity, PersonalData, Reply,
    types::{MaskedText, Utterance},
};
use jieda_store::{Answer, Event, Trace, Turn};
use serde::Serialize;

use super::{Conversations, Live, Settled, Slot, Weighed};
use crate::wire::{CandidateBody, IntentBody, ReplyContext, TimingsBody, TraceBody};

/// Candidates and intents that are kept.
const KEPT: usize = 3;

/// How an answer came about, as far as it is kept.
#[derive(Serialize)]
struct KeptTrace {
    #[serde(flatten)]
    trace: TraceBody,
    intents: Vec<IntentBody>,
    candidates: Vec<CandidateBody>,
    timings_ms: TimingsBody,
}

/// The customer said something; values that the caller gave are masked as well.
#[must_use]
pub fn said(utterance: &Utterance, reply: &Reply) -> Event {
    let variables = utterance.variables.iter();
    Event::Said {
        text: reply.said.clone(),
        variables: variables
            .map(|(name, value)| (name.clone(), masked(value)))
            .collect(),
    }
}

/// What the engine said, and how that came about.
#[must_use]
pub fn answer_of(reply: &Reply, identity: &Identity, context: &ReplyContext<'_>) -> Answer {
    Answer {
        decision: reply.decision.clone(),
        // The caller's values may stand in it.
        reply: reply.kept_text.clone(),
        confidence: reply.confidence,
        rule: reply.trace.rule.clone(),
        availability: reply.availability,
        variant: reply.variant.clone(),
        release: identity.knowledge.clone(),
        policy: identity.policy.clone(),
        latency: reply.timings.total,
        trace: kept_trace(reply, context),
    }
}

pub(crate) fn masked(text: &str) -> MaskedText {
    PersonalData::mask(text).to_masked_text()
}

fn kept_trace(reply: &Reply, context: &ReplyContext<'_>) -> Trace {
    let intents = reply.intents.ranked.iter().take(KEPT);
    let candidates = reply.candidates.ranked.iter().take(KEPT);
    let kept = KeptTrace {
        trace: TraceBody::of(reply, context.thresholds),
        intents: intents.map(|i| IntentBody::of(i, context.kb)).collect(),
        candidates: candidates.map(CandidateBody::explained).collect(),
        timings_ms: TimingsBody::of(&reply.timings),
    };
    // Its keys are strings: it has a form in JSON.
    Trace::of(&kept).unwrap_or_default()
}

impl Conversations {
    /// Whether a turn goes anywhere: to the store, or to somebody who listens.
    #[must_use]
    pub fn keeps(&self, slot: &Slot) -> bool {
        (self.store.is_some() && slot.is_stored()) || slot.is_heard()
    }

    /// Keeps a turn: those who listen hear of it, and it goes to the store. The receiver hears when it is on the
    /// disk; none when that is not known to happen.
    pub(crate) fn keep(
        &self,
        slot: &Arc<Slot>,
        (live, turn): (&mut Live, Turn),
    ) -> Option<tokio::sync::oneshot::Receiver<Settled>> {
        let writer = self.store.as_ref().map(|stored| &stored.writer);
        let on_disk = slot.keep((live, turn), writer);
        // It has grown: what it takes of the memory is counted anew.
        if slot.is_stored() && !slot.is_overtaken() {
            self.live
                .insert(slot.id().clone(), Weighed::new(Arc::clone(slot)));
        }
        on_disk
    }
}
