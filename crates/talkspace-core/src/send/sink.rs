//! Where the body of a response goes.

use std::fmt;
use std::io::Write;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::response::Parts;

use crate::codec::is_whole;
use crate::transport::{Delivery, FailureKind, Limits, TransportError};
use crate::value::digits;

#[cfg(test)]
mod tests;

/// How much room a body gets that comes in pieces: this much, and then this much
/// at least. Without a body's length, room for all that the default limit
/// allows is made at once, rather than held twice while it grows.
const FIRST_ROOM: usize = 64 * 1024;
const NEXT_ROOM: usize = 1024 * 1024;

/// Where the body of a successful response goes. Any other is kept in memory.
pub(crate) enum Sink<'w> {
    /// To memory, within the limit of the exchange.
    Memory,
    /// To a writer, piece by piece, if the response has the whole of it.
    Writer(Stream<'w>),
}

/// A writer, and the closure that reports its progress.
pub(crate) struct Stream<'w> {
    writer: &'w mut (dyn Write + Send),
    progress: Option<&'w mut Progress<'w>>,
    written: u64,
}

/// Gets the bytes so far, and their number in all where the response says it.
pub(crate) type Progress<'p> = dyn FnMut(u64, Option<u64>) + Send + 'p;

impl<'w> Sink<'w> {
    pub(crate) fn writer(
        writer: &'w mut (dyn Write + Send),
        progress: Option<&'w mut Progress<'w>>,
    ) -> Self {
        Self::Writer(Stream {
            writer,
            progress,
            written: 0,
        })
    }

    /// How much went to the writer. Then the exchange cannot be made again.
    pub(crate) const fn written(&self) -> u64 {
        match self {
            Self::Memory => 0,
            Self::Writer(stream) => stream.written,
        }
    }
}

impl Stream<'_> {
    fn push(&mut self, chunk: &[u8], announced: Option<u64>) -> Result<(), TransportError> {
        self.writer.write_all(chunk).map_err(|error| {
            TransportError::new(FailureKind::Writer, Delivery::MaybeSent).with_source(error)
        })?;
        self.written += chunk.len() as u64;
        if let Some(progress) = &mut self.progress {
            progress(self.written, announced);
        }
        Ok(())
    }
}

impl fmt::Debug for Sink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "Memory",
            Self::Writer(_) => "Writer",
        })
    }
}

/// Takes a body in within its limit, and sees a truncation that a transport hides.
#[derive(Debug)]
pub(crate) struct Collector<'s, 'w> {
    first: Bytes,
    whole: Vec<u8>,
    length: u64,
    max: u64,
    announced: Option<u64>,
    sink: Option<&'s mut Sink<'w>>,
}

impl<'s, 'w> Collector<'s, 'w> {
    pub(crate) fn new(head: &Parts, is_head: bool, max: u64, sink: &'s mut Sink<'w>) -> Self {
        // These announce a length that they do not send (RFC 9110 §8.6).
        let bodiless = is_head || matches!(head.status.as_u16(), 204 | 304);
        let announced = head
            .headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok())
            .and_then(|length| digits(length.trim()))
            .filter(|_| !bodiless);
        let is_whole = is_whole(head.status);
        let max = match sink {
            // What is allowed for a writer is not meant for memory.
            Sink::Writer(_) if !is_whole => max.min(Limits::default().max_body_bytes),
            _ => max,
        };
        Self {
            first: Bytes::new(),
            whole: Vec::new(),
            length: 0,
            max,
            announced,
            sink: is_whole.then_some(sink),
        }
    }

    pub(crate) fn push(&mut self, chunk: Bytes) -> Result<(), TransportError> {
        self.length = self.length.saturating_add(chunk.len() as u64);
        if self.length > self.max {
            return Err(TransportError::new(
                FailureKind::TooLarge,
                Delivery::MaybeSent,
            ));
        }
        if let Some(Sink::Writer(stream)) = &mut self.sink {
            return stream.push(&chunk, self.announced);
        }
        if self.length == chunk.len() as u64 {
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
        let most = self.announced.unwrap_or(self.max).min(self.max);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.whole
            .reserve_exact(room.min(most).max(needed) - self.whole.len());
    }

    pub(crate) fn finish(self) -> Result<Bytes, TransportError> {
        if self
            .announced
            .is_some_and(|announced| self.length < announced)
        {
            return Err(TransportError::new(
                FailureKind::Truncated,
                Delivery::MaybeSent,
            ));
        }
        if self.whole.is_empty() {
            return Ok(self.first);
        }
        Ok(self.whole.into())
    }
}
