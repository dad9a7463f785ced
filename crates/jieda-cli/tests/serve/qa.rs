//! Quality review: what is drawn, scored, and summed up.

use serde_json::{Value, json};

use crate::server::{From, Home, Server};

fn put(server: &Server, id: &str, body: &Value, key: &str) -> crate::server::Reply {
    let bearer = format!("Bearer {key}");
    let path = format!("/v1/qa/conversations/{id}/review");
    server.send(
        "PUT",
        &path,
        &body.to_string(),
        &[("authorization", &bearer)],
    )
}

fn get(server: &Server, path: &str, key: &str) -> Value {
    let bearer = format!("Bearer {key}");
    server.get_with(path, &[("authorization", &bearer)]).ok()
}

fn say(server: &Server, text: &str, key: &str) -> String {
    let bearer = format!("Bearer {key}");
    let reply = server.post_with(
        "/v1/answer",
        &json!({ "text": text }),
        &[("authorization", &bearer)],
    );
    reply.ok()["conversation_id"].as_str().unwrap().to_owned()
}

fn scores(accuracy: u8) -> Value {
    json!({ "accuracy": accuracy, "completeness": 5, "transfer": null, "tone": 4, "compliance": 5 })
}

#[test]
fn conversations_are_drawn_scored_and_summed_up() {
    let home = Home::new().published();
    std::fs::write(
        home.path("qa.toml"),
        "[[plans]]\nname = \"全部\"\ndraw = \"random\"\nshare = 1.0\nmost = 100\n[[plans]]\nname = \"转人工\"\ndraw = \"handover\"\nshare = 1.0\nmost = 100\n[double]\nshare = 1.0\n",
    )
    .unwrap();
    let file = home.path("qa.toml").display().to_string();
    let env = [("JIEDA_SERVER_QA_FILE", file.as_str())];
    let first = home.key("answer,view,review");
    let second = home.key("view,review");
    let reader = home.key("view");
    let server = home.serve_with(From::Data, &env);
    let asked = say(&server, "怎么退货", &first);
    let handed = say(&server, "转人工", &first);

    let about = get(&server, "/v1/qa", &reader);
    assert_eq!(about["sheet"]["items"][0]["id"], "accuracy");
    assert_eq!(about["plans"][1]["draw"], "handover");

    let samples = get(&server, "/v1/qa/samples", &second);
    let of = |samples: &Value, id: &str| {
        let all = samples["samples"].as_array().unwrap().iter();
        all.clone()
            .find(|s| s["conversation_id"] == id)
            .unwrap()
            .clone()
    };
    assert_eq!(of(&samples, &asked)["plans"], json!(["全部"]));
    assert_eq!(of(&samples, &handed)["plans"], json!(["全部", "转人工"]));
    assert_eq!(of(&samples, &handed)["handed_over"], "human_request");
    assert_eq!(of(&samples, &asked)["wanted"], 2);

    let body = json!({ "scores": scores(5), "comment": "手机 13800001234 的客户" });
    let review = put(&server, &asked, &body, &first).ok();
    // (40 + 25 + 10 · 4/5 + 10) / 85
    assert_eq!(review["score"], 97.6471);
    assert_eq!(review["passed"], true);
    assert!(!review["comment"].as_str().unwrap().contains("13800001234"));

    // Nobody sees what others say before he has had his say.
    let path = format!("/v1/qa/conversations/{asked}");
    let seen = get(&server, &path, &second);
    assert_eq!((&seen["mine"], &seen["others"]), (&Value::Null, &json!([])));
    put(&server, &asked, &json!({ "scores": scores(0) }), &second).ok();
    // He thinks again.
    let again = put(&server, &asked, &json!({ "scores": scores(1) }), &second).ok();
    assert_eq!(again["passed"], false);
    let seen = get(&server, &path, &second);
    assert_eq!(seen["mine"]["scores"]["accuracy"], 1);
    assert_eq!(seen["others"][0]["score"], 97.6471);
    let sample = of(&get(&server, "/v1/qa/samples", &second), &asked);
    assert_eq!(
        (&sample["reviews"], &sample["mine"]),
        (&json!(2), &json!(true))
    );

    let figures = get(&server, "/v1/qa/figures", &reader);
    assert_eq!(
        (&figures["reviews"], &figures["conversations"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(figures["pass_rate"], 0.5);
    assert_eq!(figures["agreement"]["exact"], 0.0);
    assert_eq!(figures["items"][3]["agreement"]["exact"], 1.0);
    assert_eq!(figures["reviewers"].as_array().unwrap().len(), 2);

    // What was said is there after a start.
    assert!(server.stop());
    let server = home.serve_with(From::Data, &env);
    let after = get(&server, &path, &second);
    assert_eq!(after, seen);
}

#[test]
fn what_does_not_fit_the_sheet_is_told_all_at_once() {
    let home = Home::new().published();
    let key = home.key("answer,review");
    let viewer = home.key("view");
    let server = home.serve(From::Data);
    let id = say(&server, "怎么退货", &key);
    let mut wrong = scores(9);
    wrong.as_object_mut().unwrap().remove("tone");
    wrong["manners"] = json!(3);
    let refused = put(&server, &id, &json!({ "scores": wrong }), &key);
    let told: Value = serde_json::from_str(&refused.text).unwrap();
    let mut pointers: Vec<&str> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        ["/scores/accuracy", "/scores/manners", "/scores/tone"]
    );

    let fine = json!({ "scores": scores(5) });
    assert_eq!(put(&server, "nobody", &fine, &key).problem(), "not_found");
    assert_eq!(put(&server, &id, &fine, &viewer).problem(), "forbidden");
}

#[test]
fn without_a_store_there_is_nothing_to_review() {
    let server = Home::new().serve_with(From::Folder, &[("JIEDA_SERVER_STORE", "none")]);
    assert_eq!(server.get("/v1/qa/samples").problem(), "not_possible");
    server.get("/v1/qa").ok();
}
