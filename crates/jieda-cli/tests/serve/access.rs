//! Keys, people, and who is kept out.

use serde_json::{Value, json};

use crate::server::{From, Home, Server, until};

fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

#[test]
fn a_key_may_do_what_its_scopes_say_until_it_is_revoked() {
    let home = Home::new().published();
    let chat = home.key("answer");
    let server = home.serve(From::Data);
    let ask = |key: &str| {
        let body = json!({ "text": "你好" });
        server.post_with("/v1/answer", &body, &[("authorization", &bearer(key))])
    };
    ask(&chat).ok();
    assert_eq!(
        server
            .post("/v1/answer", &json!({ "text": "你好" }))
            .problem(),
        "unauthenticated"
    );
    assert_eq!(ask("jd_000000000000_wrong").problem(), "unauthenticated");
    let listed = server.get_with("/v1/conversations", &[("authorization", &bearer(&chat))]);
    assert_eq!(listed.problem(), "forbidden");
    assert_eq!(server.get("/metrics").problem(), "unauthenticated");
    assert_eq!(server.get("/healthz").status, 200);
    // Kept as a hash alone.
    let file = std::fs::read_to_string(home.path("data/server/access.json")).unwrap();
    assert!(!file.contains(chat.splitn(3, '_').nth(2).unwrap()));
    let id = chat.split('_').nth(1).unwrap().to_owned();
    let revoked = home.run(&["key", "revoke", &id, "--data", "data"]);
    assert!(revoked.status.success(), "{revoked:?}");
    until("the key is revoked", || ask(&chat).status == 401);
    let audit = std::fs::read_to_string(home.path("data/server/audit.jsonl")).unwrap();
    assert!(
        audit.contains("key_created") && audit.contains("key_revoked"),
        "{audit}"
    );
}

#[test]
fn who_listens_hears_no_more_once_the_key_is_revoked() {
    let home = Home::new().published();
    let key = home.key("answer");
    let server = home.serve(From::Data);
    let headers: &[(&str, &str)] = &[("authorization", &bearer(&key))];
    let said = server.post_with("/v1/answer", &json!({ "text": "怎么退货" }), headers);
    let id = said.ok()["conversation_id"].as_str().unwrap().to_owned();
    let path = format!("/v1/conversations/{id}/events?after=0");
    let listening = server.events_with(&path, headers, usize::MAX);
    let key_id = key.split('_').nth(1).unwrap();
    let revoked = home.run(&["key", "revoke", key_id, "--data", "data"]);
    assert!(revoked.status.success(), "{revoked:?}");
    assert_eq!(listening.join().unwrap().len(), 1);
}

#[test]
fn logins_are_taken_down() {
    let home = Home::new().published();
    let add = [
        "user",
        "add",
        "王主管",
        "--role",
        "viewer",
        "--data",
        "data",
    ];
    assert!(home.run_with_input(&add, "绿水青山2026\n").status.success());
    let too_long = home.run_with_input(&add, &"长".repeat(400));
    assert_eq!(too_long.status.code(), Some(1), "{too_long:?}");
    let server = home.serve(From::Data);
    let log_in = |name: &str, password: &str| {
        let body = json!({ "name": name, "password": password });
        server.post("/v1/session", &body).status
    };
    assert_eq!(log_in("王主管", "绿水青山2026"), 200);
    assert_eq!(log_in("王主管", "别的密码"), 401);
    assert_eq!(log_in("也许是密码", "别的密码"), 401);
    let audit = std::fs::read_to_string(home.path("data/server/audit.jsonl")).unwrap();
    for action in ["\"log_in\"", "\"log_in_refused\""] {
        assert_eq!(audit.matches(action).count(), 1, "{audit}");
    }
    assert!(!audit.contains("也许是密码"), "{audit}");
}

#[test]
fn without_a_key_only_this_machine_is_served() {
    let home = Home::new();
    let output = home.run(&[
        "serve",
        "--kb",
        "kb",
        "--http",
        "0.0.0.0:0",
        "--grpc",
        "off",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("jieda key create"), "{stderr}");
    // Nor by a name that a foreign page has for it.
    let server = home.serve(From::Folder);
    let foreign = server.get_with("/v1/kb", &[("host", "evil.example.com")]);
    assert_eq!(foreign.problem(), "forbidden");
    assert_eq!(
        server
            .get_with("/v1/kb", &[("host", "localhost:7700")])
            .status,
        200
    );
}

fn log_in(server: &Server, name: &str, password: &str) -> (String, String) {
    let body = json!({ "name": name, "password": password });
    let reply = server.post("/v1/session", &body);
    let csrf = reply.ok()["csrf"].as_str().unwrap().to_owned();
    let cookie = reply.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    (cookie.split(';').next().unwrap().to_owned(), csrf)
}

#[test]
fn people_log_in_and_may_do_what_their_role_says() {
    let home = Home::new().published();
    for (name, role) in [("小王", "viewer"), ("老李", "publisher")] {
        let args = ["user", "add", name, "--role", role, "--data", "data"];
        let output = home.run_with_input(&args, "correct horse\n");
        assert!(output.status.success(), "{output:?}");
    }
    let server = home.serve(From::Data);
    assert_eq!(server.get("/v1/session").problem(), "unauthenticated");
    let wrong = json!({ "name": "老李", "password": "wrong horse" });
    assert_eq!(
        server.post("/v1/session", &wrong).problem(),
        "unauthenticated"
    );

    let (viewer, csrf) = log_in(&server, "小王", "correct horse");
    let headers = [("cookie", viewer.as_str()), ("x-csrf-token", csrf.as_str())];
    assert_eq!(
        server.get_with("/v1/session", &headers).ok()["user"]["role"],
        "viewer"
    );
    assert_eq!(server.get_with("/v1/kb", &headers).status, 200);
    let publish = |headers| server.post_with("/v1/kb/draft/publish", &json!({}), headers);
    assert_eq!(publish(&headers).problem(), "forbidden");

    let (publisher, csrf) = log_in(&server, "老李", "correct horse");
    let headers = [
        ("cookie", publisher.as_str()),
        ("x-csrf-token", csrf.as_str()),
    ];
    // Another site's page has the cookie, at most, and never the token.
    assert_eq!(publish(&headers[..1]).problem(), "forbidden");
    assert_eq!(publish(&headers).ok()["outcome"], "unchanged");
    let gone = server.send("DELETE", "/v1/session", "", &headers);
    assert_eq!(gone.status, 204);
    assert_eq!(
        server.get_with("/v1/kb", &headers).problem(),
        "unauthenticated"
    );
}

#[test]
fn guessing_passwords_is_slowed_down() {
    let home = Home::new().published();
    let args = ["user", "add", "a", "--role", "viewer", "--data", "data"];
    assert!(
        home.run_with_input(&args, "correct horse\n")
            .status
            .success()
    );
    let server = home.serve(From::Data);
    let wrong = json!({ "name": "a", "password": "wrong" });
    let codes: Vec<String> = (0..12)
        .map(|_| server.post("/v1/session", &wrong).problem())
        .collect();
    assert_eq!(codes[0], "unauthenticated");
    assert_eq!(codes[11], "rate_limited");
}

#[test]
fn a_key_may_not_ask_too_often() {
    let home = Home::new().published();
    let key = bearer(&home.key("answer"));
    let limits = [
        ("JIEDA_SERVER_LIMITS_RATE", "1"),
        ("JIEDA_SERVER_LIMITS_BURST", "3"),
    ];
    let server = home.serve_with(From::Data, &limits);
    let headers = [("authorization", key.as_str())];
    let segment = || server.post_with("/v1/segment", &json!({ "text": "你好" }), &headers);
    let statuses: Vec<u16> = (0..5).map(|_| segment().status).collect();
    assert_eq!(statuses[..3], [200, 200, 200]);
    let refused = segment();
    assert_eq!(refused.problem(), "rate_limited");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
}

#[test]
fn foreign_pages_may_call_when_they_are_named() {
    let home = Home::new();
    let env = [("JIEDA_SERVER_CORS_ORIGINS", "https://shop.example.com")];
    let server = home.serve_with(From::Folder, &env);
    let preflight = |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            (
                "access-control-request-headers",
                "authorization,content-type",
            ),
        ];
        server.send("OPTIONS", "/v1/answer", "", &headers)
    };
    let allowed = |origin: &str| {
        let reply = preflight(origin);
        reply
            .headers
            .get("access-control-allow-origin")
            .map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(
        allowed("https://shop.example.com").as_deref(),
        Some("https://shop.example.com")
    );
    assert_eq!(allowed("https://evil.example.com"), None);
    // A problem reaches the page as well.
    let headers = [("origin", "https://shop.example.com")];
    let refused = server.post_with("/v1/answer", &json!({ "text": "" }), &headers);
    assert_eq!(refused.problem(), "empty_text");
    assert_eq!(
        refused.header("access-control-allow-origin"),
        "https://shop.example.com"
    );
}

#[test]
fn what_is_logged_holds_no_personal_data() {
    let home = Home::new();
    let env = [
        ("JIEDA_SERVER_LOG_FILTER", "debug"),
        ("JIEDA_SERVER_LOG_FORMAT", "json"),
    ];
    let server = home.serve_with(From::Folder, &env);
    let said = server.say("我的手机13800001234，退货", None);
    let id = said["conversation_id"].as_str().unwrap();
    let kept = server.get(&format!("/v1/conversations/{id}"));
    assert!(!kept.text.contains("13800001234"));
    let log = server.log();
    assert!(
        !log.contains("13800001234") && !log.contains("退货"),
        "{log}"
    );
    let lines = log.lines().filter(|line| line.starts_with('{'));
    let requests: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        requests.iter().any(|line| line["route"] == "/v1/answer"),
        "{log}"
    );
}

#[test]
fn a_file_of_keys_that_is_gone_lets_nobody_in() {
    let home = Home::new().published();
    let server = home.serve(From::Data);
    assert_eq!(server.get("/v1/kb").status, 200);
    let key = home.key("view");
    until("the first key counts", || {
        server.get("/v1/kb").status == 401
    });
    std::fs::remove_file(home.path("data/server/access.json")).unwrap();
    let ask = || {
        server
            .get_with("/v1/kb", &[("authorization", &bearer(&key))])
            .status
    };
    until("the key is gone", || ask() == 401);
    assert_eq!(server.get("/v1/kb").problem(), "unauthenticated");
}

#[test]
fn a_key_may_come_before_the_first_release() {
    let home = Home::new();
    home.key("view");
    let home = home.published();
    assert!(home.path("data/server/access.json").exists());
}

#[test]
fn a_page_of_another_site_changes_nothing() {
    let home = Home::new().published();
    let server = home.serve(From::Data);
    let reload = |headers: &[(&str, &str)]| server.send("POST", "/v1/reload", "", headers).status;
    assert_eq!(reload(&[("origin", "https://evil.example")]), 403);
    assert_eq!(reload(&[("sec-fetch-site", "cross-site")]), 403);
    assert_eq!(reload(&[("origin", "null")]), 403);
    let own = format!("http://{}", server.http);
    assert_eq!(reload(&[("origin", &own)]), 200);
    assert_eq!(reload(&[]), 200);
}

#[test]
fn the_last_user_who_goes_opens_nothing() {
    let home = Home::new().published();
    let args = ["user", "add", "a", "--role", "viewer", "--data", "data"];
    assert!(
        home.run_with_input(&args, "correct horse\n")
            .status
            .success()
    );
    let server = home.serve(From::Data);
    assert_eq!(server.get("/v1/kb").status, 401);
    let removed = home.run(&["user", "remove", "a", "--data", "data"]);
    assert!(removed.status.success());
    std::thread::sleep(std::time::Duration::from_millis(2500));
    assert_eq!(server.get("/v1/kb").status, 401);
}
