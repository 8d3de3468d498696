//! A plain HTTP/1.1 transport over `std`: the worked example of an adapter.
//!
//! [`Plain`] keeps every promise of the contract and nothing more. Read it top
//! down to write an adapter of your own: [`exchange`](BlockingTransport::exchange)
//! below is the whole story, and each module is one chapter of it:
//!
//! ```text
//! request     method, target, fields, framing     -> bytes
//! connection  socket, clock, cancel token         bytes out, bytes in
//! head        status line and fields              <- bytes
//! body        length, chunks or the end           <- bytes
//! ```
//!
//! It can be told to commit one [`Fault`], of those that adapters have been
//! seen to ship. The suite must notice each of them, or it proves nothing.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{CONTENT_ENCODING, LOCATION};
use http::{Method, Request, Response, StatusCode};
use talkspace_core::{
    BlockingIncoming, BlockingTransport, Body, Cancel, Delivery, Exchange, FailureKind, Limits,
    TransportError,
};

mod body;
mod connection;
mod fault;
mod head;
mod request;
#[cfg(test)]
mod tests;

use body::Framing;
use connection::{Connection, Origin, Sent};
pub use fault::Fault;

/// The plain transport. It has no TLS: `https` fails before connecting.
///
/// Clones share their idle connections.
///
/// ```
/// use talkspace_conformance::reference::Plain;
/// use talkspace_conformance::wire::{Peer, Script};
/// use talkspace_core::{BlockingTransport, Body, Cancel, Exchange, Limits};
///
/// let peer = Peer::start(Script::serve("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))?;
/// let request = http::Request::get(format!("http://{}/", peer.authority())).body(Body::empty())?;
/// let answer = Plain::new().exchange(Exchange::new(request, Limits::default()), &Cancel::new())?;
/// assert_eq!(answer.into_body().chunk()?.unwrap(), "hi");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Plain {
    pool: Arc<Pool>,
    fault: Option<Fault>,
}

impl Plain {
    /// A transport without faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A transport that commits `fault` whenever it can.
    #[must_use]
    pub fn with_fault(fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..Self::default()
        }
    }

    fn once(
        &self,
        request: &Request<Body>,
        limits: Limits,
        cancel: &Cancel,
    ) -> Result<Response<BlockingIncoming>, TransportError> {
        let fault = self.fault;
        let common = [Method::GET, Method::POST].contains(request.method());
        if fault == Some(Fault::PanicOnMethod) && !common {
            // Without the panic hook, which would print.
            resume_unwind(Box::new("the method is neither GET nor POST"));
        }
        let origin = Origin::of(request.uri())?;
        let mut connection = self.pool.connection(&origin, limits, cancel, fault)?;
        send(&mut connection, request, fault)?;
        let mut head = head::read(&mut connection, fault)?;
        let framing = Framing::of(request.method(), &head)?;
        if fault == Some(Fault::StatusAsError) && !head.status.is_success() {
            return Err(TransportError::new(FailureKind::Other, Delivery::MaybeSent));
        }
        if fault == Some(Fault::DropContentEncoding) {
            head.headers.remove(CONTENT_ENCODING);
        }
        let keep = head.allows_reuse(&framing, fault);
        let mut response = Response::new(());
        *response.status_mut() = head.status;
        *response.headers_mut() = head.headers;
        let home = keep.then(|| (Arc::clone(&self.pool), origin));
        let body = body::start(connection, framing, home, fault)?;
        Ok(response.map(|()| body))
    }
}

impl BlockingTransport for Plain {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &Cancel,
    ) -> Result<Response<BlockingIncoming>, TransportError> {
        let Exchange { request, limits } = exchange;
        let result = self.once(&request, limits, cancel);
        match (&result, self.fault) {
            (Ok(response), Some(Fault::FollowRedirects)) => match redirected(&request, response) {
                Some(next) => self.once(&next, limits, cancel),
                None => result,
            },
            (Err(error), Some(Fault::RetryOnClose)) if error.kind() == FailureKind::Closed => {
                self.once(&request, limits, cancel)
            }
            _ => result,
        }
    }
}

/// Writes the request; stops early when the peer has answered already.
fn send(
    connection: &mut Connection,
    request: &Request<Body>,
    fault: Option<Fault>,
) -> Result<(), TransportError> {
    let head = request::head(request, fault);
    if fault == Some(Fault::BufferWholeUpload) {
        let whole = request.body().read_to_bytes()?;
        connection.send(&head)?;
        return connection.send(&whole).map(drop);
    }
    if connection.send(&head)? == Sent::AnsweredEarly {
        return Ok(());
    }
    let mut cursor = request.body().cursor();
    while let Some(piece) = cursor.next_piece() {
        let length = piece.len();
        let bytes = match (piece.read(), fault) {
            (Err(_), Some(Fault::PadShortSource)) => vec![0; length].into(),
            (Err(_), Some(Fault::SwallowSourceError)) => {
                return Err(TransportError::new(
                    FailureKind::Closed,
                    Delivery::MaybeSent,
                ));
            }
            (bytes, _) => bytes?,
        };
        if connection.send(&bytes)? == Sent::AnsweredEarly {
            connection.retire();
            return Ok(());
        }
    }
    Ok(())
}

fn redirected(
    request: &Request<Body>,
    response: &Response<BlockingIncoming>,
) -> Option<Request<Body>> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let mut next = request.clone();
    *next.uri_mut() = location.parse().ok()?;
    (response.status().is_redirection() && response.status() != StatusCode::NOT_MODIFIED)
        .then_some(next)
}

/// Connections without a request on them.
#[derive(Default)]
struct Pool {
    idle: Mutex<Vec<(Origin, Connection)>>,
}

impl Pool {
    fn connection(
        &self,
        origin: &Origin,
        limits: Limits,
        cancel: &Cancel,
        fault: Option<Fault>,
    ) -> Result<Connection, TransportError> {
        while let Some(mut connection) = self.take(origin) {
            // Bytes or an end that came while idle answer no request of ours.
            if fault == Some(Fault::PoolDirty) || !connection.has_input() {
                connection.begin(limits, cancel)?;
                return Ok(connection);
            }
        }
        Connection::open(origin, limits, cancel)
    }

    fn take(&self, origin: &Origin) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let at = idle.iter().rposition(|(other, _)| other == origin)?;
        Some(idle.swap_remove(at).1)
    }

    fn give_back(&self, origin: Origin, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((origin, connection));
    }
}

impl std::fmt::Debug for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plain")
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}
