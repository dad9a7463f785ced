//! As much of a hub as a download asks for, on a port of this machine.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
pub(crate) const WEIGHTS: &[u8] = &[7; 200_000];
const CONFIG: &[u8] = br#"{
    "model_type": "bert", "vocab_size": 8, "hidden_size": 4, "num_hidden_layers": 1,
    "num_attention_heads": 1, "intermediate_size": 8, "max_position_embeddings": 16,
    "layer_norm_eps": 1e-12, "hidden_act": "gelu", "pad_token_id": 0
}"#;

#[derive(Default)]
struct State {
    requests: Mutex<Vec<String>>,
    interrupt: AtomicBool,
    /// Where the hub keeps the weights: another host.
    storage: Mutex<Option<String>>,
}

/// A server that can be a hub, and the host where a hub keeps large files.
pub(crate) struct FakeHub {
    pub(crate) endpoint: String,
    state: Arc<State>,
}

impl FakeHub {
    /// Serves until the test's process ends.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away in the middle is no fault of the hub's.
                let _ = serve(stream, &shared);
            }
        });
        Self { endpoint, state }
    }

    /// The next download of the weights breaks off in the middle.
    pub(crate) fn interrupt_once(&self) {
        self.state.interrupt.store(true, Ordering::SeqCst);
    }

    /// The weights are at this server from now on; its requests lead there.
    pub(crate) fn keep_weights_at(&self, storage: &FakeHub) {
        *self.state.storage.lock().unwrap() = Some(storage.endpoint.clone());
    }

    /// Every request so far, head and all.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.requests.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while reader.read_line(&mut head)? > 2 && !head.ends_with("\r\n\r\n") {}
    state.requests.lock().unwrap().push(head.clone());
    let mut words = head.split(' ');
    let asks_head = words.next() == Some("HEAD");
    let path = words.next().unwrap_or_default();
    if path == "/blob" {
        return send_range(&mut stream, state, &head, "of-the-storage", WEIGHTS);
    }
    let files = [
        "1_Pooling/config.json",
        "config.json",
        "tokenizer.json",
        "model.safetensors",
    ];
    if let Some(rest) = path.strip_prefix("/api/models/acme/") {
        let files = match rest {
            "tiny/revision/main"
            | "evil/revision/main"
            | "turncoat/revision/main"
            | "circle/revision/main" => &files[..],
            "renamed/revision/main" => {
                let to = "Location: /api/models/acme/tiny/revision/main\r\n";
                return answer(&mut stream, "307 Temporary Redirect", to, b"");
            }
            "nowhere/revision/main" => return answer(&mut stream, "302 Found", "", b""),
            "bare/revision/main" => &files[..2],
            "private/revision/main" => return answer(&mut stream, "401 Unauthorized", "", b""),
            _ => return answer(&mut stream, "404 Not Found", "", b""),
        };
        let siblings: Vec<_> = files
            .iter()
            .map(|f| serde_json::json!({ "rfilename": f }))
            .collect();
        let info = serde_json::json!({ "sha": COMMIT, "siblings": siblings }).to_string();
        return answer(&mut stream, "200 OK", "", info.as_bytes());
    }
    if path.starts_with("/acme/circle/") {
        let to = format!("Location: {path}\r\n");
        return answer(&mut stream, "302 Found", &to, b"");
    }
    // One that is sound when asked what a file is, and another when asked for it.
    let evil = path.contains("/acme/evil/") || (path.contains("/acme/turncoat/") && !asks_head);
    let Some((_, file)) = path.split_once(&format!("/resolve/{COMMIT}/")) else {
        return answer(&mut stream, "404 Not Found", "", b"");
    };
    let hash = sha256(WEIGHTS);
    let (etag, body) = match file {
        _ if evil => ("../../out", CONFIG),
        "config.json" => ("aa01", CONFIG),
        "1_Pooling/config.json" => ("aa02", &br#"{"pooling_mode_mean_tokens": true}"#[..]),
        "tokenizer.json" => ("aa03", &b"{}"[..]),
        "model.safetensors" => (hash.as_str(), WEIGHTS),
        _ => return answer(&mut stream, "404 Not Found", "", b""),
    };
    if file != "model.safetensors" && path.starts_with("/acme/") {
        // As the real one does with small files: to another path of its own, with a few words.
        let headers = format!("Location: /cached{path}\r\nX-Repo-Commit: {COMMIT}\r\n");
        let words = b"Temporary Redirect. Redirecting";
        let words = if asks_head { &b""[..] } else { words };
        return redirect(&mut stream, &headers, words);
    }
    let storage = state.storage.lock().unwrap().clone();
    if let Some(storage) = storage
        && file == "model.safetensors"
    {
        let headers = format!(
            "Location: {storage}/blob\r\nX-Repo-Commit: {COMMIT}\r\nX-Linked-ETag: \"{}\"\r\n\
             X-Linked-Size: {}\r\n",
            sha256(WEIGHTS),
            WEIGHTS.len()
        );
        return answer(&mut stream, "302 Found", &headers, b"");
    }
    if asks_head {
        let length = body.len();
        return write!(
            stream,
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\
             ETag: \"{etag}\"\r\nX-Repo-Commit: {COMMIT}\r\n\r\n"
        );
    }
    send_range(&mut stream, state, &head, etag, body)
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn send_range(
    stream: &mut TcpStream,
    state: &State,
    head: &str,
    etag: &str,
    body: &[u8],
) -> std::io::Result<()> {
    let lower = head.to_lowercase();
    let range = lower.split("bytes=").nth(1).and_then(|r| r.lines().next());
    let (start, end) = range.and_then(|r| r.split_once('-')).unwrap_or(("0", ""));
    let start: usize = start.parse().unwrap_or(0);
    let end = end.trim().parse().map_or(body.len(), |end: usize| end + 1);
    let headers = format!(
        "ETag: \"{etag}\"\r\nX-Repo-Commit: {COMMIT}\r\nContent-Range: bytes {start}-{}/{}\r\n",
        end - 1,
        body.len()
    );
    let part = &body[start..end];
    if part.len() == WEIGHTS.len() && state.interrupt.swap(false, Ordering::SeqCst) {
        let length = part.len();
        write!(
            stream,
            "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
        )?;
        return stream.write_all(&part[..length / 2]);
    }
    answer(stream, "206 Partial Content", &headers, part)
}

/// A redirect whose length is not that of the file, and which says no more to HEAD than its head.
fn redirect(stream: &mut TcpStream, headers: &str, body: &[u8]) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 307 Temporary Redirect\r\nConnection: close\r\nContent-Length: 31\r\n{headers}\r\n"
    )?;
    stream.write_all(body)
}

fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    )?;
    stream.write_all(body)
}
