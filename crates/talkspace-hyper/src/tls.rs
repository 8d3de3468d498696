//! TLS on a new connection.

use std::io;
use std::sync::Arc;
use std::thread;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;
use talkspace_net::error::not_sent;
use talkspace_net::tls::Tls;
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::wire::Socket;

/// Does the handshake of TLS with `host`.
///
/// # Errors
///
/// [`FailureKind::Tls`].
pub(crate) async fn handshake(
    tls: &Tls,
    host: String,
    socket: Socket,
) -> Result<TlsStream<Socket>, TransportError> {
    let name = ServerName::try_from(host)
        .map_err(|error| not_sent(FailureKind::Tls, io::Error::other(error)))?;
    TlsConnector::from(config(tls).await?)
        .connect(name, socket)
        .await
        .map_err(|error| not_sent(FailureKind::Tls, error))
}

/// The configuration. The platform's roots are files to read, and so are read on
/// a thread of its own.
///
/// # Errors
///
/// As [`Tls::config`].
async fn config(tls: &Tls) -> Result<Arc<ClientConfig>, TransportError> {
    if tls.is_ready() {
        return tls.config();
    }
    let (tell, told) = oneshot::channel();
    let tls = tls.clone();
    thread::Builder::new()
        .name("talkspace-roots".into())
        .spawn(move || tell.send(tls.config()))
        .map_err(|error| not_sent(FailureKind::Tls, error))?;
    told.await
        .map_err(|error| not_sent(FailureKind::Tls, io::Error::other(error)))?
}
