//! Errors: of building a transport, and of an exchange that did not begin.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;

/// A transport that could not be built.
///
/// ```
/// use talkspace_net::{Settings, TransportBuilder};
///
/// let builder = TransportBuilder::<Settings>::default();
/// let error = builder.add_root_certificates_pem("none").build().unwrap_err();
/// assert_eq!(error.to_string(), "a root certificate is not valid PEM");
/// ```
#[derive(Debug)]
pub struct BuildError {
    message: Cow<'static, str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl BuildError {
    pub(crate) fn new(message: &'static str) -> Self {
        Self {
            message: Cow::Borrowed(message),
            source: None,
        }
    }

    /// The value of an environment variable.
    pub(crate) fn variable(name: &str) -> Self {
        Self {
            message: Cow::Owned(format!("the environment variable {name} names no proxy")),
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
        f.write_str(&self.message)
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
