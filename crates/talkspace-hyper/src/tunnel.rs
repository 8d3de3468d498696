//! The way to the target through a proxy.

use std::io;
use std::net::SocketAddr;

use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;
use talkspace_net::error::not_sent;
use talkspace_net::proxy::{Destination, Step, Tunnel};
use talkspace_net::socket::Sockets;
use talkspace_net::{Proxy, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use crate::connector::Connector;
use crate::dial::addresses;
use crate::wire::Socket;

/// How much is read of the proxy at once.
const READ_SIZE: usize = 1024;

/// Has the proxy at the other end of `socket` connect to the host and port.
///
/// # Errors
///
/// All of them with [`Delivery::NotSent`](talkspace_core::Delivery::NotSent).
pub(crate) async fn open(
    proxy: &Proxy,
    socket: &mut Socket,
    host: &str,
    port: u16,
    settings: &Settings<Connector>,
    until: Instant,
) -> Result<(), TransportError> {
    let destination = match proxy.wants_address() {
        true => Destination::Address(first_address(host, port, &settings.sockets, until).await?),
        false => Destination::new(host, port),
    };
    let mut tunnel = Tunnel::new(proxy, &destination)?;
    let mut buffer = [0; READ_SIZE];
    loop {
        let (sent, wanted) = match tunnel.next() {
            Step::Send(bytes) => (timeout_at(until, send(socket, &bytes)).await, false),
            Step::Receive => (timeout_at(until, socket.read(&mut buffer)).await, true),
            Step::Done => return Ok(()),
        };
        let count = sent
            .map_err(|_elapsed| tunnel.timed_out())?
            .map_err(|error| tunnel.broken(error))?;
        if wanted {
            tunnel.received(buffer.get(..count).unwrap_or_default())?;
        }
    }
}

async fn send(socket: &mut Socket, bytes: &[u8]) -> io::Result<usize> {
    socket.write_all(bytes).await?;
    socket.flush().await?;
    Ok(bytes.len())
}

async fn first_address(
    host: &str,
    port: u16,
    sockets: &Sockets,
    until: Instant,
) -> Result<SocketAddr, TransportError> {
    let found = addresses(host, port, sockets, until).await?;
    found.first().copied().ok_or_else(|| {
        let none = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        not_sent(FailureKind::Resolve, none)
    })
}
