//! Ids and paths.

use std::path::Component;

use expect_test::{Expect, expect};
use jieda_knowledge::release::{FilePath, ReleaseId};
use proptest::prelude::*;

use crate::kit::{Kit, at, seal};

#[test]
fn only_ids_are_ids() {
    for sound in [
        "20261125-153012-1a2b3c",
        "19700101-000000-000000",
        "99991230-220000-ffffff",
    ] {
        assert_eq!(sound.parse::<ReleaseId>().unwrap().to_string(), sound);
    }
    for unsound in [
        "",
        "20261125-153012",
        "20261125-153012-1A2B3C",
        "20261125-153012-1a2b3",
        "20261125-153012-1a2b3c4",
        "20261125-153012_1a2b3c",
        "20261325-153012-1a2b3c",
        "20260229-153012-1a2b3c",
        "20261125-153060-1a2b3c",
        "20261125 153012-1a2b3c",
        "+2026112-153012-1a2b3c",
        "19691231-235959-1a2b3c",
        "../../../../etc/passwd",
        "二〇二六一一二五",
    ] {
        assert!(unsound.parse::<ReleaseId>().is_err(), "{unsound}");
    }
}

#[test]
fn paths_do_not_lead_out() {
    for sound in ["a", "a/b.txt", "索引/词.bin", ".a", "a..b", "...", "a b"] {
        assert_eq!(FilePath::new(sound).unwrap().as_str(), sound);
    }
    let long = "x".repeat(513);
    for unsound in [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "../a",
        "a/../b",
        "a/.",
        "a\\b",
        "C:a",
        "a\nb",
        "a\0",
        long.as_str(),
    ] {
        assert!(FilePath::new(unsound).is_err(), "{unsound}");
    }
}

proptest! {
    #[test]
    fn an_accepted_path_stays_inside(text in "[a./\\\\:\u{0}词]{0,12}") {
        if let Ok(path) = FilePath::new(text) {
            let path = path.to_path();
            prop_assert!(path.components().all(|part| matches!(part, Component::Normal(_))));
            prop_assert!(path.components().count() > 0);
        }
    }

    #[test]
    fn an_accepted_id_is_printed_back_and_ordered_by_time(
        a in "(19|20|99)[0-9]{6}-[0-9]{6}-[0-9a-f]{6}",
        b in "(19|20|99)[0-9]{6}-[0-9]{6}-[0-9a-f]{6}",
    ) {
        if let (Ok(a), Ok(b)) = (a.parse::<ReleaseId>(), b.parse::<ReleaseId>()) {
            prop_assert!(a.time().cmp(&b.time()).is_eq() || a.cmp(&b) == a.time().cmp(&b.time()));
        }
    }

    #[test]
    fn no_text_is_too_strange_to_be_refused(text in ".{0,24}") {
        if let Ok(id) = text.parse::<ReleaseId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }
}

#[test]
fn the_beginning_of_an_id_or_of_its_hash_will_do() {
    let kit = Kit::new();
    let mut publisher = kit.publisher();
    for (second, contents) in [(0, "a"), (1, "b"), (3600, "c")] {
        seal(&mut publisher, second, &[("f", contents)]).unwrap();
    }
    let check = |asked: &str, expected: Expect| {
        expected.assert_eq(&match kit.data.resolve(asked) {
            Ok(id) => format!("{id}\n"),
            Err(e) => kit.told(&e),
        });
    };
    let newest = kit.data.releases().unwrap()[0].id.clone();
    assert_eq!(kit.data.resolve(newest.as_str()).unwrap(), newest);
    assert_eq!(kit.data.resolve(newest.hash()).unwrap(), newest);
    assert_eq!(newest.time(), at(3600));
    check(
        "20261125-16",
        expect![[r#"
        20261125-163012-aa393d
    "#]],
    );
    check(
        "20261125-153",
        expect![[r#"
        `20261125-153` may be any of: 20261125-153013-92a145, 20261125-153012-3a9529; give more of the id
    "#]],
    );
    check(
        "2025",
        expect![[r#"
        there is no release `2025`; there are: 20261125-163012-aa393d, 20261125-153013-92a145, 20261125-153012-3a9529
    "#]],
    );
    check(
        " ",
        expect![[r#"
        there is no release ``; there are: 20261125-163012-aa393d, 20261125-153013-92a145, 20261125-153012-3a9529
    "#]],
    );
    check(
        "../x",
        expect![[r#"
        there is no release `../x`; there are: 20261125-163012-aa393d, 20261125-153013-92a145, 20261125-153012-3a9529
    "#]],
    );
}
