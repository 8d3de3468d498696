//! Errors: of building a transport, and of an exchange the engine gave up on.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use talkspace_core::{Delivery, FailureKind, InvalidBaseUrl, TransportError};

use crate::meter::Meter;

/// A transport that could not be built.
///
/// ```
/// use std::error::Error;
/// use talkspace_hyper::HyperTransport;
///
/// let error = HyperTransport::builder()
///     .root_certificates_pem("not a certificate")
///     .build()
///     .unwrap_err();
/// assert_eq!(error.to_string(), "a root certificate is not valid PEM");
/// ```
#[derive(Debug)]
pub struct BuildError {
    message: &'static str,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl BuildError {
    pub(crate) fn new(message: &'static str) -> Self {
        Self {
            message,
            source: None,
        }
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }
}

impl From<InvalidBaseUrl> for BuildError {
    fn from(error: InvalidBaseUrl) -> Self {
        Self::new(error.as_str())
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

/// A failure before anything was sent.
pub(crate) fn not_sent(
    kind: FailureKind,
    source: impl Into<Box<dyn StdError + Send + Sync>>,
) -> TransportError {
    TransportError::new(kind, Delivery::NotSent).with_source(source)
}

/// A connection that ended, and took the request with it.
pub(crate) fn closed(delivery: Delivery) -> TransportError {
    TransportError::new(FailureKind::Closed, delivery).with_source(io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the connection ended as the request was handed to it",
    ))
}

/// What it means that the engine gave no answer.
pub(crate) fn without_answer(error: hyper::Error, meter: &Meter) -> TransportError {
    let progress = meter.progress();
    let spoke_first = progress.read && !progress.wrote;
    let kind = if error.is_parse_too_large() {
        FailureKind::TooLarge
    } else if error.is_parse() || spoke_first {
        FailureKind::Protocol
    } else if io_error(&error).is_some_and(is_tls) {
        FailureKind::Tls
    } else {
        FailureKind::Closed
    };
    explain(kind, error, meter)
}

/// What it means that the body of the answer broke off.
pub(crate) fn in_body(error: hyper::Error, meter: &Meter) -> TransportError {
    let kind = match io_error(&error) {
        Some(io) if is_tls(io) => FailureKind::Tls,
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
    let failure = TransportError::new(kind, delivery);
    if let Some(lost) = meter.take_lost() {
        failure.with_source(lost)
    } else if io_error(&error).is_some() {
        failure.with_source(error)
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

fn is_tls(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>())
}
