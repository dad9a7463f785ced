//! Connections of gRPC.

use std::{io, time::Duration};

use axum_server::tls_rustls::RustlsConfig;
use futures_util::{Stream, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_stream::wrappers::TcpListenerStream;

/// How long a client may take to agree on a key.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Clients that agree on one at the same time; more wait.
const HANDSHAKES: usize = 256;
/// Rest after the system could give no connection, as when there are no more file descriptors.
const REST: Duration = Duration::from_millis(50);

/// Those who come, unencrypted.
pub(super) fn plain(listener: TcpListener) -> impl Stream<Item = io::Result<TcpStream>> {
    TcpListenerStream::new(listener)
        .then(prompt)
        .filter(|connection| std::future::ready(connection.is_ok()))
}

/// The same, encrypted. The certificate is the one that `tls` has when they come, so that a new one needs no restart. Who can't be
/// agreed with holds up nobody.
pub(super) fn encrypted(
    listener: TcpListener,
    tls: RustlsConfig,
) -> impl Stream<Item = io::Result<TlsStream<TcpStream>>> {
    TcpListenerStream::new(listener)
        .map(move |stream| agreed(stream, tls.clone()))
        .buffer_unordered(HANDSHAKES)
        .filter(|connection| {
            if let Err(error) = connection {
                tracing::debug!(%error, "no connection");
            }
            std::future::ready(connection.is_ok())
        })
}

async fn agreed(
    stream: io::Result<TcpStream>,
    tls: RustlsConfig,
) -> io::Result<TlsStream<TcpStream>> {
    let stream = prompt(stream).await?;
    let handshake = TlsAcceptor::from(tls.get_inner()).accept(stream);
    tokio::time::timeout(HANDSHAKE, handshake).await?
}

/// A connection that waits for no full packet. Where the system has none to give, whoever asks for the next one rests:
/// else asking would keep a core busy.
async fn prompt(stream: io::Result<TcpStream>) -> io::Result<TcpStream> {
    let stream = match stream {
        Ok(stream) => stream,
        Err(error) => {
            tracing::warn!(%error, "no connection");
            tokio::time::sleep(REST).await;
            return Err(error);
        }
    };
    stream.set_nodelay(true)?;
    Ok(stream)
}
