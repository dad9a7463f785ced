//! A conversation that is kept: its state, and what was said.

use jieda_types::{
    Availability, ConversationState, Customer, Decision, Event, Handover, HistoryTurn, Rating,
    Speaker, Utterance,
};
use serde::{Deserialize, Serialize};

use crate::{Cases, Engine, EngineError, Occasion, Reply, privacy::masked};

/// Most turns that are kept; older ones are dropped.
const MOST_TURNS: usize = 200;

/// A conversation: state, customer and masked history in one, for a caller that keeps it in memory or in a
/// store. It holds nothing else, so any engine can go on with it.
///
/// ```no_run
/// use jieda::{Conversation, Engine, EngineConfig, Occasion, types::Utterance};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = EngineConfig::shipped()?;
/// let engine = Engine::open(&config, "kb-samples/ecommerce".as_ref(), &mut |_| {})?;
/// let mut conversation = Conversation::new("c-1");
/// let now = Occasion::now();
/// let reply = conversation.say(&engine, &Utterance::new("转人工"), &now)?;
/// println!("{}", reply.text);
/// if let Some(handover) = conversation.handover(&engine, None)? {
///     println!("{} · {}", handover.ticket.kind, handover.ticket.urgency);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Conversation {
    /// The caller's id.
    #[serde(default)]
    pub id: Option<String>,
    /// Who asks.
    #[serde(default)]
    pub customer: Customer,
    /// What is remembered.
    pub state: ConversationState,
    /// What was said, masked; 200 turns at most.
    pub history: Vec<HistoryTurn>,
    /// The rule that handed it over.
    #[serde(default)]
    pub handed_over_by: Option<HandedOver>,
}

/// How a conversation came to a human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// The rule that said so.
    pub rule: String,
    /// Whether someone was there.
    pub availability: Availability,
}

impl Conversation {
    /// A new conversation.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }

    /// Plays what was recorded: each event is put to the engine as it would be today; nothing comes back where a human
    /// spoke. Whoever replays a conversation, from a store or a log, does it by this.
    ///
    /// # Errors
    /// As [`say`](Self::say).
    pub fn play(
        &mut self,
        engine: &Engine,
        event: &Event,
        occasion: &Occasion,
    ) -> Result<Option<Reply>, EngineError> {
        Ok(match event {
            Event::Said { text, variables } => {
                let variables = variables.iter();
                let utterance = Utterance {
                    text: text.to_string(),
                    variables: variables
                        .map(|(name, value)| (name.clone(), value.to_string()))
                        .collect(),
                };
                Some(self.say(engine, &utterance, occasion)?)
            }
            Event::Rated { rating } => Some(self.rate(engine, *rating, occasion)),
            Event::AgentSaid { text } => {
                self.agent_says(text.as_str());
                None
            }
            Event::HandedBack => {
                self.hand_back();
                None
            }
        })
    }

    /// The customer says something.
    ///
    /// # Errors
    /// [`EngineError`] for an utterance that is empty or too long, or when a stage fails; the conversation
    /// is as before.
    pub fn say(
        &mut self,
        engine: &Engine,
        utterance: &Utterance,
        occasion: &Occasion,
    ) -> Result<Reply, EngineError> {
        let occasion = self.occasion(occasion);
        let (reply, next) = engine.answer_on(utterance, &self.state, &occasion)?;
        self.note(HistoryTurn {
            speaker: Speaker::Customer,
            text: reply.said.clone(),
            decision: Some(reply.decision.name().to_owned()),
            faq: reply.faq.clone(),
        });
        self.take(&reply, next);
        Ok(reply)
    }

    /// The customer rates by a button.
    #[must_use]
    pub fn rate(&mut self, engine: &Engine, rating: Rating, occasion: &Occasion) -> Reply {
        let occasion = self.occasion(occasion);
        let (reply, next) = engine.rate(rating, &self.state, &occasion);
        self.take(&reply, next);
        reply
    }

    /// A human agent says something.
    pub fn agent_says(&mut self, text: &str) {
        self.note(HistoryTurn {
            speaker: Speaker::Agent,
            text: masked(text),
            decision: None,
            faq: None,
        });
    }

    /// A human agent gives the conversation back to the engine: what was said stays, failures and open
    /// questions don't.
    pub fn hand_back(&mut self) {
        self.state = jieda_decision::handed_back(&self.state);
        self.handed_over_by = None;
    }

    /// What the human gets; nothing for a conversation that was not handed over.
    ///
    /// # Errors
    /// [`EngineError`] when a stage fails.
    pub fn handover(
        &self,
        engine: &Engine,
        cases: Option<&Cases>,
    ) -> Result<Option<Handover>, EngineError> {
        let (Some(reason), Some(by)) = (self.state.handed_over, &self.handed_over_by) else {
            return Ok(None);
        };
        engine.handover(self, (reason, by), cases).map(Some)
    }

    fn occasion(&self, occasion: &Occasion) -> Occasion {
        let mut occasion = occasion.clone();
        if occasion.customer == Customer::default() {
            occasion.customer = self.customer.clone();
        }
        if occasion.conversation.is_none() {
            occasion.conversation.clone_from(&self.id);
        }
        occasion
    }

    fn take(&mut self, reply: &Reply, next: ConversationState) {
        if !reply.text.is_empty() {
            self.note(HistoryTurn {
                speaker: Speaker::Bot,
                text: reply.kept_text.clone(),
                decision: None,
                faq: reply.faq.clone(),
            });
        }
        if matches!(reply.decision, Decision::Handoff { .. }) {
            self.handed_over_by = Some(HandedOver {
                rule: reply.trace.rule.clone(),
                availability: reply.availability.unwrap_or(Availability::Now),
            });
        }
        self.state = next;
    }

    fn note(&mut self, turn: HistoryTurn) {
        self.history.push(turn);
        if self.history.len() > MOST_TURNS {
            self.history.remove(0);
        }
    }
}
