//! What is old goes, whole.

use super::{
    samples::{everything, handed_over, id, minute, said},
    write,
};
use crate::{Filter, Page, Purged, Retention, RetentionMode, Store, WithHuman, Write};

pub(super) async fn what_is_old_goes(store: &impl Store) {
    write(store, everything(&id("old"))).await;
    // Its first turn is old, its last is not.
    let long = [said(1, minute(0), "一"), said(2, minute(60), "二")];
    write(store, long.map(|t| Write::turn(id("long"), t)).to_vec()).await;
    write(
        store,
        vec![Write::turn(id("new"), said(1, minute(60), "一"))],
    )
    .await;
    // The last turn of the old one is of minute 3.
    let early = Retention::before(minute(3));
    assert_eq!(store.purge(&early).await.unwrap(), Purged::default());
    let retention = Retention::before(minute(60));
    let expected = Purged {
        conversations: 1,
        turns: 4,
        feedback: 2,
        handovers: 1,
        kept_with_human: 0,
    };
    let count = Retention {
        mode: RetentionMode::Count,
        ..retention
    };
    assert_eq!(store.purge(&count).await.unwrap(), expected);
    assert!(store.log(&id("old")).await.unwrap().is_some());
    assert_eq!(store.purge(&retention).await.unwrap(), expected);
    assert_eq!(store.log(&id("old")).await.unwrap(), None);
    assert_eq!(store.purge(&retention).await.unwrap(), Purged::default());
    let left = store.turns(&Filter::default(), &Page::oldest(10)).await;
    assert_eq!(left.unwrap().items.len(), 3);
    // Its id is free again.
    write(
        store,
        vec![Write::turn(id("old"), said(1, minute(61), "一"))],
    )
    .await;
    let log = store.log(&id("old")).await.unwrap().unwrap();
    assert_eq!((log.turns.len(), log.feedback.len()), (1, 0));
}

pub(super) async fn a_humans_conversation_stays(store: &impl Store) {
    let c = |turn| vec![Write::turn(id("c"), turn)];
    write(store, c(handed_over(1, minute(0)))).await;
    let retention = Retention::before(minute(60));
    let purged = store.purge(&retention).await.unwrap();
    assert_eq!((purged.conversations, purged.kept_with_human), (0, 1));
    let asked = Retention {
        with_human: WithHuman::Delete,
        ..retention
    };
    let purged = store.purge(&asked).await.unwrap();
    assert_eq!((purged.conversations, purged.kept_with_human), (1, 0));
}

pub(super) async fn many_go(store: &impl Store) {
    let writes = (0..600).map(|n| {
        let minutes = if n % 3 == 0 { 100 } else { 0 };
        Write::turn(id(&format!("c{n}")), said(1, minute(minutes), "一"))
    });
    write(store, writes.collect()).await;
    let purged = store.purge(&Retention::before(minute(50))).await.unwrap();
    assert_eq!((purged.conversations, purged.turns), (400, 400));
    let left = store
        .conversations(&Filter::default(), &Page::oldest(1000))
        .await
        .unwrap();
    assert_eq!(left.items.len(), 200);
    assert!(left.items.iter().all(|c| c.updated == minute(100)));
}
