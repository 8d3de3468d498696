//! TLS on a new connection.

use std::io;
use std::time::Instant;

use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use talkspace_core::transport::TransportError;
use talkspace_core::{FailureKind, Phase};
use talkspace_net::error::not_sent;
use talkspace_net::tls::{Tls, handshake_failed};

use crate::error::is_wait;
use crate::pool::Lease;
use crate::watch::Watch;

/// Does the handshake of TLS with `host`, in what is left of the limit for a
/// connection that was begun at `begin`.
///
/// # Errors
///
/// [`FailureKind::Tls`], or what ended the exchange.
pub(crate) fn handshake(
    tls: &Tls,
    host: String,
    lease: &mut Lease,
    watch: &Watch,
    begin: Instant,
) -> Result<(), TransportError> {
    let name = ServerName::try_from(host)
        .map_err(|error| not_sent(FailureKind::Tls, io::Error::other(error)))?;
    let tls = ClientConnection::new(tls.config()?, name)
        .map_err(|error| not_sent(FailureKind::Tls, error))?;
    lease.wire().start_tls(tls);
    loop {
        let wait = watch.step_timeout(Phase::Connect, begin, watch.limits.connect_timeout)?;
        match lease.wire().handshake(wait) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) if is_wait(&error) => {}
            Err(error) => {
                let error = lease.wire().last_words().unwrap_or(error);
                return Err(handshake_failed(error));
            }
        }
    }
}
