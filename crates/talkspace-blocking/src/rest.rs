//! The part of a request that is still to be sent. Its response may come
//! meanwhile, and then both move at once.

use std::io;
use std::time::Duration;

use bytes::{Buf, Bytes};
use talkspace_core::TransportError;

use crate::body::Upload;
use crate::silence::Silence;
use crate::wire::Wire;

/// How long a write waits before there is another look for the response.
const LONGEST_WRITE: Duration = Duration::from_millis(50);

/// The rest of a request.
pub(crate) struct Rest {
    bytes: Bytes,
    body: Upload,
    /// No more of it will be sent.
    is_given_up: bool,
}

impl Rest {
    pub(crate) fn new(start: Bytes, body: Upload) -> Self {
        Self {
            bytes: start,
            body,
            is_given_up: false,
        }
    }

    /// Whether the system has all of it.
    pub(crate) fn is_done(&self, wire: &Wire) -> bool {
        self.body.left() == 0 && self.is_between_pieces(wire)
    }

    /// Whether more of it is to be sent.
    pub(crate) fn is_going_on(&self, wire: &Wire) -> bool {
        !self.is_given_up && !self.is_done(wire)
    }

    /// Whether the request went out as it was meant to.
    pub(crate) fn is_sent(&self, wire: &Wire) -> bool {
        !self.is_given_up && self.is_done(wire)
    }

    /// Sends no more of it: the peer does not want it.
    pub(crate) fn give_up(&mut self) {
        self.is_given_up = true;
    }

    /// Whether the next thing to do is to ask the body.
    pub(crate) fn is_between_pieces(&self, wire: &Wire) -> bool {
        self.bytes.is_empty() && !wire.pending()
    }

    /// Asks the body for its next piece. The time that this takes is the
    /// caller's own, and no silence of the peer.
    pub(crate) fn ask(&mut self, silence: &mut Silence) -> Result<(), TransportError> {
        self.bytes = self.body.next()?.unwrap_or_default();
        silence.end();
        Ok(())
    }

    /// Writes some bytes, and waits for as long as `wait` for room.
    pub(crate) fn write(
        &mut self,
        wire: &mut Wire,
        wait: Duration,
        silence: &mut Silence,
    ) -> io::Result<()> {
        let taken = wire.write(&self.bytes, wait.min(LONGEST_WRITE))?;
        self.bytes.advance(taken);
        silence.end();
        silence.has_written();
        Ok(())
    }
}
