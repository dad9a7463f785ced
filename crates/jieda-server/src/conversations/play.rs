//! A stored turn, on the engine of now.

use jieda::{Channel, Conversation, Engine, EngineError, Occasion, Reply};
use jieda_store::Turn;

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
    conversation.play(engine, &turn.event, &occasion)
}
