//! `jieda config`, `jieda key`, `jieda doctor`.

use serde_json::Value;

use crate::server::Home;

#[test]
fn the_default_configuration_is_a_configuration() {
    let home = Home::new();
    let printed = home.run(&["config", "default"]);
    assert!(printed.status.success());
    std::fs::write(home.path("jieda.toml"), &printed.stdout).unwrap();
    let args = ["config", "check", "--kb", "kb", "--config", "jieda.toml"];
    let checked = home.run(&args);
    assert!(checked.status.success(), "{checked:?}");
}

#[test]
fn every_key_is_a_variable_and_faults_are_named() {
    let home = Home::new();
    let show = |name: &str, value: &str| {
        let args = ["config", "show", "--kb", "kb", "--json"];
        home.command(&args).env(name, value).output().unwrap()
    };
    let shown = show("JIEDA_SERVER_LIMITS_BATCH", "7");
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["server"]["limits"]["batch"], 7);
    let faulty = show("JIEDA_SERVER_LIMITS_BATCH", "many");
    assert_eq!(faulty.status.code(), Some(1));
    let stderr = String::from_utf8(faulty.stderr).unwrap();
    assert!(stderr.contains("JIEDA_SERVER_LIMITS_BATCH"), "{stderr}");
    std::fs::write(home.path("bad.toml"), "[server]\nhtpp = 1\n").unwrap();
    let checked = home.run(&["config", "check", "--kb", "kb", "--config", "bad.toml"]);
    let stderr = String::from_utf8(checked.stderr).unwrap();
    assert!(
        stderr.contains("line 2") && stderr.contains("server.htpp"),
        "{stderr}"
    );
}

#[test]
fn keys_are_listed_without_their_secrets() {
    let home = Home::new();
    let home = home.published();
    let key = home.key("answer,view");
    let listed = home.run(&["key", "list", "--data", "data", "--json"]);
    let text = String::from_utf8(listed.stdout).unwrap();
    let keys: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(keys[0]["scopes"], serde_json::json!(["answer", "view"]));
    assert!(!text.contains(key.splitn(3, '_').nth(2).unwrap()));
    let nobody = home.run(&["key", "revoke", "nobody", "--data", "data"]);
    assert_eq!(nobody.status.code(), Some(1));
}

#[test]
fn the_doctor_tells_what_is_wrong() {
    let home = Home::new();
    let well = home.run(&["doctor", "--kb", "kb", "--json"]);
    let findings: Value = serde_json::from_slice(&well.stdout).unwrap();
    let states: Vec<&str> = findings
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["state"].as_str().unwrap())
        .collect();
    assert!(states.contains(&"ok"), "{findings}");
    let ill = home.run(&["doctor", "--kb", "nowhere"]);
    assert_eq!(ill.status.code(), Some(1));
    let text = String::from_utf8(ill.stdout).unwrap();
    assert!(text.contains("✗ 知识库"), "{text}");
}
