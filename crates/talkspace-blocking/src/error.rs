//! Errors of an exchange that broke off.

use std::error::Error as StdError;
use std::io;

use talkspace_core::transport::TransportError;
use talkspace_core::{Delivery, FailureKind};
use talkspace_net::tls::is_tls;

/// What is wrong with a response, found without knowing what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not HTTP/1.1.
    Protocol(&'static str),
    /// It is larger than a limit.
    TooLarge(&'static str),
}

impl From<Fault> for TransportError {
    fn from(fault: Fault) -> Self {
        let (kind, reason) = match fault {
            Fault::Protocol(reason) => (FailureKind::Protocol, reason),
            Fault::TooLarge(reason) => (FailureKind::TooLarge, reason),
        };
        maybe_sent(kind, io::Error::new(io::ErrorKind::InvalidData, reason))
    }
}

/// A failure after something may have been sent.
pub(crate) fn maybe_sent(
    kind: FailureKind,
    source: impl Into<Box<dyn StdError + Send + Sync>>,
) -> TransportError {
    TransportError::new(kind, Delivery::MaybeSent).with_source(source)
}

/// What it means that a connection gave `error`.
pub(crate) fn broken(error: io::Error) -> TransportError {
    let kind = if is_tls(&error) {
        FailureKind::Tls
    } else {
        FailureKind::Closed
    };
    maybe_sent(kind, error)
}

/// The end of the peer's bytes where there should have been more.
pub(crate) fn ended(kind: FailureKind, reason: &'static str) -> TransportError {
    maybe_sent(kind, io::Error::new(io::ErrorKind::UnexpectedEof, reason))
}

/// Whether a step only found that its time was over. Unix and Windows give it
/// different names.
pub(crate) fn is_wait(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}
