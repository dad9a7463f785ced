//! Transcripts: conversations with the decision expected at each turn.

use jieda::Occasion;
use jieda_types::{Event, FaqId};

use super::{Recorded, RecordedTurn, message::masked, recorded::Transfer};
use crate::transcripts::{Act, Transcript, faults, unknown_faqs};

/// The conversation, or all that is wrong with it.
pub(super) fn recorded(
    transcript: Transcript,
    is_known: &dyn Fn(&FaqId) -> bool,
) -> Result<Recorded, Vec<String>> {
    let unknown = unknown_faqs(&transcript, is_known);
    let wrong: Vec<String> = faults(&transcript).chain(unknown).collect();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let occasion = Occasion::whenever().of(transcript.customer);
    let turns = transcript.turns.into_iter().zip(1..);
    let turns = turns.filter_map(|(turn, number)| {
        let event = match (turn.text, turn.satisfaction) {
            (Some(text), _) => Event::said(masked(&text)),
            (None, Some(rating)) => Event::Rated { rating },
            (None, None) => return None,
        };
        Some(RecordedTurn {
            number,
            row: None,
            event,
            occasion: occasion.clone(),
            with_human: turn.expect.decision == Act::Silent,
            decided: None,
            expected: Some(turn.expect),
            before: None,
        })
    });
    Ok(Recorded {
        id: masked(&transcript.id).to_string(),
        turns: turns.collect(),
        transfer: Transfer::Unknown,
    })
}
