//! What bounds an exchange: time limits and sizes.

use std::time::{Duration, Instant};

/// The limits of one exchange. All are on by default.
///
/// # What each one runs over
///
/// | while … | runs |
/// |---|---|
/// | the name is looked up, the connection made, TLS agreed on | `connect_timeout` |
/// | the request goes out | `read_timeout`, anew with each byte that the peer takes |
/// | a [`BodySource`](crate::BodySource) is read | none: its time is the caller's own |
/// | the peer has the request, and has sent nothing | `response_timeout` |
/// | the rest of the head comes, or the body of the response | `read_timeout`, anew with each byte |
/// | the reader of that body does something else | none |
/// | the body of the request goes out, or that of the response comes in | `min_rate`, if set |
///
/// What the operating system has taken is not with the peer yet. As long as the
/// peer acknowledges bytes, the request goes out, and `response_timeout` has not begun.
///
/// `read_timeout` ends a peer that stands still, and `min_rate` one that crawls. It
/// counts what the peer takes of a request whose body has more than 16 KiB, and what
/// it sends of any body; of the time, what the peer had to itself: not that of a
/// source, of the reader, or of the wait for the head.
///
/// The `deadline` runs over everything. A blocking transport sees that it has
/// passed when the source that it reads returns; an async one leaves the source
/// alone. The failure is the same: a [`Timeout`](crate::FailureKind::Timeout)
/// while [sending](crate::Phase::Send), of a request that may have been sent.
///
/// ```
/// use std::time::Duration;
/// use talkspace_core::Limits;
///
/// let limits = Limits::default();
/// assert_eq!(limits.connect_timeout, Duration::from_secs(5));
/// assert!(limits.deadline.is_none(), "it is set from the request's timeout");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The moment by which the exchange must be over, body included. It covers
    /// all attempts of a request: it does not start anew with a retry.
    pub deadline: Option<Instant>,
    /// Longest time for resolving, connecting and the TLS handshake. Default 5 s.
    pub connect_timeout: Duration,
    /// Longest time from when the peer has the request's last byte to the response's
    /// first. Default 15 s.
    pub response_timeout: Duration,
    /// Longest silence of the peer while bytes move, in either direction. Default 15 s.
    pub read_timeout: Duration,
    /// The least rate at which a body moves, in either direction. Default `None`.
    pub min_rate: Option<Rate>,
    /// Largest head of a response, in bytes. Default 64 KiB.
    pub max_header_bytes: usize,
    /// Largest body of a response, in bytes. Default 1 MiB.
    pub max_body_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: None,
            connect_timeout: Duration::from_secs(5),
            response_timeout: Duration::from_secs(15),
            read_timeout: Duration::from_secs(15),
            min_rate: None,
            max_header_bytes: 64 * 1024,
            max_body_bytes: 1024 * 1024,
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

/// A rate: so many bytes in so much time, over and over.
///
/// As [`Limits::min_rate`] it ends an exchange when a window of `per` is over in
/// which fewer than `bytes` have moved. With the last of its bytes a window ends, and
/// the next begins. So a window bounds how long a peer may crawl: it is at least as
/// long as the pauses that are to be borne.
///
/// ```
/// use std::time::Duration;
/// use talkspace_core::RequestOptions;
/// use talkspace_core::transport::Rate;
///
/// // 10 KiB a second, with pauses of almost half a minute.
/// let mut options = RequestOptions::default();
/// options.limits.min_rate = Some(Rate::new(300 * 1024, Duration::from_secs(30)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rate {
    /// How many bytes; none are always there.
    pub bytes: u64,
    /// In how much time.
    pub per: Duration,
}

impl Rate {
    /// So many bytes in so much time.
    #[must_use]
    pub const fn new(bytes: u64, per: Duration) -> Self {
        Self { bytes, per }
    }
}
