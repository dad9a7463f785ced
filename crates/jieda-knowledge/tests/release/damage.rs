//! Flipped bits, cut files, missing and surplus ones: found, never served.

use std::fs;

use expect_test::expect;
use jieda_knowledge::release::{Check, Damage, ReleaseError, ReleaseFault};

use proptest::prelude::*;

use crate::kit::{Kit, about, at, files_of, overwrite, seal};

/// The lowest bit, the one between upper and lower case, the highest.
const BITS: [u8; 3] = [1, 0x20, 0x80];

#[test]
fn any_flipped_byte_in_any_file_of_a_release_is_found() {
    let kit = Kit::new();
    kit.publish_at(&[0]);
    let release = kit.data.open_current().unwrap();
    for path in files_of(&release) {
        let sound = fs::read(&path).unwrap();
        for (place, bit) in (0..sound.len()).flat_map(|i| BITS.map(|bit| (i, bit))) {
            let mut flipped = sound.clone();
            flipped[place] ^= bit;
            overwrite(&path, &flipped);
            let error = release.verify().unwrap_err();
            let found = matches!(error, ReleaseError::Damaged { .. });
            assert!(
                found,
                "{}, byte {place}, bit {bit}: {error}",
                path.display()
            );
            if path.ends_with("manifest.json") {
                kit.data.release(release.id()).unwrap_err();
            }
        }
        overwrite(&path, &sound);
    }
    release.verify().unwrap();
}

#[test]
fn any_cut_of_any_file_of_a_release_is_found_when_it_is_opened() {
    let kit = Kit::new();
    kit.publish_at(&[0]);
    let release = kit.data.open_current().unwrap();
    for path in files_of(&release) {
        let sound = fs::read(&path).unwrap();
        for length in 0..sound.len() {
            overwrite(&path, &sound[..length]);
            let error = kit.data.release(release.id()).unwrap_err();
            assert!(matches!(error, ReleaseError::Damaged { .. }), "{error}");
            assert_eq!(error.fault(), ReleaseFault::Data);
        }
        overwrite(&path, &sound);
    }
    release.verify().unwrap();
}

#[test]
fn any_flipped_bit_or_cut_of_current_is_reported() {
    let kit = Kit::new();
    // The same contents twice: two ids that differ in one character.
    let ids = {
        let mut publisher = kit.publisher();
        [0, 1].map(|second| {
            let release = seal(&mut publisher, second, &[("f", "same")]).unwrap();
            publisher
                .promote(release.id(), Check::Sizes, at(second))
                .unwrap();
            release.id().clone()
        })
    };
    let path = kit.data.path().join("CURRENT");
    let sound = fs::read(&path).unwrap();
    let flipped = (0..sound.len() * 8).map(|bit| {
        let mut bytes = sound.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    });
    let cut = (0..sound.len()).map(|length| sound[..length].to_vec());
    for bytes in flipped.chain(cut) {
        overwrite(&path, &bytes);
        let error = kit.data.current().unwrap_err();
        assert!(
            matches!(error, ReleaseError::CurrentDamaged { .. }),
            "{error}"
        );
    }
    fs::write(&path, &sound).unwrap();
    assert_eq!(kit.data.current().unwrap().as_ref(), Some(&ids[1]));
}

#[test]
fn a_damaged_current_is_repaired_by_going_back_to_a_release_by_name() {
    let kit = Kit::new();
    let ids = kit.publish_at(&[0, 1]);
    let path = kit.data.path().join("CURRENT");
    fs::write(&path, "{\"current\"").unwrap();
    let mut publisher = kit.publisher();
    expect![[r#"
        DATA/CURRENT is damaged: its contents do not match its own sha256; roll back to a release by its id to repair it
    "#]].assert_eq(&kit.told(&kit.data.open_current().unwrap_err()));
    publisher.roll_back(None, Check::Sizes, at(2)).unwrap_err();
    publisher.promote(&ids[1], Check::Sizes, at(2)).unwrap_err();
    let moved = publisher
        .roll_back(Some(&ids[1]), Check::Contents, at(2))
        .unwrap();
    assert_eq!((moved.from, &moved.to), (None, &ids[1]));
    assert_eq!(kit.data.current().unwrap().as_ref(), Some(&ids[1]));
    let kept = fs::read_to_string(kit.data.path().join("CURRENT.damaged")).unwrap();
    assert_eq!(kept, "{\"current\"");
}

#[test]
fn everything_that_is_wrong_is_listed_at_once() {
    let kit = Kit::new();
    let mut publisher = kit.publisher();
    let files = [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e/f", "5")];
    let release = seal(&mut publisher, 0, &files).unwrap();
    publisher
        .promote(release.id(), Check::Sizes, at(0))
        .unwrap();
    let dir = release.path();
    fs::remove_file(dir.join("a")).unwrap();
    overwrite(&dir.join("b"), b"22");
    overwrite(&dir.join("c"), b"x");
    fs::write(dir.join("surplus"), "").unwrap();
    #[cfg(unix)]
    {
        fs::remove_file(dir.join("d")).unwrap();
        std::os::unix::fs::symlink("c", dir.join("d")).unwrap();
        fs::rename(dir.join("e"), kit.data.path().join("e")).unwrap();
        std::os::unix::fs::symlink(kit.data.path().join("e"), dir.join("e")).unwrap();
    }
    expect![[r#"
        release 20261125-153012-ec3cf8 at DATA/releases/20261125-153012-ec3cf8 is damaged: a is missing, b has 2 bytes instead of 1, c has other contents, d is neither a file nor a folder, e is neither a file nor a folder, e/f is missing, surplus does not belong to it
    "#]].assert_eq(&kit.told(&release.verify().unwrap_err()));
    expect![[r#"
        release 20261125-153012-ec3cf8 at DATA/releases/20261125-153012-ec3cf8 is damaged: a is missing, b has 2 bytes instead of 1, d is neither a file nor a folder, e is neither a file nor a folder, e/f is missing
    "#]].assert_eq(&kit.told(&kit.data.release(release.id()).unwrap_err()));
}

#[test]
fn a_stray_file_keeps_nobody_from_answering_but_is_told() {
    let kit = Kit::new();
    kit.publish_at(&[0]);
    let release = kit.data.open_current().unwrap();
    fs::write(release.path().join("notes.txt"), "").unwrap();
    kit.data.open_current().unwrap();
    let Err(ReleaseError::Damaged { damage, .. }) = release.verify() else {
        panic!("a surplus file was not noticed");
    };
    assert!(
        matches!(damage.as_slice(), [Damage::Surplus { path }] if path.as_str() == "notes.txt")
    );
}

#[test]
fn a_damaged_release_is_listed_and_does_not_become_current() {
    let kit = Kit::new();
    let ids = kit.publish_at(&[0, 1, 2]);
    let dir = kit.data.path().join("releases");
    overwrite(&dir.join(ids[0].as_str()).join("faqs.jsonl"), b"");
    // The manifest of another release, sound in itself.
    let foreign = fs::read(dir.join(ids[2].as_str()).join("manifest.json")).unwrap();
    overwrite(&dir.join(ids[1].as_str()).join("manifest.json"), &foreign);
    let listed = kit.data.releases().unwrap();
    let told: Vec<String> = listed
        .iter()
        .map(|info| match &info.manifest {
            Ok(_) => format!("{}: sound\n", info.id),
            Err(e) => kit.told(e),
        })
        .collect();
    expect![[r#"
        20261125-153014-8c2f2f: sound
        release 20261125-153013-a4e8bb at DATA/releases/20261125-153013-a4e8bb is damaged: manifest.json: it is that of release 20261125-153014-8c2f2f
        release 20261125-153012-5479d4 at DATA/releases/20261125-153012-5479d4 is damaged: faqs.jsonl has 0 bytes instead of 9
    "#]].assert_eq(&told.concat());
    let mut publisher = kit.publisher();
    for damaged in [None, Some(&ids[0]), Some(&ids[1])] {
        let error = publisher
            .roll_back(damaged, Check::Sizes, at(9))
            .unwrap_err();
        assert!(matches!(error, ReleaseError::Damaged { .. }), "{error}");
    }
    assert_eq!(kit.data.current().unwrap().as_ref(), Some(&ids[2]));
}

#[test]
fn damage_that_keeps_lengths_is_found_by_the_whole_check() {
    let kit = Kit::new();
    let ids = kit.publish_at(&[0, 1]);
    let path = kit.data.path().join("releases").join(ids[0].as_str());
    overwrite(&path.join("index/words.bin"), b"v");
    let mut publisher = kit.publisher();
    let error = publisher
        .roll_back(None, Check::Contents, at(2))
        .unwrap_err();
    assert!(matches!(error, ReleaseError::Damaged { .. }), "{error}");
    assert_eq!(kit.data.current().unwrap().as_ref(), Some(&ids[1]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_changed_byte_of_any_release_goes_unnoticed(
        files in prop::collection::btree_map(
            "[a-z退款]{1,6}(/[a-z退款]{1,6}){0,2}\\.bin",
            prop::collection::vec(any::<u8>(), 0..300),
            1..6,
        ),
        (file, place) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        mask in 1_u8..,
    ) {
        let kit = Kit::new();
        let mut publisher = kit.publisher();
        let draft = publisher.draft().unwrap();
        for (path, contents) in files {
            let path = draft.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, contents).unwrap();
        }
        let release = draft.seal(about(at(0))).unwrap();
        release.verify().unwrap();
        let paths = files_of(&release);
        let path = file.get(&paths);
        let mut bytes = fs::read(path).unwrap();
        // In an empty file there is nothing to change.
        if !bytes.is_empty() {
            let place = place.index(bytes.len());
            bytes[place] ^= mask;
            overwrite(path, &bytes);
            let error = release.verify().unwrap_err();
            prop_assert!(matches!(error, ReleaseError::Damaged { .. }), "{}", error);
        }
    }
}
