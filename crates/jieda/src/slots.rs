//! Values that a customer mentions: for the variables of answers, and for a ticket.

use std::collections::BTreeMap;

use jieda_types::TicketField;

/// Values for variables, such as `order_id`.
pub(crate) fn of(_text: &str) -> BTreeMap<String, String> {
    BTreeMap::new()
}

/// What a ticket lists, personal data masked.
pub(crate) fn fields<'a>(_texts: impl Iterator<Item = &'a str>) -> Vec<TicketField> {
    Vec::new()
}
