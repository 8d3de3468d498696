//! TLS on a new connection.

use std::io;
use std::sync::Arc;
use std::thread;

use rustls::ClientConfig;
use talkspace_core::{FailureKind, TransportError};
use talkspace_net::error::not_sent;
use talkspace_net::tls::Tls;
use tokio::sync::oneshot;

/// The configuration. The platform's roots are files to read, and so are read on
/// a thread that nobody waits for.
///
/// # Errors
///
/// As [`Tls::config`].
pub(crate) async fn config(tls: &Tls) -> Result<Arc<ClientConfig>, TransportError> {
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
