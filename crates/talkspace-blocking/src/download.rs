//! The body of a response on its way in, and what of its request is on its way
//! out.

use std::io;
use std::time::{Duration, Instant};

use bytes::Bytes;
use talkspace_core::transport::{Chunks, TransportError};
use talkspace_core::{Delivery, FailureKind, Phase};

use crate::error::{broken, ended, is_wait};
use crate::framing::{Found, Framing};
use crate::pace::Pace;
use crate::pool::{Lease, Return};
use crate::silence::Silence;
use crate::upload::Rest;
use crate::watch::Watch;
use crate::wire::Wire;

/// The body of a response on its way in, and the rest of the request on its way
/// out: a peer may begin to respond before it has all of it.
pub(crate) struct Download {
    /// `None` after the end or a failure.
    pub(crate) lease: Option<Lease>,
    pub(crate) framing: Framing,
    /// How many more bytes the body may have.
    pub(crate) room: u64,
    pub(crate) watch: Watch,
    pub(crate) silence: Silence,
    pub(crate) pace: Pace,
    pub(crate) rest: Rest,
    /// Whether the peer accepts the request; then it gets all of it.
    pub(crate) is_success: bool,
    pub(crate) after: Return,
}

impl Download {
    fn read(&mut self, lease: &mut Lease) -> Result<Option<Bytes>, TransportError> {
        let wire = lease.wire();
        // A pause of the reader is not a silence of the peer.
        self.silence.end(Instant::now());
        loop {
            let is_sending = self.rest.is_going_on(wire);
            let is_over = match self.framing.next(&mut wire.input, self.room)? {
                Found::Data(bytes) => {
                    self.room -= bytes.len() as u64;
                    return Ok(Some(bytes));
                }
                // An error response that is whole needs no more of the request (§9.5).
                Found::End if !is_sending || !self.is_success => return Ok(None),
                Found::End => true,
                Found::More => false,
            };
            let phase = if is_over { Phase::Send } else { Phase::Body };
            let idle = self.watch.limits.read_timeout;
            let wait = self.watch.step_timeout(phase, self.silence.since(), idle)?;
            // What can be read comes first: the peer may take no more of the
            // request before its own bytes are taken.
            let step = self.pace.step();
            let wait = self.pace.bound(wait);
            let read = match is_sending {
                true if is_over => Err(io::ErrorKind::WouldBlock.into()),
                true => wire.read_now(),
                false => wire.read(self.silence.next_poll(wait, &self.watch)),
            };
            match read {
                Ok(Some(0)) if self.framing == Framing::UntilClose => {
                    // A cancellation closes as well, and then the body is not whole.
                    self.watch.check_cancel()?;
                    self.framing = Framing::Length(0);
                }
                Ok(Some(0)) => return Err(ended(FailureKind::Truncated, "the peer closed")),
                Ok(Some(read)) => {
                    self.silence.end(wire.read_at());
                    self.pace.has_read(read);
                    self.pace.check(step, phase, wire)?;
                }
                // What is for TLS alone is silence.
                Ok(None) => self.pace.check(step, phase, wire)?,
                Err(error) if is_wait(&error) => {
                    match is_sending {
                        true => self.send(wire, wait)?,
                        false => self.silence.poll(wire, &self.watch),
                    }
                    self.pace.check(step, phase, wire)?;
                }
                // TLS that ends without saying so may have been cut by anyone.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    let truncated =
                        TransportError::new(FailureKind::Truncated, Delivery::MaybeSent);
                    return Err(truncated.with_source(error));
                }
                Err(error) => return Err(broken(error)),
            }
        }
    }

    /// One step of sending the rest of the request.
    fn send(&mut self, wire: &mut Wire, wait: Duration) -> Result<(), TransportError> {
        if self.rest.is_between_pieces(wire) {
            return self.rest.read_source(&mut self.silence);
        }
        match self.rest.write(wire, wait, &mut self.silence) {
            Ok(()) => {}
            Err(error) if is_wait(&error) => self.silence.poll(wire, &self.watch),
            // It takes no more. What it says all the same is its response.
            Err(_) => self.rest.give_up(),
        }
        Ok(())
    }
}

impl Chunks for Download {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        let Some(mut lease) = self.lease.take() else {
            return Ok(None);
        };
        match self.read(&mut lease) {
            Ok(Some(bytes)) => {
                self.lease = Some(lease);
                Ok(Some(bytes))
            }
            Ok(None) => {
                self.after.allowed &= self.rest.is_sent(lease.wire());
                self.after.give_back(lease);
                Ok(None)
            }
            Err(error) => {
                let error = self.watch.explain(error);
                Err(error.with_delivery(Delivery::MaybeSent))
            }
        }
    }
}
