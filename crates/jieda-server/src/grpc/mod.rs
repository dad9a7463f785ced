//! The service over gRPC.

mod call;
mod connections;
mod convert;
mod routing;
mod service;
mod tenants;

use std::{net::TcpListener, sync::Arc, time::Duration};

use axum_server::tls_rustls::RustlsConfig;
use tonic::transport::Server;
use tonic_health::ServingStatus;

use crate::tenants::Served;
use connections::{encrypted, plain};
use routing::Routing;
use service::Service;

/// How often a quiet client is asked whether it is still there, and how long it may take to say so.
const ALIVE_EVERY: Duration = Duration::from_secs(30);
const ALIVE_WITHIN: Duration = Duration::from_secs(20);

/// Messages, client and server of `jieda.v1`, made from the files in `proto/jieda/v1`.
#[expect(
    missing_docs,
    clippy::all,
    reason = "generated; documented in the .proto"
)]
pub mod v1 {
    tonic::include_proto!("jieda.v1");
}

const DESCRIPTOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor.bin"));

/// Serves until it is told to stop, and finishes the calls under way.
pub(crate) async fn serve(
    served: &[Served],
    listener: TcpListener,
    tls: Option<RustlsConfig>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // They begin and end together.
    let Some(Served { app: first, .. }) = served.first() else {
        return Ok(());
    };
    let (health, health_service) = tonic_health::server::health_reporter();
    type Answers = v1::answer_service_server::AnswerServiceServer<Service>;
    type Routes = v1::routing_service_server::RoutingServiceServer<Routing>;
    health.set_serving::<Answers>().await;
    if served.iter().any(|one| one.app.routing.is_some()) {
        health.set_serving::<Routes>().await;
    }
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTOR)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let (stop, leaving) = (first.stopping(), first.leaving());
    // Balancers see it before calls are refused.
    tokio::spawn(async move {
        leaving.cancelled().await;
        health.set_not_serving::<Answers>().await;
        health.set_not_serving::<Routes>().await;
        health
            .set_service_status("", ServingStatus::NotServing)
            .await;
    });
    let methods = tenants::all(served, |app| {
        let most = app.config.limits.body_bytes;
        let routing = Routes::new(Routing::new(Arc::clone(app))).max_decoding_message_size(most);
        let service = Answers::new(Service::new(Arc::clone(app))).max_decoding_message_size(most);
        tonic::service::Routes::new(service).add_service(routing)
    });
    let methods = methods.add_service(health_service).add_service(reflection);
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let router = Server::builder()
        .http2_keepalive_interval(Some(ALIVE_EVERY))
        .http2_keepalive_timeout(Some(ALIVE_WITHIN))
        .add_routes(methods);
    let stopped = stop.cancelled_owned();
    match tls {
        None => {
            let plain = plain(listener);
            router.serve_with_incoming_shutdown(plain, stopped).await?;
        }
        Some(tls) => {
            let encrypted = encrypted(listener, tls);
            router
                .serve_with_incoming_shutdown(encrypted, stopped)
                .await?;
        }
    }
    Ok(())
}
