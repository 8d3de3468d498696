//! From an origin to a connection: a socket, the way through a proxy, the
//! handshake of TLS.

use std::sync::Arc;

use http::HeaderValue;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use talkspace_core::transport::TransportError;
use talkspace_core::{FailureKind, Limits, Phase};
use talkspace_net::error::not_sent;
use talkspace_net::{Settings, Target, backlog};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

use crate::connection::{Connection, Ends, Route, Task};
use crate::connector::Connector;
use crate::dial::dial;
use crate::driver::Driver;
use crate::meter::Meter;
use crate::tls::handshake;
use crate::tunnel;
use crate::watch::{Watch, deadline, later};
use crate::wire::{Io, Socket, Wire};

/// What the engine may hold in memory, in either direction, on top of what the
/// limits allow. It bounds how far a request's body is read ahead, and any head,
/// whatever the limits. With four times as much, a large download takes less
/// processor time, and holds half a megabyte more.
const BUFFER_SIZE: usize = 64 * 1024;

/// Makes a connection on the current runtime, within the limit for it.
///
/// # Errors
///
/// All of them with [`Delivery::NotSent`](talkspace_core::Delivery::NotSent).
pub(crate) async fn connect(
    route: Route,
    runtime: Handle,
    settings: &Settings<Connector>,
    limits: &Limits,
) -> Result<Box<Connection>, TransportError> {
    let due = later(Instant::now(), limits.connect_timeout);
    let until = deadline(limits).map_or(due, |deadline| deadline.min(due));
    let origin = &route.origin;
    let (host, port) = origin.address()?;
    let host_field = HeaderValue::from_str(origin.host_field())
        .map_err(|error| not_sent(FailureKind::Other, error))?;
    let socket = match settings.proxies.of(origin) {
        None => open(&host, port, settings, until).await?,
        Some(proxy) => {
            let (proxy_host, proxy_port) = proxy.address();
            let socket = open(proxy_host, proxy_port, settings, until).await;
            let mut socket = socket.map_err(|error| proxy.unreachable(error))?;
            if !proxy.forwards(origin) {
                // Boxed, as the handshake below: what most do without takes no room in
                // the future of each.
                Box::pin(tunnel::open(
                    proxy,
                    &mut socket,
                    &host,
                    port,
                    settings,
                    until,
                ))
                .await?;
            }
            socket
        }
    };
    let ends = socket.ends();
    if let Socket::Tcp(stream) = &socket {
        backlog::prepare(SockRef::from(stream), ends);
    }
    let io: Box<dyn Io> = if origin.is_tls() {
        let handshake = Box::pin(handshake(&settings.tls, host, socket));
        let stream = timeout_at(until, handshake)
            .await
            .map_err(|_elapsed| TransportError::timeout(Phase::Connect))??;
        Box::new(stream)
    } else {
        Box::new(socket)
    };

    let meter = Arc::new(Meter::new());
    let (sender, engine) = http1::Builder::new()
        .max_buf_size(BUFFER_SIZE)
        .handshake(TokioIo::new(Wire::new(io, meter.clone())))
        .await
        .map_err(|error| not_sent(FailureKind::Other, error))?;
    let tells_end = Ends(meter.clone());
    let driver = Arc::new(Driver::new(engine));
    let driving = driver.clone();
    let task = Task::new(runtime.spawn(async move {
        // Dropped after the connection, however that ends.
        let _tells_end = tells_end;
        driving.run().await;
    }));
    Ok(Box::new(Connection {
        sender,
        watch: Watch::new(meter.clone(), limits, runtime.clone(), ends),
        meter,
        route,
        host_field,
        runtime,
        born: Instant::now(),
        driver,
        _task: task,
    }))
}

/// A socket that leads to the host and port.
async fn open(
    host: &str,
    port: u16,
    settings: &Settings<Connector>,
    until: Instant,
) -> Result<Socket, TransportError> {
    let failed = |error| not_sent(FailureKind::Connect, error);
    if let Some(connector) = &settings.connector {
        let target = Target::new(host, port, until.into_std());
        return timeout_at(until, connector.connect(target))
            .await
            .map_err(|_elapsed| TransportError::timeout(Phase::Connect))?
            .map(Socket::Other)
            .map_err(failed);
    }
    let stream = dial(host, port, &settings.sockets, until).await?;
    // Without delay a small last segment does not wait for the peer's ACK.
    stream.set_nodelay(true).map_err(failed)?;
    Ok(Socket::Tcp(stream))
}
