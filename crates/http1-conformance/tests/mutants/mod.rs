//! A plain HTTP/1.1 client over `std` and rustls that keeps every promise of the contract, and can be told
//! to break one.
//!
//! Each module is one chapter of [`exchange`](Client::exchange):
//!
//! ```text
//! request     method, target, header fields       -> bytes
//! connection  socket, clock, cancel token         bytes out, bytes in
//! head        status line and header fields       <- bytes
//! body        length, chunks or the end           <- bytes
//! pool        idle connections
//! proxy       what leads there through a proxy
//! tls         trusted roots
//! ```
//!
//! A [`Fault`] is one that adapters have been seen to ship; `meddle` holds those that go around an
//! exchange. The suite must notice each of them, or it proves nothing: that is the kill matrix of
//! `talkspace-conformance`, whose cases the faults are for too.

use std::net::IpAddr;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Instant;

use http::header::{CONTENT_ENCODING, EXPECT, LOCATION};
use http::{Method, Request, Response, StatusCode};
use http1_conformance::Context;
use http1_conformance::client::{
    Body, CancelToken, Client, Delivery, Exchange, FailureKind, Limits, Phase, ResponseBody,
    TransportError,
};
use rustls::ClientConfig;

mod body;
mod connection;
#[macro_use]
mod define;
mod error;
mod fault;
mod head;
mod meddle;
mod origin;
mod pool;
mod proxy;
mod request;
mod tls;

use body::Framing;
use connection::{Connection, Sent};
pub(crate) use fault::Fault;
use meddle::Memory;
use origin::Origin;
use pool::Pool;
use proxy::Proxy;

/// The plain client. Clones share their idle connections.
#[derive(Clone)]
pub(crate) struct Plain {
    pool: Arc<Pool>,
    fault: Option<Fault>,
    memory: Arc<Memory>,
    tls: Option<Arc<ClientConfig>>,
    proxy: Option<Proxy>,
    addresses: Arc<[(String, IpAddr)]>,
}

impl Plain {
    /// As a case wants it, and with a fault that it commits whenever it can.
    #[must_use]
    pub(crate) fn of(context: &Context, fault: Option<Fault>) -> Self {
        let shows = fault != Some(Fault::NoClientCertificate);
        let shown = context.client_certificate_pem().filter(|_| shows);
        let plain = Self {
            pool: Arc::default(),
            fault,
            memory: Arc::default(),
            tls: tls::config(context.roots_pem(), shown, fault),
            proxy: context.proxy().and_then(|url| Proxy::of(url, fault)),
            addresses: context.addresses().into(),
        };
        if fault == Some(Fault::PoolOutlivesClient) {
            std::mem::forget(Arc::clone(&plain.pool));
        }
        plain
    }

    fn once(
        &self,
        request: &Request<Body>,
        limits: Limits,
        cancel: &CancelToken,
    ) -> Result<Response<ResponseBody>, TransportError> {
        let fault = self.fault;
        let common = [Method::GET, Method::POST].contains(request.method());
        if fault == Some(Fault::PanicOnMethod) && !common {
            // Without the panic hook, which would print.
            resume_unwind(Box::new("the method is neither GET nor POST"));
        }
        let mut origin = Origin::of(request.uri())?;
        let known = self.addresses.iter().filter(|known| known.0 == origin.host);
        origin.addresses = known.map(|(_, address)| *address).collect();
        if fault == Some(Fault::VerifiesHostField) {
            origin.name = meddle::host_of(request);
        }
        let (tls, proxy) = (self.tls.as_ref(), self.proxy.as_ref());
        if fault == Some(Fault::ConnectsAhead) {
            let ahead = Connection::open(&origin, limits, cancel, tls, proxy, fault)?;
            self.pool.give_back(origin.clone(), ahead);
        }
        let mut connection = self
            .pool
            .connection(&origin, limits, cancel, tls, proxy, fault)?;
        if let Err(error) = send(&mut connection, request, proxy, fault) {
            if fault == Some(Fault::UploadRunsOn) {
                connection.run_on(request.body().len());
            }
            return Err(error);
        }
        if fault == Some(Fault::EndsItsDirection) {
            connection.end_sending();
        }
        let early = connection
            .twin()
            .filter(|_| fault == Some(Fault::PipelineOnBusy));
        let mut head = match head::read(&mut connection, fault) {
            Ok(head) => head,
            Err(error) => return Err(self.give_up(connection, origin, error)),
        };
        connection.heed(&head.headers);
        if let Some(twin) = early {
            self.pool.give_back(origin.clone(), twin);
        }
        let framing = match Framing::of(request.method(), &head, fault) {
            Ok(framing) => framing,
            Err(error) => return Err(self.give_up(connection, origin, error)),
        };
        if fault == Some(Fault::StatusAsError) && !head.status.is_success() {
            return Err(TransportError::new(FailureKind::Other, Delivery::MaybeSent));
        }
        if fault == Some(Fault::DropContentEncoding) {
            head.headers.remove(CONTENT_ENCODING);
        }
        let says_close = head::says_close(request.headers()) && fault != Some(Fault::CloseIgnored);
        let keep = framing.allows_reuse(&head, fault) && !says_close;
        if fault == Some(Fault::LingersAfterClose) && !keep {
            std::mem::forget(connection.twin());
        }
        let mut response = Response::new(());
        *response.status_mut() = head.status;
        *response.headers_mut() = head.headers;
        let home = keep.then(|| (Arc::clone(&self.pool), origin));
        if fault == Some(Fault::EndIsFailedUpload)
            && request.body().len() > SMALL
            && connection.ends_behind(&framing)?
        {
            return Err(TransportError::maybe_sent(FailureKind::Closed));
        }
        let body = body::start(connection, framing, home, response.headers_mut(), fault)?;
        Ok(response.map(|()| body))
    }

    /// The connection closes with its failure, unless a fault keeps it.
    fn give_up(
        &self,
        connection: Connection,
        origin: Origin,
        error: TransportError,
    ) -> TransportError {
        match self.fault {
            Some(Fault::ReuseAfterError) => self.pool.give_back(origin, connection),
            Some(Fault::LeakOnError) => std::mem::forget(connection),
            _ => drop(connection),
        }
        error
    }
}

impl Client for Plain {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<Response<ResponseBody>, TransportError> {
        let (request, limits) = exchange.into_parts();
        let limits = meddle::kept(limits, self.fault);
        let _turn = self.memory.turn(self.fault);
        let request = self.memory.meddle_before(request, self.fault);
        let result = self.once(&request, limits, cancel);
        let result = self.memory.meddle_after(&request, result, self.fault);
        match (&result, self.fault) {
            (Ok(response), Some(Fault::FollowRedirects | Fault::FollowRefresh)) => {
                match redirected(&request, response) {
                    Some(next) => self.once(&next, limits, cancel),
                    None => result,
                }
            }
            (Ok(response), Some(Fault::ProxyChallengeRetried))
                if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED =>
            {
                self.once(&request, limits, cancel)
            }
            (Err(error), Some(Fault::ConnectResponseReturned))
                if error.kind() == FailureKind::Proxy || error.kind() == FailureKind::Connect =>
            {
                let mut response = Response::new(bytes::Bytes::new().into());
                *response.status_mut() = StatusCode::BAD_GATEWAY;
                Ok(response)
            }
            (Ok(_), Some(Fault::Hedge)) => self.once(&request, limits, cancel),
            (Ok(response), Some(Fault::AuthenticateByItself))
                if response.status() == StatusCode::UNAUTHORIZED =>
            {
                self.once(&meddle::authorized(request), limits, cancel)
            }
            (Ok(response), Some(Fault::RetryOn502))
                if response.status() == StatusCode::BAD_GATEWAY =>
            {
                self.once(&request, limits, cancel)
            }
            (Err(error), Some(Fault::RetryOnClose)) if error.kind() == FailureKind::Closed => {
                self.once(&request, limits, cancel)
            }
            (_, Some(Fault::RetryOnReused)) => {
                let was_used = self.memory.was_used();
                match result {
                    Err(error) if was_used && error.kind() == FailureKind::Closed => {
                        self.once(&request, limits, cancel)
                    }
                    result => result,
                }
            }
            _ => result,
        }
    }
}

/// So few bytes reach the peer before anything could be observed.
const SMALL: u64 = 16 * 1024;

/// Writes the request; stops early when the peer has responded already.
fn send(
    connection: &mut Connection,
    request: &Request<Body>,
    proxy: Option<&Proxy>,
    fault: Option<Fault>,
) -> Result<(), TransportError> {
    let length = request.body().len();
    let head = request::head(request, length, proxy, fault);
    if fault == Some(Fault::ChunksUploads) && !request.body().is_empty() {
        let whole = request.body().read_to_bytes()?;
        connection.send(&head)?;
        let size = format!("{:x}\r\n", whole.len());
        let chunk = [size.as_bytes(), &whole, b"\r\n0\r\n\r\n"].concat();
        return connection.send(&chunk).map(drop);
    }
    if fault == Some(Fault::PartsReversed) {
        connection.send(&head)?;
        let mut pieces = Vec::new();
        let mut cursor = request.body().cursor();
        while let Some(piece) = cursor.next_piece() {
            pieces.push(piece.read()?);
        }
        pieces.reverse();
        return connection.send(&pieces.concat()).map(drop);
    }
    if fault == Some(Fault::BufferWholeUpload) {
        let whole = request.body().read_to_bytes()?;
        connection.send(&head)?;
        return connection.send(&whole).map(drop);
    }
    if connection.send(&head)? == Sent::RespondedEarly {
        return Ok(());
    }
    if fault == Some(Fault::AwaitsContinue) && request.headers().contains_key(EXPECT) {
        connection.fill(connection.limits.response_timeout, Phase::Head)?;
    }
    let mut cursor = request.body().cursor();
    let mut left = length;
    while let Some(piece) = cursor.next_piece() {
        let length = piece.len();
        let began = Instant::now();
        let read = match fault {
            Some(Fault::PanicIsNotSent) => meddle::contained(|| piece.read()),
            _ => piece.read(),
        };
        let bytes = match (read, fault) {
            (Err(_), Some(Fault::PadShortSource)) => vec![0; length].into(),
            (Err(_), Some(Fault::SwallowSourceError)) => {
                return Err(TransportError::new(
                    FailureKind::Closed,
                    Delivery::MaybeSent,
                ));
            }
            (bytes, _) => bytes?,
        };
        let limit = connection.limits.read_timeout;
        if fault == Some(Fault::SourceIsSilence) && began.elapsed() > limit {
            return Err(TransportError::timeout(Phase::Send));
        }
        // A source may have grown since the head was written.
        let most = match fault {
            Some(Fault::LengthAskedAgain) => usize::MAX,
            _ => usize::try_from(left).unwrap_or(usize::MAX),
        };
        let bytes = bytes.get(..most).unwrap_or(&bytes);
        left = left.saturating_sub(bytes.len() as u64);
        if connection.send(bytes)? == Sent::RespondedEarly {
            if fault == Some(Fault::LingersHalfSent) {
                std::mem::forget(connection.twin());
            }
            if fault != Some(Fault::ReuseHalfSent) {
                connection.retire();
            }
            return Ok(());
        }
    }
    if fault == Some(Fault::SourceToItsEnd) && !request.body().is_empty() {
        connection.send(b"and what else the source had")?;
    }
    if request.body().len() > SMALL {
        connection.until_taken()?;
    }
    Ok(())
}

fn redirected(request: &Request<Body>, response: &Response<ResponseBody>) -> Option<Request<Body>> {
    let mut next = request.clone();
    if let Some(place) = meddle::refreshed(request, response) {
        *next.uri_mut() = place;
        return Some(next);
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    *next.uri_mut() = meddle::resolved(request.uri(), location)?;
    (response.status().is_redirection() && response.status() != StatusCode::NOT_MODIFIED)
        .then_some(next)
}

impl std::fmt::Debug for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plain")
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}
