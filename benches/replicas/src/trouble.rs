//! What is wrong with a replica all the time: its disk is full, or its clock is. Both need help of the system; where that is
//! not to be had, it is said, and the replica has no trouble.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

/// How wrong a clock is.
pub(crate) const SKEW_SECONDS: i64 = 90;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    FullDisk,
    WrongClock,
}

/// A folder on a file system of its own, which has no room.
#[derive(Debug)]
pub(crate) struct FullDisk(PathBuf);

impl FullDisk {
    /// Takes a file system of half a megabyte, and fills it.
    pub(crate) fn mount(dir: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"])
            .arg(dir)
            .output();
        if !mounted.is_ok_and(|done| done.status.success()) {
            eprintln!("no replica has a full disk: a tmpfs can't be mounted here");
            return None;
        }
        let full = Self(dir.to_owned());
        let mut file = File::create(dir.join("fill")).ok()?;
        while file.write_all(&[1; 4096]).is_ok() {}
        Some(full)
    }
}

impl Drop for FullDisk {
    fn drop(&mut self) {
        // Whoever still has it open keeps it until he ends.
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

/// The variables that set a clock wrong, with libfaketime.
pub(crate) fn wrong_clock() -> Option<[(&'static str, String); 3]> {
    let places = [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/faketime/libfaketimeMT.so.1",
    ];
    let Some(library) = places.iter().find(|place| Path::new(place).is_file()) else {
        eprintln!("no replica has a wrong clock: there is no libfaketime");
        return None;
    };
    Some([
        ("LD_PRELOAD", (*library).to_owned()),
        ("FAKETIME", format!("+{SKEW_SECONDS}s")),
        // Waits are as long as ever.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
    ])
}
