//! Publishing, going back, pruning.

use std::fs;

use expect_test::expect;
use jieda_knowledge::release::{
    Check, DataDir, Keep, Moved, PromiseCheck, PromiseOutcome, ReleaseError, ReleaseFault,
    ReleaseId, ReleaseMeta,
};

use jiff::Timestamp;

use crate::kit::{Kit, about, at, leftovers, seal};

fn texts(ids: &[ReleaseId]) -> Vec<&str> {
    ids.iter().map(ReleaseId::as_str).collect()
}

#[test]
fn a_release_is_sealed_promoted_and_found() {
    let kit = Kit::new();
    assert_eq!(kit.data.current().unwrap(), None);
    assert!(kit.data.releases().unwrap().is_empty());
    let ids = kit.publish_at(&[0]);
    assert_eq!(kit.data.current().unwrap().as_ref(), Some(&ids[0]));
    let release = kit.data.open_current().unwrap();
    release.verify().unwrap();
    assert_eq!(release.manifest().about, about(at(0)));
    let file = release.file("index/words.bin").unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "w");
    assert!(fs::metadata(&file).unwrap().permissions().readonly());
    expect![[r#"
        {
          "format": 1,
          "id": "20261125-153012-5479d4",
          "about": {
            "created": "2026-11-25T15:30:12Z",
            "name": "商城",
            "faqs": 2,
            "phrasings": 5,
            "content_hash": "0123",
            "encoder": null,
            "note": "双十一"
          },
          "files": [
            {
              "path": "faqs.jsonl",
              "bytes": 9,
              "sha256": "0f6c76b90feb5fc16a709e4e0847bf8d3665d7c231964d261c71b92d9884249a"
            },
            {
              "path": "index/words.bin",
              "bytes": 1,
              "sha256": "50e721e49c013f00c62cf59f2163542a9d8df02464efeb615d31051b0fddc326"
            }
          ],
          "sha256": "f46f9ac36782665ed9fcf2fe808d15c1b37fbaea33dce567b3509af5ccbe57b9"
        }
    "#]]
    .assert_eq(&fs::read_to_string(release.path().join("manifest.json")).unwrap());
    expect![[r#"
        {
          "current": "20261125-153012-5479d4",
          "before": [],
          "history": [
            {
              "id": "20261125-153012-5479d4",
              "at": "2026-11-25T15:30:12Z",
              "action": "publish",
              "by": "王主管"
            }
          ],
          "sha256": "5672b239ff6d66b6cc1a85ace696c867a8ed0dff0081112881a45044a6502cd1"
        }
    "#]]
    .assert_eq(&fs::read_to_string(kit.data.path().join("CURRENT")).unwrap());
}

#[test]
fn what_became_of_a_promise_stays_with_the_release() {
    let kit = Kit::new();
    let mut publisher = kit.publisher();
    let about = ReleaseMeta {
        promise: Some(PromiseCheck {
            outcome: PromiseOutcome::Overridden,
            max_wrong_rate: 0.02,
            confidence: 0.95,
            reply_threshold: 0.8,
            queries: 900,
            unanswerable: 100,
            replies: 500,
            wrong: 12,
            wrong_rate: 0.024,
            wrong_rate_bound: 0.0386,
        }),
        ..about(at(0))
    };
    let draft = publisher.draft().unwrap();
    fs::write(draft.path().join("faqs.jsonl"), "{}").unwrap();
    let id = draft.seal(about.clone()).unwrap().id().clone();
    let release = kit.data.release(&id).unwrap();
    assert_eq!(release.manifest().about, about);
    // Who reads the first format alone says so, instead of taking it for damage.
    let manifest = fs::read_to_string(release.path().join("manifest.json")).unwrap();
    assert!(manifest.contains("\"format\": 2"), "{manifest}");
}

#[test]
fn a_data_directory_is_made_only_where_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b");
    let error = DataDir::open(&path).unwrap_err();
    assert!(matches!(error, ReleaseError::NotADataDir(_)), "{error}");
    DataDir::create(&path).unwrap();
    DataDir::create(&path).unwrap();
    DataDir::open(&path).unwrap();
    let error = DataDir::create(folder.path()).unwrap_err();
    assert!(matches!(error, ReleaseError::Occupied { .. }), "{error}");
    assert_eq!(error.fault(), ReleaseFault::Request);
    // An interrupted one is completed.
    fs::remove_file(path.join("jieda-data.toml")).unwrap();
    DataDir::create(&path).unwrap();
}

#[test]
fn a_newer_data_directory_is_refused() {
    let kit = Kit::new();
    let check = |text: &str, expected: expect_test::Expect| {
        fs::write(kit.data.path().join("jieda-data.toml"), text).unwrap();
        let error = DataDir::open(kit.data.path()).unwrap_err();
        assert_eq!(error.fault(), ReleaseFault::Data);
        expected.assert_eq(&kit.told(&error));
    };
    check(
        "format = 2\nmore = true",
        expect![[r#"
        DATA/jieda-data.toml has format 2, this jieda knows formats up to 1; update jieda
    "#]],
    );
    check(
        "format = 0",
        expect![[r#"
        DATA/jieda-data.toml: there is no format 0; it should say `format = 1`
    "#]],
    );
    check(
        "format = \"1\"",
        expect![[r#"
        DATA/jieda-data.toml: invalid type: string "1", expected u32; it should say `format = 1`
    "#]],
    );
    check(
        "\u{0}",
        expect![[r#"
        DATA/jieda-data.toml: key with no value, expected `=`; it should say `format = 1`
    "#]],
    );
}

#[test]
fn rolling_back_undoes_one_publication_after_another() {
    let kit = Kit::new();
    let ids = kit.publish_at(&[0, 1, 2]);
    let mut publisher = kit.publisher();
    for step in [1, 0] {
        let moved = publisher.roll_back(None, Check::Sizes, at(9)).unwrap();
        let expected = Moved {
            from: Some(ids[step + 1].clone()),
            to: ids[step].clone(),
        };
        assert_eq!(moved, expected);
        assert_eq!(kit.data.current().unwrap().as_ref(), Some(&ids[step]));
    }
    let error = publisher.roll_back(None, Check::Sizes, at(9)).unwrap_err();
    expect![[r#"
        there is no earlier release to go back to; there are: 20261125-153014-8c2f2f, 20261125-153013-a4e8bb, 20261125-153012-5479d4
    "#]].assert_eq(&kit.told(&error));
    // Forward again; what is current already changes nothing.
    for _ in 0..2 {
        publisher.promote(&ids[2], Check::Sizes, at(10)).unwrap();
    }
    let pointer = kit.data.pointer().unwrap().unwrap();
    assert_eq!(pointer.history.len(), 6);
    assert_eq!(pointer.before, [ids[0].clone()]);
}

#[test]
fn going_forward_by_name_can_be_undone() {
    let kit = Kit::new();
    let ids = kit.publish_at(&[0, 1]);
    let mut publisher = kit.publisher();
    publisher.roll_back(None, Check::Sizes, at(2)).unwrap();
    let forward = publisher.roll_back(Some(&ids[1]), Check::Sizes, at(3));
    assert_eq!(forward.unwrap().to, ids[1]);
    let back = publisher.roll_back(None, Check::Sizes, at(4)).unwrap();
    assert_eq!(back.to, ids[0]);
}

#[test]
fn nothing_is_pruned_while_the_current_release_is_damaged() {
    let kit = Kit::new();
    let ids = kit.publish_at(&[0, 1, 2]);
    let release = kit.data.release(&ids[2]).unwrap();
    let file = release
        .path()
        .join(release.manifest().files[0].path.to_string());
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[0] ^= 1;
    // Files of a release are read-only.
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, bytes).unwrap();
    let error = kit.publisher().prune(Keep { newest: 1 }).unwrap_err();
    assert!(matches!(error, ReleaseError::Damaged { .. }), "{error}");
    assert_eq!(kit.data.releases().unwrap().len(), 3);
}

#[test]
fn what_does_not_exist_is_refused_with_what_does() {
    let kit = Kit::new();
    let missing: ReleaseId = "20200101-000000-abcdef".parse().unwrap();
    let error = kit.publisher().promote(&missing, Check::Sizes, at(0));
    expect![[r#"
        there is no release `20200101-000000-abcdef`; there are none yet
    "#]]
    .assert_eq(&kit.told(&error.unwrap_err()));
    let error = kit.publisher().roll_back(None, Check::Sizes, at(0));
    expect![[r#"
        there is no earlier release to go back to; there are none yet
    "#]]
    .assert_eq(&kit.told(&error.unwrap_err()));
    expect![[r#"
        no release in DATA is current; publish one first
    "#]]
    .assert_eq(&kit.told(&kit.data.open_current().unwrap_err()));
    kit.publish_at(&[0, 1]);
    let error = kit
        .publisher()
        .roll_back(Some(&missing), Check::Sizes, at(0));
    expect![[r#"
        there is no release `20200101-000000-abcdef`; there are: 20261125-153013-a4e8bb, 20261125-153012-5479d4
    "#]].assert_eq(&kit.told(&error.unwrap_err()));
    assert!(kit.data.current().unwrap().is_some());
}

#[test]
fn pruning_keeps_the_newest_the_current_and_the_one_before() {
    let kit = Kit::new();
    let ids = kit.publish_at(&[0, 1, 2, 3, 4, 5]);
    let mut publisher = kit.publisher();
    publisher
        .roll_back(Some(&ids[2]), Check::Sizes, at(6))
        .unwrap();
    let pruned = publisher.prune(Keep { newest: 1 }).unwrap();
    let [first, second, third, fourth, fifth, sixth] = ids.as_slice() else {
        panic!("six were made")
    };
    let (kept, removed) = ([sixth, third, second], [fifth, fourth, first]);
    assert!(pruned.kept.iter().eq(kept), "{pruned:?}");
    assert!(pruned.removed.iter().eq(removed), "{pruned:?}");
    let listed = kit.data.releases().unwrap();
    assert!(listed.iter().map(|info| &info.id).eq(kept));
    // The way back passes over those that are gone.
    let moved = publisher.roll_back(None, Check::Contents, at(7)).unwrap();
    assert_eq!(moved.to, *second);
    publisher
        .roll_back(None, Check::Contents, at(7))
        .unwrap_err();
    assert!(leftovers(&kit.data).is_empty());
}

#[test]
fn damaged_releases_take_no_place_of_sound_ones_when_pruning() {
    let kit = Kit::new();
    let ids = kit.publish_at(&[0, 1, 2, 3, 4]);
    for damaged in [0, 3] {
        let path = kit.data.release(&ids[damaged]).unwrap().path().to_owned();
        fs::remove_file(path.join("faqs.jsonl")).unwrap();
    }
    let pruned = kit.publisher().prune(Keep { newest: 3 }).unwrap();
    assert_eq!(texts(&pruned.removed), [ids[0].as_str()]);
}

#[test]
fn without_a_current_release_nothing_is_pruned() {
    let kit = Kit::new();
    seal(&mut kit.publisher(), 0, &[("f", "x")]).unwrap();
    let error = kit.publisher().prune(Keep { newest: 0 }).unwrap_err();
    assert!(matches!(error, ReleaseError::NothingCurrent(_)), "{error}");
}

#[test]
fn two_releases_of_one_second_have_two_ids_in_order() {
    let kit = Kit::new();
    let mut publisher = kit.publisher();
    let ids: Vec<ReleaseId> = (0..3)
        .map(|_| {
            seal(&mut publisher, 0, &[("f", "same")])
                .unwrap()
                .id()
                .clone()
        })
        .collect();
    expect![[r#"
        20261125-153012-38c73e
        20261125-153013-38c73e
        20261125-153014-38c73e
    "#]]
    .assert_eq(&(texts(&ids).join("\n") + "\n"));
}

#[test]
fn a_clock_that_is_far_off_does_no_harm() {
    let kit = Kit::new();
    let mut publisher = kit.publisher();
    let mut seal = |created| {
        let draft = publisher.draft().unwrap();
        fs::write(draft.path().join("f"), "same").unwrap();
        match draft.seal(about(created)) {
            Ok(release) => release.id().to_string(),
            Err(e) => e.to_string(),
        }
    };
    let told = [
        Timestamp::MIN,
        Timestamp::MIN,
        Timestamp::MAX,
        Timestamp::MAX,
    ]
    .map(&mut seal);
    expect![[r#"
        19700101-000000-38c73e
        19700101-000001-38c73e
        99991230-220000-38c73e
        no release id can be made for the time 9999-12-30T22:00:00.999999999Z; check the clock
    "#]]
    .assert_eq(&(told.join("\n") + "\n"));
}

#[test]
fn a_draft_that_is_not_sealed_goes_away() {
    let kit = Kit::new();
    let mut publisher = kit.publisher();
    let draft = publisher.draft().unwrap();
    fs::write(draft.path().join("f"), "x").unwrap();
    assert_eq!(leftovers(&kit.data).len(), 1);
    drop(draft);
    assert!(leftovers(&kit.data).is_empty());
}

#[test]
fn what_can_not_be_released_is_named() {
    let kit = Kit::new();
    let mut publisher = kit.publisher();
    let error = seal(&mut publisher, 0, &[]).unwrap_err();
    expect![[r#"
        a release without files makes no sense: nothing was written into DATA/releases/.making-1
    "#]]
    .assert_eq(&kit.told(&error));
    let draft = publisher.draft().unwrap();
    fs::write(draft.path().join("manifest.json"), "{}").unwrap();
    fs::write(draft.path().join("a:b"), "").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", draft.path().join("link")).unwrap();
    let error = draft.seal(about(at(0))).unwrap_err();
    expect![[r#"
        DATA/releases/.making-1 can't become a release: link is neither a file nor a folder, `a:b` is no name for a file of a release, `manifest.json` is no name for a file of a release
    "#]].assert_eq(&kit.told(&error));
    assert!(kit.data.releases().unwrap().is_empty());
}

#[test]
fn unchanged_files_are_shared_with_the_release_before() {
    let kit = Kit::new();
    kit.publish_at(&[0]);
    let old = kit.data.open_current().unwrap();
    let mut publisher = kit.publisher();
    let mut draft = publisher.draft().unwrap();
    draft.link_from(&old, "index/words.bin").unwrap();
    draft.link_from(&old, "index/words.bin").unwrap_err();
    let error = draft.link_from(&old, "../CURRENT").unwrap_err();
    assert!(matches!(error, ReleaseError::UnfitPath(_)), "{error}");
    let error = draft.link_from(&old, "manifest.json").unwrap_err();
    assert!(matches!(error, ReleaseError::NoSuchFile { .. }), "{error}");
    let new = draft.seal(about(at(1))).unwrap();
    new.verify().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let inode = |release: &jieda_knowledge::release::Release| {
            fs::metadata(release.file("index/words.bin").unwrap())
                .unwrap()
                .ino()
        };
        assert_eq!(inode(&old), inode(&new));
    }
}

#[test]
fn damage_of_an_old_release_does_not_get_into_a_new_one() {
    let kit = Kit::new();
    kit.publish_at(&[0]);
    let old = kit.data.open_current().unwrap();
    crate::kit::overwrite(&old.path().join("faqs.jsonl"), b"MADE at 0");
    let mut publisher = kit.publisher();
    let mut draft = publisher.draft().unwrap();
    draft.link_from(&old, "faqs.jsonl").unwrap();
    let error = draft.seal(about(at(1))).unwrap_err();
    expect![[r#"
        DATA/releases/.making-1 can't become a release: faqs.jsonl has other contents
    "#]]
    .assert_eq(&kit.told(&error));
}

#[test]
fn a_second_publisher_is_told_who_is_at_work() {
    let kit = Kit::new();
    let first = kit.publisher();
    let error = kit.data.publisher("李主管", at(5)).unwrap_err();
    let told = kit.told(&error);
    expect![[r#"
        DATA is being changed by 王主管 (process PID) since 2026-11-25T15:30:12Z; wait until that is done
    "#]].assert_eq(&told.replace(&std::process::id().to_string(), "PID"));
    drop(first);
    kit.data.publisher("李主管", at(5)).unwrap();
}

#[test]
fn a_watch_tells_each_change_once() {
    let kit = Kit::new();
    let mut watch = kit.data.watch(None);
    assert_eq!(watch.poll().unwrap(), None);
    let ids = kit.publish_at(&[0, 1]);
    assert_eq!(watch.poll().unwrap().as_ref(), Some(&ids[1]));
    assert_eq!(watch.poll().unwrap(), None);
    kit.publisher()
        .roll_back(None, Check::Sizes, at(2))
        .unwrap();
    // Damage is told, and the change is not lost by it.
    let current = kit.data.path().join("CURRENT");
    let sound = fs::read(&current).unwrap();
    fs::write(&current, "{").unwrap();
    watch.poll().unwrap_err();
    fs::write(&current, sound).unwrap();
    assert_eq!(watch.poll().unwrap().as_ref(), Some(&ids[0]));
    fs::remove_file(&current).unwrap();
    watch.poll().unwrap_err();
}
