//! From an origin to a connection: a socket, the way through a proxy, the
//! handshake of TLS.

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
use crate::connector::{Connector, Stream};
use crate::dial::Dial;
use crate::pool::Lease;
use crate::tls::handshake;
use crate::tunnel;
use crate::watch::Watch;
use crate::wire::Wire;

/// Makes a connection within the limit for it.
///
/// # Errors
///
/// All of them with [`Delivery::NotSent`].
pub(crate) fn connect(
    origin: Origin,
    settings: &Settings<Connector>,
    watch: &Watch,
) -> Result<Lease, TransportError> {
    let begin = Instant::now();
    let (host, port) = origin.address()?;
    let is_tls = origin.is_tls();
    let proxy = settings.proxies.of(&origin);
    let stream = match proxy {
        None => open(&host, port, settings, watch, begin)?,
        Some(proxy) => {
            let (proxy_host, proxy_port) = proxy.address();
            open(proxy_host, proxy_port, settings, watch, begin)
                .map_err(|error| proxy.unreachable(error))?
        }
    };
    let through = proxy.filter(|proxy| !proxy.forwards(&origin));
    let wire = Wire::new(stream);
    if let Some(socket) = wire.stream().as_tcp() {
        backlog::prepare(SockRef::from(socket), wire.ends());
    }
    let connection = Box::new(Connection {
        origin,
        wire,
        born: Instant::now(),
    });
    let mut lease = Lease::new(connection, &watch.cancel);
    let unsent = |error| watch.explain(error).with_delivery(Delivery::NotSent);
    if let Some(proxy) = through {
        let dial = Dial::new(watch, &settings.sockets, begin);
        tunnel::open(proxy, &mut lease, &host, port, &dial).map_err(unsent)?;
    }
    if is_tls {
        handshake(&settings.tls, host, &mut lease, watch, begin).map_err(unsent)?;
    }
    Ok(lease)
}

/// A stream that leads to the host and port.
fn open(
    host: &str,
    port: u16,
    settings: &Settings<Connector>,
    watch: &Watch,
    begin: Instant,
) -> Result<Arc<dyn Stream>, TransportError> {
    let dial = Dial::new(watch, &settings.sockets, begin);
    if let Some(connector) = &settings.connector {
        return dial.run_with(connector, host, port);
    }
    let stream = dial.run(host, port)?;
    // The head and the body are written at once where they are small.
    if let Some(socket) = stream.as_tcp() {
        socket
            .set_nodelay(true)
            .map_err(|error| not_sent(FailureKind::Connect, error))?;
    }
    Ok(stream)
}
