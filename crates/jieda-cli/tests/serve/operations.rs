//! Running it.

use std::sync::{
    Barrier,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};

use crate::server::{From, Home, until};

#[test]
fn figures_tell_what_happened() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    server.say("怎么退货", None);
    server.say("转人工", None);
    server.get("/v1/nothing");
    let figures = server.get("/metrics").text;
    for line in [
        "jieda_decisions_total{decision=\"handoff\",reason=\"human_request\"} 1",
        "jieda_http_requests_total{route=\"/v1/answer\",method=\"POST\",status=\"200\"} 2",
        "jieda_http_requests_total{route=\"other\",method=\"GET\",status=\"404\"} 1",
        "jieda_step_seconds_bucket{step=\"encode\"",
        "jieda_answer_confidence_bucket{le=\"0.9\"}",
        "jieda_release_info{release=\"folder-",
        "jieda_shed_total 0",
    ] {
        assert!(figures.contains(line), "{line}\n{figures}");
    }
}

#[test]
fn it_says_how_it_is() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let health = server.get("/healthz").ok();
    assert_eq!(
        (health["status"].clone(), health["store"].clone()),
        (json!("serving"), json!("up"))
    );
    assert_eq!(server.get("/readyz").status, 200);
    let none = home.serve_with(From::Folder, &[("JIEDA_SERVER_STORE", "none")]);
    assert_eq!(none.get("/healthz").ok()["store"], "none");
    none.say("你好", None);
    assert_eq!(none.get("/v1/conversations").problem(), "not_possible");
}

#[test]
fn what_is_under_way_is_finished() {
    let home = Home::new();
    // A busy machine must refuse nothing here.
    let patient = [("JIEDA_SERVER_LIMITS_QUEUE_MS", "20000")];
    let server = home.serve_with(From::Folder, &patient);
    let http = server.http.clone();
    let asking = std::thread::spawn(move || {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .new_agent();
        let texts: Vec<Value> = (0..64)
            .map(|i| json!({ "text": format!("第{i}个问题，怎么退货") }))
            .collect();
        let body = json!({ "items": texts }).to_string();
        let sent = agent
            .post(format!("http://{http}/v1/answer/batch"))
            .header("content-type", "application/json")
            .send(body);
        sent.map(|mut reply| (reply.status().as_u16(), reply.body_mut().read_to_string()))
    });
    until("it is busy", || {
        let figures = server.get("/metrics").text;
        !figures.contains("jieda_answers_in_progress 0")
    });
    server.signal("-TERM");
    until("balancers look elsewhere", || {
        server.get("/readyz").status == 503
    });
    assert!(server.stop());
    let (status, body) = asking.join().unwrap().unwrap();
    assert_eq!(status, 200, "{body:?}");
    assert!(!body.unwrap().contains("problem"));
}

#[test]
fn too_much_is_refused_and_said_when_to_come_back() {
    let home = Home::new();
    let env = [
        ("JIEDA_SERVER_LIMITS_WORKERS", "1"),
        ("JIEDA_SERVER_LIMITS_QUEUE_MS", "5"),
        ("JIEDA_CACHE_TEXTS", "0"),
    ];
    let server = home.serve_with(From::Folder, &env);
    let (answered, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let together = Barrier::new(24);
    std::thread::scope(|scope| {
        for i in 0..24 {
            let (server, together) = (&server, &together);
            let (answered, refused) = (&answered, &refused);
            scope.spawn(move || {
                together.wait();
                for j in 0..4 {
                    let text = format!("{i}号客户的第{j}个问题，运费怎么算呢请问一下");
                    let reply = server.post("/v1/answer", &json!({ "text": text }));
                    match reply.status {
                        200 => answered.fetch_add(1, Ordering::Relaxed),
                        _ => {
                            assert_eq!(reply.problem(), "overloaded");
                            assert!(reply.header("retry-after").parse::<u64>().unwrap() >= 1);
                            refused.fetch_add(1, Ordering::Relaxed)
                        }
                    };
                }
            });
        }
    });
    assert!(answered.into_inner() > 0);
    assert!(refused.into_inner() > 0);
    assert!(!server.get("/metrics").text.contains("jieda_shed_total 0"));
}

#[test]
fn pages_come_with_the_binary_and_from_nowhere_else() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let check = |path: &str, kind: &str| {
        let reply = server.get(path);
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.header("content-type").starts_with(kind), "{path}");
        assert!(
            reply
                .header("content-security-policy")
                .contains("default-src 'self'")
        );
        reply.text
    };
    let console = check("/console/", "text/html");
    let asset = console
        .split("src=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    check(asset, "text/javascript");
    check("/widget/jieda-chat.js", "text/javascript");
    check("/widget/", "text/html");
    let docs = check("/docs/", "text/html");
    for page in [console, docs] {
        assert!(
            !page.contains("//cdn") && !page.contains("https://unpkg"),
            "{page}"
        );
    }
    assert_eq!(server.get("/").status, 307);
    assert_eq!(
        server.get("/console/assets/../../secret").problem(),
        "not_found"
    );
}

#[test]
fn the_description_names_every_route() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    let document = server.get("/openapi.json").ok();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    for path in [
        "/v1/answer",
        "/v1/kb/draft/import",
        "/v1/conversations/{id}/events",
        "/metrics",
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
    for (path, methods) in paths {
        for (method, about) in methods.as_object().unwrap() {
            assert!(about["summary"].is_string(), "{method} {path}");
        }
    }
}

#[test]
fn swaps_fail_no_request() {
    let home = Home::new().published();
    let faqs = std::fs::read_to_string(home.path("kb/faqs.jsonl")).unwrap();
    let first = faqs.lines().next().unwrap().replace("？", "");
    std::fs::write(
        home.path("kb/faqs.jsonl"),
        format!("{faqs}\n{}", first.replace("ec-001", "ec-901")),
    )
    .unwrap();
    assert!(
        home.run(&["kb", "publish", "kb", "--data", "data"])
            .status
            .success()
    );
    let server = home.serve(From::Data);
    let ids: Vec<String> = server.get("/v1/kb/releases").ok()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|release| release["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for i in 0..4 {
            let (server, done) = (&server, &done);
            scope.spawn(move || {
                let mut seen = std::collections::HashSet::new();
                let mut n = 0;
                while done.load(Ordering::Relaxed) == 0 {
                    n += 1;
                    let said = server.say(&format!("{i}-{n} 怎么退货"), None);
                    seen.insert(said["release"].as_str().unwrap().to_owned());
                }
                assert!(!seen.is_empty());
            });
        }
        // The thousand of the figure is in `benches`; here a handful shows that none fails.
        for i in 0..10 {
            let path = format!("/v1/kb/releases/{}/publish", ids[i % 2]);
            server.post(&path, &json!({})).ok();
        }
        done.store(1, Ordering::Relaxed);
    });
}

#[test]
fn a_hangup_reads_everything_again() {
    let home = Home::new().published();
    let server = home.serve_with(From::Data, &[("JIEDA_SERVER_FOLLOW_MS", "60000")]);
    let faqs = std::fs::read_to_string(home.path("kb/faqs.jsonl")).unwrap();
    let fewer: Vec<&str> = faqs.lines().take(38).collect();
    std::fs::write(home.path("kb/faqs.jsonl"), fewer.join("\n")).unwrap();
    assert!(
        home.run(&["kb", "publish", "kb", "--data", "data"])
            .status
            .success()
    );
    server.signal("-HUP");
    until("the other release answers", || {
        server.get("/v1/kb").ok()["faqs"] == 38
    });
}
