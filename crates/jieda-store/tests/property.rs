//! Whatever is written through the writer, in whatever order, is read back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{collections::BTreeMap, time::Duration};

use jieda_store::{
    Answer, ConversationLog, Event, Filter, Order, SqliteStore, Trace, Turn, TurnNumber, Write,
    Writer, WriterOptions, conformance::samples, export,
};
use jieda_types::{
    AnswerVariant, Availability, ClarifyOption, Confidence, ConversationState, Customer, Decision,
    FaqId, HandoffReason, IntentId, IntentScore, MaskedText, Rating, SmallTalk, VariantLabel,
};
use jiff::Timestamp;
use proptest::{collection, option, prelude::*, sample::select};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[一-龥a-z0-9，。？ ]{0,40}"]
}

fn masked() -> impl Strategy<Value = MaskedText> {
    text().prop_map(MaskedText::assume_masked)
}

fn faq() -> impl Strategy<Value = FaqId> {
    "[a-z一-龥]{1,8}".prop_map(|id| FaqId::new(id).unwrap())
}

fn confidence() -> impl Strategy<Value = Confidence> {
    (0.0..=1.0f64).prop_map(Confidence::saturating)
}

fn reason() -> impl Strategy<Value = HandoffReason> {
    select(HandoffReason::ALL.to_vec())
}

fn rating() -> impl Strategy<Value = Rating> {
    (1..=5i64).prop_map(|stars| Rating::new(stars).unwrap())
}

fn decision() -> impl Strategy<Value = Decision> {
    let option = (faq(), text()).prop_map(|(faq, question)| ClarifyOption { faq, question });
    prop_oneof![
        faq().prop_map(|faq| Decision::AutoReply { faq }),
        collection::vec(option, 0..3).prop_map(|options| Decision::Clarify { options }),
        Just(Decision::Rephrase),
        (faq(), text()).prop_map(|(faq, variable)| Decision::AskValue { faq, variable }),
        reason().prop_map(|reason| Decision::Handoff { reason }),
        Just(Decision::SmallTalk {
            kind: SmallTalk::Thanks
        }),
        Just(Decision::Silent),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let variables = collection::btree_map("[a-z_]{1,6}", masked(), 0..3);
    prop_oneof![
        (masked(), variables).prop_map(|(text, variables)| Event::Said { text, variables }),
        rating().prop_map(|rating| Event::Rated { rating }),
        masked().prop_map(|text| Event::AgentSaid { text }),
        Just(Event::HandedBack),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let numbers = (confidence(), 0..u64::from(u32::MAX));
    let texts = (masked(), text(), text(), text());
    let availability = option::of(select(vec![Availability::Now, Availability::Callback]));
    let trace = collection::vec((text(), any::<i64>()), 0..3);
    let given = (availability, variant());
    (decision(), numbers, texts, given, trace).prop_map(
        |(decision, (confidence, micros), (reply, rule, release, policy), given, trace)| {
            let (availability, variant) = given;
            Answer {
                decision,
                reply,
                confidence,
                rule,
                availability,
                variant,
                release,
                policy,
                latency: Duration::from_micros(micros),
                trace: Trace::of(&serde_json::json!({ "steps": trace })).unwrap(),
            }
        },
    )
}

fn variant() -> impl Strategy<Value = Option<AnswerVariant>> {
    let made =
        (0..VariantLabel::MOST, "[0-9a-f]{16}").prop_map(|(label, experiment)| AnswerVariant {
            faq: FaqId::new("ec-001").unwrap(),
            experiment,
            label: VariantLabel::nth(label).unwrap(),
        });
    option::of(made)
}

fn state() -> impl Strategy<Value = ConversationState> {
    let intent = ("[a-z]{1,5}", confidence()).prop_map(|(id, confidence)| IntentScore {
        id: IntentId::new(id).unwrap(),
        confidence,
    });
    let slots = collection::btree_map("[a-z]{1,5}", text(), 0..3);
    let parts = (
        option::of(faq()),
        option::of(confidence()),
        option::of(rating()),
    );
    let intents = collection::vec(intent, 0..4);
    (any::<u32>(), parts, intents, slots, option::of(reason())).prop_map(
        |(turns, (last_faq, last_confidence, rating), intents, slots, handed_over)| {
            ConversationState {
                turns,
                last_faq,
                last_confidence,
                rating,
                intents,
                slots,
                handed_over,
                ..ConversationState::default()
            }
        },
    )
}

fn turn() -> impl Strategy<Value = Turn> {
    let field = || option::of(text());
    let customer = (field(), field(), field(), field());
    let customer = customer.prop_map(|(id, tier, channel, language)| Customer {
        id,
        tier,
        channel,
        language,
    });
    let at = 0..4_000_000_000_000_000i64;
    let who = (at, customer, option::of(text()));
    (who, event(), option::of(answer()), state(), any::<u8>()).prop_map(
        |((at, customer, channel), event, answer, state, handover)| Turn {
            number: TurnNumber::MIN,
            at: Timestamp::from_microsecond(at).unwrap(),
            customer,
            channel,
            event,
            answer,
            state,
            request: (handover > 200).then(|| format!("r-{handover}")),
            handover: (handover < 40).then(samples::package),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(turns in collection::vec((0..6u8, turn()), 0..60)) {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let file = dir.path().join("s.db");
        let store = runtime.block_on(SqliteStore::open_or_create(&file)).unwrap();
        let writer = Writer::start(store.clone(), &WriterOptions::default()).unwrap();
        let mut written: BTreeMap<String, Vec<Turn>> = BTreeMap::new();
        for (conversation, mut turn) in turns {
            let id = format!("c{conversation}");
            let before = written.entry(id.clone()).or_default();
            turn.number = TurnNumber::new(u32::try_from(before.len() + 1).unwrap()).unwrap();
            before.push(turn.clone());
            drop(writer.record(Write::turn(samples::id(&id), turn)).unwrap());
        }
        writer.shut_down();
        let read: BTreeMap<String, Vec<Turn>> = runtime.block_on(async {
            let mut all = export(&store, Filter::default(), Order::Newest);
            let mut read = BTreeMap::new();
            while let Some(log) = all.next().await.unwrap() {
                // A line of an export says the same.
                let line = serde_json::to_string(&log).unwrap();
                assert_eq!(serde_json::from_str::<ConversationLog>(&line).unwrap(), log);
                let last = log.turns.last().unwrap();
                assert_eq!(log.conversation.state, last.state);
                assert_eq!(log.conversation.handed_over, last.state.handed_over);
                read.insert(log.conversation.id.to_string(), log.turns);
            }
            read
        });
        prop_assert_eq!(read, written);
    }
}
