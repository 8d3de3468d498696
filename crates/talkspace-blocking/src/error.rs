//! Errors: of building a transport, and of an exchange that broke off.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use talkspace_core::{Delivery, FailureKind, InvalidBaseUrl, TransportError};

/// A transport that could not be built.
///
/// ```
/// use talkspace_blocking::HttpTransport;
///
/// let error = HttpTransport::builder()
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

/// What is wrong with an answer, found without knowing what was sent.
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

/// A failure before anything was sent.
pub(crate) fn not_sent(
    kind: FailureKind,
    source: impl Into<Box<dyn StdError + Send + Sync>>,
) -> TransportError {
    TransportError::new(kind, Delivery::NotSent).with_source(source)
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

fn is_tls(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>())
}
