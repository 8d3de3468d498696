//! Sources of request bodies that behave and misbehave.

use std::io;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use crate::client::{Body, BodyPart, BodySource};
use bytes::Bytes;

use crate::case::Moment;

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
    /// How far it was read, and when last.
    read: Arc<AtomicU64>,
    last: Moment,
}

impl Source {
    /// Says that it has `length` bytes; at byte `at`, `then` happens.
    pub(super) fn new(length: u64, at: u64, then: Then) -> Self {
        Self {
            length,
            at,
            then,
            read: Arc::default(),
            last: Moment::default(),
        }
    }

    pub(super) fn whole(length: u64) -> Self {
        Self::new(length, length, Then::GoesOn)
    }

    /// Tells when the source was read last.
    pub(super) fn last_read(&self) -> Moment {
        self.last.clone()
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
        if let Some(buffer) = buffer.get_mut(..count) {
            fill(buffer, offset);
        }
        self.last.is_now();
        self.read.fetch_max(offset + count as u64, Ordering::SeqCst);
        Ok(count)
    }
}

/// A source that has more bytes each of the first times that it is asked how many.
pub(super) struct Growing {
    length: u64,
    asked: AtomicU64,
}

impl Growing {
    pub(super) fn new(length: u64) -> Self {
        Self {
            length,
            asked: AtomicU64::new(0),
        }
    }
}

impl BodySource for Growing {
    fn len(&self) -> u64 {
        self.length + 1000 * self.asked.fetch_add(1, Ordering::SeqCst).min(40)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        fill(buffer, offset);
        Ok(buffer.len())
    }
}

impl From<Growing> for Body {
    fn from(source: Growing) -> Self {
        Self::from_source(source)
    }
}

impl From<Source> for Body {
    fn from(source: Source) -> Self {
        Self::from_source(source)
    }
}

impl From<Source> for BodyPart {
    fn from(source: Source) -> Self {
        Self::Source(Arc::new(source))
    }
}

/// A large body that costs neither time nor memory: this many pieces of a MiB.
pub(super) fn bulk(pieces: usize) -> Body {
    let piece = Bytes::from_static(&[0; MIB]);
    Body::from_parts(std::iter::repeat_n(BodyPart::Bytes(piece), pieces))
}

pub(super) const MIB: usize = 1 << 20;

/// A length that a peer which does not read stalls: more than both kernels hold for it. The
/// peer's is small; Linux lets a sender's grow to 4 MiB.
pub(super) const STALLS: u64 = 16 << 20;

/// The first bytes of a [`Source`].
pub(super) fn pattern(length: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    fill(&mut bytes, 0);
    bytes
}

/// A period that is no power of two shows blocks in the wrong place.
const PERIOD: usize = 251;

/// Many periods, so that a source costs what copying costs: a measurement of a transport should
/// not measure the body.
static PERIODS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let period = (0..=u8::MAX).take(PERIOD);
    period.cycle().take(PERIOD * 1024).collect()
});

/// The bytes of the pattern from `offset` on.
fn fill(buffer: &mut [u8], offset: u64) {
    let period = PERIOD as u64;
    let mut start = usize::try_from(offset % period).unwrap_or_default();
    let mut rest = buffer;
    while !rest.is_empty() {
        let pattern = PERIODS.get(start..).unwrap_or_default();
        let count = rest.len().min(pattern.len());
        let (filled, left) = rest.split_at_mut(count);
        filled.copy_from_slice(pattern.get(..count).unwrap_or_default());
        start = (start + count) % PERIOD;
        rest = left;
    }
}
