//! Bookmarks of journals.

use crate::{Bookmark, Journal};

pub(super) async fn bookmarks_move(store: &impl Journal) {
    assert_eq!(store.bookmark("webhook").await.unwrap(), None);
    for number in [3, 8] {
        store.set_bookmark("webhook", number).await.unwrap();
        assert_eq!(store.bookmark("webhook").await.unwrap(), Some(number));
    }
    for (from, to, expected) in [
        (Some(3), 9, Bookmark::Elsewhere),
        (None, 9, Bookmark::Elsewhere),
        (Some(8), 9, Bookmark::Moved),
    ] {
        let moved = store.move_bookmark("webhook", from, to).await;
        assert_eq!(moved.unwrap(), expected);
    }
    let new = store.move_bookmark("other", None, 1).await;
    assert_eq!(new.unwrap(), Bookmark::Moved);
}
