//! Several knowledge bases in one process.

use std::fs;

use jieda_server::v1::{self, answer_service_client::AnswerServiceClient};
use jieda_store::conformance::PostgresServer;
use serde_json::{Value, json};

use crate::server::{From, Home, Server};

/// Two tenants, of whom `bank` has half the FAQs and a configuration of its own.
fn home() -> Home {
    let home = Home::new();
    let publish = |data: &str| {
        let output = home.run(&["kb", "publish", "kb", "--data", data]);
        assert!(output.status.success(), "{output:?}");
    };
    publish("shop");
    let faqs = fs::read_to_string(home.path("kb/faqs.jsonl")).unwrap();
    let some: Vec<&str> = faqs.lines().take(20).collect();
    fs::write(home.path("kb/faqs.jsonl"), some.join("\n")).unwrap();
    publish("bank");
    let tenants = "[shop]\ndata = \"shop\"\n[bank]\ndata = \"bank\"\nconfig = \"bank.toml\"\n";
    fs::write(home.path("tenants.toml"), tenants).unwrap();
    fs::write(home.path("bank.toml"), "[server.limits]\nbatch = 2\n").unwrap();
    home
}

fn ask(server: &Server, tenant: &str, id: &str) -> Value {
    let body = json!({ "conversation_id": id, "text": "怎么退货" });
    server.post(&format!("/t/{tenant}/v1/answer"), &body).ok()
}

fn key(home: &Home, data: &str) -> String {
    let args = [
        "key",
        "create",
        "--name",
        "test",
        "--scope",
        "answer,view,admin",
    ];
    let made = home.run(&[&args[..], &["--data", data, "--json"]].concat());
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    format!("Bearer {}", made["key"].as_str().unwrap())
}

#[test]
fn each_has_knowledge_conversations_and_limits_of_his_own() {
    let home = home();
    let server = home.serve(From::Tenants);
    let faqs = |tenant: &str| server.get(&format!("/t/{tenant}/v1/kb")).ok()["faqs"].clone();
    assert_eq!((faqs("shop"), faqs("bank")), (json!(40), json!(20)));
    // The same id, two conversations.
    assert_eq!(ask(&server, "shop", "c-1")["turn"], 1);
    assert_eq!(ask(&server, "shop", "c-1")["turn"], 2);
    assert_eq!(ask(&server, "bank", "c-1")["turn"], 1);
    let three = json!({ "items": [{ "text": "在吗" }, { "text": "在吗" }, { "text": "在吗" }] });
    server.post("/t/shop/v1/answer/batch", &three).ok();
    let refused = server.post("/t/bank/v1/answer/batch", &three);
    assert_eq!(refused.problem(), "invalid_field");

    let figures = |tenant: &str| server.get(&format!("/t/{tenant}/metrics")).text;
    let of = |text: &str, tenant: &str| {
        let name = format!("jieda_answer_seconds_count{{tenant=\"{tenant}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&name));
        line.and_then(|count| count.parse::<u64>().ok())
    };
    let (shop, bank) = (figures("shop"), figures("bank"));
    assert_eq!((of(&shop, "shop"), of(&bank, "bank")), (Some(5), Some(1)));
    assert_eq!(of(&shop, "bank"), None);

    let health = server.get("/healthz").ok();
    assert_eq!(health["status"], "serving");
    assert_eq!(health["tenants"]["bank"]["store"], "up");
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(server.get("/t/nobody/v1/kb").status, 404);
    // Pages are below each path; what they are made of is everybody's.
    let page = server.get("/t/shop/console/");
    assert!(
        page.status == 200 && page.text.contains("/console/assets/"),
        "{}",
        page.text
    );
    let to = server.get("/t/shop/");
    assert_eq!(to.header("location"), "/t/shop/console/");
    assert!(server.stop());
    for tenant in ["shop", "bank"] {
        assert!(home.path(tenant).join("server/conversations.db").is_file());
    }
}

#[test]
fn a_key_opens_one_tenant_and_names_it() {
    let home = home();
    let (shop, bank) = (key(&home, "shop"), key(&home, "bank"));
    let server = home.serve(From::Tenants);
    let get = |path: &str, key: &str| server.get_with(path, &[("authorization", key)]);
    // Without a path, the key says whose it is.
    assert_eq!(get("/v1/kb", &shop).ok()["faqs"], 40);
    assert_eq!(get("/v1/kb", &bank).ok()["faqs"], 20);
    assert_eq!(get("/t/bank/v1/kb", &bank).ok()["faqs"], 20);
    assert_eq!(get("/t/bank/v1/kb", &shop).problem(), "unauthenticated");
    assert_eq!(
        get("/v1/kb", "Bearer jieda_nothing").problem(),
        "unauthenticated"
    );
    assert_eq!(server.get("/v1/kb").problem(), "unauthenticated");
    assert!(get("/metrics", &bank).text.contains("tenant=\"bank\""));

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let call = |key: Option<&str>, tenant: Option<&'static str>| {
        runtime.block_on(async {
            let address = format!("http://{}", server.grpc);
            let mut client = AnswerServiceClient::connect(address).await.unwrap();
            let mut request = tonic::Request::new(v1::AnswerRequest {
                text: "怎么退货".into(),
                conversation_id: "g-1".into(),
                ..v1::AnswerRequest::default()
            });
            if let Some(key) = key {
                let key = key.parse().unwrap();
                request.metadata_mut().insert("authorization", key);
            }
            if let Some(tenant) = tenant {
                let tenant = tenant.parse().unwrap();
                request.metadata_mut().insert("x-jieda-tenant", tenant);
            }
            let answered = client.answer(request).await;
            answered.map(|response| response.into_inner().turn)
        })
    };
    assert_eq!(call(Some(&shop), None).unwrap(), 1);
    assert_eq!(call(Some(&shop), Some("shop")).unwrap(), 2);
    assert_eq!(call(Some(&bank), None).unwrap(), 1);
    let refused = call(Some(&shop), Some("bank")).unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unauthenticated);
    let nobody = call(None, None).unwrap_err();
    assert_eq!(nobody.code(), tonic::Code::Unauthenticated);
}

#[test]
fn tenants_of_one_database_have_a_schema_each() {
    let home = home();
    let Some(database) = PostgresServer::start(&home.path(".")) else {
        return;
    };
    let url = database.new_database();
    let server = home.serve_with(From::Tenants, &[("JIEDA_SERVER_STORE", &url)]);
    assert_eq!(ask(&server, "shop", "c-1")["turn"], 1);
    assert_eq!(ask(&server, "bank", "c-1")["turn"], 1);
    assert_eq!(ask(&server, "bank", "c-1")["turn"], 2);
    let turns = |tenant: &str| {
        let log = server
            .get(&format!("/t/{tenant}/v1/conversations/c-1"))
            .ok();
        log["turns"].as_array().unwrap().len()
    };
    assert_eq!((turns("shop"), turns("bank")), (1, 2));
}

#[test]
fn a_tenant_that_cannot_be_served_is_named() {
    let home = home();
    fs::remove_dir_all(home.path("bank")).unwrap();
    let refused = home.run(&[
        "serve",
        "--tenants",
        "tenants.toml",
        "--http",
        "127.0.0.1:0",
    ]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && told.contains("租户 bank"),
        "{told}"
    );
}
