//! Sources of request bodies that behave and misbehave.

use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use talkspace_core::{Body, BodySource, Part};

/// What happens at a place in a [`Source`].
#[derive(Clone, Copy)]
pub(super) enum Then {
    /// It goes on for ever, past its stated length.
    GoesOn,
    Ends,
    Fails,
    Panics,
}

/// The text of the error of a failing source.
pub(super) const DISK_ON_FIRE: &str = "the disk is on fire";

/// A source of a repeating pattern.
pub(super) struct Source {
    length: u64,
    at: u64,
    then: Then,
    /// How far it was read.
    read: Arc<AtomicU64>,
}

impl Source {
    /// Says that it has `length` bytes; at byte `at`, `then` happens.
    pub(super) fn new(length: u64, at: u64, then: Then) -> Self {
        Self {
            length,
            at,
            then,
            read: Arc::default(),
        }
    }

    pub(super) fn whole(length: u64) -> Self {
        Self::new(length, length, Then::GoesOn)
    }

    /// Tells how far the source was read.
    pub(super) fn progress(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.read)
    }
}

impl BodySource for Source {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = match self.then {
            Then::GoesOn => u64::MAX,
            _ => self.at.saturating_sub(offset),
        };
        if left == 0 {
            return match self.then {
                Then::GoesOn | Then::Ends => Ok(0),
                Then::Fails => Err(io::Error::other(DISK_ON_FIRE)),
                // Without the panic hook, which would print.
                Then::Panics => resume_unwind(Box::new("the source panicked")),
            };
        }
        let count = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        for (byte, place) in buffer.iter_mut().take(count).zip(offset..) {
            *byte = pattern_at(place);
        }
        self.read.fetch_max(offset + count as u64, Ordering::SeqCst);
        Ok(count)
    }
}

impl From<Source> for Body {
    fn from(source: Source) -> Self {
        Self::from_source(source)
    }
}

impl From<Source> for Part {
    fn from(source: Source) -> Self {
        Self::Source(Arc::new(source))
    }
}

/// A large body that costs neither time nor memory: so many pieces of a MiB.
pub(super) fn bulk(pieces: usize) -> Body {
    let piece = Bytes::from_static(&[0; MIB]);
    Body::from_parts(std::iter::repeat_n(Part::Bytes(piece), pieces))
}

pub(super) const MIB: usize = 1 << 20;

/// The first bytes of a [`Source`].
pub(super) fn pattern(length: u64) -> Vec<u8> {
    (0..length).map(pattern_at).collect()
}

/// A period that is no power of two shows blocks in the wrong place.
fn pattern_at(place: u64) -> u8 {
    u8::try_from(place % 251).unwrap_or_default()
}
