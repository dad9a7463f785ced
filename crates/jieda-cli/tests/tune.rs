//! Thresholds and intents from labelled queries, as a user runs them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod industry;

use std::{fs, process::Output};

use industry::{Industry, failed, joined, text};
use serde_json::Value;

/// Thirty FAQs, what customers asked of them in `queries.jsonl`, and of others in `others.jsonl`.
fn fixture() -> Industry {
    let (industry, others) = Industry::of_travel(30, "queries.jsonl");
    let some = others.iter().step_by(20).map(String::as_str);
    fs::write(industry.path("others.jsonl"), joined(some)).unwrap();
    industry
}

/// With all labels.
fn labelled(industry: &Industry, args: &[&str]) -> Output {
    let queries = industry.path("queries.jsonl");
    let others = industry.path("others.jsonl");
    let labels = ["--queries", text(&queries), "--unanswerable", text(&others)];
    industry.run(&[args, &labels].concat())
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn tuned_thresholds_decide_from_then_on() {
    let f = fixture();
    let policy = f.path("kb/policy.toml");
    // What the sample can't carry is refused, and so is what makes no sense; nothing is written.
    failed(
        &labelled(&f, &["tune", "--max-wrong-rate", "0.1%"]),
        1,
        "没有写入任何阈值",
    );
    failed(
        &labelled(&f, &["tune", "--max-wrong-rate", "much"]),
        2,
        "2%",
    );
    let wanted = ["tune", "--max-wrong-rate", "20%"];
    let dry = json(&labelled(
        &f,
        &[&wanted[..], &["--dry-run", "--json"]].concat(),
    ));
    assert!(dry["choice"]["upper_bound"].as_f64().unwrap() <= 0.2);
    assert!(!policy.exists());

    let charts = f.path("charts");
    let output = labelled(&f, &[&wanted[..], &["--charts", text(&charts)]].concat());
    assert!(output.status.success(), "{output:?}");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("答错的不超过 20.0%"), "{shown}");
    assert!(charts.join("risk-coverage.svg").exists() && charts.join("reliability.svg").exists());
    let written = fs::read_to_string(&policy).unwrap();
    let reply = dry["choice"]["threshold"].as_f64().unwrap();
    assert!(written.contains(&format!("reply = {reply}")), "{written}");
    assert!(written.contains("[tuned]") && written.contains("max_wrong_rate = 0.2"));

    // With the thresholds in force, the engine does what was promised of the sample.
    let report = json(&labelled(&f, &["eval", "decision", "--json"]));
    assert_eq!(report["replies"], dry["choice"]["accepted"]);
    let wrong = |report: &Value, key: &str| report[key].as_f64().unwrap();
    assert!((wrong(&report, "wrong_rate") - wrong(&dry["choice"], "wrong_rate")).abs() < 1e-9);

    // Faults of both files come at once.
    fs::write(
        f.path("queries.jsonl"),
        "{\"text\":\"改签\",\"faq\":\"nowhere\"}\n",
    )
    .unwrap();
    fs::write(f.path("others.jsonl"), "no line\n").unwrap();
    let output = labelled(&f, &["eval", "decision"]);
    failed(&output, 1, "queries.jsonl");
    failed(&output, 1, "others.jsonl");

    // A policy with a fault is not taken for none.
    fs::write(&policy, "[thresholds]\nreplay = 0.5\n").unwrap();
    failed(&f.run(&["ask", "改签"]), 1, "replay");
}

#[test]
fn a_promise_is_checked_before_it_is_published() {
    let f = fixture();
    let (kb, data) = (f.path("kb"), f.path("data"));
    let (queries, others) = (f.path("queries.jsonl"), f.path("others.jsonl"));
    let labels = ["--queries", text(&queries), "--unanswerable", text(&others)];
    let on_data = |args: &[&str]| f.run_on(&["--data", text(&data)], args);
    let publish =
        |more: &[&str]| on_data(&[&["kb", "publish", text(&kb), "--json"], more].concat());

    // Nothing is promised yet: nothing to check, and no word on it unless asked.
    let first = publish(&[]);
    assert!(!String::from_utf8_lossy(&first.stderr).contains("承诺"));
    assert_eq!(json(&first)["promise"], Value::Null);
    let asked = publish(&labels);
    assert!(String::from_utf8_lossy(&asked.stderr).contains("没有承诺"));
    assert!(json(&asked)["unchanged"].as_bool().unwrap());

    let tuned = labelled(&f, &["tune", "--max-wrong-rate", "20%", "--json"]);
    let tuned = json(&tuned)["choice"].clone();
    // Without labels it goes out unchecked, and says so.
    let unchecked = publish(&["--note", "未复核"]);
    assert_eq!(json(&unchecked)["promise"], Value::Null);
    let warned = String::from_utf8_lossy(&unchecked.stderr).into_owned();
    assert!(
        warned.contains("没有复核") && warned.contains("没有变"),
        "{warned}"
    );
    // With the labels that it was tuned on, and nothing changed, it is kept.
    let policy = kb.join("policy.toml");
    let promised = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, format!("# 复核\n{promised}")).unwrap();
    let kept = json(&publish(&labels));
    assert_eq!(kept["promise"]["outcome"], "kept", "{kept}");
    assert_eq!(kept["promise"]["replies"], tuned["accepted"]);
    assert_eq!(kept["promise"]["wrong"], tuned["wrong"]);
    let current = || json(&on_data(&["kb", "list", "--json"]))["current"].clone();
    assert_eq!(current(), kept["release"]);

    // Somebody lowers the threshold by hand: the promise is broken, and nothing is published.
    let lines = promised.lines().map(|line| match line.split_once(" = ") {
        Some(("reply", _)) => "reply = 0.0",
        Some(("clarify", _)) => "clarify = 0.0",
        _ => line,
    });
    fs::write(&policy, joined(lines)).unwrap();
    let refused = publish(&labels);
    failed(&refused, 1, "没有发布：承诺");
    failed(&refused, 1, "--force");
    let broken: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(broken["promise"]["outcome"], "broken");
    let share = |key: &str| broken["promise"][key].as_f64().unwrap();
    assert!(share("wrong_rate_bound") > 0.2 && share("wrong_rate") <= share("wrong_rate_bound"));
    assert_eq!(current(), kept["release"]);
    // It is there to be looked into, and can't become current by the back door.
    let id = broken["release"].as_str().unwrap();
    failed(&on_data(&["kb", "publish", "--release", id]), 1, "没有守住");

    let forced = json(&publish(&[&labels[..], &["--force"]].concat()));
    assert_eq!(forced["promise"]["outcome"], "overridden");
    assert_eq!(current(), forced["release"]);
    let shown = on_data(&["kb", "show"]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(
        shown.contains("被强制发布") && shown.contains("上限"),
        "{shown}"
    );
    let listed = on_data(&["kb", "list"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("强制发布"));

    // A release that is there is checked on labels that are given, and told apart.
    let id = kept["release"].as_str().unwrap();
    let again = [&["kb", "publish", "--json", "--release", id][..], &labels].concat();
    assert_eq!(json(&on_data(&again))["promise"]["outcome"], "kept");
    assert_eq!(current(), kept["release"]);
    let strangers = ["kb", "build", text(&kb), "--queries", text(&others)];
    failed(&on_data(&strangers), 1, "others.jsonl");
}

#[test]
fn decisions_are_measured() {
    let f = fixture();
    let handoff = f.path("handoff.jsonl");
    fs::write(
        &handoff,
        "{\"text\":\"转人工\",\"reason\":\"human_request\"}\n{\"text\":\"人工费怎么算\",\"reason\":null}\n",
    )
    .unwrap();
    let cases = f.path("cases.tsv");
    let report = json(&labelled(
        &f,
        &[
            "eval",
            "decision",
            "--json",
            "--handoff",
            text(&handoff),
            "--cases",
            text(&cases),
        ],
    ));
    assert_eq!(report["handoff_recall"], 1.0);
    assert_eq!(report["handoff_false_rate"], 0.0);
    let [low, high] = ["0", "1"].map(|i| {
        report["wrong_rate_ci"][i.parse::<usize>().unwrap()]
            .as_f64()
            .unwrap()
    });
    let wrong = report["wrong_rate"].as_f64().unwrap();
    assert!(
        low <= wrong && wrong <= high && high < 1.0,
        "{low} {wrong} {high}"
    );
    for key in ["coverage", "oos_answered_rate", "ece"] {
        assert!(
            (0.0..=1.5).contains(&report[key].as_f64().unwrap()),
            "{key}"
        );
    }
    let styles: f64 = report["by_style"]
        .as_object()
        .unwrap()
        .values()
        .map(|group| group["n"].as_f64().unwrap())
        .sum();
    assert_eq!(Some(styles), report["answerable"].as_f64());
    let curve = report["risk_coverage"].as_array().unwrap();
    assert!(curve.len() > 5);
    let lines = fs::read_to_string(&cases).unwrap().lines().count();
    let asked = ["answerable", "unanswerable"].map(|key| report[key].as_u64().unwrap());
    assert_eq!(lines as u64, 1 + asked[0] + asked[1] + 2);
}

#[test]
fn intents_are_learned_and_measured() {
    let f = fixture();
    let classify = |words: &str| json(&f.run(&["classify", "--json", words]));
    let before = classify("行程怎么改");
    assert_eq!(
        before["none"],
        Value::Null,
        "nobody has learned what is strange"
    );
    let head = f.path("kb/intents.safetensors");
    let queries = f.path("queries.jsonl");
    let report = json(&f.run(&["train", "intent", "--json", "--log", text(&queries)]));
    assert!(report["intents"].as_array().unwrap().len() >= 2);
    assert!(head.exists());
    let after = classify("行程怎么改");
    assert!(after["none"].is_number(), "{after}");
    // Requests for a human are known without training.
    let request = classify("别让机器人应付我，找个活人出来");
    assert_eq!(request["intents"][0]["id"], "human_request", "{request}");

    // From a file of one's own, with an intent in two parts, a contradiction, and texts that have none.
    let own = f.path("own.jsonl");
    let mut lines = String::new();
    for i in 0..8 {
        lines += &format!("{{\"text\":\"退款到哪一步了{i}\",\"intent\":\"refund/progress\"}}\n");
        lines += &format!("{{\"text\":\"发票抬头写错{i}\",\"intent\":\"invoice\"}}\n");
        lines += &format!("{{\"text\":\"月亮有多远{i}\",\"intent\":null}}\n");
    }
    lines += "{\"text\":\"发票抬头写错0\",\"intent\":\"refund/progress\"}\n";
    fs::write(&own, lines).unwrap();
    let output = f.run(&["train", "intent", "--data", text(&own)]);
    assert!(output.status.success(), "{output:?}");
    let warned = String::from_utf8_lossy(&output.stderr);
    assert!(warned.contains("发票抬头写错0"), "{warned}");
    let mine = classify("退款到哪一步了");
    let ids: Vec<&str> = mine["intents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|intent| intent["id"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&"refund/progress"), "{mine}");

    let measured = json(&f.run(&[
        "eval",
        "intent",
        "--json",
        "--train",
        text(&own),
        "--test",
        text(&own),
    ]));
    for key in ["accuracy", "macro_f1", "ece", "oos_auroc", "fpr95"] {
        let value = measured[key].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&value), "{key} {value}");
    }
    assert!(measured["accuracy"].as_f64().unwrap() > 0.9);
    assert_eq!(measured["contradictions"], 1);
}

#[test]
fn keywords_of_an_intent_count_and_are_told() {
    let f = fixture();
    let file = f.path("kb/intents.jsonl");
    let words = "请问这边能帮忙处理一下吗";
    let classify = || json(&f.run(&["classify", "--json", "--limit", "99", words]));
    let before = classify();
    assert_eq!(before["evidence"], serde_json::json!([]));
    let last = before["intents"].as_array().unwrap().last().unwrap()["id"].clone();
    let with_rules = |rules: &str| {
        let lines = fs::read_to_string(&file).unwrap();
        let lines: Vec<String> = lines
            .lines()
            .map(|line| {
                let mut row: Value = serde_json::from_str(line).unwrap();
                if row["id"] == last {
                    row["keywords"] = serde_json::json!(["帮忙"]);
                    row["patterns"] = serde_json::json!([rules]);
                }
                row.to_string()
            })
            .collect();
        fs::write(&file, lines.join("\n")).unwrap();
    };
    with_rules("处理.{0,2}下");
    let after = classify();
    let evidence = after["evidence"].as_array().unwrap();
    assert_eq!(evidence.len(), 2, "{after}");
    assert_eq!(evidence[0]["keyword"], "帮忙");
    assert_eq!(evidence[1]["found"], "处理一下");
    let p = |key: &str| evidence[0][key].as_f64().unwrap();
    assert!(p("after") > p("before"), "{after}");
    // Told in the trace too; the confidence is what it was.
    let ask = || json(&f.run(&["ask", "--json", words]));
    let asked = ask();
    assert_eq!(
        asked["trace"]["intent_evidence"].as_array().unwrap().len(),
        2
    );
    let explained = f.run(&["ask", "--explain", words]);
    assert!(String::from_utf8_lossy(&explained.stdout).contains("的关键词“帮忙”：概率"));
    with_rules("不会出现的话");
    assert_eq!(ask()["confidence"], asked["confidence"]);

    with_rules("处理(");
    let output = f.run(&["kb", "check", "--no-model"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains("intents.jsonl:") && said.contains("不是正则表达式"),
        "{said}"
    );
}

#[test]
fn an_encoder_is_tuned_for_intents_only_where_that_pays() {
    let f = fixture();
    let (own, out) = (f.path("own.jsonl"), f.path("tuned"));
    let mut lines = String::new();
    for i in 0..12 {
        lines += &format!("{{\"text\":\"退款到哪一步了{i}\",\"intent\":\"refund\"}}\n");
        lines += &format!("{{\"text\":\"发票抬头写错{i}\",\"intent\":\"invoice\"}}\n");
    }
    fs::write(&own, lines).unwrap();
    let tune = [
        "train",
        "intent",
        text(&own),
        "--fine-tune",
        "--epochs",
        "1",
        "--json",
    ];
    failed(&f.run(&tune), 2, "--out");
    failed(
        &f.run(&["train", "intent", "--epochs", "1"]),
        2,
        "--fine-tune",
    );
    // A head on the frozen encoder names them all already.
    let tune = [&tune[..], &["--out", text(&out)]].concat();
    let output = f.run(&tune);
    failed(&output, 1, "没有写出新模型");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&report["before"], &report["written"]),
        (&1.0.into(), &false.into())
    );
    assert_eq!(report["epochs"].as_array().unwrap().len(), 1);
    assert!(!out.exists() && !f.path("tuned.training").exists());
    failed(
        &f.run(&["eval", "intent", "--test", text(&own)]),
        1,
        "own-intents.safetensors",
    );
}

#[test]
fn intents_that_cannot_be_learned_are_refused() {
    let f = fixture();
    let own = f.path("own.jsonl");
    let train = |lines: &str| {
        fs::write(&own, lines).unwrap();
        f.run(&["train", "intent", text(&own)])
    };
    let one = "{\"text\":\"退款\",\"intent\":\"refund\"}\n";
    failed(&train(one), 1, "只有 1 个意图");
    failed(&train(""), 1, "没有任何数据行");
    failed(
        &train("{\"text\":\"天\",\"intent\":null}\n"),
        1,
        "只有 0 个意图",
    );
    failed(
        &train("{\"text\":\"\",\"intent\":\"a\"}\n[]\n"),
        1,
        "own.jsonl",
    );
    assert!(!f.path("kb/intents.safetensors").exists());
    // A damaged head is named, not passed over.
    fs::write(f.path("kb/intents.safetensors"), b"no head").unwrap();
    failed(&f.run(&["classify", "退款"]), 1, "意图分类器");
}
