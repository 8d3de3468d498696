//! From an origin to a connection: its addresses, a socket, the handshake of TLS.

use std::sync::Arc;
use std::time::Instant;

use socket2::SockRef;
use talkspace_core::transport::TransportError;
use talkspace_core::{Delivery, FailureKind};
use talkspace_net::Settings;
use talkspace_net::backlog;
use talkspace_net::error::not_sent;
use talkspace_net::origin::Origin;

use crate::connection::Connection;
use crate::dial::Dial;
use crate::pool::Lease;
use crate::tls::handshake;
use crate::watch::Watch;
use crate::wire::Wire;

/// Makes a connection within the limit for it.
///
/// # Errors
///
/// All of them with [`Delivery::NotSent`].
pub(crate) fn connect(
    origin: Origin,
    settings: &Settings,
    watch: &Watch,
) -> Result<Lease, TransportError> {
    let begin = Instant::now();
    let (host, port) = origin.address()?;
    let stream = Dial::new(watch, &settings.sockets, begin).run(&host, port)?;
    let failed = |error| not_sent(FailureKind::Connect, error);
    // The head and the body are written at once where they are small.
    stream.set_nodelay(true).map_err(failed)?;
    let is_tls = origin.is_tls();
    let wire = Wire::new(Arc::new(stream));
    backlog::prepare(SockRef::from(wire.stream()), wire.ends());
    let connection = Box::new(Connection {
        origin,
        wire,
        born: Instant::now(),
    });
    let mut lease = Lease::new(connection, &watch.cancel);
    if is_tls {
        handshake(&settings.tls, host, &mut lease, watch, begin).map_err(|error| {
            let error = watch.explain(error);
            error.with_delivery(Delivery::NotSent)
        })?;
    }
    Ok(lease)
}
