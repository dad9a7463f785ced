//! Answers that are tried against each other, from the knowledge base to the report.

use std::{collections::BTreeMap, fs};

use serde_json::{Value, json};

use crate::server::{From, Home};

#[test]
fn each_conversation_keeps_its_answer_and_the_report_counts_it() {
    let home = Home::new();
    let file = home.path("kb/faqs.jsonl");
    let faqs = fs::read_to_string(&file).unwrap();
    let mut lines: Vec<Value> = faqs
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let question = lines[0]["question"].as_str().unwrap().to_owned();
    lines[0]["variants"] = json!(["另一种答案：请在“我的订单”里查看。"]);
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    fs::write(&file, text.join("\n")).unwrap();

    let server = home.serve(From::Folder);
    let mut given = BTreeMap::new();
    for i in 0..24 {
        let id = format!("c-{i}");
        let first = server.say(&question, Some(&id));
        let label = first["variant"]["label"].as_str().unwrap().to_owned();
        assert_eq!(
            label == "B",
            first["reply"].as_str().unwrap().contains("另一种答案")
        );
        let again = server.say(&question, Some(&id));
        assert_eq!(again["variant"], first["variant"]);
        if label == "A" {
            server.say("转人工", Some(&id));
        }
        *given.entry(label).or_insert(0) += 1;
    }
    assert_eq!(given.len(), 2, "{given:?}");
    // A caller who carries the state has no id: he gets the answer.
    let carried = server
        .post("/v1/answer", &json!({ "text": question, "state": {} }))
        .ok();
    assert_eq!(carried.get("variant"), None);
    assert!(server.stop());

    let store = home
        .path("state/jieda/conversations.db")
        .display()
        .to_string();
    let report = |more: &[&str]| {
        let args = ["log", "ab", "--store", &store];
        let output = home.run(&[&args[..], more].concat());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let json: Value = serde_json::from_str(&report(&["--settled", "0", "--json"])).unwrap();
    let trial = &json["trials"][0];
    assert_eq!(
        (&trial["faq"], &trial["conversations"]),
        (&json!("ec-001"), &json!(24))
    );
    assert_eq!(trial["answers"][0]["conversations"], given["A"]);
    assert_eq!(trial["answers"][0]["rates"]["handed_over"], 1.0);
    assert_eq!(trial["answers"][1]["rates"]["handed_over"], 0.0);
    assert_eq!(trial["answers"][1]["rates"]["asked_again"], 1.0);
    let told = report(&["--settled", "0", "--goal", "handed_over"]);
    assert!(told.contains("B 更好"), "{told}");
    let waiting = report(&["--settled", "60"]);
    assert!(waiting.contains("另有 24 个会话"), "{waiting}");
}
