//! What bounds an exchange: time limits and sizes.

use std::time::{Duration, Instant};

/// The limits of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The moment by which the exchange must be over, body included. Default `None`.
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
    /// The time left until the deadline, or `None` without one. Zero means that it has passed.
    #[must_use]
    pub fn remaining(&self, now: Instant) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(now))
    }
}

/// A rate: so many bytes in so much time, over and over.
///
/// It ends an exchange when a window of `per` is over in which fewer than `bytes` have moved.
/// With the last of its bytes a window ends, and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rate {
    /// How many bytes.
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
