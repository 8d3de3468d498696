//! One exchange on one connection, within its limits.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{Method, Response, Version};
use talkspace_core::transport::{BlockingResponseBody, Body, TransportError};
use talkspace_core::{Delivery, FailureKind, Limits, Phase};
use talkspace_net::backlog::SMALL;
use talkspace_net::origin::Origin;
use talkspace_net::{Proxy, keep_alive};

use crate::download::Download;
use crate::error::{Fault, broken, ended, is_wait};
use crate::framing::Framing;
use crate::head::{self, HeadReader};
use crate::pace::Pace;
use crate::pool::{Lease, Pool, Return};
use crate::silence::Silence;
use crate::upload::{Rest, Upload};
use crate::watch::Watch;
use crate::wire::Wire;

/// A request as it goes on the wire, to the origin or to the proxy that forwards it.
pub(crate) struct Request<'a> {
    method: Method,
    forward: Option<&'a Proxy>,
    /// Whether the request itself ends the connection.
    closes: bool,
    /// The head, and with it a small body.
    start: Bytes,
    rest: Upload,
}

impl<'a> Request<'a> {
    /// # Errors
    ///
    /// [`FailureKind::BodySource`] when a source panics.
    pub(crate) fn new(
        request: http::Request<Body>,
        origin: &Origin,
        forward: Option<&'a Proxy>,
    ) -> Result<Self, TransportError> {
        let (parts, body) = request.into_parts();
        let mut rest = Upload::new(&body)?;
        let mut start = head::write(&parts, origin.host_field(), forward, rest.left());
        if let Some(whole) = body.as_bytes().filter(|body| body.len() as u64 <= SMALL) {
            start.extend_from_slice(whole);
            rest = Upload::new(&Body::empty())?;
        }
        Ok(Self {
            closes: head::says_close(&parts.headers),
            method: parts.method,
            forward,
            start: Bytes::from(start),
            rest,
        })
    }

    fn is_large(&self) -> bool {
        self.start.len() as u64 + self.rest.left() > SMALL
    }
}

/// Sends the request once and waits for the head of the response, which begins
/// at `begin`.
///
/// # Errors
///
/// With [`Delivery::NotSent`] only if not a byte was written to the socket, or
/// the peer ended the handshake of TLS after that.
pub(crate) fn run(
    mut lease: Lease,
    reused: bool,
    request: &Request<'_>,
    watch: &Watch,
    pool: &Arc<Pool>,
    begin: Instant,
) -> Result<Response<BlockingResponseBody>, TransportError> {
    let before = lease.wire().written();
    let talk = talk(lease.wire(), request, watch, begin).map_err(|error| {
        let unread = lease.wire().written() == before || lease.wire().is_rejected();
        let delivery = if unread {
            Delivery::NotSent
        } else {
            Delivery::MaybeSent
        };
        watch.explain(error).with_delivery(delivery)
    })?;

    let Talk {
        head,
        mut rest,
        silence,
        mut pace,
    } = talk;
    let forward = request.forward;
    if let Some(rejection) = forward.and_then(|proxy| proxy.rejection(head.status())) {
        return Err(rejection);
    }
    let framing = Framing::of(&request.method, &head)?;
    let says_close = head::says_close(head.headers());
    let is_success = head.status().is_success();
    // RFC 9112 §9.5: a peer that responds with an error and closes reads no further.
    if says_close && !is_success {
        rest.give_up();
    }
    let mut after = Return {
        pool: pool.clone(),
        allowed: !request.closes
            && !says_close
            && (forward.is_none() || keep_alive::is_announced(head.headers()))
            && head.version() == Version::HTTP_11
            && !matches!(framing, Framing::UntilClose | Framing::Nothing),
        idle_limit: keep_alive::idle_limit(head.headers()),
    };
    let must_send = is_success && rest.is_going_on(lease.wire());
    let body = match framing {
        Framing::Length(length) if length > watch.limits.max_body_bytes => {
            return Err(Fault::TooLarge("the body is longer than the limit").into());
        }
        Framing::Length(length) if length <= lease.wire().input.len() as u64 && !must_send => {
            // All of it is here: the connection need not wait for the reader.
            let whole = lease.wire().input.split_to(length as usize).freeze();
            after.allowed &= rest.is_sent(lease.wire());
            after.give_back(lease);
            BlockingResponseBody::from(whole)
        }
        Framing::Nothing if !must_send => BlockingResponseBody::from(Bytes::new()),
        framing => {
            pace.begin_reading();
            let download = Download {
                lease: Some(lease),
                framing,
                room: watch.limits.max_body_bytes,
                watch: watch.clone(),
                silence,
                pace,
                rest,
                is_success,
                after,
            };
            BlockingResponseBody::new(download)
        }
    };
    Ok(head.map(|()| body.with_reused(reused)))
}

/// How far an exchange is when the head of its response is there.
struct Talk {
    head: Response<()>,
    rest: Rest,
    silence: Silence,
    pace: Pace,
}

fn talk(
    wire: &mut Wire,
    request: &Request<'_>,
    watch: &Watch,
    begin: Instant,
) -> Result<Talk, TransportError> {
    let before = wire.written();
    let mut reader = HeadReader::new(watch.limits.max_header_bytes);
    let mut rest = Rest::new(request.start.clone(), request.rest.unread());
    let mut silence = Silence::new(request.is_large(), begin);
    let mut pace = Pace::new(watch.limits.min_rate, request.is_large(), wire);
    let head = match send(wire, &mut rest, watch, &mut silence, &mut pace, &mut reader)? {
        Sending::Done => receive(wire, watch, &mut silence, &mut pace, &mut reader)?,
        Sending::Responded(head) => head,
        // Whatever can be read is no response to a request that did not begin.
        Sending::Failed(error) if wire.written() == before => {
            return Err(broken(wire.last_words().unwrap_or(error)));
        }
        // The peer may have responded before it stopped listening.
        Sending::Failed(error) => {
            rest.give_up();
            match receive(wire, watch, &mut silence, &mut pace, &mut reader) {
                Err(closed) if closed.kind() == FailureKind::Closed => return Err(broken(error)),
                outcome => outcome?,
            }
        }
    };
    Ok(Talk {
        head,
        rest,
        silence,
        pace,
    })
}

/// How the sending of a request ended.
enum Sending {
    Done,
    Responded(Response<()>),
    Failed(io::Error),
}

fn send(
    wire: &mut Wire,
    rest: &mut Rest,
    watch: &Watch,
    silence: &mut Silence,
    pace: &mut Pace,
    reader: &mut HeadReader,
) -> Result<Sending, TransportError> {
    while !rest.is_done(wire) {
        if rest.is_between_pieces(wire) {
            if let Some(head) = early_head(wire, reader)? {
                return Ok(Sending::Responded(head));
            }
            rest.read_source(silence)?;
        }
        let wait = watch.step_timeout(Phase::Send, silence.since(), watch.limits.read_timeout)?;
        let step = pace.step();
        match rest.write(wire, pace.bound(wait), silence) {
            Ok(()) => {}
            Err(error) if is_wait(&error) => {
                if let Some(head) = early_head(wire, reader)? {
                    return Ok(Sending::Responded(head));
                }
                silence.poll(wire, watch);
            }
            Err(error) => return Ok(Sending::Failed(error)),
        }
        pace.check(step, Phase::Send, wire)?;
    }
    Ok(Sending::Done)
}

/// Looks for a response that came before the request was out (RFC 9112 §9.3).
fn early_head(
    wire: &mut Wire,
    reader: &mut HeadReader,
) -> Result<Option<Response<()>>, TransportError> {
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
    silence: &mut Silence,
    pace: &mut Pace,
    reader: &mut HeadReader,
) -> Result<Response<()>, TransportError> {
    let Limits {
        response_timeout,
        read_timeout,
        ..
    } = watch.limits;
    let mut has_begun = !wire.input.is_empty();
    loop {
        if let Some(head) = reader.take(&mut wire.input)? {
            return Ok(head);
        }
        let (phase, limit) = match has_begun {
            true => (Phase::Head, read_timeout),
            false if silence.is_backlogged() => (Phase::Send, read_timeout),
            false => (Phase::Head, response_timeout),
        };
        let mut wait = watch.step_timeout(phase, silence.since(), limit)?;
        let mut step = None;
        if phase == Phase::Send {
            (wait, step) = (pace.bound(wait), pace.step());
        }
        match wire.read(silence.next_poll(wait, watch)) {
            Ok(Some(0)) => return Err(closed()),
            Ok(Some(_)) => {
                silence.end(wire.read_at());
                has_begun = true;
            }
            Ok(None) => {}
            Err(error) if is_wait(&error) => silence.poll(wire, watch),
            Err(error) => return Err(broken(error)),
        }
        if !has_begun {
            pace.check(step, phase, wire)?;
        }
    }
}

fn closed() -> TransportError {
    ended(
        FailureKind::Closed,
        "the peer closed before it had responded",
    )
}
