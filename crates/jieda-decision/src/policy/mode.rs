//! What happens after a handover, and which values are asked for.

use jieda_types::EntityKind;
use serde::Deserialize;

use super::table::table;

/// What the engine does while a human has the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterHandoff {
    /// Nothing.
    Silent,
    /// It says, each time, that a human is on it.
    Notice,
    /// It goes on answering what it is sure of, until the human is there; else it is silent.
    Answer,
}

table! {
    /// How a handover goes on.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    HandoffMode, GivenHandoffMode {
        /// What the engine does while a human has the conversation.
        after: AfterHandoff,
    }
}

/// A variable of answers that a customer can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedVariable {
    /// Its name in answers, such as `order_id`.
    pub variable: String,
    /// What people call it, such as 订单号.
    pub name: String,
    /// Which kind of thing the customer's words must hold to fill it; the kind of the same name unless
    /// given.
    #[serde(default)]
    pub entity: Option<EntityKind>,
}

impl AskedVariable {
    /// Which kind of thing the customer's words must hold to fill it. A checked policy has one for each.
    #[must_use]
    pub fn kind(&self) -> Option<EntityKind> {
        self.entity
            .or_else(|| EntityKind::from_name(&self.variable))
    }
}
