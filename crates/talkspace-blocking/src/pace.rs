//! Whether the bodies of an exchange move as fast as they must.

use std::time::{Duration, Instant};

use talkspace_core::transport::{Rate, TransportError};
use talkspace_core::{Delivery, Phase};
use talkspace_net::backlog;
use talkspace_net::rate::Windows;

use crate::wire::Wire;

/// The least rate of an exchange, if it has one. It is looked at a few times in a
/// window.
pub(crate) struct Pace {
    windows: Windows,
    /// The request is large enough to be measured.
    is_large: bool,
    /// What was written before the exchange.
    before: u64,
    /// How long the peer had what it needed to go on, and how much it sent.
    time: Duration,
    read: u64,
    look_at: Duration,
}

impl Pace {
    /// Of an exchange whose request is large or not.
    pub(crate) fn new(rate: Option<Rate>, is_large: bool, wire: &Wire) -> Self {
        Self {
            windows: Windows::new(rate),
            is_large,
            before: wire.written(),
            time: Duration::ZERO,
            read: 0,
            look_at: Duration::ZERO,
        }
    }

    /// From here on the response is read.
    pub(crate) fn begin_reading(&mut self) {
        self.windows = self.windows.anew();
        (self.time, self.look_at) = (Duration::ZERO, Duration::ZERO);
    }

    /// The reader of the response got so much.
    pub(crate) fn has_read(&mut self, length: usize) {
        self.read += length as u64;
    }

    /// A step begins that waits for the peer.
    pub(crate) fn step(&self) -> Option<Instant> {
        self.windows.interval().map(|_| Instant::now())
    }

    /// How long a step may take that may take `wait` otherwise.
    pub(crate) fn bound(&self, wait: Duration) -> Duration {
        match self.windows.interval() {
            Some(interval) => wait.min(interval),
            None => wait,
        }
    }

    /// The step that began at `since` is over.
    ///
    /// # Errors
    ///
    /// A timeout in `phase` when too little has moved, reported as
    /// [`Delivery::MaybeSent`].
    pub(crate) fn check(
        &mut self,
        since: Option<Instant>,
        phase: Phase,
        wire: &Wire,
    ) -> Result<(), TransportError> {
        let Some(since) = since else {
            return Ok(());
        };
        self.time += since.elapsed();
        if self.time < self.look_at {
            return Ok(());
        }
        let taken = match self.is_large {
            true => {
                let left = backlog::unacknowledged(wire.ends()).unwrap_or(0);
                (wire.written() - self.before).saturating_sub(left.into())
            }
            false => 0,
        };
        let left = self.windows.left(self.time, taken + self.read);
        if left.is_zero() {
            return Err(TransportError::too_slow(phase).with_delivery(Delivery::MaybeSent));
        }
        self.look_at = self.time + self.bound(left);
        Ok(())
    }
}
