//! A service of its own for a test: the real binary on free ports.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Longest that anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder with a small knowledge base, and what is started on it.
pub(crate) struct Home {
    dir: TempDir,
}

/// What answers come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Folder,
    Data,
    /// What `tenants.toml` names.
    Tenants,
}

/// A service that runs, until it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) http: String,
    pub(crate) grpc: String,
    agent: ureq::Agent,
    log: PathBuf,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) text: String,
}

/// Headers of a request.
pub(crate) type Headers<'a> = &'a [(&'a str, &'a str)];

impl Home {
    /// Thirty FAQs of the e-commerce sample.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let sample = root().join("kb-samples/ecommerce");
        let faqs = fs::read_to_string(sample.join("faqs.jsonl")).unwrap();
        let some: Vec<&str> = faqs.lines().take(40).collect();
        fs::create_dir(dir.path().join("kb")).unwrap();
        fs::write(dir.path().join("kb/faqs.jsonl"), some.join("\n")).unwrap();
        for name in ["intents.jsonl", "kb.toml", "dict.txt"] {
            fs::copy(sample.join(name), dir.path().join("kb").join(name)).unwrap();
        }
        Self { dir }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A command in this home.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jieda"));
        command
            .current_dir(self.dir.path())
            .args(args)
            .arg("--model")
            .arg(root().join("models/jieda-zh-small"))
            .env(
                "JIEDA_CACHE_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"),
            )
            .env("XDG_STATE_HOME", self.path("state"))
            // What was answered is there to be read.
            .env("JIEDA_SERVER_STORE_WAIT_MS", "5000")
            .env_remove("JIEDA_CONFIG")
            .env_remove("JIEDA_DATA")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    pub(crate) fn run_with_input(&self, args: &[&str], input: &str) -> Output {
        let mut child = self.command(args).spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }

    /// Makes the data directory, with a first release.
    pub(crate) fn published(self) -> Self {
        let output = self.run(&["kb", "publish", "kb", "--data", "data"]);
        assert!(output.status.success(), "{output:?}");
        self
    }

    /// A key with some scopes.
    pub(crate) fn key(&self, scopes: &str) -> String {
        let args = ["key", "create", "--name", "test", "--scope", scopes];
        let output = self.run(&[&args[..], &["--data", "data", "--json"]].concat());
        assert!(output.status.success(), "{output:?}");
        let made: Value = serde_json::from_slice(&output.stdout).unwrap();
        made["key"].as_str().unwrap().to_owned()
    }

    /// Starts the service, and waits until it answers.
    pub(crate) fn serve(&self, from: From) -> Server {
        self.serve_with(from, &[])
    }

    /// The same with variables of the environment.
    pub(crate) fn serve_with(&self, from: From, env: &[(&str, &str)]) -> Server {
        let source = match from {
            From::Folder => ["--kb", "kb"],
            From::Data => ["--data", "data"],
            From::Tenants => ["--tenants", "tenants.toml"],
        };
        let args = [
            "serve",
            "--http",
            "127.0.0.1:0",
            "--grpc",
            "127.0.0.1:0",
            "--json",
        ];
        let log = self.path("log");
        let mut child = self
            .command(&[&args[..], &source[..]].concat())
            .envs(env.iter().copied())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let said: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("{line}\n{}", fs::read_to_string(&log).unwrap()));
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        Server {
            child,
            http: said["http"].as_str().unwrap().to_owned(),
            grpc: said["grpc"].as_str().unwrap().to_owned(),
            agent,
            log,
        }
    }
}

impl Server {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http)
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.get_with(path, &[])
    }

    pub(crate) fn get_with(&self, path: &str, headers: Headers<'_>) -> Reply {
        let mut request = self.agent.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::of(request.call().unwrap())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_with(path, body, &[])
    }

    pub(crate) fn post_with(&self, path: &str, body: &Value, headers: Headers<'_>) -> Reply {
        self.send("POST", path, &body.to_string(), headers)
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &str, headers: Headers<'_>) -> Reply {
        let url = self.url(path);
        let request = ureq::http::Request::builder().method(method).uri(url);
        let typed = headers.iter().any(|(name, _)| *name == "content-type");
        let json: Headers<'_> = &[("content-type", "application/json")];
        let json = if typed { &[] } else { json };
        let mut request = request;
        for (name, value) in json.iter().chain(headers) {
            request = request.header(*name, *value);
        }
        let request = request.body(body.to_owned()).unwrap();
        Reply::of(self.agent.run(request).unwrap())
    }

    /// Answers a text in a conversation; a new one without an id.
    pub(crate) fn say(&self, text: &str, conversation: Option<&str>) -> Value {
        let mut body = json!({ "text": text });
        if let Some(id) = conversation {
            body["conversation_id"] = json!(id);
        }
        self.post("/v1/answer", &body).ok()
    }

    /// Reads events of a conversation, on a thread, until there are so many.
    pub(crate) fn events(&self, path: &str, count: usize) -> std::thread::JoinHandle<Vec<Value>> {
        self.events_with(path, &[], count)
    }

    pub(crate) fn events_with(
        &self,
        path: &str,
        headers: Headers<'_>,
        count: usize,
    ) -> std::thread::JoinHandle<Vec<Value>> {
        let mut request = self.agent.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.call().unwrap();
        assert_eq!(response.status(), 200);
        std::thread::spawn(move || {
            let lines = BufReader::new(response.into_body().into_reader()).lines();
            lines
                .map_while(Result::ok)
                .filter_map(|line| serde_json::from_str(line.strip_prefix("data:")?.trim()).ok())
                .take(count)
                .collect()
        })
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it as an operator does; gives whether it ended well.
    pub(crate) fn stop(mut self) -> bool {
        self.signal("-TERM");
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    pub(crate) fn log(&self) -> String {
        let mut text = String::new();
        let mut file = fs::File::open(&self.log).unwrap();
        file.read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Reply {
    fn of(mut response: ureq::http::Response<ureq::Body>) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.body_mut().read_to_string().unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// The body of a success.
    pub(crate) fn ok(&self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "{} {}",
            self.status,
            self.text
        );
        self.json()
    }

    /// The code of a problem, which has everything that a problem has.
    pub(crate) fn problem(&self) -> String {
        let body = self.json();
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(body["status"], json!(self.status), "{body}");
        let code = body["code"].as_str().unwrap();
        assert_eq!(body["type"], json!(format!("urn:jieda:problem:{code}")));
        assert_eq!(
            body["request_id"],
            json!(self.headers["x-request-id"].to_str().unwrap())
        );
        code.to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
