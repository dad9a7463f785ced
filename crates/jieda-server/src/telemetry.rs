//! Logs and traces.

use std::io::IsTerminal as _;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::{
    app::StartError,
    config::{Log, LogFormat},
};

/// What must be ended, so that the last traces get out.
#[derive(Debug, Default)]
pub(crate) struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Starts logging to standard error, and tracing when there is somewhere to. Done once in a process.
    pub(crate) fn start(log: &Log) -> Result<Self, StartError> {
        let filter = EnvFilter::try_new(&log.filter)
            .map_err(|e| StartError::Telemetry(format!("server.log.filter: {e}")))?;
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let lines = match log.format {
            LogFormat::Text => {
                let colours = std::io::stderr().is_terminal();
                lines.with_ansi(colours).with_target(false).boxed()
            }
            LogFormat::Json => lines.json().flatten_event(true).boxed(),
        };
        let traces = log.otlp_endpoint.as_deref().map(exporter).transpose()?;
        // Spans of ours alone: those of the exporter's own calls would be exported for ever.
        let ours = Targets::new().with_target("jieda_server", LevelFilter::INFO);
        let spans = traces.as_ref().map(|provider| {
            tracing_opentelemetry::layer()
                .with_tracer(provider.tracer("jieda"))
                .with_filter(ours)
        });
        tracing_subscriber::registry()
            .with(lines.with_filter(filter))
            .with(spans)
            .try_init()
            .map_err(|e| StartError::Telemetry(e.to_string()))?;
        Ok(Self { traces })
    }

    /// Sends what is left.
    pub(crate) fn end(self) {
        if let Some(Err(error)) = self.traces.map(|provider| provider.shutdown()) {
            tracing::warn!(%error, "the last traces were lost");
        }
    }
}

fn exporter(endpoint: &str) -> Result<SdkTracerProvider, StartError> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()
        .map_err(|e| StartError::Telemetry(format!("server.log.otlp_endpoint: {e}")))?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("jieda").build())
        .build())
}
