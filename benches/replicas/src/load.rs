//! Clients: they ask in conversations that all go on with, and ask again where nobody answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::options::Options;

/// Conversations for each client: fewer than one, so that several ask in the same.
const CONVERSATIONS_PER_CLIENT: usize = 2;
/// Between two questions of one client.
const PAUSE: Duration = Duration::from_millis(30);
/// Before a client asks again.
const AGAIN: Duration = Duration::from_millis(50);
/// How long a client asks again.
const PATIENCE: Duration = Duration::from_secs(60);
const TIMEOUT: Duration = Duration::from_secs(30);
const QUESTIONS: [&str; 8] = [
    "怎么退货",
    "运费谁出",
    "发票怎么开",
    "快递三天没动了",
    "优惠券用不了",
    "能改地址吗",
    "那要多久呢",
    "在吗",
];

/// What a client asked, and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) conversation: String,
    /// Part of the text: no other has it.
    pub(crate) tag: String,
    pub(crate) begun: Instant,
    /// When it was answered, and as which turn; none: nobody answered in time.
    pub(crate) answered: Option<(Instant, u32)>,
    /// How long the last attempt took.
    pub(crate) latency: Duration,
    pub(crate) failures: Vec<Failed>,
    pub(crate) was_degraded: bool,
}

/// An attempt that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failed {
    /// No connection, or it was cut: the replica was killed or is starting.
    Connection,
    /// The replica answered that it could not.
    Status(u16),
}

/// Starts the clients; each gives what it asked.
pub(crate) fn start(
    options: &Options,
    addresses: &[String],
    stop: &Arc<AtomicBool>,
) -> Vec<JoinHandle<Vec<Asked>>> {
    let conversations = options.clients.div_ceil(CONVERSATIONS_PER_CLIENT).max(1);
    let tags = Arc::new(AtomicU64::new(0));
    (0..options.clients)
        .map(|number| {
            let (addresses, stop, tags) = (addresses.to_vec(), Arc::clone(stop), Arc::clone(&tags));
            std::thread::spawn(move || {
                let mut client = Client::new(addresses, number);
                let mut asked = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let conversation = format!("shared-{}", fastrand::usize(..conversations));
                    let tag = tag(tags.fetch_add(1, Ordering::Relaxed));
                    asked.push(client.ask(conversation, tag));
                    std::thread::sleep(PAUSE);
                }
                asked
            })
        })
        .collect()
}

/// A word of letters: numbers might be masked.
fn tag(mut number: u64) -> String {
    let mut tag = String::from("q");
    loop {
        tag.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
        if number == 0 {
            return tag + "z";
        }
    }
}

/// One client, which goes from replica to replica.
#[derive(Debug)]
pub(crate) struct Client {
    agent: ureq::Agent,
    addresses: Vec<String>,
    next: usize,
}

impl Client {
    pub(crate) fn new(addresses: Vec<String>, next: usize) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .build()
            .new_agent();
        Self {
            agent,
            addresses,
            next,
        }
    }

    /// Asks until somebody answers.
    pub(crate) fn ask(&mut self, conversation: String, tag: String) -> Asked {
        let question = QUESTIONS[fastrand::usize(..QUESTIONS.len())];
        let body = json!({
            "conversation_id": conversation,
            "text": format!("{question} [{tag}]"),
        });
        let mut asked = Asked {
            conversation,
            tag,
            begun: Instant::now(),
            answered: None,
            latency: Duration::ZERO,
            failures: Vec::new(),
            was_degraded: false,
        };
        while asked.begun.elapsed() < PATIENCE {
            self.next = (self.next + 1) % self.addresses.len();
            let attempt = Instant::now();
            match self.once(&body, &asked.tag) {
                Ok(answer) => {
                    let turn = answer["turn"]
                        .as_u64()
                        .and_then(|turn| u32::try_from(turn).ok());
                    asked.answered = turn.map(|turn| (Instant::now(), turn));
                    asked.was_degraded = answer["degraded"] == json!(true);
                    asked.latency = attempt.elapsed();
                    return asked;
                }
                Err(failed) => {
                    asked.failures.push(failed);
                    std::thread::sleep(AGAIN);
                }
            }
        }
        asked
    }

    fn once(&self, body: &Value, key: &str) -> Result<Value, Failed> {
        let url = format!("{}/v1/answer", self.addresses[self.next]);
        let sent = self
            .agent
            .post(url)
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .send(body.to_string());
        let mut reply = sent.map_err(|_| Failed::Connection)?;
        let status = reply.status().as_u16();
        let text = reply.body_mut().read_to_string();
        match (status, text) {
            (200, Ok(text)) => serde_json::from_str(&text).map_err(|_| Failed::Connection),
            (200, Err(_)) => Err(Failed::Connection),
            (status, _) => Err(Failed::Status(status)),
        }
    }
}
