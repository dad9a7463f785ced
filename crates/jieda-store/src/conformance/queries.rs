//! Filters, pages, exports.

use jieda_types::{Confidence, Decision};

use super::{
    samples::{answer, everything, faq, handed_over, id, minute, said},
    write,
};
use crate::{Filter, FoundTurn, Order, Page, Store, Write, export};

fn names(turns: &[FoundTurn]) -> Vec<String> {
    let name = |t: &FoundTurn| format!("{}{}", t.conversation, t.turn.number);
    turns.iter().map(name).collect()
}

pub(super) async fn filters_find(store: &impl Store) {
    let mut rephrase = said(1, minute(10), "Kindle 有吗");
    rephrase.answer = Some(answer(Decision::Rephrase, 0.05));
    rephrase.channel = Some("app".into());
    let mut other = said(1, minute(20), "运费谁出");
    other.answer = Some(answer(Decision::AutoReply { faq: faq("ec-005") }, 0.95));
    let turns = [
        ("a", rephrase),
        ("a", handed_over(2, minute(11))),
        ("b", other),
        ("b", said(2, minute(21), "还有呢")),
    ];
    let writes = turns.map(|(c, turn)| Write::turn(id(c), turn));
    write(store, writes.to_vec()).await;
    let check = async |filter: Filter, expected: &[&str]| {
        let found = store.turns(&filter, &Page::oldest(10)).await.unwrap();
        assert_eq!(names(&found.items), expected, "{filter:?}");
        assert_eq!(found.next, None);
        let page = Page::oldest(10);
        let found = store.conversations(&filter, &page).await.unwrap();
        let found: Vec<String> = found.items.iter().map(|c| c.id.to_string()).collect();
        let mut conversations: Vec<String> =
            expected.iter().map(|name| name[..1].to_owned()).collect();
        conversations.dedup();
        assert_eq!(found, conversations, "{filter:?}");
    };
    let all = Filter::default;
    let probability = |p| Some(Confidence::saturating(p));
    check(all(), &["a1", "a2", "b1", "b2"]).await;
    let since = Some(minute(11));
    check(Filter { since, ..all() }, &["a2", "b1", "b2"]).await;
    let until = since;
    check(Filter { until, ..all() }, &["a1"]).await;
    let conversation = Some(id("b"));
    check(
        Filter {
            conversation,
            ..all()
        },
        &["b1", "b2"],
    )
    .await;
    let channel = Some("app".into());
    check(Filter { channel, ..all() }, &["a1"]).await;
    let decision = Some("handoff".into());
    check(Filter { decision, ..all() }, &["a2"]).await;
    let reason = Some("human_request".into());
    check(Filter { reason, ..all() }, &["a2"]).await;
    let reason = Some("low_confidence".into());
    check(Filter { reason, ..all() }, &["a1"]).await;
    let by_faq = Some(faq("ec-005"));
    check(
        Filter {
            faq: by_faq,
            ..all()
        },
        &["b1"],
    )
    .await;
    let at_least = probability(0.95);
    check(Filter { at_least, ..all() }, &["a2", "b1"]).await;
    let at_most = probability(0.9);
    check(Filter { at_most, ..all() }, &["a1", "b2"]).await;
    let text = Some("kindle".into());
    check(Filter { text, ..all() }, &["a1"]).await;
    // Conditions hold together, of one turn.
    let decision = Some("handoff".into());
    check(
        Filter {
            decision,
            at_most,
            ..all()
        },
        &[],
    )
    .await;
}

pub(super) async fn text_is_no_pattern(store: &impl Store) {
    let texts = ["100%", "a_b", r"c\d", "axb", "o'clock\"", "😀"];
    for (n, text) in texts.iter().enumerate() {
        let turn = said(1, minute(0), text);
        write(store, vec![Write::turn(id(&format!("c{n}")), turn)]).await;
    }
    let find = async |text: &str| {
        let filter = Filter {
            text: Some(text.into()),
            ..Filter::default()
        };
        store
            .turns(&filter, &Page::oldest(10))
            .await
            .unwrap()
            .items
            .len()
    };
    for text in ["%", "_", r"\", "'", "\"", "😀", "A_B"] {
        assert_eq!(find(text).await, 1, "{text}");
    }
    // What was replied counts, too.
    assert_eq!(find("您可以").await, texts.len());
}

pub(super) async fn pages_join(store: &impl Store) {
    // Many of the same time, in several conversations.
    for n in 0..7 {
        let c = id(&format!("c{n}"));
        let at = minute(n / 3);
        let turns = [said(1, at, "一"), said(2, at, "二")];
        write(store, turns.map(|t| Write::turn(c.clone(), t)).to_vec()).await;
    }
    let all = Filter::default();
    let mut late = 0;
    for order in [Order::Newest, Order::Oldest] {
        for limit in [1, 3, 7, 14, 100] {
            let whole = store.turns(&all, &Page::first(order, 100)).await.unwrap();
            assert_eq!((whole.items.len(), whole.next), (14 + late, None));
            let mut page = Page::first(order, limit);
            let mut joined = Vec::new();
            loop {
                let found = store.turns(&all, &page).await.unwrap();
                assert!(found.items.len() <= limit as usize);
                joined.extend(found.items);
                let Some(next) = found.next else { break };
                page = page.after(next.to_string().parse().unwrap());
                if order == Order::Newest {
                    // It comes meanwhile, before the pages that were read, and shifts nothing.
                    late += 1;
                    let turn = said(1, minute(100), "晚");
                    write(store, vec![Write::turn(id(&format!("late{late}")), turn)]).await;
                }
            }
            assert_eq!(joined, whole.items, "{order:?} {limit}");
        }
        let whole = store.conversations(&all, &Page::first(order, 100)).await;
        let whole = whole.unwrap().items;
        let mut page = Page::first(order, 2);
        let mut joined = Vec::new();
        loop {
            let found = store.conversations(&all, &page).await.unwrap();
            joined.extend(found.items);
            let Some(next) = found.next else { break };
            page = page.after(next);
        }
        assert_eq!(joined, whole);
    }
}

pub(super) async fn an_export_is_whole(store: &impl Store) {
    write(store, everything(&id("a"))).await;
    for n in 0..300 {
        let turn = said(1, minute(100 + n), "一");
        write(store, vec![Write::turn(id(&format!("c{n}")), turn)]).await;
    }
    let mut all = export(store, Filter::default(), Order::Oldest);
    let first = all.next().await.unwrap().unwrap();
    assert_eq!(Some(first), store.log(&id("a")).await.unwrap());
    let mut rest = 0;
    while all.next().await.unwrap().is_some() {
        rest += 1;
    }
    assert_eq!(rest, 300);
    // One turn is wanted, and the conversation comes whole.
    let reason = Some("human_request".into());
    let filter = Filter {
        reason,
        ..Filter::default()
    };
    let mut some = export(store, filter, Order::Newest);
    assert_eq!(some.next().await.unwrap().unwrap().turns.len(), 4);
    assert!(some.next().await.unwrap().is_none());
}
