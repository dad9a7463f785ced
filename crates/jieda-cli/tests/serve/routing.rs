//! The routing core: tickets from conversations, agents, alarms, and what survives.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::mpsc,
    time::Duration,
};

use serde_json::{Value, json};

use crate::server::{From, Home, PATIENCE, Server, until};

const ON: (&str, &str) = ("JIEDA_SERVER_ROUTING_ENABLED", "true");

fn put(server: &Server, path: &str, body: &Value) -> Value {
    server.send("PUT", path, &body.to_string(), &[]).ok()
}

fn ready(server: &Server, id: u32, skills: &Value) {
    let agent = json!({ "name": format!("坐席{id}"), "skills": skills, "capacity": 1 });
    put(server, &format!("/v1/routing/agents/{id}"), &agent);
    let path = format!("/v1/routing/agents/{id}/state");
    server.post(&path, &json!({ "state": "ready" })).ok();
}

fn all_skills(server: &Server) -> Value {
    let view = server.get("/v1/routing").ok();
    let groups = view["groups"].as_array().unwrap().iter();
    let skills = groups.map(|group| (group["group"].as_str().unwrap().to_owned(), json!(3)));
    Value::Object(skills.collect())
}

#[test]
fn it_is_off_unless_it_is_wanted() {
    let server = Home::new().serve(From::Folder);
    assert_eq!(server.get("/v1/routing").problem(), "not_possible");
}

#[test]
fn a_handover_is_offered_taken_and_ended() {
    let home = Home::new();
    let server = home.serve_with(From::Folder, &[ON]);
    ready(&server, 7, &all_skills(&server));
    let events = server.events("/v1/routing/events?after=0", 6);

    let said = server.say("转人工", None);
    let conversation = said["conversation_id"].as_str().unwrap();
    let view = server.get("/v1/routing").ok();
    let ticket = &view["tickets"][0];
    assert_eq!(ticket["conversation"], conversation);
    assert_eq!(
        (&ticket["stage"], &ticket["agent"]),
        (&json!("offered"), &json!(7))
    );
    let path = format!("/v1/routing/tickets/{}", ticket["id"]);

    let not_his = json!({ "act": "accept", "agent": 8 });
    assert_eq!(server.post(&path, &not_his).problem(), "not_found");
    server
        .post(&path, &json!({ "act": "accept", "agent": 7 }))
        .ok();
    let again = server.post(&path, &json!({ "act": "accept", "agent": 7 }));
    assert_eq!(again.problem(), "conflict");

    // What the agent says in the conversation counts as his reply, and giving it back ends the contact.
    let says = json!({ "text": "您好，我是客服小林" });
    server
        .post(&format!("/v1/conversations/{conversation}/agent"), &says)
        .ok();
    server
        .post(
            &format!("/v1/conversations/{conversation}/hand-back"),
            &json!({}),
        )
        .ok();
    let view = server.get("/v1/routing").ok();
    assert_eq!(view["tickets"], json!([]));

    let heard = events.join().unwrap();
    let kinds: Vec<&str> = heard
        .iter()
        .filter_map(|e| e["event"]["kind"].as_str())
        .collect();
    let expected = [
        "agent_registered",
        "agent_state",
        "ticket_arrived",
        "offer_accepted",
        "agent_replied",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(heard[0]["entry"], "rules");
    let numbers: Vec<u64> = heard
        .iter()
        .map(|e| e["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);

    let figures = server
        .get("/v1/routing/figures?since=2026-01-01T00:00:00Z")
        .ok();
    assert_eq!(figures["open"], 0);
    let backwards = "/v1/routing/figures?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z";
    assert_eq!(server.get(backwards).problem(), "invalid_field");
}

#[test]
fn nothing_that_was_acknowledged_is_lost_by_a_kill() {
    let home = Home::new();
    let server = home.serve_with(From::Folder, &[ON]);
    let skills = all_skills(&server);
    ready(&server, 1, &skills);
    let mut taken = Vec::new();
    for urgency in ["普通", "特急", "紧急"] {
        let ticket = json!({ "urgency": urgency, "channel": "app" });
        let made = server.post("/v1/routing/tickets", &ticket).ok();
        taken.push(made["ticket"].clone());
    }
    let before = server.get("/v1/routing").ok();
    server.signal("-KILL");
    drop(server);

    let server = home.serve_with(From::Folder, &[ON]);
    let after = server.get("/v1/routing").ok();
    for what in ["last", "groups", "agents", "mode"] {
        // How long somebody has waited is of the last event in both.
        assert_eq!(after[what], before[what], "{what}");
    }
    assert_eq!(after["tickets"], before["tickets"]);
    let ids: Vec<&Value> = after["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| &t["id"])
        .collect();
    assert_eq!(ids, taken.iter().collect::<Vec<_>>());

    // Other rules come into force at the start, and nobody loses his place.
    drop(server);
    std::fs::write(home.path("routing.toml"), "[limits]\nconcurrent = 2\n").unwrap();
    let rules = home.path("routing.toml").display().to_string();
    let server = home.serve_with(From::Folder, &[ON, ("JIEDA_SERVER_ROUTING_RULES", &rules)]);
    let carried = server.get("/v1/routing").ok();
    assert!(carried["last"].as_u64() > before["last"].as_u64());
    let ids = |of: &Value| -> Vec<Value> {
        let tickets = of["tickets"].as_array().unwrap().iter();
        tickets.map(|ticket| ticket["id"].clone()).collect()
    };
    assert_eq!(ids(&carried), ids(&before));
    for ticket in &taken {
        server
            .post(
                &format!("/v1/routing/tickets/{ticket}"),
                &json!({ "act": "abandon" }),
            )
            .ok();
    }
    let agents = server.get("/v1/routing").ok();
    assert_eq!(agents["agents"][0]["now"]["state"], "ready");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let home = Home::new();
    let server = home.serve_with(From::Folder, &[ON]);
    let check = |method: &str, path: &str, body: Value, code: &str| {
        let reply = server.send(method, path, &body.to_string(), &[]);
        assert_eq!(reply.problem(), code, "{path} {body}");
    };
    let agents = "/v1/routing/agents/1";
    check(
        "PUT",
        agents,
        json!({ "name": " ", "skills": {}, "capacity": 1 }),
        "invalid_field",
    );
    check(
        "PUT",
        agents,
        json!({ "name": "a", "skills": { "售后": 9 }, "capacity": 1 }),
        "invalid_field",
    );
    check(
        "POST",
        "/v1/routing/agents/1/state",
        json!({ "state": "ready" }),
        "not_found",
    );
    check(
        "POST",
        "/v1/routing/tickets",
        json!({ "skill": "" }),
        "invalid_field",
    );
    check(
        "POST",
        "/v1/routing/tickets",
        json!({ "urgency": "急" }),
        "invalid_field",
    );
    check(
        "POST",
        "/v1/routing/tickets/99",
        json!({ "act": "reply" }),
        "not_found",
    );
    check(
        "POST",
        "/v1/routing/tickets/99",
        json!({ "act": "dance" }),
        "invalid_field",
    );
    check(
        "PUT",
        "/v1/routing/mode",
        json!({ "mode": "odd" }),
        "invalid_field",
    );

    let faulty = home.path("faulty.toml");
    std::fs::write(&faulty, "concurent = 2\n").unwrap();
    let config = home.path("jieda.toml");
    let text = format!("[server.routing]\nenabled = true\nrules = {faulty:?}\n");
    std::fs::write(&config, text).unwrap();
    let checked = home.run(&["config", "check", "--config", "jieda.toml"]);
    assert!(!checked.status.success());
    let told = String::from_utf8(checked.stderr).unwrap();
    assert!(told.contains("concurent"), "{told}");
}

/// Takes deliveries, and refuses the first.
fn receiver() -> (String, mpsc::Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/alarms", listener.local_addr().unwrap());
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for (i, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut length, mut signature) = (0, String::new());
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let (name, value) = line.trim().split_once(": ").unwrap_or((line.trim(), ""));
                match name.to_lowercase().as_str() {
                    "content-length" => length = value.parse().unwrap(),
                    "x-jieda-signature" => signature = value.to_owned(),
                    "" => break,
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = if i == 0 { "500 No" } else { "200 OK" };
            let reply =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(reply.as_bytes()).unwrap();
            if send
                .send((signature, String::from_utf8(body).unwrap()))
                .is_err()
            {
                return;
            }
        }
    });
    (url, receive)
}

#[test]
fn alarms_are_delivered_also_when_the_receiver_fails_at_first() {
    let home = Home::new();
    let rules = home.path("routing.toml");
    std::fs::write(&rules, "[alarms]\nqueue = 2\nqueue_clear = 1\n").unwrap();
    let (url, deliveries) = receiver();
    let env = [
        ON,
        ("JIEDA_SERVER_ROUTING_RULES", &rules.display().to_string()),
        ("JIEDA_SERVER_ROUTING_WEBHOOK_URL", &url),
        ("JIEDA_SERVER_ROUTING_WEBHOOK_SECRET", "geheim"),
    ];
    let server = home.serve_with(From::Folder, &env);
    for _ in 0..4 {
        server.post("/v1/routing/tickets", &json!({})).ok();
    }
    until("an alarm", || {
        server.get("/v1/routing").ok()["alarms"] != json!([])
    });
    let (_, refused) = deliveries.recv_timeout(PATIENCE).unwrap();
    let (signature, again) = deliveries.recv_timeout(PATIENCE).unwrap();
    assert_eq!(refused, again);
    assert!(
        signature.starts_with("t=") && signature.contains(",v1="),
        "{signature}"
    );
    let told: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(told["alarms"][0]["action"], "alarm_raised");
    assert_eq!(told["alarms"][0]["alarm"]["alarm"], "long_queue");
    // Once delivered, it is not delivered again after a start.
    std::thread::sleep(Duration::from_millis(200));
    assert!(server.stop());
    let _server = home.serve_with(From::Folder, &env);
    assert!(deliveries.recv_timeout(Duration::from_secs(1)).is_err());
}

#[test]
fn a_handover_that_got_no_ticket_gets_one_later() {
    let home = Home::new();
    // The journal begins.
    assert!(home.serve_with(From::Folder, &[ON]).stop());
    let off = home.serve(From::Folder);
    let lost = off.say("转人工", None)["conversation_id"].clone();
    let back = off.say("转人工", None)["conversation_id"].clone();
    let back = back.as_str().unwrap();
    off.post(&format!("/v1/conversations/{back}/hand-back"), &json!({}))
        .ok();
    std::thread::sleep(Duration::from_secs(3));
    assert!(off.stop());

    let server = home.serve_with(From::Folder, &[ON]);
    let tickets = || server.get("/v1/routing").ok()["tickets"].clone();
    until("a ticket", || tickets() != json!([]));
    let tickets = tickets();
    assert_eq!(tickets.as_array().unwrap().len(), 1);
    assert_eq!(tickets[0]["conversation"], lost);
}

#[test]
fn queues_and_agents_are_figures_for_prometheus() {
    let home = Home::new();
    let rules = home.path("routing.toml");
    std::fs::write(&rules, "[alarms]\nqueue = 1\nqueue_clear = 0\n").unwrap();
    let rules = rules.display().to_string();
    let server = home.serve_with(From::Folder, &[ON, ("JIEDA_SERVER_ROUTING_RULES", &rules)]);
    for _ in 0..2 {
        server
            .post("/v1/routing/tickets", &json!({ "skill": "物流" }))
            .ok();
    }
    ready(&server, 1, &json!({ "售后": 3 }));
    server
        .post("/v1/routing/tickets", &json!({ "skill": "售后" }))
        .ok();
    let figures = server.get("/metrics").text;
    for line in [
        "jieda_routing_waiting{group=\"物流\"} 2",
        "jieda_routing_waiting{group=\"售后\"} 0",
        "jieda_routing_tickets{stage=\"offered\"} 1",
        "jieda_routing_agents{state=\"ready\"} 1",
        "jieda_routing_alarms{alarm=\"long_queue\"} 1",
        "jieda_routing_alarms_total{alarm=\"long_queue\"} 1",
        "jieda_routing_degraded 0",
    ] {
        assert!(figures.contains(line), "{line}\n{figures}");
    }
}

#[test]
fn who_only_asks_for_a_human_waits_in_the_default_group() {
    let home = Home::new();
    let server = home.serve_with(From::Folder, &[ON]);
    server.say("转人工", None);
    let view = server.get("/v1/routing").ok();
    assert_eq!(view["tickets"][0]["skill"], Value::Null);
    let waiting = view["groups"].as_array().unwrap().iter();
    let waiting: Vec<&Value> = waiting
        .filter(|g| g["waiting"] == 1)
        .map(|g| &g["group"])
        .collect();
    assert_eq!(waiting, ["综合"]);
}
