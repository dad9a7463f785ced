//! `jieda kb`: from a spreadsheet to a release and back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder to work in.
struct Work {
    dir: TempDir,
}

impl Work {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// With the hotel's spreadsheet imported into `kb`.
    fn with_hotel() -> Self {
        let work = Self::new();
        let sheet = root().join("kb-samples/spreadsheet/hotel.xlsx");
        work.ok(&["kb", "import", text(&sheet), "--into", "kb"]);
        work
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jieda"));
        command
            .current_dir(self.dir.path())
            .args(args)
            .arg("--model")
            .arg(root().join("models/jieda-zh-small"))
            .env(
                "JIEDA_CACHE_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"),
            )
            .env_remove("JIEDA_CONFIG")
            .env_remove("JIEDA_DATA");
        command
    }

    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[args, &["--json"]].concat())).unwrap()
    }

    /// Checks exit code and a part of what was said.
    fn fails(&self, args: &[&str], code: i32, message: &str) {
        let output = self.run(args);
        let said =
            String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(message), "{args:?}: {said}");
    }

    fn publish(&self) -> String {
        let value = self.json(&["kb", "publish", "kb", "--data", "data"]);
        value["release"].as_str().unwrap().to_owned()
    }

    /// Changes the folder's FAQs.
    fn edit(&self, change: impl FnOnce(String) -> String) {
        let path = self.path("kb/faqs.jsonl");
        let faqs = change(fs::read_to_string(&path).unwrap());
        fs::write(path, faqs).unwrap();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_spreadsheet_becomes_a_release_that_answers_and_is_taken_back() {
    let work = Work::with_hotel();
    let report = work.json(&["kb", "check", "kb"]);
    assert_eq!(report["errors"], serde_json::json!([]));
    let first = work.publish();
    let answer = |words: &str| {
        let reply = work.json(&["ask", "--data", "data", "早餐几点"]);
        assert!(reply["reply"].as_str().unwrap().contains(words), "{reply}");
    };
    answer("7:00至10:00");

    work.edit(|faqs| faqs.replace("7:00至10:00", "6:30至10:30"));
    answer("7:00至10:00");
    let diff = work.ok(&["kb", "diff", "--data", "data", "current", "kb"]);
    assert!(
        diff.contains("faq-009") && diff.contains("修改 1 条"),
        "{diff}"
    );
    let second = work.publish();
    answer("6:30至10:30");

    let list = work.json(&["kb", "list", "--data", "data"]);
    assert_eq!(list["current"], second.as_str());
    let ids: Vec<&str> = list["releases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|release| release["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [second.as_str(), first.as_str()]);
    assert_eq!(list["releases"][0]["faqs"], 12);
    assert!(
        list["releases"][0]["created"]
            .as_str()
            .unwrap()
            .starts_with("20")
    );

    let moved = work.json(&["kb", "rollback", "--data", "data"]);
    assert_eq!(moved["to"], first.as_str());
    answer("7:00至10:00");
    let shown = work.ok(&["kb", "show", "--verify", "--data", "data"]);
    assert!(
        shown.contains("（当前）") && shown.contains("逐字节核对无误"),
        "{shown}"
    );
    work.ok(&["kb", "rollback", &second, "--data", "data"]);
    let pruned = work.json(&["kb", "prune", "--keep", "1", "--data", "data"]);
    assert_eq!(
        pruned["removed"],
        serde_json::json!([]),
        "the way back stays"
    );
}

#[test]
fn a_release_can_be_built_first_and_published_later() {
    let work = Work::with_hotel();
    let first = work.publish();
    work.edit(|faqs| faqs.replace("7:00", "8:00"));
    let built = work.json(&["kb", "build", "kb", "--data", "data"]);
    let id = built["release"].as_str().unwrap();
    let current = || work.json(&["kb", "list", "--data", "data"])["current"].clone();
    assert_eq!(current(), first.as_str());
    let diff = work.ok(&["kb", "diff", "--data", "data", "current", id]);
    assert!(diff.contains("修改 1 条"), "{diff}");
    work.ok(&["kb", "publish", "--release", id, "--data", "data"]);
    assert_eq!(current(), id);
    work.fails(
        &["kb", "publish", "kb", "--release", id, "--data", "data"],
        2,
        "--release",
    );
}

#[test]
fn a_diff_tells_which_answers_change() {
    let work = Work::with_hotel();
    work.publish();
    work.edit(|faqs| {
        faqs.lines()
            .filter(|l| !l.contains("早餐几点"))
            .collect::<Vec<_>>()
            .join("\n")
    });
    fs::write(
        work.path("asked.jsonl"),
        "{\"text\":\"早餐几点开始\"}\n{\"text\":\"怎么取消预订\"}\n",
    )
    .unwrap();
    let args = [
        "kb",
        "diff",
        "--data",
        "data",
        "current",
        "kb",
        "--queries",
        "asked.jsonl",
    ];
    let diff = work.json(&args);
    assert_eq!(diff["answers"]["counts"]["queries"], 2);
    let changed = &diff["answers"]["changed"][0];
    assert_eq!(changed["query"], "早餐几点开始", "{diff}");
    let markdown = work.ok(&[&args[..], &["--markdown"]].concat());
    assert!(markdown.contains("## 删除（1 条）"), "{markdown}");
}

#[test]
fn what_was_exported_imports_back_to_the_same() {
    let work = Work::with_hotel();
    for (flag, file) in [
        ("--xlsx", "out.xlsx"),
        ("--csv", "out.csv"),
        ("--jsonl", "out.jsonl"),
    ] {
        work.ok(&["kb", "export", "kb", flag, file]);
        let report = work.json(&["kb", "import", file, "--into", "kb", "--replace"]);
        let counts =
            ["added", "changed", "removed"].map(|key| report[key].as_array().unwrap().len());
        assert_eq!(counts, [0, 0, 0], "{file}: {report}");
        assert_eq!(report["unchanged"].as_array().unwrap().len(), 12);
    }
}

#[test]
fn every_fault_is_told_with_its_cell() {
    let work = Work::new();
    let faulty = root().join("kb-samples/invalid/spreadsheet");
    let args = ["kb", "check", text(&faulty), "--json"];
    let output = work.run(&args);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = |kind: &str| report[kind].as_array().unwrap().len();
    assert_eq!((found("errors"), found("warnings")), (16, 4), "{report}");
    let first = &report["errors"][0];
    for key in ["file", "row", "column", "code", "message"] {
        assert!(!first[key].is_null(), "{key}: {first}");
    }
    assert_eq!((&first["row"], &first["column"]), (&3.into(), &1.into()));
    work.fails(
        &["kb", "check", text(&faulty)],
        1,
        "不能发布：16 个错误，4 个提醒",
    );
    work.fails(
        &["kb", "publish", text(&faulty), "--data", "data"],
        1,
        "D6“答案”",
    );
    assert!(
        !work.path("data").exists(),
        "nothing is made of a faulty folder"
    );
    work.fails(
        &[
            "kb",
            "import",
            text(&faulty.join("faqs.xlsx")),
            "--into",
            "kb",
        ],
        1,
        "I9“失效时间”",
    );
    assert!(!work.path("kb").exists());
}

#[test]
fn a_phrasing_that_leads_elsewhere_is_told() {
    let work = Work::with_hotel();
    // A question on deposits has got among those on breakfast.
    let deposits = concat!(
        r#"{"id":"d1","intent":"预订","question":"押金什么时候退","#,
        r#""similar":["退押金要多久","押金几天到账"],"answer":"押金在退房后1至3个工作日退回。"}"#,
        "\n"
    );
    work.edit(|faqs| {
        let stray = "\"similar\":[\"押金什么时候能退给我\",";
        let stray = |line: &str| match line.contains("早餐几点开始") {
            true => line.replacen("\"similar\":[", stray, 1),
            false => line.to_owned(),
        };
        let lines: Vec<String> = faqs.lines().map(stray).collect();
        lines.join("\n") + "\n" + deposits
    });
    let shadowed = |args: &[&str]| -> Vec<String> {
        let report = work.json(args);
        let warnings = report["warnings"].as_array().unwrap().iter();
        let shadowed = warnings.filter(|warning| warning["code"] == "shadowed");
        shadowed
            .map(|warning| warning["message"].as_str().unwrap().to_owned())
            .collect()
    };
    let found = shadowed(&["kb", "check", "kb"]);
    assert!(found.len() == 1 && found[0].contains("d1"), "{found:?}");
    assert!(shadowed(&["kb", "check", "kb", "--no-model"]).is_empty());
}

#[test]
fn what_can_not_be_done_is_told() {
    let work = Work::with_hotel();
    work.fails(&["kb", "list"], 1, "--data");
    work.fails(&["ask", "--data", "none", "早餐"], 1, "不是数据目录");
    work.fails(&["kb", "export", "kb"], 2, "--xlsx");
    work.fails(
        &["kb", "import", "none.xlsx", "--into", "kb"],
        1,
        "none.xlsx",
    );
    let id = work.publish();
    work.fails(&["kb", "rollback", "--data", "data"], 1, "没有更早的版本");
    work.fails(&["kb", "rollback", "1999", "--data", "data"], 1, &id);
    // Somebody else is publishing.
    let lock = File::options()
        .read(true)
        .write(true)
        .open(work.path("data/LOCK"))
        .unwrap();
    lock.lock().unwrap();
    work.edit(|faqs| faqs.replace("7:00", "8:00"));
    work.fails(
        &["kb", "publish", "kb", "--data", "data"],
        1,
        "正在由他人发布",
    );
    drop(lock);
    work.publish();
}

#[test]
fn a_folder_that_is_named_goes_before_the_environment() {
    let work = Work::with_hotel();
    work.publish();
    work.edit(|faqs| faqs.replace("7:00", "8:00"));
    let ask = |args: &[&str]| {
        let mut command = work.command(&[&["ask", "早餐几点"], args].concat());
        let output = command.env("JIEDA_DATA", "data").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(ask(&[]).contains("7:00"));
    assert!(ask(&["--kb", "kb"]).contains("8:00"));
    work.fails(
        &["ask", "早餐", "--kb", "kb", "--data", "data"],
        2,
        "--data",
    );
}

#[test]
fn damage_is_named_and_the_way_back_is_told() {
    let work = Work::with_hotel();
    let first = work.publish();
    work.edit(|faqs| faqs.replace("7:00", "8:00"));
    let second = work.publish();
    let file = work.path("data/releases").join(&second).join("text.index");
    let mut bytes = fs::read(&file).unwrap();
    bytes[100] ^= 1;
    fs::remove_file(&file).unwrap();
    fs::write(&file, bytes).unwrap();
    work.fails(&["ask", "--data", "data", "早餐"], 4, "text.index");
    work.fails(&["kb", "prune", "--data", "data"], 4, "text.index");
    let moved = work.json(&["kb", "rollback", "--data", "data"]);
    assert_eq!(moved["to"], first.as_str());
    work.ok(&["ask", "--data", "data", "早餐几点"]);
    // A damaged pointer is repaired by naming a release.
    fs::write(work.path("data/CURRENT"), "garbage").unwrap();
    let list = work.json(&["kb", "list", "--data", "data"]);
    assert_eq!(list["releases"].as_array().unwrap().len(), 2, "{list}");
    let made = || fs::read_dir(work.path("data/releases")).unwrap().count();
    work.fails(&["kb", "publish", "kb", "--data", "data"], 4, "CURRENT");
    assert_eq!(made(), 2, "nothing is made that can't become current");
    work.fails(&["ask", "--data", "data", "早餐"], 4, "CURRENT");
    work.ok(&["kb", "rollback", &first, "--data", "data"]);
    work.ok(&["ask", "--data", "data", "早餐几点"]);
}
