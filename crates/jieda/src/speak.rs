//! Verdicts in words.

use std::collections::BTreeMap;

use jieda_decision::{AfterHandoff, Verdict};
use jieda_knowledge::{Answer, MissingVariables};
use jieda_types::{
    AnswerVariant, Availability, ConversationState, Decision, FaqId, Situation, Utterance,
};

use crate::{Engine, Occasion, serving::Gate};

/// A turn as it was asked.
pub(crate) struct Asked<'a> {
    pub(crate) utterance: &'a Utterance,
    /// Before the turn.
    pub(crate) state: &'a ConversationState,
    pub(crate) occasion: &'a Occasion,
    pub(crate) situation: &'a Situation,
}

/// What the customer reads, and the verdict that it is of.
pub(crate) struct Spoken {
    pub(crate) verdict: Verdict,
    pub(crate) text: String,
    pub(crate) missing_variables: Vec<String>,
    /// Which answer it is or would have been, where several are tried.
    pub(crate) variant: Option<AnswerVariant>,
}

impl Engine {
    /// Puts a verdict into words. An answer of which too little is left without its variables becomes a
    /// question for one, or a handover.
    pub(crate) fn speak(&self, verdict: Verdict, asked: &Asked<'_>) -> Spoken {
        let Decision::AutoReply { faq } = &verdict.decision else {
            let text = self.text(&verdict, asked.state);
            return Spoken {
                verdict,
                text,
                missing_variables: Vec::new(),
                variant: None,
            };
        };
        let (variant, filled) = self.fill(faq, &verdict.next.slots, asked);
        match filled {
            Ok(answer) => Spoken {
                text: self.with_rating_asked(answer.text, &verdict.next),
                missing_variables: answer.missing,
                variant,
                verdict,
            },
            Err(MissingVariables(names)) => {
                let decider = self.decider();
                let verdict = decider.lacking(verdict, &names, asked.state, asked.situation);
                Spoken {
                    text: self.text(&verdict, asked.state),
                    verdict,
                    missing_variables: names,
                    // An answer that lacks a value more often than another is the worse for it: it counts.
                    variant,
                }
            }
        }
    }

    fn text(&self, verdict: &Verdict, before: &ConversationState) -> String {
        let policy = self.policy();
        let texts = &policy.texts;
        match &verdict.decision {
            Decision::Clarify { options } => texts.clarify(options),
            Decision::Rephrase => texts.rephrase.clone(),
            Decision::AskValue { variable, .. } => {
                let name = policy.asked_variable(variable);
                texts.ask_value(name.map_or(variable, |v| &v.name))
            }
            Decision::Handoff { reason } => {
                let availability = verdict.availability.unwrap_or(Availability::Now);
                texts.handoff_when(*reason, availability, &policy.hours.words)
            }
            Decision::SmallTalk { kind } => texts.small_talk(*kind).to_owned(),
            Decision::Silent
                if before.handed_over.is_some() && policy.handoff.after == AfterHandoff::Notice =>
            {
                texts.handed_over.clone()
            }
            Decision::Silent | Decision::AutoReply { .. } => String::new(),
        }
    }

    fn with_rating_asked(&self, answer: String, next: &ConversationState) -> String {
        if next.awaiting == jieda_types::Awaiting::Rating {
            format!("{answer}\n\n{}", self.policy().texts.ask_rating)
        } else {
            answer
        }
    }

    /// Fills an answer: with what the caller supplies, else with what the customer said, else with the
    /// knowledge base's defaults.
    fn fill(
        &self,
        faq: &FaqId,
        slots: &BTreeMap<String, String>,
        asked: &Asked<'_>,
    ) -> (Option<AnswerVariant>, Result<Answer, MissingVariables>) {
        let kb = self.searcher().kb();
        // An option that was offered before may name an FAQ that is gone or over, or that asks something
        // else since the last release: nothing to say then. The state keeps long questions cut.
        let gate = Gate::new(kb, asked.occasion);
        let options = asked.state.awaiting.options();
        let offered = options.iter().find(|option| option.faq == *faq);
        let faq = kb
            .faq(faq)
            .filter(|faq| gate.admits(faq))
            .filter(|faq| offered.is_none_or(|option| faq.question.starts_with(&option.question)));
        let Some(faq) = faq else {
            return (None, Err(MissingVariables(Vec::new())));
        };
        let mut values = slots.clone();
        let given = asked.utterance.variables.iter();
        values.extend(
            given
                .filter(|(_, value)| !value.trim().is_empty())
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        let (answer, variant) = faq.assigned(asked.occasion.conversation.as_deref());
        (variant, answer.fill(&values, &kb.variables))
    }
}
