//! Replicas that share releases by an object storage, here a folder.

use serde_json::{Value, json};

use crate::server::{From, Home, Server, until};

/// A home that has published, and the address of a depot in it.
fn published() -> (Home, String) {
    let home = Home::new().published();
    let url = format!("file://{}", home.path("depot").display());
    let pushed = home.run(&["depot", "push", &url, "--data", "data"]);
    assert!(pushed.status.success(), "{pushed:?}");
    (home, url)
}

/// A replica with a data directory of its own, which is empty at first.
fn replica(home: &Home, url: &str, (name, more): (&str, &[(&str, &str)])) -> Server {
    let env = [
        ("JIEDA_SERVER_DEPOT_URL", url),
        ("JIEDA_SERVER_DEPOT_REPLICA", name),
        ("JIEDA_SERVER_DEPOT_POLL_MS", "200"),
    ];
    home.serve_with(From::Data, &[&env[..], more].concat())
}

fn release(server: &Server) -> String {
    let about = server.get("/v1/kb").ok();
    about["release"]["id"].as_str().unwrap().to_owned()
}

fn new_faq(server: &Server, question: &str) {
    let intent = server.get("/v1/kb").ok()["intents"][0]["id"].clone();
    let faq = json!({ "intent": intent, "question": question, "answer": "可以。" });
    server.post("/v1/kb/draft/faqs", &faq).ok();
}

fn publish(server: &Server) -> Value {
    server
        .post("/v1/kb/draft/publish", &json!({ "note": "" }))
        .ok()
}

#[test]
fn what_one_publishes_all_answer_from() {
    let (home, url) = published();
    let elsewhere = [Home::new(), Home::new()];
    let a = replica(&elsewhere[0], &url, ("a", &[]));
    let b = replica(&elsewhere[1], &url, ("b", &[]));
    let first = release(&a);
    assert_eq!(release(&b), first);

    new_faq(&a, "能不能刷脸支付");
    let done = publish(&a);
    assert_eq!(
        (done["outcome"].as_str(), done["state"].as_str()),
        (Some("new"), Some("current"))
    );
    let second = release(&a);
    assert_ne!(second, first);
    until("the other has gone over", || release(&b) == second);
    assert_eq!(b.say("能不能刷脸支付", None)["release"], json!(second));
    assert_eq!(a.get("/v1/kb").ok()["draft"]["changes"], 0);

    // One after the other, whoever publishes.
    new_faq(&b, "能不能用外币支付");
    publish(&b);
    let third = release(&b);
    until("the first has gone over", || release(&a) == third);

    // Back, by the one that did not publish it.
    let back = b.post(&format!("/v1/kb/releases/{second}/publish"), &json!({}));
    assert_eq!(back.ok()["to"], json!(second));
    until("all are back", || {
        release(&a) == second && release(&b) == second
    });
    let shown = home.run(&["depot", "show", &url, "--json"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["state"]["pointer"]["current"], json!(second));
    until("both have said so", || {
        let seen = a.get("/v1/kb/rollout").ok();
        let replicas = seen["replicas"].as_array().unwrap().clone();
        replicas.len() == 2 && replicas.iter().all(|r| r["release"] == json!(second))
    });
    // Who ends is not waited for.
    assert!(a.stop());
    assert_eq!(
        b.get("/v1/kb/rollout").ok()["replicas"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_canary_goes_first() {
    let (_home, url) = published();
    let elsewhere = [Home::new(), Home::new()];
    let staged = [
        ("JIEDA_SERVER_DEPOT_STAGES", "canary"),
        ("JIEDA_SERVER_DEPOT_CANARY_SECONDS", "3"),
    ];
    let a = replica(&elsewhere[0], &url, ("a", &staged));
    let b = replica(&elsewhere[1], &url, ("b", &staged));
    let first = release(&a);
    new_faq(&a, "能不能刷脸支付");
    let done = publish(&a);
    assert_eq!(done["state"], "rolling_out");
    let second = done["release"]["id"].as_str().unwrap().to_owned();
    assert_ne!(second, first);
    let mut canary = String::new();
    until("there is a canary", || {
        let seen = a.get("/v1/kb/rollout").ok();
        canary = seen["rollout"]["canary"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        !canary.is_empty() || seen["ended"]["outcome"] == "finished"
    });
    let (own, _) = if canary == "a" { (&a, &b) } else { (&b, &a) };
    until("the canary answers from it", || release(own) == second);
    until("all have gone over", || {
        release(&a) == second && release(&b) == second
    });
    let ended = a.get("/v1/kb/rollout").ok()["ended"].clone();
    assert_eq!(
        (&ended["outcome"], &ended["release"]),
        (&json!("finished"), &json!(second))
    );
    // What was published is what the draft is.
    assert_eq!(a.get("/v1/kb").ok()["draft"]["changes"], 0);
}

#[test]
fn a_release_that_answers_in_other_ways_is_sent_back() {
    let (_home, url) = published();
    let elsewhere = Home::new();
    let staged = [("JIEDA_SERVER_DEPOT_STAGES", "canary")];
    let a = replica(&elsewhere, &url, ("a", &staged));
    let first = release(&a);
    // Thresholds that let next to nothing through.
    let strict = json!({ "reply": 1.0, "clarify": 1.0 }).to_string();
    a.send("PUT", "/v1/kb/draft/policy", &strict, &[]).ok();
    assert_eq!(publish(&a)["state"], "rolling_out");
    let mut seen = Value::Null;
    until("it is sent back", || {
        seen = a.get("/v1/kb/rollout").ok();
        seen["ended"]["outcome"] == "sent_back"
    });
    assert!(
        seen["ended"]["why"].as_str().unwrap().contains("回答变了"),
        "{seen}"
    );
    assert_eq!(release(&a), first);
    assert_eq!(a.say("怎么退货", None)["release"], json!(first));
}

#[test]
fn without_the_depot_what_is_here_answers() {
    let (home, url) = published();
    let elsewhere = Home::new();
    let a = replica(&elsewhere, &url, ("a", &[]));
    let first = release(&a);
    assert!(a.stop());
    std::fs::remove_dir_all(home.path("depot")).unwrap();
    // An empty depot: nothing is current there, and what is here goes on.
    let a = replica(&elsewhere, &url, ("a", &[]));
    assert_eq!(release(&a), first);
    assert!(
        !a.say("怎么退货", None)["reply"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    let folder = elsewhere.command(&["serve", "--kb", "kb"]);
    let mut folder = folder;
    let refused = folder.env("JIEDA_SERVER_DEPOT_URL", &url).output().unwrap();
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && told.contains("--data"),
        "{told}"
    );
}
