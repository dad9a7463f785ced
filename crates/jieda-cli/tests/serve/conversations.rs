//! Conversations that are kept, and the human's side of them.

use serde_json::json;

use crate::server::{From, Home};

#[test]
fn conversations_are_found_shown_and_run_again() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let handed = server.say("转人工", None);
    for text in ["怎么退货", "运费怎么算", "你好"] {
        server.say(text, None);
    }
    let all = server.get("/v1/conversations?limit=3").ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 3);
    let next = all["next"].as_str().unwrap();
    let rest = server
        .get(&format!("/v1/conversations?limit=3&cursor={next}"))
        .ok();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert!(rest["next"].is_null());
    let found = server.get("/v1/conversations?decision=handoff").ok();
    assert_eq!(found["items"][0]["id"], handed["conversation_id"]);
    assert_eq!(found["items"][0]["first_text"], "转人工");
    let id = handed["conversation_id"].as_str().unwrap();
    let again = server
        .post(&format!("/v1/conversations/{id}/replay"), &json!({}))
        .ok();
    assert_eq!(again["turns"][0]["same"], true);
    assert_eq!(
        server.get("/v1/conversations/nobody").problem(),
        "not_found"
    );
    assert_eq!(
        server.get("/v1/conversations?cursor=x").problem(),
        "invalid_field"
    );
    assert_eq!(
        server.get("/v1/conversations?limit=0").problem(),
        "invalid_field"
    );
}

#[test]
fn a_human_speaks_and_gives_back_and_the_customer_hears_it() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let first = server.say("我要转人工", None);
    let id = first["conversation_id"].as_str().unwrap();
    let package = server.get(&format!("/v1/conversations/{id}/handover")).ok();
    assert_eq!(package["reason"], "human_request");
    let events = server.events(&format!("/v1/conversations/{id}/events?after=0"), 4);
    let says = json!({ "text": "您好，我是客服小林，电话13800001234" });
    assert_eq!(
        server
            .post(&format!("/v1/conversations/{id}/agent"), &says)
            .status,
        201
    );
    server
        .post(&format!("/v1/conversations/{id}/hand-back"), &json!({}))
        .ok();
    let back = server.say("怎么退货", Some(id));
    assert_ne!(back["decision"], "silent");
    let heard = events.join().unwrap();
    let names: Vec<&str> = heard.iter().map(|e| e["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["said", "agent_said", "handed_back", "said"]);
    assert!(!heard[1]["text"].as_str().unwrap().contains("13800001234"));
    let not_now = server.get(&format!("/v1/conversations/{id}/handover"));
    assert_eq!(not_now.problem(), "not_found");
}

#[test]
fn figures_and_gaps_come_from_what_was_said() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    for text in [
        "能不能用比特币付款",
        "可以用比特币支付吗",
        "怎么退货",
        "转人工",
    ] {
        server.say(text, None);
    }
    let board = server.get("/v1/reports/dashboard").ok();
    assert_eq!(board["conversations"], 4);
    assert_eq!(board["handoffs"]["human_request"], 1);
    let days = board["daily"].as_array().unwrap();
    let turns: u64 = days.iter().map(|day| day["turns"].as_u64().unwrap()).sum();
    assert_eq!((days.len(), turns), (8, 4));
    let curve = server.get("/v1/policy/curve?days=1").ok();
    assert_eq!(curve["turns"], 3);
    assert!(curve["points"].as_array().unwrap().len() > 10);
    let gaps = server.get("/v1/gaps?days=1").ok();
    let groups = gaps["groups"].as_array().unwrap();
    let bitcoin = groups.iter().find(|g| g.to_string().contains("比特币"));
    let bitcoin = bitcoin.unwrap();
    assert_eq!(bitcoin["count"], 2, "{bitcoin}");
    assert!(bitcoin["proposal"]["kind"].is_string(), "{bitcoin}");
    assert!(bitcoin["queries"][0]["conversation_id"].is_string());
    assert_eq!(server.get("/v1/gaps?days=0").problem(), "invalid_field");
}
