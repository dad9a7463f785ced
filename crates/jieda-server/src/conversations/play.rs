//! A stored turn, on the engine of now.

use jieda::{Channel, Conversation, Engine, EngineError, Occasion, Reply, types::Utterance};
use jieda_store::{Event, Turn};

/// Plays one stored turn again, with the words, time, customer and values that are stored; what is answered now, where
/// something is.
///
/// # Errors
/// [`EngineError`] when a stage fails.
pub fn play_again(
    engine: &Engine,
    conversation: &mut Conversation,
    turn: &Turn,
) -> Result<Option<Reply>, EngineError> {
    conversation.customer.clone_from(&turn.customer);
    let occasion = Occasion {
        // A channel that was fit once is fit now.
        channel: turn
            .channel
            .as_deref()
            .and_then(|name| Channel::new(name).ok()),
        ..Occasion::at(turn.at).of(turn.customer.clone())
    };
    Ok(match &turn.event {
        Event::Said { text, variables } => {
            let variables = variables.iter();
            let utterance = Utterance {
                text: text.to_string(),
                variables: variables
                    .map(|(name, value)| (name.clone(), value.to_string()))
                    .collect(),
            };
            Some(conversation.say(engine, &utterance, &occasion)?)
        }
        Event::Rated { rating } => Some(conversation.rate(engine, *rating, &occasion)),
        Event::AgentSaid { text } => {
            conversation.agent_says(text.as_str());
            None
        }
        Event::HandedBack => {
            conversation.hand_back();
            None
        }
    })
}
