//! One message, from whatever names its fields have.

use jieda::{Channel, PersonalData, TimeZone, Timestamp};
use jieda_types::{Customer, MaskedText, Rating};

use super::{
    fields::Field,
    values::{self, Role},
};
use crate::transcripts::Expected;

/// One message of a conversation, masked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    /// The line or row that it stands on.
    pub(super) row: usize,
    pub(super) role: Role,
    pub(super) text: MaskedText,
    pub(super) at: Option<Timestamp>,
    pub(super) rating: Option<Rating>,
    pub(super) channel: Option<Channel>,
    pub(super) customer: Customer,
    pub(super) expected: Option<Expected>,
}

/// A field at fault, and what is wrong with it.
pub(super) type Fault = (Field, String);

impl Message {
    /// Reads a message from its fields; `text_of` gives the text of a field, empty where there is none.
    ///
    /// # Errors
    /// Every field at fault.
    pub(super) fn read(
        row: usize,
        timezone: &TimeZone,
        text_of: &dyn Fn(Field) -> String,
    ) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let role_text = text_of(Field::Role);
        let role = if role_text.is_empty() {
            Err("没有写角色".to_owned())
        } else {
            Role::parse(&role_text)
        };
        let role = kept(role, Field::Role, &mut faults).unwrap_or(Role::System);
        let at = match text_of(Field::Time).as_str() {
            "" => None,
            text => kept(values::time(text, timezone), Field::Time, &mut faults),
        };
        let rating = values::rating(&text_of(Field::Rating));
        let rating = kept(rating, Field::Rating, &mut faults).flatten();
        let channel = match text_of(Field::Channel).as_str() {
            "" => None,
            name => {
                let channel = Channel::new(name).map_err(|_| format!("“{name}”不能用作渠道名"));
                kept(channel, Field::Channel, &mut faults)
            }
        };
        let expected = values::expected(
            &text_of(Field::ExpectedDecision),
            &text_of(Field::ExpectedFaq),
            &text_of(Field::ExpectedReason),
        );
        let expected = kept(expected, Field::ExpectedDecision, &mut faults).flatten();
        if !faults.is_empty() {
            return Err(faults);
        }
        let named = |field| Some(text_of(field)).filter(|text| !text.is_empty());
        Ok(Self {
            row,
            role,
            text: masked(&text_of(Field::Text)),
            at,
            rating,
            customer: Customer {
                id: named(Field::Customer).map(|id| masked(&id).to_string()),
                tier: named(Field::Tier),
                channel: channel.as_ref().map(ToString::to_string),
                language: None,
            },
            channel,
            expected,
        })
    }
}

/// A text as it may be kept.
pub(super) fn masked(text: &str) -> MaskedText {
    PersonalData::mask(text).to_masked_text()
}

fn kept<T>(read: Result<T, String>, field: Field, faults: &mut Vec<Fault>) -> Option<T> {
    read.map_err(|message| faults.push((field, message))).ok()
}
