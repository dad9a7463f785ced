//! Two processes on one PostgreSQL: one conversation, whoever answers.

#![cfg(unix)]

use jieda_store::conformance::PostgresServer;
use serde_json::{Value, json};

use crate::server::{From, Home, Server, until};

/// Two replicas with the same conversations, each with a home of its own; none without PostgreSQL.
fn two(env: &[(&str, &str)]) -> Option<(PostgresServer, [Home; 2], [Server; 2])> {
    let homes = [Home::new(), Home::new()];
    let database = PostgresServer::start(&homes[0].path("."))?;
    let url = database.new_database();
    let env = [env, &[("JIEDA_SERVER_STORE", url.as_str())]].concat();
    let servers = [0, 1].map(|i: usize| homes[i].serve_with(From::Folder, &env));
    Some((database, homes, servers))
}

fn ask(server: &Server, id: &str, text: &str, key: &str) -> Value {
    let body = json!({ "conversation_id": id, "text": text });
    let headers = [("idempotency-key", key)];
    server.post_with("/v1/answer", &body, &headers).ok()
}

fn turns(server: &Server, id: &str) -> Vec<Value> {
    let log = server.get(&format!("/v1/conversations/{id}")).ok();
    log["turns"].as_array().unwrap().clone()
}

#[test]
fn a_conversation_goes_on_wherever_it_is_asked() {
    let Some((_database, _homes, [a, b])) = two(&[]) else {
        return;
    };
    for (number, server) in [&a, &b, &a, &a, &b].into_iter().enumerate() {
        let answer = ask(server, "c-1", "怎么退货", &format!("k{number}"));
        assert_eq!(answer["turn"], number + 1);
        assert_eq!(answer["degraded"], false);
    }
    // Handed over at one, silent at the other.
    assert_eq!(ask(&a, "c-1", "转人工", "h")["decision"], "handoff");
    assert_eq!(ask(&b, "c-1", "在吗", "s")["decision"], "silent");
    let says = json!({ "text": "您好，我是小林" });
    b.post("/v1/conversations/c-1/agent", &says).ok();
    a.post("/v1/conversations/c-1/hand-back", &json!({})).ok();
    assert_ne!(ask(&b, "c-1", "怎么退货", "again")["decision"], "silent");
    assert_eq!(turns(&a, "c-1").len(), 10);
}

#[test]
fn many_at_once_take_turns_and_none_is_lost() {
    let Some((_database, _homes, servers)) = two(&[]) else {
        return;
    };
    std::thread::scope(|scope| {
        for worker in 0..6 {
            let server = &servers[worker % 2];
            scope.spawn(move || {
                for i in 0..5 {
                    ask(
                        server,
                        "busy",
                        &format!("在吗 [w{worker}x{i}]"),
                        &format!("{worker}-{i}"),
                    );
                }
            });
        }
    });
    let turns = turns(&servers[0], "busy");
    let numbers: Vec<u64> = turns
        .iter()
        .map(|turn| turn["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=30).collect::<Vec<_>>());
}

#[test]
fn a_request_is_carried_out_once_whoever_it_comes_to() {
    let Some((_database, _homes, [a, b])) = two(&[]) else {
        return;
    };
    let first = ask(&a, "c-1", "怎么退货", "k1");
    // The caller did not get it, and asks another.
    let again = ask(&b, "c-1", "怎么退货", "k1");
    for what in ["turn", "decision", "faq", "reply", "confidence"] {
        assert_eq!(first[what], again[what], "{what}");
    }
    assert_eq!(turns(&b, "c-1").len(), 1);
    assert_eq!(ask(&b, "c-1", "怎么退货", "k2")["turn"], 2);
    // One who knows the conversation from before looks again, too.
    assert_eq!(ask(&a, "c-1", "怎么退货", "k2")["turn"], 2);
    a.signal("-KILL");
    assert_eq!(ask(&b, "c-1", "怎么退货", "k1")["turn"], 1);
}

#[test]
fn who_listens_at_one_hears_what_happens_at_the_other() {
    let Some((_database, _homes, [a, b])) = two(&[]) else {
        return;
    };
    ask(&a, "c-1", "转人工", "k1");
    let heard = a.events("/v1/conversations/c-1/events?after=0", 3);
    ask(&b, "c-1", "在吗", "k2");
    let says = json!({ "text": "您好，我是小林" });
    b.post("/v1/conversations/c-1/agent", &says).ok();
    let heard = heard.join().unwrap();
    let numbers: Vec<u64> = heard
        .iter()
        .map(|turn| turn["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(heard[2]["text"], "您好，我是小林");
}

#[test]
fn agents_of_one_take_the_tickets_of_the_other() {
    let on = [("JIEDA_SERVER_ROUTING_ENABLED", "true")];
    let Some((_database, _homes, [a, b])) = two(&on) else {
        return;
    };
    let agent = json!({ "name": "小王", "skills": { "综合": 3 }, "capacity": 2 });
    a.send("PUT", "/v1/routing/agents/7", &agent.to_string(), &[])
        .ok();
    let ready = json!({ "state": "ready" });
    b.post("/v1/routing/agents/7/state", &ready).ok();
    ask(&b, "c-1", "转人工", "k1");
    let offered = || {
        let tickets = a.get("/v1/routing").ok()["tickets"].clone();
        tickets[0]["stage"] == "offered"
    };
    until("the other sees the offer", offered);
    let ticket = a.get("/v1/routing").ok()["tickets"][0]["id"].clone();
    let path = format!("/v1/routing/tickets/{ticket}");
    a.post(&path, &json!({ "act": "accept", "agent": 7 })).ok();
    let again = b.post(&path, &json!({ "act": "accept", "agent": 7 }));
    assert_eq!(again.problem(), "conflict");
    b.post(&path, &json!({ "act": "end", "outcome": "resolved" }))
        .ok();
    // The conversation is the engine's again, at both.
    assert_ne!(ask(&a, "c-1", "怎么退货", "k2")["decision"], "silent");
    until("nobody waits", || {
        a.get("/v1/routing").ok()["tickets"] == json!([])
    });
}

#[test]
fn while_the_database_is_away_answers_wait_for_it() {
    let Some((database, _homes, [a, b])) = two(&[]) else {
        return;
    };
    ask(&a, "c-1", "怎么退货", "k1");
    std::thread::scope(|scope| {
        let restarting = scope.spawn(|| database.restart());
        for i in 2..8 {
            let answer = ask(
                if i % 2 == 0 { &a } else { &b },
                "c-1",
                "在吗",
                &format!("k{i}"),
            );
            assert_eq!(
                (&answer["turn"], &answer["degraded"]),
                (&json!(i), &json!(false))
            );
        }
        restarting.join().unwrap();
    });
    assert_eq!(b.get("/healthz").ok()["store"], "up");
}
