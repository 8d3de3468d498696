//! Why an exchange failed, and whether the peer may have seen the request.

use std::error::Error as StdError;
use std::fmt;

/// Whether the request may have reached the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// A promise: the peer has read no byte of the request.
    NotSent,
    /// The request, or part of it, may have arrived and been acted on.
    MaybeSent,
}

impl Delivery {
    /// A stable name: `not_sent` or `maybe_sent`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::MaybeSent => "maybe_sent",
        }
    }
}

/// What went wrong in an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The host name has no address.
    Resolve,
    /// No connection could be made.
    Connect,
    /// A proxy rejected the connection to the target.
    Proxy,
    /// TLS failed.
    Tls,
    /// The peer closed or reset the connection before its response began or was whole.
    Closed,
    /// The body ended before the length that the head announced.
    Truncated,
    /// The peer sent something that is not HTTP/1.1.
    Protocol,
    /// A timeout elapsed; [`TransportError::phase`] says in which phase.
    Timeout,
    /// The response is larger than the limits allow.
    TooLarge,
    /// The caller cancelled the exchange.
    Cancelled,
    /// The request's own body could not be read.
    BodySource,
    /// Anything else; the source says what.
    Other,
}

impl FailureKind {
    /// A stable name, such as `body_source`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::Closed => "closed",
            Self::Truncated => "truncated",
            Self::Protocol => "protocol",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::Cancelled => "cancelled",
            Self::BodySource => "body_source",
            Self::Other => "other",
        }
    }
}

/// Where in an exchange a timeout elapsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Resolving the name, connecting, and the TLS handshake.
    Connect,
    /// Sending the request.
    Send,
    /// Waiting for the head of the response.
    Head,
    /// Reading the body of the response.
    Body,
}

impl Phase {
    /// A stable name: `connect`, `send`, `head` or `body`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Send => "send",
            Self::Head => "head",
            Self::Body => "body",
        }
    }
}

/// An engine's own error.
type Inner = Box<dyn StdError + Send + Sync>;

/// A failed exchange, as a client reports it.
///
/// ```
/// use http1_conformance::client::{Delivery, FailureKind, TransportError};
///
/// let error = TransportError::not_sent(FailureKind::Connect)
///     .with_source(std::io::Error::other("connection refused"));
/// assert_eq!(error.to_string(), "could not connect");
/// let error = TransportError::other(std::io::Error::other("an engine's own words"));
/// assert_eq!(error.to_string(), "an engine's own words");
/// assert_eq!(error.delivery(), Delivery::MaybeSent);
/// ```
pub struct TransportError {
    kind: FailureKind,
    delivery: Delivery,
    phase: Option<Phase>,
    too_slow: bool,
    text: Text,
}

/// Whose words an error has.
enum Text {
    /// Those of its kind.
    Own(Option<Inner>),
    /// Those of an engine.
    Of(Inner),
}

impl TransportError {
    /// An error of `kind`, before any byte of the request reached the peer.
    #[must_use]
    pub const fn not_sent(kind: FailureKind) -> Self {
        Self::new(kind, Delivery::NotSent)
    }

    /// An error of `kind`, when the request, or part of it, may have arrived.
    #[must_use]
    pub const fn maybe_sent(kind: FailureKind) -> Self {
        Self::new(kind, Delivery::MaybeSent)
    }

    /// An error of `kind`, by what is known about the delivery.
    #[must_use]
    pub const fn new(kind: FailureKind, delivery: Delivery) -> Self {
        Self {
            kind,
            delivery,
            phase: None,
            too_slow: false,
            text: Text::Own(None),
        }
    }

    /// A timeout that elapsed in `phase`. In [`Phase::Connect`] nothing was sent.
    #[must_use]
    pub const fn timeout(phase: Phase) -> Self {
        let delivery = match phase {
            Phase::Connect => Delivery::NotSent,
            Phase::Send | Phase::Head | Phase::Body => Delivery::MaybeSent,
        };
        let mut error = Self::new(FailureKind::Timeout, delivery);
        error.phase = Some(phase);
        error
    }

    /// A timeout in `phase` of a body that moved more slowly than
    /// [`min_rate`](super::Limits::min_rate) allows.
    #[must_use]
    pub const fn too_slow(phase: Phase) -> Self {
        let mut error = Self::timeout(phase);
        error.too_slow = true;
        error
    }

    /// An engine's error of which nothing more is known.
    #[must_use]
    pub fn other(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::maybe_sent(FailureKind::Other).showing(error)
    }

    /// What lies beneath it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.text = Text::Own(Some(source.into()));
        self
    }

    /// Shows an engine's own error in place of words for the kind.
    #[must_use]
    pub fn showing(mut self, error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.text = Text::Of(error.into());
        self
    }

    /// Replaces what is known about the delivery.
    #[must_use]
    pub const fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> FailureKind {
        self.kind
    }

    /// Whether the peer may have seen the request.
    #[must_use]
    pub const fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Whether it is a timeout of a body that [moved too slowly](Self::too_slow).
    #[must_use]
    pub const fn is_too_slow(&self) -> bool {
        self.too_slow
    }

    /// Where the timeout elapsed, for [`FailureKind::Timeout`].
    #[must_use]
    pub const fn phase(&self) -> Option<Phase> {
        self.phase
    }

    /// The error of [`showing`](Self::showing), or else of [`with_source`](Self::with_source).
    #[must_use]
    pub fn into_inner(self) -> Option<Box<dyn StdError + Send + Sync>> {
        match self.text {
            Text::Own(source) => source,
            Text::Of(error) => Some(error),
        }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Text::Of(error) = &self.text {
            return error.fmt(f);
        }
        f.write_str(match (self.kind, self.phase) {
            (FailureKind::Resolve, _) => "could not resolve the host name",
            (FailureKind::Connect, _) => "could not connect",
            (FailureKind::Proxy, _) => "the proxy rejected the connection",
            (FailureKind::Tls, _) => "TLS failed",
            (FailureKind::Closed, _) => "the connection was closed",
            (FailureKind::Truncated, _) => "the response was cut short",
            (FailureKind::Protocol, _) => "the response is not valid HTTP/1.1",
            (FailureKind::Timeout, _) if self.too_slow => "the body moved more slowly than allowed",
            (FailureKind::Timeout, Some(Phase::Connect)) => "timed out connecting",
            (FailureKind::Timeout, Some(Phase::Send)) => "timed out sending the request",
            (FailureKind::Timeout, Some(Phase::Head)) => "timed out waiting for the response",
            (FailureKind::Timeout, Some(Phase::Body)) => "timed out reading the response",
            (FailureKind::Timeout, None) => "timed out",
            (FailureKind::TooLarge, _) => "the response is larger than allowed",
            (FailureKind::Cancelled, _) => "cancelled",
            (FailureKind::BodySource, _) => "the request body could not be read",
            (FailureKind::Other, _) => "the exchange failed",
        })
    }
}

/// As an engine's own error, where it shows one.
impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("TransportError");
        shown
            .field("kind", &self.kind)
            .field("delivery", &self.delivery)
            .field("phase", &self.phase);
        match &self.text {
            Text::Own(source) => shown.field("source", source),
            Text::Of(error) => shown.field("error", error),
        };
        shown.finish()
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.text {
            Text::Own(source) => source.as_deref().map(|source| source as _),
            Text::Of(error) => error.source(),
        }
    }
}
