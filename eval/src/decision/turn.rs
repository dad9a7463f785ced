//! Asking the engine every labelled text, each as the first turn of a conversation.

use std::collections::BTreeMap;

use jieda::{Ahead, Channel, Engine, EngineError, Occasion, Reply};
use jieda_types::{ConversationState, Decision, FaqId, MaskedText, Utterance};

use crate::{
    risk::{Observation, Truth},
    truth::{HandoffQuery, LabelledQuery, UnanswerableQuery},
};

/// Labelled texts of one knowledge base.
#[derive(Debug, Clone, Default)]
pub struct Labelled {
    /// With the FAQ that answers them.
    pub queries: Vec<LabelledQuery>,
    /// That no FAQ answers.
    pub unanswerable: Vec<UnanswerableQuery>,
    /// That must go to a human, and look-alikes.
    pub handoff: Vec<HandoffQuery>,
}

/// What should become of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// This FAQ answers it.
    Answerable {
        /// The FAQ.
        faq: FaqId,
        /// Way of speaking.
        style: String,
    },
    /// No FAQ answers it.
    Unanswerable {
        /// How far off it is.
        kind: String,
    },
    /// A human must take over at once.
    Handoff {
        /// Why.
        reason: String,
    },
    /// It only looks as if a human must.
    NoHandoff,
}

/// What the engine did with a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The text.
    pub text: String,
    /// What should have become of it.
    pub label: Label,
    /// The conversation that it was taken from.
    pub conversation: Option<String>,
    /// The channel that it was asked on, where the label names one.
    pub channel: Option<Channel>,
    /// What was decided.
    pub decision: Decision,
    /// The rule that decided.
    pub rule: String,
    /// When it was asked, if it is a rule on an intent.
    pub ahead: Option<Ahead>,
    /// Confidence of the best candidate.
    pub confidence: f64,
    /// The best candidate.
    pub found: Option<FaqId>,
    /// Where the right FAQ came, 1 for first.
    pub rank: Option<usize>,
}

impl Turn {
    /// Whether it was handed over at once, by a rule or an intent and not for want of an answer.
    #[must_use]
    pub fn is_handed_over(&self) -> bool {
        matches!(&self.decision, Decision::Handoff { reason } if reason.is_by_words())
    }

    /// Whether it got a reply.
    #[must_use]
    pub fn is_replied(&self) -> bool {
        matches!(self.decision, Decision::AutoReply { .. })
    }

    /// Whether thresholds had a say. They had where a rule on an intent fired only because the confidence was too
    /// low for a reply: with a lower threshold the reply would have been sent.
    #[must_use]
    pub fn is_by_confidence(&self) -> bool {
        self.found.is_some() && is_weighed(&self.decision, &self.rule, self.ahead)
    }

    /// As risk control sees it; none for a text that belongs to a human. Where thresholds have no say, the
    /// confidence is below all of them.
    #[must_use]
    pub fn observation(&self) -> Option<Observation> {
        let truth = match self.label {
            Label::Answerable { .. } => Truth::Answerable { rank: self.rank },
            Label::Unanswerable { .. } => Truth::Unanswerable,
            Label::Handoff { .. } | Label::NoHandoff => return None,
        };
        Some(Observation {
            confidence: if self.is_by_confidence() {
                self.confidence
            } else {
                f64::NAN
            },
            truth,
            cluster: self.conversation.clone(),
        })
    }
}

/// Asks everything, now. Every variable of every answer has a value, as if the caller knew them all: what is missing in
/// practice is the caller's business. `progress` is told (done, all).
///
/// # Errors
/// [`EngineError`] when a text is empty or too long, or a stage fails.
pub fn ask(
    engine: &Engine,
    labelled: &Labelled,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Turn>, EngineError> {
    let all = labelled.len();
    let mut turns = Vec::with_capacity(all);
    progress(0, all);
    ask_each(engine, labelled, &Occasion::now(), &mut |turn, _| {
        turns.push(turn);
        progress(turns.len(), all);
    })?;
    Ok(turns)
}

/// Asks everything on an occasion, each text on the channel that its label names, and hands over every turn with the
/// whole reply: for whoever needs to know how it came about.
///
/// # Errors
/// As [`ask`].
pub fn ask_each(
    engine: &Engine,
    labelled: &Labelled,
    occasion: &Occasion,
    visit: &mut dyn FnMut(Turn, Reply),
) -> Result<(), EngineError> {
    let variables: BTreeMap<String, String> = every_variable(engine)
        .into_iter()
        .map(|(name, value)| (name, value.to_string()))
        .collect();
    for asked in labelled.asked() {
        let utterance = Utterance {
            text: asked.text.to_owned(),
            variables: variables.clone(),
        };
        let occasion = Occasion {
            channel: asked.channel.clone().or_else(|| occasion.channel.clone()),
            ..occasion.clone()
        };
        let state = ConversationState::default();
        let (reply, _) = engine.answer_on(&utterance, &state, &occasion)?;
        let rank = match &asked.label {
            Label::Answerable { faq, .. } => reply.candidates.rank_of(faq),
            _ => None,
        };
        let turn = Turn {
            text: utterance.text,
            label: asked.label,
            conversation: asked.conversation.cloned(),
            channel: asked.channel,
            decision: reply.decision.clone(),
            ahead: ahead(engine, &reply.trace.rule),
            rule: reply.trace.rule.clone(),
            confidence: reply.confidence.get(),
            found: reply.candidates.top().map(|c| c.faq.clone()),
            rank,
        };
        visit(turn, reply);
    }
    Ok(())
}

/// Whether thresholds had a say in a reply: see [`Turn::is_by_confidence`].
pub(crate) fn is_by_confidence(engine: &Engine, reply: &Reply) -> bool {
    let rule = &reply.trace.rule;
    reply.candidates.top().is_some() && is_weighed(&reply.decision, rule, ahead(engine, rule))
}

fn is_weighed(decision: &Decision, rule: &str, ahead: Option<Ahead>) -> bool {
    let weighed = ahead == Some(Ahead::OfClarifying)
        || matches!(
            decision,
            Decision::AutoReply { .. } | Decision::Clarify { .. } | Decision::Rephrase
        );
    weighed && rule != "no_words"
}

/// When a rule is asked, if it is one on an intent.
fn ahead(engine: &Engine, rule: &str) -> Option<Ahead> {
    let rules = &engine.policy().intents;
    rules.iter().find(|r| r.name == rule).map(|r| r.ahead)
}

struct Asked<'a> {
    text: &'a str,
    label: Label,
    conversation: Option<&'a String>,
    channel: Option<Channel>,
}

impl Labelled {
    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queries.len() + self.unanswerable.len() + self.handoff.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn asked(&self) -> Vec<Asked<'_>> {
        let or_dash = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".into());
        let queries = self.queries.iter().map(|q| Asked {
            text: &q.text,
            label: Label::Answerable {
                faq: q.faq.clone(),
                style: or_dash(&q.style),
            },
            conversation: q.conversation.as_ref(),
            // `read_queries` lets no name through that is none.
            channel: q
                .channel
                .as_deref()
                .and_then(|name| Channel::new(name).ok()),
        });
        let unanswerable = self.unanswerable.iter().map(|q| Asked {
            text: &q.text,
            label: Label::Unanswerable {
                kind: or_dash(&q.kind),
            },
            conversation: q.conversation.as_ref(),
            channel: None,
        });
        let handoff = self.handoff.iter().map(|q| Asked {
            text: &q.text,
            label: match &q.reason {
                Some(reason) => Label::Handoff {
                    reason: reason.clone(),
                },
                None => Label::NoHandoff,
            },
            conversation: None,
            channel: None,
        });
        queries.chain(unanswerable).chain(handoff).collect()
    }
}

/// A value for every variable of every answer, as if the caller knew them all.
pub(crate) fn every_variable(engine: &Engine) -> BTreeMap<String, MaskedText> {
    let faqs = engine.searcher().kb().faqs.iter();
    faqs.flat_map(|faq| faq.answer.variables())
        .map(|name| (name.to_owned(), MaskedText::assume_masked("…")))
        .collect()
}
