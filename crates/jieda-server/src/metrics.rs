//! Figures for Prometheus.

use std::time::Duration;

use jieda::{Reply, Timestamp};
use jieda_routing::{ActionKind, AgentState, Alarm, Mode, Stage};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::{
    app::App,
    routing::{AgentSeen, DeskView, RoutingEntry},
    tenants::Recorder,
};

/// Upper ends of the buckets of times, in seconds.
const SECONDS: [f64; 13] = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0,
];
/// Upper ends of the buckets of confidences.
const CONFIDENCES: [f64; 10] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

/// What is measured.
#[derive(Debug)]
pub(crate) struct Measured;

impl Measured {
    /// Starts measuring. Done once in a process.
    ///
    /// # Errors
    /// [`BuildError`] when something else measures already.
    pub(crate) fn start() -> Result<PrometheusHandle, BuildError> {
        let handle = builder()?.install_recorder()?;
        describe();
        Ok(handle)
    }

    /// Starts measuring for a tenant, by himself.
    ///
    /// # Errors
    /// [`BuildError`].
    pub(crate) fn of_tenant(name: &str) -> Result<(PrometheusHandle, Recorder), BuildError> {
        let recorder = builder()?.add_global_label("tenant", name).build_recorder();
        let handle = recorder.handle();
        let recorder = Recorder::new(recorder);
        recorder.during(describe);
        Ok((handle, recorder))
    }

    /// An answer: steps, decision, confidence.
    pub(crate) fn answer(reply: &Reply) {
        let t = &reply.timings;
        let steps = [
            ("segment", t.segment),
            ("encode", t.encode),
            ("search", t.search),
            ("classify", t.classify),
            ("context", t.context),
            ("decide", t.decide),
        ];
        for (step, took) in steps {
            histogram!("jieda_step_seconds", "step" => step).record(took.as_secs_f64());
        }
        if reply.is_degraded() {
            counter!("jieda_degraded_total").increment(1);
        }
        histogram!("jieda_answer_seconds").record(t.total.as_secs_f64());
        histogram!("jieda_answer_confidence").record(reply.confidence.get());
        counter!(
            "jieda_decisions_total",
            "decision" => reply.decision.name(),
            "reason" => reply.reason().unwrap_or("none"),
        )
        .increment(1);
    }

    /// A request over HTTP. `route` is the pattern, never the path.
    pub(crate) fn request(route: &str, method: &str, status: u16, took: Duration) {
        let labels = [
            ("route", route.to_owned()),
            // Anybody can make methods up.
            ("method", known_method(method).to_owned()),
            ("status", status.to_string()),
        ];
        counter!("jieda_http_requests_total", &labels).increment(1);
        histogram!("jieda_http_request_seconds", "route" => route.to_owned())
            .record(took.as_secs_f64());
    }

    /// A call over gRPC.
    pub(crate) fn call(method: &'static str, code: tonic::Code, took: Duration) {
        counter!("jieda_grpc_calls_total", "method" => method, "code" => format!("{code:?}"))
            .increment(1);
        histogram!("jieda_grpc_call_seconds", "method" => method).record(took.as_secs_f64());
    }

    /// What an entry of the routing core's journal says that somebody must know.
    pub(crate) fn routed(entry: &RoutingEntry) {
        let RoutingEntry::Event { logged, .. } = entry else {
            return;
        };
        for action in logged.applied.actions() {
            match &action.kind {
                ActionKind::Offered { .. } => counter!("jieda_routing_offers_total").increment(1),
                ActionKind::Escalated { ticket, group } => {
                    counter!("jieda_routing_escalations_total").increment(1);
                    tracing::warn!(%ticket, %group, "a ticket was escalated");
                }
                ActionKind::AlarmRaised { alarm } => {
                    counter!("jieda_routing_alarms_total", "alarm" => alarm.name()).increment(1);
                    tracing::warn!(?alarm, "alarm");
                }
                ActionKind::AlarmCleared { alarm } => tracing::info!(?alarm, "the alarm is over"),
                _ => {}
            }
        }
    }

    /// How agents and tickets stand now.
    pub(crate) fn desk(view: &DeskView) {
        let since = Timestamp::now().duration_since(view.at).as_secs_f64();
        for group in &view.groups {
            let label = [("group", group.group.to_string())];
            gauge!("jieda_routing_waiting", &label).set(group.waiting as f64);
            let longest = group
                .longest
                .map_or(0.0, |wait| wait.as_secs_f64() + since.max(0.0));
            gauge!("jieda_routing_longest_wait", &label).set(longest);
        }
        for state in AgentState::ALL {
            let is_in = |agent: &&AgentSeen| agent.now.as_ref().is_some_and(|n| n.state == state);
            let count = view.agents.iter().filter(is_in).count();
            gauge!("jieda_routing_agents", "state" => state.name()).set(count as f64);
        }
        for name in Stage::NAMES {
            let stages = view.tickets.iter().filter_map(|ticket| ticket.stage);
            let count = stages.filter(|stage| stage.name() == name).count();
            gauge!("jieda_routing_tickets", "stage" => name).set(count as f64);
        }
        for name in Alarm::NAMES {
            let count = view.alarms.iter().filter(|a| a.name() == name).count();
            gauge!("jieda_routing_alarms", "alarm" => name).set(count as f64);
        }
        let degraded = f64::from(u8::from(view.mode == Mode::Degraded));
        gauge!("jieda_routing_degraded").set(degraded);
    }

    /// How things stand now, before the figures are read.
    pub(crate) fn now(app: &App) {
        let load = app.admission.load();
        gauge!("jieda_answers_in_progress").set(load.busy as f64);
        gauge!("jieda_queue_length").set(load.waiting as f64);
        gauge!("jieda_queue_expected_wait").set(load.expected.as_secs_f64());
        counter!("jieda_shed_total").absolute(load.refused);
        gauge!("jieda_conversations_live").set(app.conversations.live_count() as f64);
        gauge!("jieda_store_waiting_bytes").set(app.conversations.waiting_bytes() as f64);
        let (batches, texts) = app.engines.batches();
        counter!("jieda_encoder_batches_total").absolute(batches);
        counter!("jieda_encoder_texts_total").absolute(texts);
        let release = app.engines.hold().identity().knowledge.clone();
        if let Some(before) = app.release_shown(&release) {
            gauge!("jieda_release_info", "release" => before).set(0.0);
        }
        gauge!("jieda_release_info", "release" => release).set(1.0);
    }
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    let suffix = |text: &str| Matcher::Suffix(text.to_owned());
    PrometheusBuilder::new()
        .set_buckets_for_metric(suffix("_seconds"), &SECONDS)?
        .set_buckets_for_metric(suffix("_confidence"), &CONFIDENCES)
}

fn known_method(method: &str) -> &'static str {
    const KNOWN: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"];
    KNOWN
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("OTHER")
}

fn describe() {
    describe_histogram!("jieda_step_seconds", "Time of each step of an answer");
    describe_histogram!(
        "jieda_answer_seconds",
        "Time of an answer, without waiting for a place"
    );
    describe_histogram!(
        "jieda_answer_confidence",
        "Calibrated confidence of answers"
    );
    describe_counter!(
        "jieda_store_given_up_total",
        "Turns that were written without being kept in memory, since too many waited for the store"
    );
    describe_counter!("jieda_decisions_total", "Decisions by kind and reason");
    describe_counter!(
        "jieda_http_requests_total",
        "HTTP requests by route and status"
    );
    describe_histogram!("jieda_http_request_seconds", "Time of HTTP requests");
    describe_counter!("jieda_grpc_calls_total", "gRPC calls by method and code");
    describe_histogram!("jieda_grpc_call_seconds", "Time of gRPC calls");
    describe_gauge!("jieda_answers_in_progress", "Answers that are being made");
    describe_gauge!("jieda_queue_length", "Requests that wait for a place");
    describe_gauge!(
        "jieda_queue_expected_wait",
        "Seconds that a newcomer would wait"
    );
    describe_counter!("jieda_shed_total", "Requests refused because of overload");
    describe_gauge!("jieda_conversations_live", "Conversations in memory");
    describe_gauge!(
        "jieda_store_waiting_bytes",
        "Bytes on their way to the store"
    );
    describe_counter!(
        "jieda_store_failures_total",
        "Writes to the store that failed"
    );
    describe_counter!("jieda_encoder_batches_total", "Batches that were encoded");
    describe_counter!(
        "jieda_encoder_texts_total",
        "Texts in them: by batches, the mean size of one"
    );
    describe_counter!(
        "jieda_store_conflicts_total",
        "Turns that were not kept, since another process was faster"
    );
    describe_gauge!("jieda_routing_waiting", "Tickets that wait, by group");
    describe_gauge!(
        "jieda_routing_longest_wait",
        "Seconds that the one who has waited longest has, by group"
    );
    describe_gauge!("jieda_routing_agents", "Agents by state");
    describe_gauge!("jieda_routing_tickets", "Open tickets by stage");
    describe_gauge!("jieda_routing_alarms", "Alarms that are on");
    describe_gauge!("jieda_routing_degraded", "1 while key channels go first");
    describe_counter!("jieda_routing_offers_total", "Tickets offered to agents");
    describe_counter!("jieda_routing_escalations_total", "Tickets escalated");
    describe_counter!("jieda_routing_alarms_total", "Alarms raised");
    describe_counter!(
        "jieda_webhook_deliveries_total",
        "Deliveries of alarms by result"
    );
    describe_gauge!("jieda_release_info", "1 for the release that answers");
}
