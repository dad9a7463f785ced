//! One turn: evidence and state in, verdict and next state out.

use std::collections::BTreeMap;

use jieda_types::{
    Availability, Awaiting, Candidate, Candidates, ClarifyOption, Confidence, ConversationState,
    Decision, HandoffReason, IntentPrediction, Rating, Segmented, Situation, SmallTalk,
};
use serde::Serialize;

use crate::{
    Ahead, Calibrator, Features, Policy, RuleAction,
    clarify::{self, Choice},
    next::{self, Event},
    policy::AfterHandoff,
    rating,
    words::Phrases,
};

/// How an utterance was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// By itself.
    #[default]
    Alone,
    /// As a follow-up, with what the conversation is about.
    WithTopic,
    /// By its words alone, since it could not be encoded or its vector could not be searched.
    ByWords,
}

/// The confidence in a text that was read [by its words](Reading::ByWords) alone, where all of them are in the best FAQ:
/// enough to ask whether that is meant, and never enough to send its answer.
const ALL_WORDS_COVERED: f64 = 0.5;

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
    /// How the words were read when retrieval was asked.
    pub reading: Reading,
    /// Values for variables of answers that stand in the words, such as an order number.
    pub slots: &'a BTreeMap<String, String>,
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
    /// Whether a human is there, for a handover.
    pub availability: Option<Availability>,
    /// What to remember for the next turn.
    pub next: ConversationState,
}

/// Decides by a policy and a calibrator.
#[derive(Debug, Clone, PartialEq)]
pub struct Decider {
    policy: Policy,
    calibrator: Calibrator,
    /// For follow-ups.
    with_topic: Calibrator,
}

impl Decider {
    /// Joins policy and calibrator; follow-ups are judged by the same one.
    #[must_use]
    pub fn new(policy: Policy, calibrator: Calibrator) -> Self {
        Self {
            policy,
            with_topic: calibrator.clone(),
            calibrator,
        }
    }

    /// The same with a calibrator of its own for follow-ups ([`Reading::WithTopic`]).
    #[must_use]
    pub fn with_follow_ups(self, with_topic: Calibrator) -> Self {
        Self { with_topic, ..self }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The calibrated probability that the best of the candidates is right.
    #[must_use]
    pub fn confidence(&self, evidence: &Evidence<'_>) -> Confidence {
        let calibrator = match evidence.reading {
            Reading::Alone => &self.calibrator,
            Reading::WithTopic => &self.with_topic,
            Reading::ByWords => return self.by_words(evidence),
        };
        match evidence.candidates.top() {
            Some(_) => calibrator.confidence(&features(evidence)),
            None => Confidence::ZERO,
        }
    }

    /// No calibrator knows a text without a vector. One that says just what an FAQ asks is that question; any other is
    /// below the reply threshold, whatever that is.
    fn by_words(&self, evidence: &Evidence<'_>) -> Confidence {
        let Some(top) = evidence.candidates.top() else {
            return Confidence::ZERO;
        };
        if top.matched == evidence.segmented.normalized {
            return Confidence::ONE;
        }
        let share = f64::from(evidence.candidates.covered) * ALL_WORDS_COVERED;
        Confidence::saturating(share.min(self.policy.thresholds.reply.get() / 2.0))
    }

    /// Decides one turn. In order:
    ///
    /// 1. `with_human`: a conversation goes to a human once. The policy says whether the engine goes on.
    /// 2. Rules on words that hand over, then rules on intents that go ahead of a reply.
    /// 3. `rated`, `low_satisfaction`: the words are a rating.
    /// 4. `value_given`: the value that an answer needed.
    /// 5. `clarify_picked`, `clarify_none`: the answer to an open clarifying question.
    /// 6. Rules on words for small talk.
    /// 7. `no_words`: nothing to search for is a failed match.
    /// 8. `confident`: from the reply threshold on the answer is sent.
    /// 9. Rules on intents: what no FAQ is sure to answer may be small talk, or belong to a human.
    /// 10. `likely`, `ambiguous`: from the clarify threshold on the customer is asked. It is a match where the
    ///     question is likely among the options, and the customer was not asked too often in a row.
    /// 11. `failed_match`: else he is asked to rephrase.
    ///
    /// Where 5, 7, 10 and 11 give no answer, `repeated_failure` takes over at the failure limit, and
    /// `value_not_given` when a value had been asked for.
    #[must_use]
    pub fn decide(
        &self,
        evidence: &Evidence<'_>,
        state: &ConversationState,
        situation: &Situation,
    ) -> Verdict {
        let confidence = self.confidence(evidence);
        let turn = Turn {
            decider: self,
            evidence,
            state,
            situation,
            confidence,
            phrases: Phrases::new(&evidence.segmented.normalized),
        };
        let outcome = turn.outcome();
        let event = Event::Said {
            evidence,
            confidence,
            rating: outcome.rating,
            failed: outcome.failed,
        };
        self.verdict(outcome, state, situation, &event)
    }

    /// Takes a rating that was given by a button and not in words: at or below the policy's limit it leads
    /// to a human.
    #[must_use]
    pub fn rate(
        &self,
        rating: Rating,
        state: &ConversationState,
        situation: &Situation,
    ) -> Verdict {
        let outcome = if state.handed_over.is_some() {
            Outcome::new("with_human", Decision::Silent)
        } else {
            self.rated(rating)
        };
        self.verdict(outcome, state, situation, &Event::Rated(rating))
    }

    /// An answer was decided on, but lacks values: asks for the first that a customer can be asked for and
    /// was not asked for before, else hands over.
    #[must_use]
    pub fn lacking(
        &self,
        verdict: Verdict,
        missing: &[String],
        before: &ConversationState,
        situation: &Situation,
    ) -> Verdict {
        let Decision::AutoReply { faq } = &verdict.decision else {
            return verdict;
        };
        if before.handed_over.is_some() {
            let outcome = Outcome {
                confidence: verdict.confidence,
                ..Outcome::new("with_human", Decision::Silent)
            };
            return Verdict {
                features: verdict.features,
                ..self.verdict(outcome, before, situation, &Event::Lacking(None))
            };
        }
        let askable = missing.iter().find(|name| {
            self.policy.asked_variable(name).is_some() && !before.asked_values.contains(name)
        });
        let (rule, decision) = match askable {
            Some(variable) => (
                "value_missing",
                Decision::AskValue {
                    faq: faq.clone(),
                    variable: variable.clone(),
                },
            ),
            None => {
                let reason = HandoffReason::MissingVariable;
                ("missing_variable", Decision::Handoff { reason })
            }
        };
        let outcome = Outcome {
            confidence: verdict.confidence,
            ..Outcome::new(rule, decision)
        };
        // What the turn itself taught stays: intents, slots, the count of turns.
        let heard = ConversationState {
            turns: before.turns,
            consecutive_failures: before.consecutive_failures,
            replies: before.replies,
            last_faq: before.last_faq.clone(),
            last_intent: before.last_intent.clone(),
            last_confidence: before.last_confidence,
            tried: before.tried.clone(),
            ..verdict.next
        };
        Verdict {
            features: verdict.features,
            ..self.verdict(
                outcome,
                &heard,
                situation,
                &Event::Lacking(Some(faq.clone())),
            )
        }
    }

    fn rated(&self, rating: Rating) -> Outcome {
        let outcome = if rating <= self.policy.satisfaction.handoff_at {
            let reason = HandoffReason::LowSatisfaction;
            Outcome::new("low_satisfaction", Decision::Handoff { reason })
        } else {
            let kind = SmallTalk::Rated;
            Outcome::new("rated", Decision::SmallTalk { kind })
        };
        Outcome {
            rating: Some(rating),
            ..outcome
        }
    }

    fn verdict(
        &self,
        outcome: Outcome,
        state: &ConversationState,
        situation: &Situation,
        event: &Event<'_>,
    ) -> Verdict {
        let availability = match &outcome.decision {
            Decision::Handoff { reason } => {
                let hours = &self.policy.hours;
                Some(hours.availability(*reason, situation.time.as_ref()))
            }
            _ => None,
        };
        let mut next = next::after(state, &outcome.decision, outcome.confidence, event);
        if matches!(outcome.decision, Decision::AutoReply { .. })
            && next.handed_over.is_none()
            && self.policy.asks_rating_after(next.replies)
        {
            next.awaiting = Awaiting::Rating;
        }
        Verdict {
            next,
            decision: outcome.decision,
            confidence: outcome.confidence,
            rule: outcome.rule,
            availability,
            features: match event {
                Event::Said { evidence, .. } => features(evidence),
                Event::Rated(_) | Event::Lacking(_) => Features::default(),
            },
        }
    }
}

fn features(evidence: &Evidence<'_>) -> Features {
    Features::of(evidence.segmented, evidence.candidates, evidence.by_faqs)
}

struct Outcome {
    decision: Decision,
    /// Whether it is a failed match.
    failed: bool,
    confidence: Confidence,
    rule: String,
    rating: Option<Rating>,
}

impl Outcome {
    fn new(rule: &str, decision: Decision) -> Self {
        Self {
            decision,
            failed: false,
            confidence: Confidence::ZERO,
            rule: rule.to_owned(),
            rating: None,
        }
    }
}

/// One turn that is being decided.
struct Turn<'a> {
    decider: &'a Decider,
    evidence: &'a Evidence<'a>,
    state: &'a ConversationState,
    situation: &'a Situation,
    confidence: Confidence,
    phrases: Phrases,
}

impl Turn<'_> {
    fn outcome(&self) -> Outcome {
        let policy = &self.decider.policy;
        if self.state.handed_over.is_some() {
            return self.with_human();
        }
        let fired = policy.rules.iter().find(|rule| rule.fires(&self.phrases));
        if let Some((rule, RuleAction::Handoff(reason))) = fired.map(|rule| (rule, rule.then)) {
            return self.decided(&rule.name, Decision::Handoff { reason });
        }
        if let Some(outcome) = self.by_intent(Ahead::OfReply) {
            return outcome;
        }
        if let Some(rating) = rating::read(&self.phrases, self.state, &policy.satisfaction) {
            return Outcome {
                confidence: self.confidence,
                ..self.decider.rated(rating)
            };
        }
        if let Awaiting::Value { faq, variable } = &self.state.awaiting
            && self.evidence.slots.contains_key(variable)
        {
            let faq = faq.clone();
            return Outcome {
                confidence: Confidence::ONE,
                ..self.decided("value_given", Decision::AutoReply { faq })
            };
        }
        match clarify::read(&self.phrases, self.state.awaiting.options()) {
            Choice::Picked(option) => {
                let faq = option.faq.clone();
                return Outcome {
                    confidence: Confidence::ONE,
                    ..self.decided("clarify_picked", Decision::AutoReply { faq })
                };
            }
            Choice::NoneOfThese => return self.unmatched("clarify_none", Decision::Rephrase),
            Choice::Other => {}
        }
        if let Some((rule, RuleAction::SmallTalk(kind))) = fired.map(|rule| (rule, rule.then)) {
            return self.decided(&rule.name, Decision::SmallTalk { kind });
        }
        self.by_confidence()
    }

    fn by_confidence(&self) -> Outcome {
        let thresholds = &self.decider.policy.thresholds;
        let top = self.evidence.candidates.top();
        let Some(top) = top.filter(|_| !self.evidence.segmented.has_no_words()) else {
            return self.unmatched("no_words", Decision::Rephrase);
        };
        if self.confidence >= thresholds.reply {
            let faq = top.faq.clone();
            return self.decided("confident", Decision::AutoReply { faq });
        }
        if let Some(outcome) = self.by_intent(Ahead::OfClarifying) {
            return outcome;
        }
        if self.confidence >= thresholds.clarify {
            let options = self.options(top);
            let few = self.state.clarifications < thresholds.clarify_limit;
            if few && self.confidence >= thresholds.matched {
                return self.decided("likely", Decision::Clarify { options });
            }
            return self.unmatched("ambiguous", Decision::Clarify { options });
        }
        self.unmatched("failed_match", Decision::Rephrase)
    }

    /// A human has the conversation.
    fn with_human(&self) -> Outcome {
        let policy = &self.decider.policy;
        let sure = self.confidence >= policy.thresholds.reply;
        match self.evidence.candidates.top() {
            Some(top) if sure && policy.handoff.after == AfterHandoff::Answer => {
                let faq = top.faq.clone();
                self.decided("confident_with_human", Decision::AutoReply { faq })
            }
            _ => self.decided("with_human", Decision::Silent),
        }
    }

    fn by_intent(&self, ahead: Ahead) -> Option<Outcome> {
        let rules = self.decider.policy.intents.iter();
        let rule = rules
            .filter(|rule| rule.ahead == ahead)
            .find(|rule| rule.fires(self.evidence.intents))?;
        let decision = match rule.then {
            RuleAction::Handoff(reason) => Decision::Handoff { reason },
            RuleAction::SmallTalk(kind) => Decision::SmallTalk { kind },
        };
        Some(self.decided(&rule.name, decision))
    }

    fn decided(&self, rule: &str, decision: Decision) -> Outcome {
        Outcome {
            confidence: self.confidence,
            ..Outcome::new(rule, decision)
        }
    }

    /// A turn without a match: the conversation goes to a human when it is one too many, or when an
    /// answer had needed a value that the customer does not give.
    fn unmatched(&self, rule: &str, otherwise: Decision) -> Outcome {
        if matches!(self.state.awaiting, Awaiting::Value { .. }) {
            let reason = HandoffReason::MissingVariable;
            return self.decided("value_not_given", Decision::Handoff { reason });
        }
        let limit = self.decider.policy.failure_limit(&self.situation.customer);
        let (rule, decision) = if self.state.consecutive_failures.saturating_add(1) < limit {
            (rule, otherwise)
        } else {
            let reason = HandoffReason::RepeatedFailure;
            ("repeated_failure", Decision::Handoff { reason })
        };
        Outcome {
            failed: true,
            ..self.decided(rule, decision)
        }
    }

    fn options(&self, top: &Candidate) -> Vec<ClarifyOption> {
        let thresholds = &self.decider.policy.thresholds;
        let Candidates { ranked, .. } = self.evidence.candidates;
        ranked
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
