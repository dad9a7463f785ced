//! Delivers alarms elsewhere: signed, in order, at least once.

use std::{sync::Arc, time::Duration};

use jieda::Timestamp;
use jieda_routing::{Action, ActionKind};
use jieda_store::{Bookmark, Journal, StoreError};
use metrics::counter;
use ring::hmac;
use serde::Serialize;

use super::{Desk, Numbered, RoutingEntry, RoutingError, entry::routing_log};
use crate::config::Webhook;

/// Under which its place in the journal is kept.
const READER: &str = "webhook";
/// The first wait after a failure; each next one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Under which it is kept until when one of several hosts delivers, in milliseconds.
const LEASE: &str = "webhook.lease";
/// For how long; longer than a receiver may take.
const LEASE_FOR: Duration = Duration::from_secs(30);
/// How often a host that does not deliver looks whether it should.
const LOOK: Duration = Duration::from_secs(5);

/// What a receiver gets. The number tells one that came twice.
#[derive(Debug, Serialize)]
struct Delivery<'a> {
    number: u64,
    alarms: Vec<&'a Action>,
}

impl Webhook {
    /// Takes the place from which deliveries go on: a webhook that is new begins with what happens from now on.
    ///
    /// # Errors
    /// [`RoutingError`].
    pub(crate) async fn begin<J: Journal>(&self, desk: &Desk<J>) -> Result<(), RoutingError> {
        let journal = desk.journal();
        if journal.bookmark(READER).await?.is_none() {
            journal
                .set_bookmark(READER, desk.view().await?.last)
                .await?;
        }
        Ok(())
    }

    /// Delivers what the journal holds and will hold, for ever.
    pub(crate) async fn deliver<J: Journal>(self, desk: Arc<Desk<J>>) {
        let mut wait = FIRST_WAIT;
        let mut news = desk.listen();
        let mut lease = Lease::default();
        loop {
            match self.deliver_all(&desk, &mut lease).await {
                Ok(Turn::AnotherHosts) => tokio::time::sleep(LOOK).await,
                Ok(Turn::Ours) => {
                    wait = FIRST_WAIT;
                    // Also when it has fallen behind: the journal is what is read.
                    let _ = tokio::time::timeout(LEASE_FOR, news.recv()).await;
                    while news.try_recv().is_ok() {}
                }
                Err(error) => {
                    counter!("jieda_webhook_deliveries_total", "result" => "failed").increment(1);
                    tracing::warn!(%error, ?wait, "an alarm could not be delivered; it is tried again");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    async fn deliver_all<J: Journal>(
        &self,
        desk: &Desk<J>,
        lease: &mut Lease,
    ) -> Result<Turn, DeliveryError> {
        let journal = desk.journal();
        if lease.take(journal).await? == Turn::AnotherHosts {
            return Ok(Turn::AnotherHosts);
        }
        let done = journal.bookmark(READER).await?.unwrap_or_default();
        for numbered in routing_log(journal, done).await? {
            let alarms = alarms(&numbered);
            if !alarms.is_empty() {
                // While it is renewed, nobody else delivers.
                if lease.take(journal).await? == Turn::AnotherHosts {
                    return Ok(Turn::AnotherHosts);
                }
                let delivery = Delivery {
                    number: numbered.number,
                    alarms,
                };
                let body = serde_json::to_string(&delivery).map_err(DeliveryError::other)?;
                self.post(body).await?;
                counter!("jieda_webhook_deliveries_total", "result" => "delivered").increment(1);
            }
            journal.set_bookmark(READER, numbered.number).await?;
        }
        Ok(Turn::Ours)
    }

    async fn post(&self, body: String) -> Result<(), DeliveryError> {
        let time = Timestamp::now().as_second();
        let signature = signature(&self.secret, time, &body);
        let url = self.url.clone();
        let sent = tokio::task::spawn_blocking(move || {
            ureq::post(&url)
                .config()
                .timeout_global(Some(PATIENCE))
                .build()
                .header("content-type", "application/json")
                .header("x-jieda-signature", signature)
                .send(body)
        });
        sent.await
            .map_err(DeliveryError::other)?
            .map(drop)
            .map_err(DeliveryError::other)
    }
}

/// Whose turn it is to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Ours,
    AnotherHosts,
}

/// The right to deliver, for a while: of several hosts one has it, so that a receiver gets each alarm once, unless a host
/// ends, or its clock is wrong by more than half a minute. He must bear with that anyway.
#[derive(Debug, Default)]
struct Lease {
    /// Until when this host has had it last, in milliseconds.
    ours: Option<u64>,
}

impl Lease {
    /// Takes or renews it.
    async fn take<J: Journal>(&mut self, journal: &J) -> Result<Turn, StoreError> {
        let now = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default();
        let held = journal.bookmark(LEASE).await?;
        let is_ours = held.is_some() && held == self.ours;
        // One that reaches further than any lease does, was taken by a clock that was wrong.
        let most = now + 2 * LEASE_FOR.as_millis() as u64;
        if held.is_some_and(|until| until > now && until <= most) && !is_ours {
            return Ok(Turn::AnotherHosts);
        }
        // Two hosts of one millisecond are told apart.
        let until = now + LEASE_FOR.as_millis() as u64 + fastrand::u64(0..1000);
        Ok(match journal.move_bookmark(LEASE, held, until).await? {
            Bookmark::Moved => {
                self.ours = Some(until);
                Turn::Ours
            }
            Bookmark::Elsewhere => {
                self.ours = None;
                Turn::AnotherHosts
            }
        })
    }
}

/// `t=SECONDS,v1=HEX`: HMAC-SHA256 of `SECONDS.BODY`, so that a receiver can refuse what is old or not ours.
fn signature(secret: &str, time: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{time}.{body}").as_bytes());
    let hex: String = tag.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    format!("t={time},v1={hex}")
}

fn alarms(numbered: &Numbered) -> Vec<&Action> {
    let RoutingEntry::Event { logged, .. } = &numbered.entry else {
        return Vec::new();
    };
    let is_alarm = |action: &&Action| {
        matches!(
            action.kind,
            ActionKind::AlarmRaised { .. }
                | ActionKind::AlarmCleared { .. }
                | ActionKind::Escalated { .. }
        )
    };
    logged.applied.actions().filter(is_alarm).collect()
}

#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Other(String),
}

impl DeliveryError {
    fn other(error: impl std::fmt::Display) -> Self {
        Self::Other(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn a_signature_is_hmac_sha256_of_time_and_body() {
        // By `printf '1700000000.{}' | openssl dgst -sha256 -hmac secret`.
        assert_eq!(
            signature("secret", 1_700_000_000, "{}"),
            "t=1700000000,v1=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163"
        );
    }
}
