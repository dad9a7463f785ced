//! Publishers that are killed at any moment.
//!
//! The test starts itself as a child that makes, promotes, takes back and prunes releases until it is
//! killed. `JIEDA_KILLS` says how often; 25 times when it is not set.

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use jieda_knowledge::release::{Check, DataDir, Keep, ReleaseError};

use crate::kit::{Kit, about, at, leftovers};

const DIR: &str = "JIEDA_CRASH_DIR";
const READY: &str = "at work";

#[test]
#[cfg_attr(not(unix), ignore = "SIGKILL")]
fn a_kill_at_any_moment_leaves_a_sound_current_release() {
    let kills: u32 = env::var("JIEDA_KILLS").map_or(25, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let data = DataDir::create(&path).unwrap();
    let (mut moved, mut half_made) = (0, 0);
    let mut last = None;
    for kill in 0..kills {
        let mut child = start(&path);
        // The moment is what is tried out; nothing waits for it to be long enough.
        thread::sleep(Duration::from_micros(fastrand::u64(..80_000)));
        child.kill().unwrap();
        child.wait().unwrap();

        let data = DataDir::open(data.path()).unwrap();
        let left = leftovers(&data);
        half_made += usize::from(!left.is_empty());
        if let Some(current) = data.current().unwrap() {
            data.open_current().unwrap().verify().unwrap();
            moved += usize::from(last.as_ref() != Some(&current));
            last = Some(current);
        }
        for info in data.releases().unwrap() {
            info.manifest
                .unwrap_or_else(|e| panic!("after kill {kill}: {e}"));
            data.release(&info.id).unwrap().verify().unwrap();
        }
        drop(data.publisher("清理", at(0)).unwrap());
        assert_eq!(leftovers(&data), [""; 0], "after kill {kill}");
    }
    println!(
        "{kills} kills, {moved} with a new current release, {half_made} in the middle of a change"
    );
    assert!(moved > 0, "no child ever got to publish");
}

#[test]
#[cfg_attr(not(unix), ignore = "SIGKILL")]
fn a_publisher_of_another_process_is_named_and_its_lock_ends_with_it() {
    let kit = Kit::new();
    let mut child = start(kit.data.path());
    let error = kit.data.publisher("王主管", at(0)).unwrap_err();
    child.kill().unwrap();
    child.wait().unwrap();
    let ReleaseError::Busy { by: Some(by), .. } = error else {
        panic!("{error}");
    };
    assert_eq!((by.by.as_str(), by.pid), ("将被杀死", child.id()));
    kit.data.publisher("王主管", at(0)).unwrap();
}

/// Starts a child, and waits until it is at work.
fn start(path: &Path) -> Child {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--ignored", "--nocapture"])
        .env(DIR, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines.map_while(Result::ok).any(|line| line.contains(READY));
    assert!(ready, "the child did not get to work");
    child
}

#[test]
#[ignore = "started by the test above, to be killed"]
fn child() {
    let data = DataDir::open(env::var_os(DIR).unwrap().as_ref()).unwrap();
    let mut publisher = data.publisher("将被杀死", at(0)).unwrap();
    println!("{READY}");
    let newest = data
        .releases()
        .unwrap()
        .first()
        .map_or(at(0), |info| info.id.time());
    let mut now = newest;
    loop {
        now += jiff::SignedDuration::from_secs(1);
        let before = data.open_current().ok();
        let mut draft = publisher.draft().unwrap();
        for number in 0..fastrand::usize(1..8) {
            let contents = vec![fastrand::u8(..); fastrand::usize(..50_000)];
            std::fs::write(draft.path().join(format!("file-{number}")), contents).unwrap();
        }
        match &before {
            Some(before) => draft.link_from(before, "sources/kept").unwrap(),
            None => {
                std::fs::create_dir(draft.path().join("sources")).unwrap();
                std::fs::write(draft.path().join("sources/kept"), "kept").unwrap();
            }
        }
        let release = draft.seal(about(now)).unwrap();
        publisher.promote(release.id(), Check::Sizes, now).unwrap();
        if before.is_some() && fastrand::bool() {
            publisher.roll_back(None, Check::Contents, now).unwrap();
        }
        publisher.prune(Keep { newest: 2 }).unwrap();
    }
}
