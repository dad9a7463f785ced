//! The draft, and what is served.

use serde_json::{Value, json};

use crate::server::{From, Home, Server};

fn faq(question: &str, answer: &str) -> Value {
    json!({ "intent": "payment", "question": question, "answer": answer, "similar": ["可以刷脸付吗"] })
}

fn intent(server: &Server) -> Value {
    server.get("/v1/kb").ok()["intents"][0]["id"].clone()
}

#[test]
fn a_draft_is_not_served_before_it_is_published_and_can_be_taken_back() {
    let home = Home::new().published();
    let server = home.serve(From::Data);
    let about = server.get("/v1/kb").ok();
    assert_eq!(
        (about["mode"].clone(), about["faqs"].clone()),
        (json!("data"), json!(40))
    );
    assert!(about["draft"].is_null());
    let first = about["release"]["id"].as_str().unwrap().to_owned();

    let mut new = faq("能不能刷脸支付", "可以，请在收银台选择刷脸支付。");
    new["intent"] = intent(&server);
    let added = server.post("/v1/kb/draft/faqs", &new);
    assert_eq!(added.status, 201, "{}", added.text);
    let id = added.ok()["faq"]["id"].as_str().unwrap().to_owned();
    let ask = || server.say("能不能刷脸支付", None);
    assert_ne!(ask()["faq"], json!(id), "a draft leaks");
    let diff = server.get("/v1/kb/draft/diff").ok();
    assert_eq!(diff["added"][0]["id"], json!(id));
    assert_eq!(server.get("/v1/kb").ok()["draft"]["changes"], 1);

    let published = server
        .post("/v1/kb/draft/publish", &json!({ "note": "刷脸" }))
        .ok();
    assert_eq!(published["outcome"], "new");
    assert!(published["encoded"].as_u64().unwrap() <= 3, "{published}");
    let answered = ask();
    assert_eq!(
        (&answered["faq"], &answered["release"]),
        (&json!(id), &published["release"]["id"])
    );
    assert_eq!(server.get("/v1/kb").ok()["draft"]["changes"], 0);

    let moved = server
        .post(&format!("/v1/kb/releases/{first}/publish"), &json!({}))
        .ok();
    assert_eq!(moved["to"], json!(first));
    assert_ne!(ask()["faq"], json!(id));
    let releases = server.get("/v1/kb/releases").ok();
    assert_eq!(releases["items"].as_array().unwrap().len(), 2);
    let audit = std::fs::read_to_string(home.path("data/server/audit.jsonl")).unwrap();
    assert!(
        audit.contains("\"publish\"") && audit.contains("\"move\""),
        "{audit}"
    );
    let nowhere = server.post("/v1/kb/releases/nothing/publish", &json!({}));
    assert_eq!(nowhere.problem(), "not_found");
}

#[test]
fn two_people_do_not_overwrite_each_other() {
    let home = Home::new().published();
    let server = home.serve(From::Data);
    let list = server.get("/v1/kb/faqs?source=draft&limit=1").ok();
    let (mut faq, revision) = (list["items"][0].clone(), list["revision"].as_str().unwrap());
    let id = faq["id"].as_str().unwrap().to_owned();
    faq["answer"] = json!("新的答案。");
    let put = |faq: &Value, revision: &str| {
        let path = format!("/v1/kb/draft/faqs/{id}");
        server.send("PUT", &path, &faq.to_string(), &[("if-match", revision)])
    };
    let done = put(&faq, revision).ok();
    assert_eq!(done["faq"]["answer"], "新的答案。");
    assert_eq!(put(&faq, revision).problem(), "stale_revision");
    let diff = server.get("/v1/kb/draft/diff").ok();
    assert_eq!(diff["changed"][0]["fields"][0]["field"], "answer");
    let removed = server.send("DELETE", &format!("/v1/kb/draft/faqs/{id}"), "", &[]);
    removed.ok();
    assert_eq!(put(&faq, "*").problem(), "not_found");
    assert_eq!(server.send("DELETE", "/v1/kb/draft", "", &[]).status, 204);
    assert_eq!(server.get("/v1/kb/draft/diff").ok()["removed"], json!([]));
}

#[test]
fn faults_of_an_edit_are_told_and_change_nothing() {
    let home = Home::new().published();
    let server = home.serve(From::Data);
    let before = server.get("/v1/kb/faqs?source=draft").ok()["revision"].clone();
    let mut new = faq("", "答案 {order_id");
    new["intent"] = json!("no_such_intent");
    let refused = server.post("/v1/kb/draft/faqs", &new);
    assert_eq!(refused.problem(), "faulty_knowledge");
    let problems = refused.json()["problems"].as_array().unwrap().clone();
    let codes: Vec<_> = problems
        .iter()
        .map(|p| p["code"].as_str().unwrap())
        .collect();
    for code in ["empty_text", "invalid_variable", "unknown_intent"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    assert_eq!(
        server.get("/v1/kb/faqs?source=draft").ok()["revision"],
        before
    );
}

#[test]
fn a_spreadsheet_is_tried_and_then_imported() {
    let home = Home::new().published();
    let server = home.serve(From::Data);
    let import = |file: &str, query: &str| {
        let path = format!("/v1/kb/draft/import?filename=new.csv&{query}");
        server.send(
            "POST",
            &path,
            file,
            &[("content-type", "application/octet-stream")],
        )
    };
    let file = "问题,答案,意图\n能刷脸支付吗,可以。,支付\n";
    let name = server.get("/v1/kb").ok()["intents"][0]["name"].clone();
    let file = file.replace("支付\n", &format!("{}\n", name.as_str().unwrap()));
    let tried = import(&file, "dry_run=true").ok();
    assert_eq!(tried["added"].as_array().unwrap().len(), 1, "{tried}");
    assert_eq!(server.get("/v1/kb/faqs?source=draft").ok()["total"], 40);
    import(&file, "dry_run=false").ok();
    assert_eq!(server.get("/v1/kb/faqs?source=draft").ok()["total"], 41);
    let faulty = import("问题,答案\n能刷脸支付吗,\n,可以\n", "mode=merge");
    assert_eq!(faulty.problem(), "faulty_knowledge");
    let problems = faulty.json()["problems"].clone();
    assert_eq!(problems[0]["row"], 2, "{problems}");
    assert_eq!(problems[0]["file"], "new.csv");
    let path = "/v1/kb/draft/import?filename=a%00.csv";
    assert_eq!(
        server.send("POST", path, "x", &[]).problem(),
        "invalid_field"
    );
    let sheet = server.get("/v1/kb/export?format=csv&source=draft");
    assert!(sheet.text.contains("能刷脸支付吗"));
    let checked = server.get("/v1/kb/draft/check").ok();
    assert_eq!(checked["faqs"], 41);
}

#[test]
fn thresholds_are_published_with_the_draft() {
    let home = Home::new().published();
    let server = home.serve(From::Data);
    let shipped = server.get("/v1/policy").ok();
    assert_eq!(shipped["own"], false);
    let put = |reply: f64, clarify: f64| {
        let body = json!({ "reply": reply, "clarify": clarify }).to_string();
        server.send("PUT", "/v1/kb/draft/policy", &body, &[])
    };
    assert_eq!(put(0.5, 0.9).problem(), "invalid_field");
    assert_eq!(put(1.5, 0.9).problem(), "invalid_field");
    let unfit = server.send("POST", "/v1/kb/draft/faqs", "{}", &[("if-match", "x")]);
    assert_eq!(unfit.problem(), "invalid_field");
    put(0.97, 0.4).ok();
    assert_eq!(
        server.get("/v1/kb/draft/diff").ok()["settings"],
        json!(["policy"])
    );
    assert_eq!(
        server.get("/v1/policy").ok()["thresholds"],
        shipped["thresholds"]
    );
    server.post("/v1/kb/draft/publish", &json!({})).ok();
    let now = server.get("/v1/policy").ok();
    assert_eq!(
        (now["thresholds"]["reply"].clone(), now["own"].clone()),
        (json!(0.97), json!(true))
    );
}

#[test]
fn a_folder_is_read_only() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    assert_eq!(server.get("/v1/kb").ok()["mode"], "folder");
    let refused = server.post("/v1/kb/draft/faqs", &faq("问", "答"));
    assert_eq!(refused.problem(), "not_possible");
    assert_eq!(server.get("/v1/kb/releases").problem(), "not_possible");
    assert_eq!(
        server.get("/v1/kb/faqs?q=退货").ok()["items"][0]["id"]
            .as_str()
            .unwrap()
            .len(),
        6
    );
}

#[test]
fn another_publisher_is_followed() {
    let home = Home::new().published();
    let server = home.serve_with(From::Data, &[("JIEDA_SERVER_FOLLOW_MS", "60000")]);
    let before = server.get("/v1/kb").ok()["release"]["id"].clone();
    let faqs = std::fs::read_to_string(home.path("kb/faqs.jsonl")).unwrap();
    let fewer: Vec<&str> = faqs.lines().take(39).collect();
    std::fs::write(home.path("kb/faqs.jsonl"), fewer.join("\n")).unwrap();
    assert!(
        home.run(&["kb", "publish", "kb", "--data", "data"])
            .status
            .success()
    );
    assert_eq!(server.get("/v1/kb").ok()["release"]["id"], before);
    let reloaded = server.post("/v1/reload", &json!({})).ok();
    assert_eq!(reloaded["swapped"], true);
    assert_eq!(server.get("/v1/kb").ok()["faqs"], 39);
}

#[test]
fn a_draft_takes_nothing_back_unawares() {
    let home = Home::new().published();
    let server = home.serve(From::Data);
    let list = server.get("/v1/kb/faqs?source=draft&limit=2").ok();
    let publish_elsewhere = |faqs: usize| {
        let file = std::fs::read_to_string(home.path("kb/faqs.jsonl")).unwrap();
        let fewer: Vec<&str> = file.lines().take(faqs).collect();
        std::fs::write(home.path("kb/faqs.jsonl"), fewer.join("\n")).unwrap();
        let args = ["kb", "publish", "kb", "--data", "data"];
        assert!(home.run(&args).status.success());
        server.post("/v1/reload", &json!({})).ok();
    };
    // Nothing was changed in it yet: it follows.
    publish_elsewhere(39);
    assert_eq!(server.get("/v1/kb/faqs?source=draft").ok()["total"], 39);
    assert!(server.get("/v1/kb").ok()["draft"]["outdated"].is_null());

    let mut faq = list["items"][0].clone();
    faq["answer"] = json!("新的答案。");
    let path = format!("/v1/kb/draft/faqs/{}", faq["id"].as_str().unwrap());
    server.send("PUT", &path, &faq.to_string(), &[]).ok();
    publish_elsewhere(38);
    let about = server.get("/v1/kb").ok();
    assert!(about["draft"]["outdated"].is_string(), "{about}");
    let publish = |body: Value| server.post("/v1/kb/draft/publish", &body);
    assert_eq!(publish(json!({})).problem(), "conflict");
    assert_eq!(
        publish(json!({ "force": true })).ok()["release"]["faqs"],
        39
    );
    assert!(server.get("/v1/kb").ok()["draft"]["outdated"].is_null());
}
