//! Errors of an exchange the engine gave up on.

use std::error::Error as StdError;
use std::io;

use talkspace_core::transport::TransportError;
use talkspace_core::{Delivery, FailureKind};

use crate::meter::Meter;

/// A connection that ended, and took the request with it.
pub(crate) fn closed(meter: &Meter) -> TransportError {
    let delivery = meter.seal();
    if let Some(failure) = meter.take_tls_failure() {
        return TransportError::new(FailureKind::Tls, delivery).with_source(failure);
    }
    if meter.progress().spoke_first() {
        return TransportError::new(FailureKind::Protocol, delivery).with_source(spoke_first());
    }
    TransportError::new(FailureKind::Closed, delivery).with_source(io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the connection ended as the request was handed to it",
    ))
}

fn spoke_first() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the peer sent something before the request",
    )
}

/// A response that is larger than a limit.
pub(crate) fn too_large(reason: &'static str) -> TransportError {
    invalid(FailureKind::TooLarge, reason)
}

/// A response that is not HTTP/1.1.
pub(crate) fn not_http(reason: &'static str) -> TransportError {
    invalid(FailureKind::Protocol, reason)
}

fn invalid(kind: FailureKind, reason: &'static str) -> TransportError {
    TransportError::new(kind, Delivery::MaybeSent)
        .with_source(io::Error::new(io::ErrorKind::InvalidData, reason))
}

/// What it means that the engine gave no response.
pub(crate) fn without_response(error: hyper::Error, meter: &Meter) -> TransportError {
    let kind = if error.is_parse_too_large() {
        FailureKind::TooLarge
    } else if error.is_parse() || meter.progress().spoke_first() {
        FailureKind::Protocol
    } else {
        FailureKind::Closed
    };
    explain(kind, error, meter)
}

/// What it means that the body of a response broke off.
pub(crate) fn in_body(error: hyper::Error, meter: &Meter) -> TransportError {
    let kind = match io_error(&error) {
        Some(io) => match io.kind() {
            io::ErrorKind::UnexpectedEof => FailureKind::Truncated,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => FailureKind::Protocol,
            _ => FailureKind::Closed,
        },
        None => FailureKind::Closed,
    };
    explain(kind, error, meter)
}

/// Prefers the cause that is nearest to its origin, and has the chain of
/// sources reach an [`io::Error`].
fn explain(kind: FailureKind, error: hyper::Error, meter: &Meter) -> TransportError {
    let delivery = meter.seal();
    if let Some(failure) = meter.take_body_failure() {
        return failure.with_delivery(delivery);
    }
    if let Some(failure) = meter.take_tls_failure() {
        return TransportError::new(FailureKind::Tls, delivery).with_source(failure);
    }
    let failure = TransportError::new(kind, delivery);
    if let Some(lost) = meter.take_lost() {
        failure.with_source(lost)
    } else if io_error(&error).is_some() {
        failure.with_source(error)
    } else if meter.progress().spoke_first() {
        failure.with_source(spoke_first())
    } else {
        let io_kind = match kind {
            FailureKind::Protocol | FailureKind::TooLarge => io::ErrorKind::InvalidData,
            _ => io::ErrorKind::UnexpectedEof,
        };
        failure.with_source(io::Error::new(io_kind, error))
    }
}

fn io_error(error: &hyper::Error) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref() {
            return Some(io);
        }
        cause = error.source();
    }
    None
}
