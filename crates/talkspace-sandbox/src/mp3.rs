//! What is heard, as MP3: silence, which is made when it is read, and what
//! somebody says, which may come as a WAV file.

mod encoder;
mod speech;
mod wav;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use serde::{Deserialize, Serialize};

pub(crate) use speech::{Speech, Tape};
pub use wav::WavError;

/// Samples in a frame of MPEG 1 layer III.
const SAMPLES_PER_FRAME: u128 = 1152;
/// Samples in a second.
const SAMPLE_RATE: u128 = 44_100;
/// Bytes per frame, as a fraction: 144 · 128 kbit/s ÷ 44.1 kHz. Frames have
/// whole bytes, so most are one byte longer than the shortest.
const FRAME_BYTES: (u64, u64) = (20_480, 49);
const SHORTEST: usize = 417;
/// What a frame of 128 kbit/s and 44.1 kHz begins with, without a checksum.
/// Everything after it is zero, which decodes as silence.
const HEADER: [u8; 4] = [0xFF, 0xFB, 0x90, 0x64];
/// The bit of the header's third byte that says that a frame is a byte longer.
const PADDED: u8 = 0b10;

/// A silent MP3 file. It is a few bytes of state, however long it lasts.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Silence {
    frames: u64,
}

impl Silence {
    /// The longest silence; what would last longer is cut off there.
    pub(crate) const MAX: Duration = Duration::from_secs(60 * 60);

    /// Silence of this length, to the nearest frame of 26 ms, of which there
    /// is one at least.
    pub(crate) fn lasting(duration: Duration) -> Self {
        let micros = duration.min(Self::MAX).as_micros();
        let per_frame = SAMPLES_PER_FRAME * 1_000_000;
        let frames = (micros * SAMPLE_RATE + per_frame / 2) / per_frame;
        Self {
            frames: u64::try_from(frames).unwrap_or(u64::MAX).max(1),
        }
    }

    /// Whether it is one that [`lasting`](Self::lasting) gives.
    pub(crate) fn is_one(self) -> bool {
        (1..=Self::lasting(Self::MAX).frames).contains(&self.frames)
    }

    /// The size of the file, in bytes.
    pub(crate) const fn len(self) -> u64 {
        let (bytes, per) = FRAME_BYTES;
        self.frames * bytes / per
    }

    /// The file.
    pub(crate) fn to_bytes(self) -> Bytes {
        let mut file = BytesMut::new();
        for frame in 1..=self.frames {
            let end = usize::try_from(Self { frames: frame }.len()).unwrap_or(usize::MAX);
            let [sync, kind, rates, mode] = HEADER;
            let padding = if end - file.len() > SHORTEST {
                PADDED
            } else {
                0
            };
            file.extend_from_slice(&[sync, kind, rates | padding, mode]);
            file.resize(end, 0);
        }
        file.freeze()
    }
}

#[cfg(test)]
mod tests;
