//! One turn: evidence and state in, verdict and next state out.

use jieda_types::{
    Candidate, Candidates, ClarifyOption, Confidence, ConversationState, Decision, HandoffReason,
    IntentPrediction, Segmented,
};
use serde::Serialize;

use crate::{
    Calibrator, Features, Policy, RuleAction,
    clarify::{self, Choice},
};

/// What is known of one turn.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The words.
    pub segmented: &'a Segmented,
    /// What retrieval found.
    pub candidates: &'a Candidates,
    /// Intents of the candidates, weighed by their scores: what the confidence was fitted with.
    pub by_faqs: &'a IntentPrediction,
    /// What the customer may want: knowledge base and conversation alike.
    pub intents: &'a IntentPrediction,
}

/// A decision, and how it came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// What to do.
    pub decision: Decision,
    /// The calibrated probability that the best candidate answers the utterance; 1 for an option
    /// that the customer picked.
    pub confidence: Confidence,
    /// The rule that fired.
    pub rule: String,
    /// What the confidence was computed from.
    pub features: Features,
    /// What to remember for the next turn.
    pub next: ConversationState,
}

/// Decides by a policy and a calibrator.
#[derive(Debug, Clone, PartialEq)]
pub struct Decider {
    policy: Policy,
    calibrator: Calibrator,
}

impl Decider {
    /// Joins policy and calibrator.
    #[must_use]
    pub fn new(policy: Policy, calibrator: Calibrator) -> Self {
        Self { policy, calibrator }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Decides one turn. In order:
    ///
    /// 1. `already_handed_over`: a conversation goes to a human once.
    /// 2. Rules on words that hand over.
    /// 3. `clarify_picked`, `clarify_none`: the answer to an open clarifying question.
    /// 4. Rules on words for small talk.
    /// 5. `no_words`: nothing to search for is a failed match.
    /// 6. `confident`: from the reply threshold on the answer is sent.
    /// 7. Rules on intents: what no FAQ is sure to answer may be small talk, or belong to a human.
    /// 8. `ambiguous`: from the clarify threshold on the customer is asked.
    /// 9. `failed_match`: else he is asked to rephrase.
    ///
    /// Where 3, 5, 8 and 9 give no answer, `repeated_failure` takes over at the failure limit.
    #[must_use]
    pub fn decide(&self, evidence: &Evidence<'_>, state: &ConversationState) -> Verdict {
        let features = Features::of(evidence.segmented, evidence.candidates, evidence.by_faqs);
        let confidence = match evidence.candidates.top() {
            Some(_) => self.calibrator.confidence(&features),
            None => Confidence::ZERO,
        };
        let outcome = self.outcome(evidence, state, confidence);
        Verdict {
            next: next_state(state, &outcome, evidence),
            decision: outcome.decision,
            confidence: outcome.confidence,
            rule: outcome.rule,
            features,
        }
    }

    fn outcome(
        &self,
        evidence: &Evidence<'_>,
        state: &ConversationState,
        confidence: Confidence,
    ) -> Outcome {
        let decided = |rule: &str, decision| Outcome {
            decision,
            confidence,
            rule: rule.to_owned(),
        };
        if let Some(reason) = state.handed_over {
            return decided("already_handed_over", Decision::Handoff { reason });
        }
        let text = &evidence.segmented.normalized;
        let fired = self.policy.rules.iter().find(|rule| rule.fires(text));
        if let Some((rule, RuleAction::Handoff(reason))) = fired.map(|rule| (rule, rule.then)) {
            return decided(&rule.name, Decision::Handoff { reason });
        }
        match clarify::read(text, &state.pending) {
            Choice::Picked(option) => {
                let decision = Decision::AutoReply {
                    faq: option.faq.clone(),
                };
                return Outcome {
                    confidence: Confidence::ONE,
                    ..decided("clarify_picked", decision)
                };
            }
            Choice::NoneOfThese => {
                return self.unmatched(state, decided("clarify_none", Decision::Rephrase));
            }
            Choice::Other => {}
        }
        if let Some((rule, RuleAction::SmallTalk(kind))) = fired.map(|rule| (rule, rule.then)) {
            return decided(&rule.name, Decision::SmallTalk { kind });
        }
        let Some(top) = evidence.candidates.top() else {
            return self.unmatched(state, decided("no_words", Decision::Rephrase));
        };
        if evidence.segmented.has_no_words() {
            return self.unmatched(state, decided("no_words", Decision::Rephrase));
        }
        let thresholds = &self.policy.thresholds;
        if confidence >= thresholds.reply {
            decided(
                "confident",
                Decision::AutoReply {
                    faq: top.faq.clone(),
                },
            )
        } else if let Some(rule) = self
            .policy
            .intents
            .iter()
            .find(|r| r.fires(evidence.intents))
        {
            decided(
                &rule.name,
                match rule.then {
                    RuleAction::Handoff(reason) => Decision::Handoff { reason },
                    RuleAction::SmallTalk(kind) => Decision::SmallTalk { kind },
                },
            )
        } else if confidence >= thresholds.clarify {
            let options = self.options(top, evidence.candidates);
            self.unmatched(state, decided("ambiguous", Decision::Clarify { options }))
        } else {
            self.unmatched(state, decided("failed_match", Decision::Rephrase))
        }
    }

    /// A turn without a match: the conversation goes to a human when it is one too many.
    fn unmatched(&self, state: &ConversationState, otherwise: Outcome) -> Outcome {
        if state.consecutive_failures.saturating_add(1) < self.policy.thresholds.failure_limit {
            return otherwise;
        }
        Outcome {
            decision: Decision::Handoff {
                reason: HandoffReason::RepeatedFailure,
            },
            rule: "repeated_failure".into(),
            ..otherwise
        }
    }

    fn options(&self, top: &Candidate, candidates: &Candidates) -> Vec<ClarifyOption> {
        let thresholds = &self.policy.thresholds;
        candidates
            .ranked
            .iter()
            .take(thresholds.max_options)
            .take_while(|c| top.score.0 - c.score.0 <= thresholds.option_gap)
            .map(|c| ClarifyOption {
                faq: c.faq.clone(),
                question: c.question.clone(),
            })
            .collect()
    }
}

struct Outcome {
    decision: Decision,
    confidence: Confidence,
    rule: String,
}

fn next_state(
    state: &ConversationState,
    outcome: &Outcome,
    evidence: &Evidence<'_>,
) -> ConversationState {
    let mut next = ConversationState {
        turns: state.turns.saturating_add(1),
        ..state.clone()
    };
    match &outcome.decision {
        Decision::AutoReply { faq } => {
            let candidate = evidence.candidates.ranked.iter().find(|c| c.faq == *faq);
            next.consecutive_failures = 0;
            next.pending.clear();
            next.last_faq = Some(faq.clone());
            next.last_intent = candidate.map(|c| c.intent.clone());
            next.last_confidence = Some(outcome.confidence);
        }
        Decision::Clarify { options } => {
            next.consecutive_failures = state.consecutive_failures.saturating_add(1);
            next.pending.clone_from(options);
        }
        Decision::Rephrase => {
            next.consecutive_failures = state.consecutive_failures.saturating_add(1);
            next.pending.clear();
        }
        Decision::Handoff { reason } => {
            if *reason == HandoffReason::RepeatedFailure && state.handed_over.is_none() {
                next.consecutive_failures = state.consecutive_failures.saturating_add(1);
            }
            next.pending.clear();
            next.handed_over = Some(*reason);
        }
        // Counts neither as match nor as failure, and leaves a question open.
        Decision::SmallTalk { .. } => {}
    }
    next
}
