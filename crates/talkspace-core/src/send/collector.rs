//! The body of a response within its limit.

use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::response::Parts;

use crate::transport::{Delivery, FailureKind, TransportError};
use crate::value::digits;

#[cfg(test)]
mod tests;

/// How much room a body gets that comes in pieces: this much, and then this much
/// at least. Without a body's length, room for all that the default limit
/// allows is made at once, rather than held twice while it grows.
const FIRST_ROOM: usize = 64 * 1024;
const NEXT_ROOM: usize = 1024 * 1024;

/// How long a body is so far, how long it may be, how long its head says, and how
/// long it is by what is known of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    so_far: u64,
    max: u64,
    announced: Option<u64>,
    expected: Option<u64>,
}

impl Length {
    /// That of a body which is here as a whole.
    pub(crate) const fn whole(length: u64) -> Self {
        Self {
            so_far: length,
            max: length,
            announced: Some(length),
            expected: None,
        }
    }

    pub(crate) fn new(head: &Parts, is_head: bool, max: u64) -> Self {
        // These announce a length that they do not send (RFC 9110 §8.6).
        let bodiless = is_head || matches!(head.status.as_u16(), 204 | 304);
        // Of the few that a head has, comparing them all is cheaper than a look-up.
        let length = head
            .headers
            .iter()
            .find(|(name, _)| **name == CONTENT_LENGTH);
        let announced = length
            .and_then(|(_, length)| std::str::from_utf8(length.as_bytes().trim_ascii()).ok())
            .and_then(digits)
            .filter(|_| !bodiless);
        Self {
            so_far: 0,
            max,
            announced,
            expected: None,
        }
    }

    /// The same of a file whose size was told before.
    pub(crate) const fn expecting(mut self, size: Option<u64>) -> Self {
        self.expected = size;
        self
    }

    pub(crate) const fn so_far(&self) -> u64 {
        self.so_far
    }

    pub(crate) const fn announced(&self) -> Option<u64> {
        self.announced
    }

    /// Takes another piece in, if there is room for it.
    pub(crate) fn add(&mut self, piece: &Bytes) -> Result<(), TransportError> {
        let length = self.so_far.saturating_add(piece.len() as u64);
        if length > self.max {
            return Err(TransportError::new(
                FailureKind::TooLarge,
                Delivery::MaybeSent,
            ));
        }
        self.so_far = length;
        Ok(())
    }

    /// At the end of the body: sees a truncation that a transport hides, or cannot see.
    pub(crate) fn end(&self) -> Result<(), TransportError> {
        let truncated = || TransportError::new(FailureKind::Truncated, Delivery::MaybeSent);
        if self
            .announced
            .is_some_and(|announced| self.so_far < announced)
        {
            return Err(truncated());
        }
        match self.expected {
            Some(expected) if self.so_far < expected => Err(truncated().with_source(Shorter {
                expected,
                came: self.so_far,
            })),
            _ => Ok(()),
        }
    }
}

/// A file has fewer bytes than its size, which was told before.
#[derive(Debug)]
struct Shorter {
    expected: u64,
    came: u64,
}

impl fmt::Display for Shorter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, came } = self;
        write!(f, "the file has {expected} bytes, and {came} came")
    }
}

impl StdError for Shorter {}

/// Takes a body into memory.
#[derive(Debug)]
pub(crate) struct Collector {
    first: Bytes,
    whole: Vec<u8>,
    length: Length,
}

impl Collector {
    pub(crate) fn new(head: &Parts, is_head: bool, max: u64) -> Self {
        Self {
            first: Bytes::new(),
            whole: Vec::new(),
            length: Length::new(head, is_head, max),
        }
    }

    pub(crate) fn push(&mut self, chunk: Bytes) -> Result<(), TransportError> {
        self.length.add(&chunk)?;
        if self.length.so_far == chunk.len() as u64 {
            // Most bodies come in one piece, which then is not copied.
            self.first = chunk;
        } else {
            let first = std::mem::take(&mut self.first);
            self.make_room(first.len() + chunk.len());
            self.whole.extend_from_slice(&first);
            self.whole.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn make_room(&mut self, more: usize) {
        let needed = self.whole.len() + more;
        if needed <= self.whole.capacity() {
            return;
        }
        let room = match needed {
            0..=FIRST_ROOM => FIRST_ROOM,
            _ => needed.saturating_mul(2).max(NEXT_ROOM),
        };
        let Length { announced, max, .. } = self.length;
        let most = announced.unwrap_or(max).min(max);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.whole
            .reserve_exact(room.min(most).max(needed) - self.whole.len());
    }

    pub(crate) fn finish(self) -> Result<Bytes, TransportError> {
        self.length.end()?;
        if self.whole.is_empty() {
            return Ok(self.first);
        }
        Ok(self.whole.into())
    }
}
