//! Answering over HTTP.

use serde_json::{Value, json};

use crate::server::{From, Home, until};

#[test]
fn a_conversation_is_kept_by_its_id_and_survives_a_restart() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let first = server.say("我要查一下订单到哪了", None);
    let id = first["conversation_id"].as_str().unwrap();
    assert_eq!(id.len(), 32);
    assert_eq!(first["turn"], 1);
    for field in [
        "release",
        "request_id",
        "decision",
        "reply",
        "confidence",
        "trace",
        "timings_ms",
    ] {
        assert!(!first[field].is_null(), "{field}: {first}");
    }
    let second = server.say("谢谢", Some(id));
    assert_eq!(
        (second["turn"].clone(), second["decision"].clone()),
        (json!(2), json!("smalltalk"))
    );
    assert!(server.stop());
    let server = home.serve(From::Folder);
    let third = server.say("转人工", Some(id));
    assert_eq!(
        (third["turn"].clone(), third["reason"].clone()),
        (json!(3), json!("human_request"))
    );
    let history = third["handover"]["history"].as_array().unwrap();
    assert!(
        history
            .iter()
            .any(|turn| turn["text"] == "我要查一下订单到哪了"),
        "{third}"
    );
    let silent = server.say("在吗", Some(id));
    assert_eq!(silent["decision"], "silent");
}

#[test]
fn the_caller_may_carry_the_state_and_then_nothing_is_stored() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let ask = |text: &str, state: &Value| {
        let body = json!({ "text": text, "state": state });
        server.post("/v1/answer", &body).ok()
    };
    let first = ask("我今天心情不好不想说话嗯嗯哼哼哈哈", &json!({}));
    assert!(first["conversation_id"].is_null());
    let second = ask("转人工", &first["state"]);
    assert_eq!(second["turn"], 2);
    assert_eq!(second["decision"], "handoff");
    assert_eq!(second["state"]["handed_over"], "human_request");
    let third = ask("在吗", &second["state"]);
    assert_eq!(third["decision"], "silent");
    let kept = server.get("/v1/conversations").ok();
    assert_eq!(kept["items"], json!([]));
}

#[test]
fn faulty_requests_are_told_apart() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let check = |body: Value, code: &str| {
        let reply = server.post("/v1/answer", &body);
        assert_eq!(reply.problem(), code, "{body}");
    };
    check(json!({ "text": " \u{200b} " }), "empty_text");
    check(json!({ "text": "退".repeat(4000) }), "text_too_long");
    check(json!({}), "invalid_field");
    check(json!({ "text": "a", "txt": 1 }), "invalid_field");
    check(
        json!({ "text": "a", "conversation_id": " x" }),
        "invalid_field",
    );
    check(
        json!({ "text": "a", "conversation_id": "x", "state": {} }),
        "invalid_field",
    );
    check(
        json!({ "text": "a", "customer": { "channel": " " } }),
        "invalid_field",
    );
    check(
        json!({ "text": "a", "customer": { "id": "x".repeat(200) } }),
        "invalid_field",
    );
    check(json!({ "text": "x".repeat(70_000) }), "too_large");
    let raw = |body: &str, headers| server.send("POST", "/v1/answer", body, headers);
    assert_eq!(raw("{", &[]).problem(), "bad_request");
    let wrong_type = &[("content-type", "text/plain")];
    assert_eq!(raw("{}", wrong_type).problem(), "unsupported_media_type");
    assert_eq!(server.get("/v1/answer").problem(), "method_not_allowed");
    assert_eq!(server.get("/v1/nothing").problem(), "not_found");
}

#[test]
fn a_request_under_a_key_is_carried_out_once() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let ask = |text: &str, key: &str| {
        let headers = &[("idempotency-key", key)];
        server.post_with("/v1/answer", &json!({ "text": text }), headers)
    };
    let first = ask("怎么退货", "k-1").ok();
    assert_eq!(ask("怎么退货", "k-1").ok(), first);
    let other = ask("怎么退货", "k-2").ok();
    assert_ne!(other["conversation_id"], first["conversation_id"]);
    assert_eq!(ask("怎么换货", "k-1").problem(), "idempotency_conflict");
    assert_eq!(ask("怎么换货", "坏").problem(), "invalid_field");
    let kept = server.get("/v1/conversations").ok();
    assert_eq!(kept["items"].as_array().unwrap().len(), 2);
}

#[test]
fn a_batch_answers_each_and_spoils_none() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let items = json!([
        { "text": "怎么退货", "conversation_id": "c-1" },
        { "text": "" },
        { "text": "转人工", "conversation_id": "c-1" },
        { "text": "你好" },
    ]);
    let done = server
        .post("/v1/answer/batch", &json!({ "items": items }))
        .ok();
    let item = |i: usize| &done["items"][i];
    assert_eq!(item(0)["answer"]["turn"], 1);
    assert_eq!(item(1)["problem"]["code"], "empty_text");
    assert_eq!(item(2)["answer"]["turn"], 2);
    assert_eq!(item(3)["answer"]["decision"], "smalltalk");
    let none = server.post("/v1/answer/batch", &json!({ "items": [] }));
    assert_eq!(none.problem(), "invalid_field");
}

#[test]
fn a_low_rating_leads_to_a_human() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let first = server.say("怎么退货", None);
    let id = &first["conversation_id"];
    let solved = json!({ "conversation_id": id, "turn": 1, "outcome": "unsolved", "comment": "手机13800001234" });
    assert!(server.post("/v1/feedback", &solved).ok()["answer"].is_null());
    let rated = json!({ "conversation_id": id, "rating": 2 });
    let answer = server.post("/v1/feedback", &rated).ok()["answer"].clone();
    assert_eq!(answer["reason"], "low_satisfaction");
    let kept = server
        .get(&format!("/v1/conversations/{}", id.as_str().unwrap()))
        .ok();
    assert_eq!(kept["handed_over"], "low_satisfaction");
    assert_eq!(kept["turns"][1]["rating"], 2);
    let comment = kept["feedback"][0]["comment"].as_str().unwrap();
    assert!(!comment.contains("13800001234"), "{comment}");
    let check = |body: Value, code: &str| {
        assert_eq!(server.post("/v1/feedback", &body).problem(), code, "{body}");
    };
    check(
        json!({ "conversation_id": id, "rating": 6 }),
        "invalid_field",
    );
    check(json!({ "conversation_id": id }), "invalid_field");
    check(
        json!({ "conversation_id": "nobody", "rating": 5 }),
        "not_found",
    );
    check(
        json!({ "conversation_id": id, "turn": 9, "outcome": "solved" }),
        "invalid_field",
    );
}

#[test]
fn lookups_decide_nothing() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let found = server
        .post(
            "/v1/search",
            &json!({ "text": "怎么退货", "limit": 3, "explain": true }),
        )
        .ok();
    assert_eq!(found["candidates"].as_array().unwrap().len(), 3);
    assert!(found["candidates"][0]["parts"][0]["weight"].is_number());
    let intents = server
        .post("/v1/classify", &json!({ "text": "怎么退货" }))
        .ok();
    assert!(intents["intents"][0]["confidence"].as_f64().unwrap() > 0.2);
    let words = server
        .post("/v1/segment", &json!({ "text": "怎麼退貨" }))
        .ok();
    assert_eq!(words["normalized"], "怎么退货");
    let both = server
        .post(
            "/v1/embeddings",
            &json!({ "input": ["怎么退货", "你好"], "model": "any" }),
        )
        .ok();
    let vector = both["data"][1]["embedding"].as_array().unwrap();
    let length: f64 = vector.iter().map(|v| v.as_f64().unwrap().powi(2)).sum();
    assert!((length - 1.0).abs() < 1e-3);
    let one = json!({ "input": "怎么退货", "encoding_format": "base64" });
    let text = server.post("/v1/embeddings", &one).ok();
    assert_eq!(
        text["data"][0]["embedding"].as_str().unwrap().len(),
        384 * 4 / 3 * 4
    );
    let assisted = server
        .post("/v1/assist", &json!({ "texts": ["冰箱不制冷了"] }))
        .ok();
    assert!(
        assisted["ticket"]["summary"]
            .as_str()
            .unwrap()
            .contains("冰箱")
    );
}

#[test]
fn a_turn_that_took_too_long_is_made_once() {
    let home = Home::new();
    let env = [
        ("JIEDA_SERVER_LIMITS_TIMEOUT_MS", "1"),
        ("JIEDA_CACHE_TEXTS", "0"),
    ];
    let server = home.serve_with(From::Folder, &env);
    let ask = || {
        let body = json!({ "text": "这句话谁也听不懂嗯嗯啊啊", "conversation_id": "c" });
        server.post_with("/v1/answer", &body, &[("idempotency-key", "k")])
    };
    let statuses: Vec<u16> = (0..20).map(|_| ask().status).collect();
    assert!(
        statuses.contains(&504) || statuses.iter().all(|&s| s == 200),
        "{statuses:?}"
    );
    until("it is answered", || ask().status == 200);
    assert_eq!(ask().ok()["turn"], 1);
    until("it is stored", || {
        server.get("/v1/conversations/c").status == 200
    });
    let kept = server.get("/v1/conversations/c");
    if kept.status == 200 {
        assert_eq!(kept.json()["turns"].as_array().unwrap().len(), 1);
    }
}
