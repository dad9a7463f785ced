//! What a human gets: the handover package, and help for any turn.

use jieda_decision::Case;
use jieda_types::{
    FaqId, HandoffReason, Handover, HandoverFaq, HandoverIntent, HistoryTurn, IntentId,
    IntentScore, SimilarCase, Speaker, SuggestedFaq, TicketDraft,
};
use serde::Serialize;

use crate::{Cases, Conversation, Engine, EngineError, Occasion, conversation::HandedOver, slots};

/// FAQs and conversations that are shown to the agent.
const SUGGESTED: usize = 3;
/// Intents that are named.
const INTENTS: usize = 3;

/// Help for a human agent, at any turn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assistance {
    /// What the customer may want, likeliest first.
    pub intents: Vec<HandoverIntent>,
    /// The ticket as it would be drafted now.
    pub ticket: TicketDraft,
    /// The skill that fits.
    pub skill: Option<String>,
    /// FAQs that may help, best first.
    pub faqs: Vec<SuggestedFaq>,
    /// Conversations that were solved and are like this one.
    pub similar: Vec<SimilarCase>,
}

impl Engine {
    /// Puts together what a human gets.
    pub(crate) fn handover(
        &self,
        conversation: &Conversation,
        (reason, by): (HandoffReason, &HandedOver),
        cases: Option<&Cases>,
    ) -> Result<Handover, EngineError> {
        let Assistance {
            intents,
            ticket,
            skill,
            faqs,
            similar,
        } = self.help(conversation, reason, cases)?;
        let state = &conversation.state;
        Ok(Handover {
            conversation: conversation.id.clone(),
            customer: conversation.customer.clone(),
            reason,
            rule: by.rule.clone(),
            availability: by.availability,
            intents,
            tried: self.tried(conversation),
            consecutive_failures: state.consecutive_failures,
            satisfaction: state.rating,
            skill,
            ticket,
            history: conversation.history.clone(),
            faqs,
            similar,
        })
    }

    /// Help for an agent who looks at a conversation, handed over or not: similar solved conversations, FAQs,
    /// a drafted ticket.
    ///
    /// # Errors
    /// [`EngineError`] when a stage fails.
    pub fn assist(
        &self,
        conversation: &Conversation,
        cases: Option<&Cases>,
    ) -> Result<Assistance, EngineError> {
        let reason = conversation.state.handed_over;
        let reason = reason.unwrap_or(HandoffReason::HumanRequest);
        self.help(conversation, reason, cases)
    }

    fn help(
        &self,
        conversation: &Conversation,
        reason: HandoffReason,
        cases: Option<&Cases>,
    ) -> Result<Assistance, EngineError> {
        let kb = self.searcher().kb();
        let state = &conversation.state;
        let intents = self.named(&state.intents);
        let said = |turn: &&HistoryTurn| turn.speaker == Speaker::Customer;
        let texts = conversation.history.iter().filter(said);
        let texts = texts.map(|turn| turn.text.as_str());
        let fields = slots::fields(self.entities(), texts, &state.slots);
        let of_knowledge = intents.iter().find(|i| kb.intent(&i.id).is_some());
        let drafted = self.policy().draft(&Case {
            reason,
            customer: &conversation.customer,
            history: &conversation.history,
            intent: of_knowledge.map(|i| i.name.as_str()),
            fields: &fields,
        });
        let about = &drafted.ticket.summary;
        let mut faqs = Vec::new();
        let mut similar = Vec::new();
        if !about.is_empty() {
            let understood = self.searcher().understand(about)?;
            let occasion = Occasion::whenever();
            let found = self
                .searcher()
                .search_on(&understood.query(), &occasion, SUGGESTED)?;
            faqs.extend(found.ranked.iter().filter_map(|c| self.suggested(&c.faq)));
            if let (Some(cases), Some(encoded)) = (cases, &understood.encoded) {
                similar = cases.nearest(&encoded.embedding, conversation.id.as_deref(), SUGGESTED);
            }
        }
        let skill_of = |id: &FaqId| kb.faq(id)?.skill.clone();
        let tried = state.tried.iter().rev().map(|tried| &tried.faq);
        let mut by_faqs = state.last_faq.iter().chain(tried).find_map(skill_of);
        // A search always finds something: it counts where the classifier thinks of the same. Who only asked for a human has
        // named nothing.
        let is_thought_of = |id: &&FaqId| {
            let faq = kb.faq(id);
            faq.is_some_and(|faq| intents.iter().any(|intent| intent.id == faq.intent))
        };
        if by_faqs.is_none() {
            let found = faqs.first().map(|found| &found.id);
            by_faqs = found.filter(is_thought_of).and_then(skill_of);
        }
        Ok(Assistance {
            intents,
            skill: drafted.skill.or(by_faqs),
            ticket: drafted.ticket,
            faqs,
            similar,
        })
    }

    /// What was tried, with the questions; an FAQ that is gone since is left out.
    fn tried(&self, conversation: &Conversation) -> Vec<HandoverFaq> {
        let kb = self.searcher().kb();
        let tried = conversation.state.tried.iter();
        tried
            .filter_map(|tried| {
                Some(HandoverFaq {
                    question: kb.faq(&tried.faq)?.question.clone(),
                    id: tried.faq.clone(),
                    confidence: tried.confidence,
                    outcome: tried.outcome,
                })
            })
            .collect()
    }

    fn suggested(&self, id: &FaqId) -> Option<SuggestedFaq> {
        let faq = self.searcher().kb().faq(id)?;
        Some(SuggestedFaq {
            id: id.clone(),
            question: faq.question.clone(),
            answer: faq.answer.source().to_owned(),
        })
    }

    fn intent_name(&self, id: &IntentId) -> String {
        let known = self.searcher().kb().intent(id);
        known.map_or_else(|| id.to_string(), |intent| intent.name.clone())
    }

    /// The likeliest intents by their names.
    fn named(&self, intents: &[IntentScore]) -> Vec<HandoverIntent> {
        let likeliest = intents.iter().take(INTENTS);
        likeliest
            .map(|score| HandoverIntent {
                name: self.intent_name(&score.id),
                id: score.id.clone(),
                confidence: score.confidence,
            })
            .collect()
    }
}
