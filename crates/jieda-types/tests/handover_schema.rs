//! The handover package as others read it: `docs/handover.schema.json` is what the code says, and whatever
//! the code writes keeps to it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::{fs, path::PathBuf};

use jieda_types::{
    Availability, Confidence, Customer, FaqId, HandoffReason, Handover, HandoverFaq,
    HandoverIntent, HistoryTurn, IntentId, MaskedText, Rating, SimilarCase, Speaker, SuggestedFaq,
    TicketDraft, TicketField, TryOutcome, Urgency,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use schemars::generate::SchemaSettings;
use serde_json::Value;
use support::faults;

fn docs(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(file)
}

fn read(file: &str) -> Value {
    let text = fs::read_to_string(docs(file)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn schema() -> Value {
    read("handover.schema.json")
}

/// `UPDATE_EXPECT=1 cargo test -p jieda-types` writes it anew.
#[test]
fn the_schema_is_what_the_code_says() {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Handover>();
    let schema = schema.to_value();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let text = serde_json::to_string_pretty(&schema).unwrap();
        fs::write(docs("handover.schema.json"), text + "\n").unwrap();
    }
    assert_eq!(
        read("handover.schema.json"),
        schema,
        "UPDATE_EXPECT=1 writes it anew"
    );
}

#[test]
fn the_example_keeps_to_the_schema() {
    let example = read("handover.example.json");
    assert_eq!(faults(&schema(), &example), Vec::<String>::new());
    let package: Handover = serde_json::from_value(example.clone()).unwrap();
    // Through a text: a number of four bytes has more digits as a value.
    let written = serde_json::to_string(&package).unwrap();
    let again: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(again, example);
    assert!(!package.ticket.fields.is_empty() && !package.history.is_empty());
}

#[test]
fn what_is_no_package_is_told() {
    let schema = schema();
    let check = |pointer: &str, value: Value| {
        let mut package = read("handover.example.json");
        *package.pointer_mut(pointer).unwrap() = value;
        assert!(!faults(&schema, &package).is_empty(), "{pointer}");
    };
    check("/reason", "boredom".into());
    check("/ticket/urgency", "urgent".into());
    check("/ticket/fields", Value::Null);
    check("/history/0/speaker", 1.into());
    check("/intents/0/confidence", 1.5.into());
    let mut package = read("handover.example.json");
    package.as_object_mut().unwrap().remove("ticket");
    assert!(!faults(&schema, &package).is_empty());
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z一-龥]{0,8}", any::<String>()]
}

fn faq() -> impl Strategy<Value = FaqId> {
    "[a-z]{1,5}-[0-9]{1,3}".prop_map(|id| FaqId::new(id).unwrap())
}

fn confidence() -> impl Strategy<Value = Confidence> {
    any::<f64>().prop_map(Confidence::saturating)
}

fn customer() -> impl Strategy<Value = Customer> {
    let field = || option::of(text());
    (field(), field(), field(), field()).prop_map(|(id, tier, channel, language)| Customer {
        id,
        tier,
        channel,
        language,
    })
}

fn turn() -> impl Strategy<Value = HistoryTurn> {
    let speaker = select(vec![Speaker::Customer, Speaker::Bot, Speaker::Agent]);
    let turn = (speaker, text(), option::of(text()), option::of(faq()));
    turn.prop_map(|(speaker, text, decision, faq)| HistoryTurn {
        speaker,
        text: MaskedText::assume_masked(text),
        decision,
        faq,
    })
}

fn tried() -> impl Strategy<Value = HandoverFaq> {
    let outcome = select(vec![
        TryOutcome::Replied,
        TryOutcome::RatedLow,
        TryOutcome::Offered,
        TryOutcome::NotChosen,
        TryOutcome::Unsure,
        TryOutcome::LacksValue,
    ]);
    (faq(), text(), confidence(), outcome).prop_map(|(id, question, confidence, outcome)| {
        HandoverFaq {
            id,
            question,
            confidence,
            outcome,
        }
    })
}

fn intent() -> impl Strategy<Value = HandoverIntent> {
    ("[a-z]{1,9}", text(), confidence()).prop_map(|(id, name, confidence)| HandoverIntent {
        id: IntentId::new(id).unwrap(),
        name,
        confidence,
    })
}

fn ticket() -> impl Strategy<Value = TicketDraft> {
    let urgency = select(vec![Urgency::Normal, Urgency::Urgent, Urgency::Critical]);
    let field = (text(), text()).prop_map(|(name, value)| TicketField { name, value });
    (text(), urgency, text(), vec(field, 0..4)).prop_map(|(kind, urgency, summary, fields)| {
        TicketDraft {
            kind,
            urgency,
            summary,
            fields,
        }
    })
}

fn similar() -> impl Strategy<Value = SimilarCase> {
    (text(), text(), text(), -1.0_f32..=1.0).prop_map(
        |(conversation, summary, solution, similarity)| SimilarCase {
            conversation,
            summary,
            solution,
            similarity,
        },
    )
}

fn suggested() -> impl Strategy<Value = SuggestedFaq> {
    (faq(), text(), text()).prop_map(|(id, question, answer)| SuggestedFaq {
        id,
        question,
        answer,
    })
}

fn package() -> impl Strategy<Value = Handover> {
    let by = (
        select(HandoffReason::ALL.to_vec()),
        text(),
        select(vec![Availability::Now, Availability::Callback]),
        any::<u32>(),
        option::of((1_i64..=5).prop_map(|stars| Rating::new(stars).unwrap())),
        option::of(text()),
    );
    let what = (
        vec(intent(), 0..3),
        vec(tried(), 0..3),
        ticket(),
        vec(turn(), 0..4),
        vec(suggested(), 0..3),
        vec(similar(), 0..3),
    );
    (option::of(text()), customer(), by, what).prop_map(|(conversation, customer, by, what)| {
        let (reason, rule, availability, consecutive_failures, satisfaction, skill) = by;
        let (intents, tried, ticket, history, faqs, similar) = what;
        Handover {
            conversation,
            customer,
            reason,
            rule,
            availability,
            intents,
            tried,
            consecutive_failures,
            satisfaction,
            skill,
            ticket,
            history,
            faqs,
            similar,
        }
    })
}

#[test]
fn whatever_is_written_keeps_to_the_schema() {
    let schema = schema();
    proptest!(|(package in package())| {
        let written = serde_json::to_value(&package).unwrap();
        prop_assert_eq!(faults(&schema, &written), Vec::<String>::new());
    });
}
