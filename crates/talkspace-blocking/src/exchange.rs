//! One exchange on one connection, within its limits.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use http::{Method, Response, Version};
use talkspace_core::{
    BlockingIncoming, Body, Delivery, FailureKind, Limits, Phase, TransportError,
};

use crate::body::{Download, Return, Upload};
use crate::connect::{Lease, Origin};
use crate::error::{Fault, broken, ended, is_wait};
use crate::framing::Framing;
use crate::head::{self, HeadReader};
use crate::pool::Pool;
use crate::watch::Watch;
use crate::wire::Wire;

/// A body up to this size goes out in one write with the head.
const SMALL_BODY: usize = 16 * 1024;
/// How often a sender who is stuck looks whether the answer is there already.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// A request as it goes on the wire.
pub(crate) struct Request {
    method: Method,
    /// Whether the request itself ends the connection.
    closes: bool,
    /// The head, and with it a small body.
    start: Bytes,
    rest: Upload,
}

impl Request {
    /// # Errors
    ///
    /// [`FailureKind::BodySource`] when a source panics.
    pub(crate) fn new(
        request: http::Request<Body>,
        origin: &Origin,
    ) -> Result<Self, TransportError> {
        let (parts, body) = request.into_parts();
        let mut rest = Upload::new(&body)?;
        let mut start = head::write(&parts, origin.host_field(), rest.left());
        if let Some(whole) = body.as_bytes().filter(|body| body.len() <= SMALL_BODY) {
            start.extend_from_slice(whole);
            rest = Upload::new(&Body::empty())?;
        }
        Ok(Self {
            closes: head::says_close(&parts.headers),
            method: parts.method,
            start: start.freeze(),
            rest,
        })
    }
}

/// Sends the request once and waits for the head of the answer.
///
/// # Errors
///
/// With [`Delivery::NotSent`] only if not a byte was written to the socket.
pub(crate) fn run(
    mut lease: Lease,
    request: &Request,
    watch: &Watch,
    pool: &Arc<Pool>,
) -> Result<Response<BlockingIncoming>, TransportError> {
    let before = lease.wire().written();
    let (head, sent) = talk(lease.wire(), request, watch).map_err(|error| {
        let untouched = lease.wire().written() == before;
        let delivery = if untouched {
            Delivery::NotSent
        } else {
            Delivery::MaybeSent
        };
        watch.explain(error).with_delivery(delivery)
    })?;

    let framing = Framing::of(&request.method, &head)?;
    let after = Return {
        pool: pool.clone(),
        allowed: sent == Sent::Whole
            && !request.closes
            && !head::says_close(head.headers())
            && head.version() == Version::HTTP_11
            && !matches!(framing, Framing::UntilClose | Framing::Nothing),
    };
    let body = match framing {
        Framing::Length(length) if length > watch.limits.max_body => {
            return Err(Fault::TooLarge("the body is longer than the limit").into());
        }
        Framing::Length(length) if length <= lease.wire().input.len() as u64 => {
            // All of it is here: the connection need not wait for the reader.
            let whole = lease.wire().input.split_to(length as usize).freeze();
            after.give_back(lease);
            BlockingIncoming::from(whole)
        }
        Framing::Nothing => BlockingIncoming::from(Bytes::new()),
        framing => BlockingIncoming::new(Download::new(lease, framing, watch.clone(), after)),
    };
    Ok(head.map(|()| body))
}

/// How much of a request was sent when its answer came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Whole,
    Partly,
}

fn talk(
    wire: &mut Wire,
    request: &Request,
    watch: &Watch,
) -> Result<(Response<()>, Sent), TransportError> {
    let mut reader = HeadReader::new(watch.limits.max_head);
    let before = wire.written();
    let failure = match send(wire, request, watch, &mut reader)? {
        Sending::Done => {
            let head = receive(wire, watch, &mut reader)?;
            return Ok((head, Sent::Whole));
        }
        Sending::Answered(head) => return Ok((head, Sent::Partly)),
        Sending::Failed(error) => broken(error),
    };
    if wire.written() == before {
        // Whatever can be read does not answer this request.
        return Err(failure);
    }
    // The peer may have answered before it stopped listening.
    match receive(wire, watch, &mut reader) {
        Err(error) if error.kind() == FailureKind::Closed => Err(failure),
        outcome => Ok((outcome?, Sent::Partly)),
    }
}

/// How the sending of a request ended.
enum Sending {
    Done,
    Answered(Response<()>),
    Failed(io::Error),
}

fn send(
    wire: &mut Wire,
    request: &Request,
    watch: &Watch,
    reader: &mut HeadReader,
) -> Result<Sending, TransportError> {
    let mut bytes = request.start.clone();
    let mut rest = request.rest.clone();
    let mut since = Instant::now();
    loop {
        while !bytes.is_empty() || wire.pending() {
            let wait = watch.patience(Phase::Send, since, watch.limits.idle)?;
            match wire.write(&bytes, wait.min(LOOK_INTERVAL)) {
                Ok(taken) => {
                    bytes.advance(taken);
                    since = Instant::now();
                }
                Err(error) if is_wait(&error) => {
                    if let Some(head) = look(wire, reader)? {
                        return Ok(Sending::Answered(head));
                    }
                }
                Err(error) => return Ok(Sending::Failed(error)),
            }
        }
        if rest.left() == 0 {
            return Ok(Sending::Done);
        }
        if let Some(head) = look(wire, reader)? {
            return Ok(Sending::Answered(head));
        }
        bytes = rest.next()?.unwrap_or_default();
        // The time that a source takes is not a silence of the connection.
        since = Instant::now();
    }
}

/// Looks for an answer that came before the request was out (RFC 9112 §9.3).
fn look(wire: &mut Wire, reader: &mut HeadReader) -> Result<Option<Response<()>>, TransportError> {
    match wire.read_now() {
        Ok(Some(0)) => Err(closed()),
        Ok(_) => Ok(reader.take(&mut wire.input)?),
        Err(error) if is_wait(&error) => Ok(None),
        Err(error) => Err(broken(error)),
    }
}

fn receive(
    wire: &mut Wire,
    watch: &Watch,
    reader: &mut HeadReader,
) -> Result<Response<()>, TransportError> {
    let Limits {
        first_byte, idle, ..
    } = watch.limits;
    let mut since = Instant::now();
    let mut limit = if wire.input.is_empty() {
        first_byte
    } else {
        idle
    };
    loop {
        if let Some(head) = reader.take(&mut wire.input)? {
            return Ok(head);
        }
        let wait = watch.patience(Phase::Head, since, limit)?;
        match wire.read(wait) {
            Ok(Some(0)) => return Err(closed()),
            Ok(Some(_)) => {
                since = Instant::now();
                limit = idle;
            }
            Ok(None) => {}
            Err(error) if is_wait(&error) => {}
            Err(error) => return Err(broken(error)),
        }
    }
}

fn closed() -> TransportError {
    ended(
        FailureKind::Closed,
        "the peer closed before it had answered",
    )
}
