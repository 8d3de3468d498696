//! Why an exchange failed, and whether the peer may have seen the request.

use std::error::Error as StdError;
use std::fmt;

/// Whether the request may have reached the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Delivery {
    /// A promise: the peer has read no byte of the request.
    NotSent,
    /// The request, or part of it, may have arrived and been acted on.
    MaybeSent,
    /// The service responded, and its response says what happened.
    /// A [`TransportError`] never carries this.
    Responded,
}

impl Delivery {
    /// A stable name: `not_sent`, `maybe_sent` or `responded`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::MaybeSent => "maybe_sent",
            Self::Responded => "responded",
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What went wrong in an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FailureKind {
    /// The host name has no address.
    Resolve,
    /// No connection could be made.
    Connect,
    /// A proxy rejected the connection to the target, and another attempt would
    /// not change that: it wants other credentials, or its rules do not allow it.
    Proxy,
    /// TLS failed: an untrusted, expired or wrong certificate, one of the client
    /// that the peer rejects or misses, a peer that does not speak TLS, or a
    /// record that cannot be read. The source says which.
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
    /// The response could not be written where the caller wants it. Transports
    /// do not report this; the drivers do.
    Writer,
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
            Self::Writer => "writer",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where in an exchange a timeout elapsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
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

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failed exchange, as a transport reports it.
///
/// ```
/// use talkspace_core::{Delivery, FailureKind};
/// use talkspace_core::transport::TransportError;
///
/// let error = TransportError::not_sent(FailureKind::Connect)
///     .with_source(std::io::Error::other("connection refused"));
/// assert_eq!(error.to_string(), "could not connect");
/// assert_eq!(error.delivery(), Delivery::NotSent);
/// ```
#[derive(Debug)]
pub struct TransportError {
    kind: FailureKind,
    delivery: Delivery,
    phase: Option<Phase>,
    reused: Option<bool>,
    too_slow: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
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

    /// An error of `kind`, by what is known about the delivery. A transport knows
    /// [`NotSent`](Delivery::NotSent) and [`MaybeSent`](Delivery::MaybeSent).
    #[must_use]
    pub const fn new(kind: FailureKind, delivery: Delivery) -> Self {
        Self {
            kind,
            delivery,
            phase: None,
            reused: None,
            too_slow: false,
            source: None,
        }
    }

    /// A timeout that elapsed in `phase`.
    ///
    /// In [`Phase::Connect`] the request is [`Delivery::NotSent`]. In every
    /// other phase it may have been sent, unless the transport
    /// [knows better](Self::with_delivery).
    #[must_use]
    pub const fn timeout(phase: Phase) -> Self {
        let delivery = match phase {
            Phase::Connect => Delivery::NotSent,
            Phase::Send | Phase::Head | Phase::Body => Delivery::MaybeSent,
        };
        Self {
            kind: FailureKind::Timeout,
            delivery,
            phase: Some(phase),
            reused: None,
            too_slow: false,
            source: None,
        }
    }

    /// A timeout in `phase` of a body that moved more slowly than
    /// [`min_rate`](crate::Limits::min_rate) allows.
    #[must_use]
    pub const fn too_slow(phase: Phase) -> Self {
        let mut error = Self::timeout(phase);
        error.too_slow = true;
        error
    }

    /// Adds the engine's own error. Its `Display` and `Debug` must not show
    /// the URL's query, the body or the value of a header field.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Replaces what is known about the delivery.
    #[must_use]
    pub const fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// Says whether the connection had been used before, for an
    /// [observer](crate::observe::EventKind::AttemptEnded). Where there was no
    /// connection, there is nothing to say.
    #[must_use]
    pub fn with_reused(mut self, reused: impl Into<Option<bool>>) -> Self {
        self.reused = reused.into();
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

    /// Whether the connection had been used before. `None` if there was none, or
    /// the transport does not say.
    #[must_use]
    pub const fn reused(&self) -> Option<bool> {
        self.reused
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.kind, self.phase) {
            (FailureKind::Resolve, _) => "could not resolve the host name",
            (FailureKind::Connect, _) => "could not connect",
            (FailureKind::Proxy, _) => "the proxy rejected the connection",
            (FailureKind::Tls, _) => "TLS failed",
            (FailureKind::Closed, _) => "the connection was closed",
            (FailureKind::Truncated, _) => "the response was cut short",
            (FailureKind::Protocol, _) => "the response is not valid HTTP/1.1",
            (FailureKind::Timeout, Some(Phase::Send)) if self.too_slow => {
                "the request was taken more slowly than allowed"
            }
            (FailureKind::Timeout, Some(_)) if self.too_slow => {
                "the response came more slowly than allowed"
            }
            (FailureKind::Timeout, Some(Phase::Connect)) => "timed out connecting",
            (FailureKind::Timeout, Some(Phase::Send)) => "timed out sending the request",
            (FailureKind::Timeout, Some(Phase::Head)) => "timed out waiting for the response",
            (FailureKind::Timeout, Some(Phase::Body)) => "timed out reading the response",
            (FailureKind::Timeout, None) => "timed out",
            (FailureKind::TooLarge, _) => "the response is larger than allowed",
            (FailureKind::Cancelled, _) => "cancelled",
            (FailureKind::BodySource, _) => "the request body could not be read",
            (FailureKind::Writer, _) => "the response could not be written",
            (FailureKind::Other, _) => "the exchange failed",
        })
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
