//! Encrypted, with a certificate that is replaced while it runs.

use std::fs;

use jieda_server::v1::{AnswerRequest, answer_service_client::AnswerServiceClient};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tonic::transport::{Certificate, Channel, ClientTlsConfig};

use crate::server::{From, Home, Server, until};

/// Puts a new certificate where the service looks for it.
fn certify(home: &Home) -> String {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(home.path("key.pem"), signing_key.serialize_pem()).unwrap();
    fs::write(home.path("certificate.pem"), cert.pem()).unwrap();
    cert.pem()
}

/// Answers over gRPC, if the service has this certificate.
fn answers(server: &Server, certificate: &str) -> bool {
    let tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(certificate))
        .domain_name("localhost");
    let address = format!("https://{}", server.grpc);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let endpoint = Channel::from_shared(address)
            .unwrap()
            .tls_config(tls)
            .unwrap();
        let Ok(channel) = endpoint.connect().await else {
            return false;
        };
        let asked = AnswerRequest {
            text: "怎么退货".into(),
            ..AnswerRequest::default()
        };
        AnswerServiceClient::new(channel)
            .answer(asked)
            .await
            .is_ok()
    })
}

/// The header that tells browsers to stay with TLS, if the service has this certificate.
fn strict_transport(server: &Server, certificate: &str) -> Option<String> {
    let root = ureq::tls::Certificate::from_pem(certificate.as_bytes()).unwrap();
    let tls = ureq::tls::TlsConfig::builder()
        .root_certs(ureq::tls::RootCerts::new_with_certs(&[root]))
        .build();
    let agent = ureq::Agent::config_builder()
        .tls_config(tls)
        .build()
        .new_agent();
    let port = server.http.rsplit_once(':').unwrap().1;
    let response = agent
        .get(format!("https://localhost:{port}/healthz"))
        .call()
        .ok()?;
    let header = response.headers().get("strict-transport-security")?;
    Some(header.to_str().unwrap().to_owned())
}

#[test]
fn a_new_certificate_needs_no_restart() {
    let home = Home::new();
    let first = certify(&home);
    let (certificate, key) = (home.path("certificate.pem"), home.path("key.pem"));
    let env = [
        (
            "JIEDA_SERVER_TLS_CERTIFICATE",
            certificate.to_str().unwrap(),
        ),
        ("JIEDA_SERVER_TLS_KEY", key.to_str().unwrap()),
    ];
    let server = home.serve_with(From::Folder, &env);
    assert!(answers(&server, &first));
    assert_eq!(
        strict_transport(&server, &first).unwrap(),
        "max-age=31536000"
    );

    let second = certify(&home);
    assert!(!answers(&server, &second), "not yet known");
    server.signal("-HUP");
    until("the new certificate is shown", || answers(&server, &second));
    assert!(strict_transport(&server, &second).is_some());
    assert!(!answers(&server, &first), "the old one is gone");
    assert!(server.stop());
}
