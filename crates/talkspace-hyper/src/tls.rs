//! TLS on a new connection.

use std::io;
use std::sync::Arc;
use std::thread;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;
use talkspace_net::error::not_sent;
use talkspace_net::tls::{Tls, handshake_failed};
use tokio::io::AsyncReadExt as _;
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::wire::{Careful, Socket};

/// Does the handshake of TLS with `host`.
///
/// # Errors
///
/// [`FailureKind::Tls`].
pub(crate) async fn handshake(
    tls: &Tls,
    host: String,
    socket: Socket,
) -> Result<TlsStream<Careful>, TransportError> {
    let name = ServerName::try_from(host)
        .map_err(|error| not_sent(FailureKind::Tls, io::Error::other(error)))?;
    let mut stream = TlsConnector::from(config(tls).await?)
        .connect(name, Careful::new(socket))
        .await
        .map_err(handshake_failed)?;
    let Some(lost) = stream.get_mut().0.handshake_ended() else {
        return Ok(stream);
    };
    // The connection is over, so this does not wait.
    let outcome = stream.read(&mut [0]).await;
    Err(handshake_failed(outcome.err().unwrap_or(lost)))
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
