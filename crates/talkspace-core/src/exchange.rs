//! One exchange: a request, and the limits it must keep.

use std::fmt;
use std::time::{Duration, Instant};

use crate::body::Body;

/// What a transport is handed: one request, to be sent once, within limits.
///
/// Its `Debug` shows the method and the host: the path may hold a phone number,
/// and the query the application key. That of [`request`](Self::request) shows
/// the whole URL, so do not log it.
pub struct Exchange {
    /// The request. Its URI is absolute.
    pub request: http::Request<Body>,
    /// How long it may take and how large the answer may be.
    pub limits: Limits,
}

impl Exchange {
    /// An exchange of `request` under `limits`.
    #[must_use]
    pub const fn new(request: http::Request<Body>, limits: Limits) -> Self {
        Self { request, limits }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("method", self.request.method())
            .field("host", &self.request.uri().host().unwrap_or_default())
            .field("body", self.request.body())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The limits of one exchange. All are on by default.
///
/// # What each one runs over
///
/// | while … | runs |
/// |---|---|
/// | the name is looked up, the connection made, TLS agreed on | `connect` |
/// | the request goes out | `idle`, anew with each byte that the peer takes |
/// | a [`BodySource`](crate::BodySource) is asked for bytes | none: its time is the caller's own |
/// | the peer has the request, and has said nothing | `first_byte` |
/// | the rest of the head comes, or the body of the response | `idle`, anew with each byte |
/// | the reader of that body does something else | none |
///
/// What the operating system has taken is not with the peer yet. As long as the
/// peer acknowledges bytes, the request goes out, and `first_byte` has not begun.
///
/// The `deadline` runs over everything. A blocking transport sees that it has
/// passed when the source that it asks returns; an async one leaves the source
/// alone. The failure is the same: a [`Timeout`](crate::FailureKind::Timeout)
/// while [sending](crate::Phase::Send), of a request that may have been sent.
///
/// ```
/// use std::time::Duration;
/// use talkspace_core::Limits;
///
/// let limits = Limits::default();
/// assert_eq!(limits.connect, Duration::from_secs(5));
/// assert!(limits.deadline.is_none(), "the call sets it from its total limit");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The moment by which the exchange must be over, body included. It covers
    /// the whole call, so it does not start anew with a second attempt.
    pub deadline: Option<Instant>,
    /// Longest time for resolving, connecting and the TLS handshake. Default 5 s.
    pub connect: Duration,
    /// Longest time from when the peer has the request's last byte to the answer's
    /// first. Default 15 s.
    pub first_byte: Duration,
    /// Longest silence of the peer while bytes move, in either direction. Default 15 s.
    pub idle: Duration,
    /// Largest head of an answer, in bytes. Default 64 KiB.
    pub max_head: usize,
    /// Largest body of an answer, in bytes. Default 1 MiB.
    pub max_body: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: None,
            connect: Duration::from_secs(5),
            first_byte: Duration::from_secs(15),
            idle: Duration::from_secs(15),
            max_head: 64 * 1024,
            max_body: 1024 * 1024,
        }
    }
}

impl Limits {
    /// The time left until the deadline, or `None` without one.
    /// Zero means that it has passed: do not touch the network.
    #[must_use]
    pub fn remaining(&self, now: Instant) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(now))
    }
}
