//! From a host to a socket: its addresses, and attempts to connect to them that
//! overlap (RFC 8305).

use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use talkspace_core::transport::TransportError;
use talkspace_core::{FailureKind, Phase};
use talkspace_net::dial::{AT_ONCE, STAGGER, TURN, by_turns, set_port, unreached};
use talkspace_net::error::not_sent;
use talkspace_net::resolve::Resolver;
use talkspace_net::socket::Sockets;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

/// Resolves the host and connects to the first of its addresses that takes the
/// connection.
pub(crate) async fn dial(
    host: &str,
    port: u16,
    sockets: &Sockets,
    until: Instant,
) -> Result<TcpStream, TransportError> {
    let addresses = addresses(host, port, sockets, until).await?;
    first_of(sockets.reachable(addresses)?, sockets, until).await
}

/// The addresses of the host, in the order of the system.
pub(crate) async fn addresses(
    host: &str,
    port: u16,
    sockets: &Sockets,
    until: Instant,
) -> Result<Vec<SocketAddr>, TransportError> {
    let mut addresses = match host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => timeout_at(until, resolve(host, sockets.resolver()))
            .await
            .map_err(|_elapsed| TransportError::timeout(Phase::Connect))??,
    };
    set_port(&mut addresses, port);
    Ok(addresses)
}

async fn resolve(host: &str, resolver: &Arc<Resolver>) -> Result<Vec<SocketAddr>, TransportError> {
    let (tell, told) = oneshot::channel();
    resolver.look_up(host, move |found| {
        // The caller may have left.
        let _ = tell.send(found);
    });
    told.await
        .map_err(|error| not_sent(FailureKind::Resolve, io::Error::other(error)))?
        .map_err(|error| not_sent(FailureKind::Resolve, io::Error::new(error.kind(), error)))
}

type Attempt = Pin<Box<dyn Future<Output = Result<TcpStream, TransportError>> + Send>>;

/// Tries the addresses, the next one when the last has failed or has had its
/// time alone. When one has connected, the other attempts are dropped, which
/// closes them.
pub(crate) async fn first_of(
    addresses: Vec<SocketAddr>,
    sockets: &Sockets,
    until: Instant,
) -> Result<TcpStream, TransportError> {
    let mut failure = not_sent(
        FailureKind::Resolve,
        io::Error::new(io::ErrorKind::NotFound, "the host has no address"),
    );
    let mut waiting = by_turns(addresses).into_iter();
    let mut under_way: Vec<Attempt> = Vec::new();
    loop {
        if under_way.len() < AT_ONCE {
            if let Some(address) = waiting.next() {
                under_way.push(Box::pin(attempt(
                    address,
                    open(sockets, &address),
                    waiting.len(),
                    until,
                )));
            }
        }
        if under_way.is_empty() {
            return Err(failure);
        }
        let next = if waiting.len() > 0 && under_way.len() < AT_ONCE {
            until.min(Instant::now() + STAGGER)
        } else {
            until
        };
        match timeout_at(next, first_to_end(&mut under_way)).await {
            Ok(Ok(socket)) => return Ok(socket),
            Ok(Err(error)) => failure = error,
            Err(_elapsed) if next == until => return Err(TransportError::timeout(Phase::Connect)),
            Err(_elapsed) => {}
        }
    }
}

/// To be called on a runtime, which drives the socket.
fn open(sockets: &Sockets, address: &SocketAddr) -> io::Result<TcpSocket> {
    let socket = sockets.open(address)?;
    socket.set_nonblocking(true)?;
    Ok(TcpSocket::from_std_stream(socket.into()))
}

async fn attempt(
    address: SocketAddr,
    socket: io::Result<TcpSocket>,
    waiting: usize,
    until: Instant,
) -> Result<TcpStream, TransportError> {
    let until = if waiting < AT_ONCE {
        until
    } else {
        until.min(Instant::now() + TURN)
    };
    let failed = |error| not_sent(FailureKind::Connect, error);
    timeout_at(until, socket.map_err(failed)?.connect(address))
        .await
        .map_err(|_elapsed| TransportError::timeout(Phase::Connect))?
        .map_err(|error| failed(unreached(address, error)))
}

/// Waits until one of the attempts is over, and takes it out.
async fn first_to_end(attempts: &mut Vec<Attempt>) -> Result<TcpStream, TransportError> {
    poll_fn(|cx| {
        for place in 0..attempts.len() {
            let attempt = attempts.get_mut(place).map(|attempt| attempt.as_mut());
            if let Some(Poll::Ready(outcome)) = attempt.map(|attempt| attempt.poll(cx)) {
                drop(attempts.remove(place));
                return Poll::Ready(outcome);
            }
        }
        Poll::Pending
    })
    .await
}
