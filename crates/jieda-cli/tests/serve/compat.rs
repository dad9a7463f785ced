//! What older versions left on the disk: `tests/compat` has it, made by themselves.

use std::{fs, path::Path, process::Command};

use jieda_store::conformance::PostgresServer;
use serde_json::json;

use crate::server::{From, Home, Server, root, until};

/// The versions that left something, oldest first.
const VERSIONS: [&str; 1] = ["2026-11"];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// A home in which an older version was at work.
fn old(version: &str) -> Home {
    let home = Home::new();
    let fixture = root().join("crates/jieda-cli/tests/compat").join(version);
    copy(&fixture.join("data"), &home.path("data"));
    home
}

const ROUTING: (&str, &str) = ("JIEDA_SERVER_ROUTING_ENABLED", "true");

/// Everything that was there is there, and goes on.
fn goes_on(home: &Home, server: &Server) {
    let key = home.key("answer,agent,view,publish,edit");
    let key = format!("Bearer {key}");
    let headers = [("authorization", key.as_str())];
    let get = |path: &str| server.get_with(path, &headers).ok();
    // The key that was just made is read within seconds.
    until("the key is known", || {
        server.get_with("/v1/kb", &headers).status == 200
    });

    let releases = get("/v1/kb/releases")["items"].as_array().unwrap().len();
    assert_eq!(releases, 2);
    let log = get("/v1/conversations/fixture-1");
    let turns = log["turns"].as_array().unwrap();
    assert_eq!(turns.len(), 2);
    assert_eq!(turns[0]["text"], "怎么退货");
    // As that version said it, whatever this one would say.
    let answer = &turns[0]["answer"];
    assert_eq!(answer["decision"], "clarify");
    assert_eq!(answer["options"].as_array().unwrap().len(), 2);
    assert_eq!(answer["release"], get("/v1/kb")["release"]["id"]);

    let say = |id: &str, text: &str| {
        let body = json!({ "conversation_id": id, "text": text });
        server.post_with("/v1/answer", &body, &headers).ok()
    };
    assert_eq!(say("fixture-1", "怎么退货")["turn"], 3);
    assert_eq!(say("fixture-2", "在吗")["decision"], "silent");
    let desk = get("/v1/routing");
    assert_eq!(desk["agents"][0]["name"], "小王");
    assert_eq!(desk["tickets"][0]["conversation"], "fixture-2");
    let draft = get("/v1/kb/draft/diff");
    // It was asked for twice.
    assert_eq!(draft["added"].as_array().unwrap().len(), 2);
    let published = server.post_with("/v1/kb/draft/publish", &json!({ "note": "" }), &headers);
    assert_eq!(published.ok()["outcome"], "new");
    let before = get("/v1/kb/releases")["items"][2]["id"].clone();
    let back = format!("/v1/kb/releases/{}/publish", before.as_str().unwrap());
    server.post_with(&back, &json!({}), &headers).ok();
    assert_eq!(say("fixture-1", "怎么退货")["release"], before);
}

#[test]
fn data_directory_and_store_of_older_versions_go_on() {
    for version in VERSIONS {
        let home = old(version);
        let server = home.serve_with(From::Data, &[ROUTING]);
        goes_on(&home, &server);
        assert!(server.stop());
    }
}

#[test]
fn a_postgres_dump_of_older_versions_goes_on() {
    for version in VERSIONS {
        let home = old(version);
        let Some(database) = PostgresServer::start(&home.path(".")) else {
            return;
        };
        let url = database.new_database();
        let fixture = root().join("crates/jieda-cli/tests/compat").join(version);
        let Some(psql) = psql() else {
            eprintln!("skipped: there is no psql");
            return;
        };
        let restored = Command::new(psql)
            .args(["-q", "-v", "ON_ERROR_STOP=1", "-d", &url, "-f"])
            .arg(fixture.join("conversations.sql"))
            .output()
            .unwrap();
        assert!(restored.status.success(), "{restored:?}");
        let server = home.serve_with(From::Data, &[ROUTING, ("JIEDA_SERVER_STORE", &url)]);
        goes_on(&home, &server);
        assert!(server.stop());
    }
}

/// Debian keeps it beside the server, and links it.
fn psql() -> Option<std::path::PathBuf> {
    let beside = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut all: Vec<_> = beside
        .filter_map(|entry| Some(entry.ok()?.path().join("bin/psql")))
        .filter(|path| path.is_file())
        .collect();
    all.sort();
    all.pop()
}

/// A later version's database is refused by an older one, which leaves it as it is.
#[test]
fn what_a_newer_version_wrote_is_refused() {
    let home = old(VERSIONS[0]);
    let manifest = home.path("data/jieda-data.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("format = 1", "format = 99")).unwrap();
    let refused = home.run(&["kb", "list", "--data", "data"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("99"), "{told}");
}
