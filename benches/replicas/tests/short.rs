//! A short form of the faults: the whole takes ten minutes.

#![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::{path::Path, process::Command};

#[test]
fn nothing_is_lost_or_doubled() {
    let driver = Path::new(env!("CARGO_BIN_EXE_jieda-bench-replicas"));
    let jieda = driver.with_file_name("jieda");
    if !jieda.is_file() {
        eprintln!(
            "skipped: {} is not built; run the tests of the whole workspace",
            jieda.display()
        );
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let done = Command::new(driver)
        .arg("--jieda")
        .arg(jieda)
        .arg("--model")
        .arg(root.join("models/jieda-zh-small"))
        .arg("--kb")
        .arg(root.join("kb-samples/ecommerce"))
        .args([
            "--seconds",
            "20",
            "--kills",
            "3",
            "--restarts",
            "1",
            "--clients",
            "6",
        ])
        .output()
        .unwrap();
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    eprintln!("{told}");
    assert!(done.status.success(), "{told}");
}
