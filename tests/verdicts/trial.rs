//! One response tried on each transport, and the verdict as a text:
//!
//! * `200 "body" reused` or `200 "body" closed`, by what the next request does;
//! * `Protocol` and the like, for a failure that may have been delivered; a
//!   timeout with its phase, `Timeout/Body`.

use std::fmt::Write as _;
use std::time::Duration;

use talkspace_core::transport::{
    BlockingTransport as _, Body, Exchange, Transport as _, TransportError,
};
use talkspace_core::{CancelToken, Delivery, Limits};

use crate::peer::Peer;
use crate::table::Row;

/// Where nothing else can end the wait. It runs from the first byte of the
/// response on, so it is no race with a busy machine.
const SHORT: Duration = Duration::from_millis(500);

pub(crate) struct Transports {
    hyper: talkspace_hyper::HyperTransport,
    blocking: talkspace_blocking::HttpTransport,
    runtime: tokio::runtime::Runtime,
}

impl Transports {
    pub(crate) fn new() -> Self {
        Self {
            hyper: talkspace_hyper::HyperTransport::new(),
            blocking: talkspace_blocking::HttpTransport::new(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
        }
    }
}

fn exchange(method: &str, url: &str, short: bool) -> Exchange {
    let mut limits = Limits::default();
    if short {
        limits.read_timeout = SHORT;
    }
    let request = http::Request::builder().method(method).uri(url);
    Exchange::new(request.body(Body::empty()).unwrap(), limits)
}

pub(crate) fn hyper(transports: &Transports, row: &Row) -> String {
    let Transports { hyper, runtime, .. } = transports;
    let peer = Peer::serving(row);
    runtime.block_on(async {
        let first = exchange(&row.method, &peer.url("/odd"), Row::waits(&row.hyper));
        let outcome = async {
            let (head, mut incoming) = hyper.exchange(first).await?.into_parts();
            let mut body = Vec::new();
            while let Some(chunk) = incoming.chunk().await? {
                body.extend_from_slice(&chunk);
            }
            Ok((head.status.as_u16(), body))
        };
        let outcome = outcome.await;
        if row.closes {
            return verdict(outcome, false);
        }
        let next = hyper.exchange(exchange("GET", &peer.url("/next"), false));
        assert_eq!(next.await.unwrap().status(), 204, "{}", row.title);
        verdict(outcome, peer.was_reused())
    })
}

pub(crate) fn blocking(transports: &Transports, row: &Row) -> String {
    let Transports { blocking, .. } = transports;
    let peer = Peer::serving(row);
    let cancel = CancelToken::new();
    let first = exchange(&row.method, &peer.url("/odd"), Row::waits(&row.blocking));
    let whole = || {
        let (head, mut incoming) = blocking.exchange(first, &cancel)?.into_parts();
        let mut body = Vec::new();
        while let Some(chunk) = incoming.chunk()? {
            body.extend_from_slice(&chunk);
        }
        Ok((head.status.as_u16(), body))
    };
    let outcome = whole();
    if row.closes {
        return verdict(outcome, false);
    }
    let next = exchange("GET", &peer.url("/next"), false);
    let next = blocking.exchange(next, &cancel).unwrap();
    assert_eq!(next.status(), 204, "{}", row.title);
    verdict(outcome, peer.was_reused())
}

fn verdict(outcome: Result<(u16, Vec<u8>), TransportError>, reused: bool) -> String {
    match outcome {
        Ok((status, body)) => {
            let body = body.escape_ascii();
            let connection = if reused { "reused" } else { "closed" };
            format!("{status} \"{body}\" {connection}")
        }
        Err(error) => {
            let mut verdict = format!("{:?}", error.kind());
            if let Some(phase) = error.phase() {
                write!(verdict, "/{phase:?}").unwrap();
            }
            if error.delivery() != Delivery::MaybeSent {
                write!(verdict, " {:?}", error.delivery()).unwrap();
            }
            if reused {
                verdict += " reused";
            }
            verdict
        }
    }
}
