//! The number of a turn is the lock.

use super::{
    samples::{id, minute, said},
    write,
};
use crate::{Feedback, Outcome, Store, StoreError, Write};

pub(super) async fn a_number_is_taken_once(store: &impl Store) {
    let c = id("c");
    write(
        store,
        vec![Write::turn(c.clone(), said(1, minute(0), "一"))],
    )
    .await;
    write(
        store,
        vec![Write::turn(c.clone(), said(2, minute(1), "二"))],
    )
    .await;
    for taken in [1, 2] {
        let write = Write::turn(c.clone(), said(taken, minute(2), "又"));
        let result = store.write(&[write]).await.unwrap().remove(0);
        let Err(StoreError::Conflict {
            conversation,
            number,
        }) = result
        else {
            panic!("{result:?}");
        };
        assert_eq!((conversation, number), (c.clone(), taken));
    }
    for (conversation, number, last) in [("c", 4, 2), ("new", 2, 0)] {
        let write = Write::turn(id(conversation), said(number, minute(2), "又"));
        let result = store.write(&[write]).await.unwrap().remove(0);
        assert!(
            matches!(result, Err(StoreError::Gap { last: l, .. }) if l == last),
            "{result:?}"
        );
    }
    // Nothing of what was refused is there.
    let log = store.log(&c).await.unwrap().unwrap();
    let texts: Vec<_> = log.turns.iter().filter_map(|t| t.event.text()).collect();
    assert_eq!(texts.len(), 2);
    assert!(texts.iter().all(|text| text.as_str() != "又"));
    assert_eq!(log.conversation.updated, minute(1));
    assert_eq!(store.log(&id("new")).await.unwrap(), None);
}

pub(super) async fn a_refused_write_leaves_the_others(store: &impl Store) {
    let batch = [
        Write::turn(id("a"), said(1, minute(0), "一")),
        Write::turn(id("a"), said(1, minute(0), "又")),
        Write::turn(id("a"), said(2, minute(0), "二")),
        Write::turn(id("b"), said(2, minute(0), "早")),
        Write::turn(id("b"), said(1, minute(0), "一")),
    ];
    let results = store.write(&batch).await.unwrap();
    let taken: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(taken, [true, false, true, false, true]);
    let turns = |id| async move { store.log(&id).await.unwrap().unwrap().turns.len() };
    assert_eq!((turns(id("a")).await, turns(id("b")).await), (2, 1));
    assert!(store.write(&[]).await.unwrap().is_empty());
}

pub(super) async fn of_many_writers_one_wins(store: &impl Store) {
    write(store, vec![Write::turn(id("c"), said(1, minute(0), "一"))]).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let store = store.clone();
        writers.spawn(async move {
            let turn = said(2, minute(1), &format!("{writer}"));
            let result = store.write(&[Write::turn(id("c"), turn)]).await;
            let result = result.unwrap().remove(0);
            match result {
                Ok(()) => Some(writer.to_string()),
                Err(StoreError::Conflict { .. }) => None,
                Err(other) => panic!("{other}"),
            }
        });
    }
    let results = writers.join_all().await;
    let winners: Vec<String> = results.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1);
    let log = store.log(&id("c")).await.unwrap().unwrap();
    let text = log.turns[1].event.text().unwrap();
    assert_eq!(text.as_str(), winners[0]);
}

/// A turn of the right number that was made on another turn than the last one is a conflict.
pub(super) async fn a_turn_follows_the_one_it_was_made_on(store: &impl Store) {
    let first = said(1, minute(0), "在吗");
    write(store, vec![Write::turn(id("c"), first)]).await;
    let second = || said(2, minute(1), "怎么退货");
    let on_another = Write::turn_after(id("c"), second(), minute(7));
    let results = store.write(&[on_another]).await.unwrap();
    assert!(
        matches!(results[..], [Err(StoreError::Conflict { number: 2, .. })]),
        "{results:?}"
    );
    write(store, vec![Write::turn_after(id("c"), second(), minute(0))]).await;
    let log = store.log(&id("c")).await.unwrap().unwrap();
    assert_eq!(log.turns.len(), 2);
}

/// Feedback whose commit was cut off comes again: it is there once.
pub(super) async fn feedback_again_is_the_same(store: &impl Store) {
    write(
        store,
        vec![Write::turn(id("c"), said(1, minute(0), "在吗"))],
    )
    .await;
    let feedback = |minutes| Feedback {
        at: minute(minutes),
        turn: None,
        rating: None,
        outcome: Some(Outcome::Solved),
        comment: None,
    };
    for minutes in [1, 1, 2] {
        write(store, vec![Write::feedback(id("c"), feedback(minutes))]).await;
    }
    let log = store.log(&id("c")).await.unwrap().unwrap();
    assert_eq!(log.feedback, [feedback(1), feedback(2)]);
}
