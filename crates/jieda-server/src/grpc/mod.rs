//! The service over gRPC.

mod convert;
mod service;

use std::{net::TcpListener, sync::Arc};

use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Identity, Server, ServerTlsConfig};

use crate::app::App;
use service::Service;

/// Messages, client and server of `jieda.v1`, made from `proto/jieda/v1/answer.proto`.
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
    app: Arc<App>,
    listener: TcpListener,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let (health, health_service) = tonic_health::server::health_reporter();
    type Answers = v1::answer_service_server::AnswerServiceServer<Service>;
    health.set_serving::<Answers>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTOR)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let mut server = Server::builder().timeout(app.timeout());
    if let Some(tls) = &app.config.tls {
        let certificate = tokio::fs::read(&tls.certificate).await?;
        let key = tokio::fs::read(&tls.key).await?;
        let identity = Identity::from_pem(certificate, key);
        server = server.tls_config(ServerTlsConfig::new().identity(identity))?;
    }
    let most = app.config.limits.body_bytes;
    let stop = app.stopping();
    let service = Answers::new(Service::new(app)).max_decoding_message_size(most);
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let draining = async move {
        stop.cancelled().await;
        health.set_not_serving::<Answers>().await;
    };
    server
        .add_service(health_service)
        .add_service(reflection)
        .add_service(service)
        .serve_with_incoming_shutdown(TcpListenerStream::new(listener), draining)
        .await?;
    Ok(())
}
