//! What is remembered after a turn. Every list has a bound, so that a state stays below 4 kB.

use jieda_types::{
    Awaiting, Confidence, ConversationState, Decision, FaqId, HandoffReason, IntentScore, Rating,
    Topic, TriedFaq, TryOutcome,
};

use crate::{Evidence, Reading};

/// Most FAQs that are remembered as tried.
const MOST_TRIED: usize = 8;
/// Most intents that are remembered, and how likely one must be.
const MOST_INTENTS: usize = 5;
const LEAST_INTENT: f64 = 0.2;
/// Most values, and the longest, in characters.
const MOST_SLOTS: usize = 14;
const LONGEST_SLOT: usize = 40;
/// Longest text of a topic, in characters.
const LONGEST_TOPIC: usize = 80;
/// Longest question of an option, in characters: it is kept to be read back.
const LONGEST_QUESTION: usize = 120;

/// What happened in a turn.
pub(crate) enum Event<'a> {
    /// The customer said something.
    Said {
        evidence: &'a Evidence<'a>,
        confidence: Confidence,
        /// What he said is a rating.
        rating: Option<Rating>,
        /// Nothing matches it.
        failed: bool,
    },
    /// He pressed a button.
    Rated(Rating),
    /// The answer of this FAQ lacks a value; what was said is in the state already.
    Lacking(Option<FaqId>),
}

/// The state after a turn.
pub(crate) fn after(
    state: &ConversationState,
    decision: &Decision,
    confidence: Confidence,
    event: &Event<'_>,
) -> ConversationState {
    let mut next = state.clone();
    if let Event::Rated(rating)
    | Event::Said {
        rating: Some(rating),
        ..
    } = event
    {
        rate(&mut next, *rating, decision);
    }
    if !matches!(event, Event::Rated(_)) {
        next.turns = state.turns.saturating_add(1);
    }
    if let Event::Said { evidence, .. } = event {
        hear(&mut next, evidence);
    }
    if state.handed_over.is_some() {
        return next;
    }
    let failed = matches!(event, Event::Said { failed: true, .. });
    next.clarifications = match decision {
        Decision::Clarify { .. } => state.clarifications.saturating_add(1),
        Decision::SmallTalk { .. } => state.clarifications,
        _ => 0,
    };
    let failures = state.consecutive_failures.saturating_add(u32::from(failed));
    match decision {
        Decision::AutoReply { faq } => {
            settle_options(&mut next, Some(faq));
            tried(&mut next, faq, confidence, TryOutcome::Replied);
            next.consecutive_failures = 0;
            next.replies = state.replies.saturating_add(1);
            next.awaiting = Awaiting::Nothing;
            next.last_faq = Some(faq.clone());
            next.last_confidence = Some(rounded(confidence));
            if let Event::Said { evidence, .. } = event {
                let candidate = evidence.candidates.ranked.iter().find(|c| c.faq == *faq);
                next.last_intent = candidate.map(|c| c.intent.clone());
                // 第二个 and a bare order number answer the engine's question: what was asked before stays the topic.
                let completes = state.awaiting.is_for(faq) && state.topic.is_some();
                let reading = match completes {
                    true => Reading::WithTopic,
                    false => evidence.reading,
                };
                set_topic(&mut next, evidence, reading, Some(faq));
            }
        }
        Decision::Clarify { options } => {
            settle_options(&mut next, None);
            for option in options.iter().rev() {
                tried(&mut next, &option.faq, confidence, TryOutcome::Offered);
            }
            next.consecutive_failures = if failed { failures } else { 0 };
            let mut options = options.clone();
            for option in &mut options {
                truncate(&mut option.question, LONGEST_QUESTION);
            }
            next.awaiting = Awaiting::Choice { options };
            if let Event::Said { evidence, .. } = event {
                set_topic(&mut next, evidence, evidence.reading, None);
            }
        }
        Decision::Rephrase => {
            settle_options(&mut next, None);
            unsure(&mut next, event);
            next.consecutive_failures = failures;
            next.awaiting = Awaiting::Nothing;
        }
        Decision::AskValue { faq, variable } => {
            tried(&mut next, faq, confidence, TryOutcome::LacksValue);
            next.asked_values.push(variable.clone());
            next.awaiting = Awaiting::Value {
                faq: faq.clone(),
                variable: variable.clone(),
            };
        }
        Decision::Handoff { reason } => {
            settle_options(&mut next, None);
            match (reason, event) {
                (HandoffReason::RepeatedFailure, _) => {
                    unsure(&mut next, event);
                    next.consecutive_failures = failures;
                }
                (HandoffReason::MissingVariable, Event::Lacking(Some(faq))) => {
                    tried(&mut next, faq, confidence, TryOutcome::LacksValue);
                }
                _ => {}
            }
            next.awaiting = Awaiting::Nothing;
            next.handed_over = Some(*reason);
        }
        // Counts neither as match nor as failure, and leaves a question open, but for one that it answers.
        Decision::SmallTalk { .. } => {
            if next.awaiting == Awaiting::Rating && next.rating != state.rating {
                next.awaiting = Awaiting::Nothing;
            }
        }
        Decision::Silent => {}
    }
    next
}

/// The state after a human gives a conversation back: what was said stays, failures and open questions
/// don't.
#[must_use]
pub fn handed_back(state: &ConversationState) -> ConversationState {
    ConversationState {
        consecutive_failures: 0,
        clarifications: 0,
        awaiting: Awaiting::Nothing,
        handed_over: None,
        asked_values: Vec::new(),
        ..state.clone()
    }
}

fn rate(next: &mut ConversationState, rating: Rating, decision: &Decision) {
    next.rating = Some(rating);
    if next.awaiting == Awaiting::Rating {
        next.awaiting = Awaiting::Nothing;
    }
    let low = matches!(
        decision,
        Decision::Handoff {
            reason: HandoffReason::LowSatisfaction
        }
    );
    if low
        && let Some(last) = next
            .tried
            .iter_mut()
            .rev()
            .find(|t| t.outcome == TryOutcome::Replied)
    {
        last.outcome = TryOutcome::RatedLow;
    }
}

/// Intents and values of the words.
fn hear(next: &mut ConversationState, evidence: &Evidence<'_>) {
    for score in &evidence.intents.ranked {
        if score.confidence.get() < LEAST_INTENT {
            break;
        }
        remember_intent(&mut next.intents, score);
    }
    next.intents
        .sort_by(|a, b| b.confidence.get().total_cmp(&a.confidence.get()));
    next.intents.truncate(MOST_INTENTS);
    for (name, value) in evidence.slots {
        if next.slots.len() < MOST_SLOTS || next.slots.contains_key(name) {
            let mut value = value.clone();
            truncate(&mut value, LONGEST_SLOT);
            next.slots.insert(name.clone(), value);
        }
    }
}

fn remember_intent(known: &mut Vec<IntentScore>, score: &IntentScore) {
    let confidence = rounded(score.confidence);
    match known.iter_mut().find(|k| k.id == score.id) {
        Some(k) if k.confidence >= confidence => {}
        Some(k) => k.confidence = confidence,
        None => known.push(IntentScore {
            id: score.id.clone(),
            confidence,
        }),
    }
}

/// Four digits: a state that is written and read again is the same to the last bit, and short.
fn rounded(confidence: Confidence) -> Confidence {
    Confidence::saturating((confidence.get() * 1e4).round() / 1e4)
}

/// A follow-up goes on with the topic; anything else opens one.
fn set_topic(
    next: &mut ConversationState,
    evidence: &Evidence<'_>,
    reading: Reading,
    faq: Option<&FaqId>,
) {
    let faq = faq.cloned();
    match (&mut next.topic, reading) {
        (Some(topic), Reading::WithTopic) => topic.faq = faq.or(topic.faq.take()),
        _ => {
            let mut text = evidence.segmented.normalized.clone();
            truncate(&mut text, LONGEST_TOPIC);
            next.topic = Some(Topic { text, faq });
        }
    }
}

/// An open question is over: what was offered and not chosen is known now.
fn settle_options(next: &mut ConversationState, chosen: Option<&FaqId>) {
    next.tried
        .retain(|t| t.outcome != TryOutcome::Offered || Some(&t.faq) != chosen);
    for t in &mut next.tried {
        if t.outcome == TryOutcome::Offered {
            t.outcome = TryOutcome::NotChosen;
        }
    }
}

fn unsure(next: &mut ConversationState, event: &Event<'_>) {
    if let Event::Said {
        evidence,
        confidence,
        ..
    } = event
        && let Some(top) = evidence.candidates.top()
    {
        tried(next, &top.faq, *confidence, TryOutcome::Unsure);
    }
}

fn tried(next: &mut ConversationState, faq: &FaqId, confidence: Confidence, outcome: TryOutcome) {
    next.tried.push(TriedFaq {
        faq: faq.clone(),
        confidence: rounded(confidence),
        outcome,
    });
    if next.tried.len() > MOST_TRIED {
        next.tried.remove(0);
    }
}

fn truncate(text: &mut String, chars: usize) {
    if let Some((at, _)) = text.char_indices().nth(chars) {
        text.truncate(at);
    }
}
