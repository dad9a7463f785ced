//! Values that a customer mentions: for the variables of answers, and for a ticket.
//!
//! A slot has the name of its [`EntityKind`]: `order_id`, `tracking_no`, `workorder_id`, `case_id`, `policy_no`,
//! `account_no`, `card_tail`, `phone` (masked), `amount` (yuan, as in `59.9`), `date` (ISO 8601), `quantity`,
//! `product`. An answer's variable of that name is filled with it where the caller gives no value, so a value
//! that only the caller knows should have another name: `refund_amount`, not `amount`.

use std::collections::BTreeMap;

use jieda_decision::Policy;
use jieda_text::{Entity, EntityContext, EntityFinder};
use jieda_types::{Awaiting, ConversationState, EntityKind, TicketField};

/// Most values of one kind that a ticket lists; the latest count.
const MOST_OF_A_KIND: usize = 3;

/// What the customer was asked for: a variable of an answer, and what fills it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked<'a> {
    variable: &'a str,
    pub(crate) kind: EntityKind,
}

impl<'a> Asked<'a> {
    /// What a conversation waits for; nothing when that is no value.
    pub(crate) fn of(state: &'a ConversationState, policy: &Policy) -> Option<Self> {
        let Awaiting::Value { variable, .. } = &state.awaiting else {
            return None;
        };
        let kind = policy.asked_variable(variable)?.kind()?;
        Some(Self { variable, kind })
    }
}

/// Values for variables: the last of each kind, and what was asked for under its own name.
pub(crate) fn of(entities: &[Entity], asked: Option<Asked<'_>>) -> BTreeMap<String, String> {
    let mut slots = BTreeMap::new();
    for entity in entities {
        let value = entity.value_or_text();
        slots.insert(entity.kind.as_str().to_owned(), value.to_owned());
        if let Some(asked) = asked.filter(|asked| asked.kind == entity.kind) {
            slots.insert(asked.variable.to_owned(), value.to_owned());
        }
    }
    slots
}

/// What a ticket lists, kind by kind: what the customer's texts hold, as he wrote it, and slots that came
/// by other ways, such as the bare number that he was asked for.
///
/// A history has no dates, so the day that 昨天 meant is taken from the slot: both are the last that was said.
pub(crate) fn fields<'a>(
    finder: &EntityFinder,
    texts: impl Iterator<Item = &'a str>,
    slots: &BTreeMap<String, String>,
) -> Vec<TicketField> {
    let mut found: BTreeMap<EntityKind, Vec<Entity>> = BTreeMap::new();
    for text in texts {
        for entity in finder.find(text, &EntityContext::default()) {
            let of_kind = found.entry(entity.kind).or_default();
            of_kind.retain(|known| known.value_or_text() != entity.value_or_text());
            of_kind.push(entity);
        }
    }
    let mut fields = Vec::new();
    for kind in EntityKind::ALL {
        let entities = found.remove(&kind).unwrap_or_default();
        let slot = slots.get(kind.as_str());
        let mut values = shown(kind, &entities, slot);
        values.drain(..values.len().saturating_sub(MOST_OF_A_KIND));
        fields.extend(values.into_iter().map(|value| TicketField {
            name: kind.as_str().to_owned(),
            value,
        }));
    }
    fields
}

fn shown(kind: EntityKind, entities: &[Entity], slot: Option<&String>) -> Vec<String> {
    let mut values: Vec<String> = entities.iter().map(|e| e.text.clone()).collect();
    let Some(slot) = slot else {
        return values;
    };
    let known = entities.iter().any(|e| e.value_or_text() == slot);
    match (kind, entities.last(), values.last_mut()) {
        _ if known => {}
        (EntityKind::Date, Some(last), Some(shown)) if last.value.is_none() => {
            *shown = format!("{shown}（{slot}）");
        }
        _ => values.push(slot.clone()),
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(text: &str, context: &EntityContext) -> BTreeMap<String, String> {
        of(&EntityFinder::default().find(text, context), None)
    }

    fn check(texts: &[&str], slots: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
        let finder = EntityFinder::default();
        let fields = fields(&finder, texts.iter().copied(), slots);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|f| (f.name.as_str(), f.value.as_str()))
            .collect();
        assert_eq!(fields, expected, "{texts:?}");
    }

    #[test]
    fn a_slot_holds_the_last_of_its_kind() {
        let found = slots(
            "不是订单20261128001，是订单20261128002，退了299元",
            &EntityContext::default(),
        );
        assert_eq!(found["order_id"], "20261128002");
        assert_eq!(found["amount"], "299");
    }

    #[test]
    fn what_was_asked_for_fills_its_variable() {
        let state = ConversationState {
            awaiting: Awaiting::Value {
                faq: jieda_types::FaqId::new("f-1").unwrap(),
                variable: "parcel".into(),
            },
            ..ConversationState::default()
        };
        let policy =
            "[[variables]]\nvariable = \"parcel\"\nname = \"运单号\"\nentity = \"tracking_no\"";
        let policy = Policy::from_toml(policy).unwrap();
        let asked = Asked::of(&state, &policy).unwrap();
        let context = EntityContext {
            asked: Some(asked.kind),
            today: None,
        };
        let found = EntityFinder::default().find("7312345678901", &context);
        assert_eq!(of(&found, Some(asked))["parcel"], "7312345678901");
    }

    #[test]
    fn a_ticket_lists_what_was_said_and_what_was_asked_for() {
        let none = BTreeMap::new();
        let texts = ["订单20261128001", "多扣了299.5元，应该是199元", "是299.5元"];
        let listed = [
            ("order_id", "20261128001"),
            ("amount", "199元"),
            ("amount", "299.5元"),
        ];
        check(&texts, &none, &listed);
        let asked = BTreeMap::from([("order_id".to_owned(), "886321".to_owned())]);
        check(&["886321"], &asked, &[("order_id", "886321")]);
    }

    #[test]
    fn a_relative_day_is_listed_with_its_date() {
        let context = EntityContext {
            today: Some(jiff::civil::date(2026, 11, 29)),
            asked: None,
        };
        let slots = slots("昨天下的单", &context);
        check(
            &["上周三买的", "昨天下的单"],
            &slots,
            &[("date", "上周三"), ("date", "昨天（2026-11-28）")],
        );
    }
}
