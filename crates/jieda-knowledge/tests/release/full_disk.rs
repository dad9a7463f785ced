//! Writing fails half-way: the disk is full, or a quota is reached.

use std::{
    env, fs,
    process::{Command, Stdio},
};

use jieda_knowledge::release::{Check, DataDir, Keep, ReleaseError, ReleaseFault};

use crate::kit::{Kit, about, at, leftovers};

const DIR: &str = "JIEDA_FULL_DIR";
const STEP: &str = "JIEDA_FULL_STEP";
/// A file system of about a megabyte, for [`a_disk_that_is_really_full`].
const TINY: &str = "JIEDA_TINY_DISK";

/// Runs a step in a child in which no file can get longer than a block of the shell (512 bytes or
/// 1024); it must fail as I/O, and everything must be as it was.
fn check(step: &str) {
    let kit = Kit::new();
    let ids = kit.publish_at(&[0, 1, 2, 3, 4, 5]);
    let output = Command::new("sh")
        // Without the trap the signal would kill the child.
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""])
        .arg(env::current_exe().unwrap())
        .args(["--exact", "full_disk::child", "--ignored", "--nocapture"])
        .env(DIR, kit.data.path())
        .env(STEP, step)
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("failed as it should"), "{step}: {told}");
    assert_eq!(kit.data.current().unwrap().as_ref(), ids.last(), "{step}");
    kit.data.open_current().unwrap().verify().unwrap();
    drop(kit.publisher());
    assert!(leftovers(&kit.data).is_empty(), "{step}");
    kit.publish_at(&[100]);
}

#[test]
#[cfg_attr(not(unix), ignore = "ulimit")]
fn a_release_whose_files_do_not_fit_is_not_made() {
    check("manifest");
}

#[test]
#[cfg_attr(not(unix), ignore = "ulimit")]
fn current_stays_when_a_new_one_does_not_fit() {
    check("promote");
    check("roll back");
}

#[test]
#[ignore = "started by the tests above"]
fn child() {
    let data = DataDir::open(env::var_os(DIR).unwrap().as_ref()).unwrap();
    let mut publisher = data.publisher("磁盘已满", at(50)).unwrap();
    let mut draft_of = |files: usize| {
        let draft = publisher.draft()?;
        for number in 0..files {
            fs::write(draft.path().join(number.to_string()), "x").unwrap();
        }
        draft.seal(about(at(50)))
    };
    let error = match env::var(STEP).unwrap().as_str() {
        "manifest" => draft_of(20).unwrap_err(),
        "promote" => {
            let id = draft_of(1).unwrap().id().clone();
            publisher.promote(&id, Check::Contents, at(50)).unwrap_err()
        }
        "roll back" => publisher.roll_back(None, Check::Sizes, at(50)).unwrap_err(),
        other => panic!("no step `{other}`"),
    };
    assert!(matches!(error, ReleaseError::File { .. }), "{error}");
    assert_eq!(error.fault(), ReleaseFault::Environment);
    println!("failed as it should: {error}");
}

#[test]
#[ignore = "needs JIEDA_TINY_DISK, the folder of a file system of about a megabyte"]
fn a_disk_that_is_really_full() {
    let folder = env::var_os(TINY).unwrap();
    let data = DataDir::create(folder.as_ref()).unwrap();
    let mut publisher = data.publisher("磁盘已满", at(0)).unwrap();
    let (mut made, mut refused) = (0, 0);
    for second in 0..200 {
        let before = data.current().unwrap();
        let mut publish = || -> Result<(), ReleaseError> {
            let draft = publisher.draft()?;
            let file = draft.path().join("f");
            let contents = vec![1; fastrand::usize(..40_000)];
            fs::write(&file, contents)
                .map_err(|source| ReleaseError::File { path: file, source })?;
            let id = draft.seal(about(at(second)))?.id().clone();
            publisher
                .promote(&id, Check::Contents, at(second))
                .map(drop)
        };
        match publish() {
            Ok(()) => made += 1,
            Err(e) => {
                assert!(matches!(e, ReleaseError::File { .. }), "{e}");
                assert_eq!(data.current().unwrap(), before);
                refused += 1;
                if refused % 5 == 0 {
                    publisher.prune(Keep { newest: 2 }).unwrap();
                }
            }
        }
        data.open_current().unwrap().verify().unwrap();
    }
    println!("{made} made, {refused} refused");
    assert!(made > 10 && refused > 10);
}
