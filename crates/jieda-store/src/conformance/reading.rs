//! What is written is read.

use jieda_types::HandoffReason;

use super::{
    samples::{everything, handed_over, id, minute, said},
    write,
};
use crate::{Event, Feedback, Store, StoreError, TurnNumber, Write};

pub(super) async fn what_is_written_is_read(store: &impl Store) {
    assert_eq!(store.log(&id("c")).await.unwrap(), None);
    assert_eq!(store.conversation(&id("c")).await.unwrap(), None);
    let writes = everything(&id("c"));
    write(store, writes.clone()).await;
    let log = store.log(&id("c")).await.unwrap().unwrap();
    let turns = log.turns.iter().cloned();
    let feedback = log.feedback.iter().cloned();
    let read: Vec<Write> = turns
        .map(|turn| Write::turn(id("c"), turn))
        .chain(feedback.map(|feedback| Write::feedback(id("c"), feedback)))
        .collect();
    assert_eq!(read, writes);
    // As JSON, too.
    let json = serde_json::to_string(&log).unwrap();
    assert_eq!(
        serde_json::from_str::<crate::ConversationLog>(&json).unwrap(),
        log
    );
}

pub(super) async fn a_conversation_follows_its_turns(store: &impl Store) {
    let c = id("c");
    write(
        store,
        vec![Write::turn(c.clone(), said(1, minute(5), "一"))],
    )
    .await;
    let mut second = handed_over(2, minute(9));
    second.channel = Some("app".into());
    second.customer.tier = Some("VIP".into());
    write(store, vec![Write::turn(c.clone(), second.clone())]).await;
    let read = store.conversation(&c).await.unwrap().unwrap();
    assert_eq!((read.opened, read.updated), (minute(5), minute(9)));
    assert_eq!(read.last_turn.get(), 2);
    assert_eq!(read.handed_over, Some(HandoffReason::HumanRequest));
    assert_eq!(read.channel.as_deref(), Some("app"));
    assert_eq!((read.customer, read.state), (second.customer, second.state));

    // A human's turn, on a clock that is behind: the release that answered last stays.
    let mut third = said(3, minute(7), "");
    third.event = Event::HandedBack;
    third.answer = None;
    write(store, vec![Write::turn(c.clone(), third)]).await;
    let read = store.conversation(&c).await.unwrap().unwrap();
    assert_eq!(read.updated, minute(9));
    assert_eq!(read.handed_over, None);
    assert_eq!(read.release.as_deref(), Some("20261129-100000-1a2b3c"));
}

pub(super) async fn feedback_needs_its_turn(store: &impl Store) {
    let feedback = |conversation: &str, turn: Option<u32>| {
        let feedback = Feedback {
            at: minute(0),
            turn: turn.and_then(TurnNumber::new),
            rating: None,
            outcome: None,
            comment: None,
        };
        Write::feedback(id(conversation), feedback)
    };
    write(store, vec![Write::turn(id("c"), said(1, minute(0), "一"))]).await;
    let batch = [
        feedback("nobody", None),
        feedback("c", Some(2)),
        feedback("c", Some(1)),
        feedback("c", None),
    ];
    let results = store.write(&batch).await.unwrap();
    assert!(matches!(
        results[..],
        [
            Err(StoreError::UnknownConversation(_)),
            Err(StoreError::UnknownTurn { number: 2, .. }),
            Ok(()),
            Ok(()),
        ]
    ));
    let log = store.log(&id("c")).await.unwrap().unwrap();
    assert_eq!(log.feedback.len(), 2);
}
