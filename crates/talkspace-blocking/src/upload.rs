//! The body of a request on its way out, and what of a request is still to be
//! sent. Its response may come meanwhile, and then both move at once.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use talkspace_core::FailureKind;
use talkspace_core::transport::{Body, BodyCursor, BodyPiece, StreamRead, TransportError};
use talkspace_net::error::not_sent;

use crate::silence::Silence;
use crate::wire::Wire;

/// How much of a body is sent before the next check for an early response.
const PIECE_SIZE: usize = 64 * 1024;

/// How long a write waits before there is another check for a response.
const LONGEST_WRITE: Duration = Duration::from_millis(50);

/// The body of a request on its way out: as many bytes as the head announced,
/// neither fewer nor more.
pub(crate) struct Upload {
    cursor: BodyCursor,
    piece: Bytes,
    stream: Option<StreamRead>,
    left: u64,
}

impl Upload {
    /// # Errors
    ///
    /// [`FailureKind::BodySource`] when a source panics.
    pub(crate) fn new(body: &Body) -> Result<Self, TransportError> {
        Ok(Self {
            cursor: body.cursor(),
            piece: Bytes::new(),
            stream: None,
            left: contained(|| body.len())?,
        })
    }

    /// The same, of which nothing has been read, for another connection.
    pub(crate) fn unread(&self) -> Self {
        Self {
            cursor: self.cursor.clone(),
            piece: Bytes::new(),
            stream: None,
            left: self.left,
        }
    }

    /// How many bytes are left to send.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    /// The next bytes, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`FailureKind::BodySource`] when a source fails, panics or is too short.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        if self.left == 0 {
            return Ok(None);
        }
        while self.piece.is_empty() {
            if let Some(stream) = &mut self.stream {
                match stream.read_chunk()? {
                    Some(bytes) => self.piece = bytes,
                    None => self.stream = None,
                }
                continue;
            }
            match contained(|| self.cursor.next_piece())? {
                Some(BodyPiece::Stream(stream)) => self.stream = Some(stream),
                Some(piece) => self.piece = contained(|| piece.read())??,
                None => return Err(source_failed(io::ErrorKind::UnexpectedEof.into())),
            }
        }
        // A source may have grown since the head was written.
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let length = self.piece.len().min(PIECE_SIZE).min(left);
        self.left -= length as u64;
        Ok(Some(self.piece.split_to(length)))
    }
}

/// Keeps a panic of a caller's source within its request.
fn contained<T>(work: impl FnOnce() -> T) -> Result<T, TransportError> {
    // Whatever the panic left half done is dropped with the exchange.
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| source_failed(io::Error::other("the source of the body panicked")))
}

fn source_failed(error: io::Error) -> TransportError {
    not_sent(FailureKind::BodySource, error)
}

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

    /// Whether the next thing to do is to read the body.
    pub(crate) fn is_between_pieces(&self, wire: &Wire) -> bool {
        self.bytes.is_empty() && !wire.pending()
    }

    /// Reads the next piece of the body. The time that this takes is the
    /// caller's own, and no silence of the peer.
    pub(crate) fn read_source(&mut self, silence: &mut Silence) -> Result<(), TransportError> {
        self.bytes = self.body.next()?.unwrap_or_default();
        silence.end(Instant::now());
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
        silence.end(Instant::now());
        silence.has_written();
        Ok(())
    }
}
