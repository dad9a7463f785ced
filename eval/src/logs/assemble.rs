//! From messages to a conversation.

use jieda::Occasion;
use jieda_types::{Event, Rating};

use super::{
    Recorded, RecordedTurn,
    message::{Message, masked},
    recorded::Transfer,
    values::Role,
};

/// What a conversation is made from.
#[derive(Debug, Default)]
pub(super) struct Assembled {
    pub(super) conversation: Option<Recorded>,
    /// The customer's messages without a word, such as pictures.
    pub(super) blank: usize,
}

/// Makes a conversation of its messages: in the order of time where each has one, else as they stand.
///
/// A rating without words is given at that place. One beside words is the conversation's, as many systems repeat it on
/// every row: it is given once, at the end.
pub(super) fn assemble(id: &str, mut messages: Vec<Message>) -> Assembled {
    if messages.iter().all(|message| message.at.is_some()) {
        messages.sort_by_key(|message| message.at);
    }
    let has_bot = messages.iter().any(|message| message.role == Role::Bot);
    let mut made = Assembled::default();
    let mut turns = Turns {
        with_human: false,
        has_bot,
        turns: Vec::new(),
        transfer: if has_bot {
            Transfer::Never
        } else {
            Transfer::Unknown
        },
    };
    let mut rating_of_all = None;
    for message in messages {
        let blank = message.text.as_str().trim().is_empty();
        match message.role {
            Role::Customer if !blank => {
                rating_of_all = message.rating.or(rating_of_all);
                let text = message.text.clone();
                turns.push(&message, Event::said(text));
            }
            Role::Customer => match message.rating {
                Some(rating) => turns.push(&message, Event::Rated { rating }),
                None => made.blank += 1,
            },
            Role::Agent if blank => {}
            Role::Agent => {
                turns.went_over();
                turns.with_human = has_bot;
                let text = message.text.clone();
                turns.push(&message, Event::AgentSaid { text });
            }
            Role::Bot => {
                if std::mem::take(&mut turns.with_human) {
                    turns.push(&message, Event::HandedBack);
                }
            }
            Role::System => {}
        }
        if message.role != Role::Customer {
            rating_of_all = message.rating.or(rating_of_all);
        }
    }
    turns.rate_at_the_end(rating_of_all);
    made.conversation = Some(Recorded {
        id: masked(id).to_string(),
        turns: turns.turns,
        transfer: turns.transfer,
    })
    .filter(|recorded| recorded.turns.iter().any(RecordedTurn::is_customers));
    made
}

struct Turns {
    /// Since a human spoke, and until a bot does.
    with_human: bool,
    /// Without a bot there is no turn that was not one's to answer: the engine is tried in the human's place.
    has_bot: bool,
    turns: Vec<RecordedTurn>,
    transfer: Transfer,
}

impl Turns {
    /// An agent speaks: the customer's last turn was the one that the bot handed over, if it is the first time.
    fn went_over(&mut self) {
        let customers = self.turns.iter().filter(|turn| turn.is_customers()).count();
        if let (Transfer::Never, Some(last)) = (self.transfer, customers.checked_sub(1)) {
            self.transfer = Transfer::At(last);
        }
    }

    fn push(&mut self, message: &Message, event: Event) {
        let customers = self.turns.iter().filter(|turn| turn.is_customers()).count();
        let is_customers = matches!(event, Event::Said { .. } | Event::Rated { .. });
        self.turns.push(RecordedTurn {
            number: u32::try_from(customers + usize::from(is_customers)).unwrap_or(u32::MAX),
            row: Some(message.row),
            occasion: Occasion {
                at: message.at,
                channel: message.channel.clone(),
                customer: message.customer.clone(),
                // The conversation's own id is taken.
                conversation: None,
            },
            with_human: self.with_human && self.has_bot && is_customers,
            event,
            decided: None,
            expected: message.expected.clone().filter(|_| is_customers),
            before: None,
        });
    }

    fn rate_at_the_end(&mut self, rating: Option<Rating>) {
        let is_rated = |turn: &RecordedTurn| matches!(turn.event, Event::Rated { .. });
        if self.turns.iter().any(is_rated) {
            return;
        }
        let last = self.turns.iter().rev().find(|turn| turn.is_customers());
        if let (Some(rating), Some(last)) = (rating, last) {
            self.turns.push(RecordedTurn {
                number: last.number.saturating_add(1),
                event: Event::Rated { rating },
                occasion: last.occasion.clone(),
                with_human: self.with_human && self.has_bot,
                row: last.row,
                decided: None,
                expected: None,
                before: None,
            });
        }
    }
}
