//! Readers while others publish.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use jieda_knowledge::release::{Check, Keep};

use crate::kit::{Kit, at, seal};

#[test]
fn readers_never_see_a_missing_release() {
    let kit = Kit::new();
    kit.publish_at(&[0]);
    let (done, opened) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    kit.data.open_current().unwrap();
                    // One that is being removed is gone, and not damaged.
                    for info in kit.data.releases().unwrap() {
                        info.manifest.unwrap();
                    }
                    opened.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let mut publisher = kit.publisher();
        for second in 1..=100 {
            let text = second.to_string();
            let release = seal(&mut publisher, second, &[("f", &text)]).unwrap();
            publisher
                .promote(release.id(), Check::Sizes, at(second))
                .unwrap();
            publisher.prune(Keep { newest: 0 }).unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(opened.load(Ordering::Relaxed) > 0);
    assert_eq!(kit.data.releases().unwrap().len(), 2);
}

#[test]
fn of_two_publishers_at_once_one_works_at_a_time() {
    let kit = Kit::new();
    let inside = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut made = 0;
                while made < 5 {
                    let Ok(mut publisher) = kit.data.publisher("并发", at(0)) else {
                        thread::yield_now();
                        continue;
                    };
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    let release = seal(&mut publisher, 0, &[("f", "x")]).unwrap();
                    publisher
                        .promote(release.id(), Check::Sizes, at(0))
                        .unwrap();
                    made += 1;
                    inside.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(kit.data.releases().unwrap().len(), 15);
}
