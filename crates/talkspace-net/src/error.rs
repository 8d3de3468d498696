//! Errors: of building a transport, and of an exchange that did not begin.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;

/// A transport that could not be built.
///
/// ```
/// use talkspace_net::tls::Tls;
///
/// let error = Tls::new(&[b"not a certificate".to_vec()]).err().unwrap();
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
pub fn not_sent(
    kind: FailureKind,
    source: impl Into<Box<dyn StdError + Send + Sync>>,
) -> TransportError {
    TransportError::not_sent(kind).with_source(source)
}

/// Whether TLS itself failed, and not the socket beneath it.
pub fn is_tls(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>())
}
