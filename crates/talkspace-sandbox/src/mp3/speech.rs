//! What somebody says: the frames of an MP3 file, and when they were said.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use talkspace_core::MediaFile;

use super::Silence;
use crate::telephone::TelephoneError;

/// The frames of an MP3 file, without what is around them.
#[derive(Clone, Debug)]
pub(crate) struct Speech {
    frames: Bytes,
    length: Duration,
}

impl Speech {
    /// Takes the frames out of a file. Tags at its beginning and end are no sound.
    ///
    /// # Errors
    ///
    /// When there is something else in it.
    pub(crate) fn of(file: &Bytes) -> Result<Self, TelephoneError> {
        let start = tag_length(file);
        let mut at = start;
        let mut length = Duration::ZERO;
        while let Some(rest) = file.get(at..).filter(|rest| !is_end(rest)) {
            let frame = Frame::parse(rest).filter(|frame| frame.bytes <= rest.len());
            let frame = frame.ok_or(TelephoneError::NotMp3 { at })?;
            at += frame.bytes;
            length += frame.length;
        }
        if length.is_zero() {
            return Err(TelephoneError::NotMp3 { at });
        }
        let frames = file.slice(start..at);
        Ok(Self { frames, length })
    }
}

/// The length of an ID3v2 tag that a file begins with, if it does.
fn tag_length(file: &[u8]) -> usize {
    match file {
        [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] => {
            let digits = [a, b, c, d].into_iter();
            10 + digits.fold(0, |length, digit| length << 7 | usize::from(*digit & 0x7F))
        }
        _ => 0,
    }
}

/// Whether no frames follow: the file ends, or there is a tag.
fn is_end(rest: &[u8]) -> bool {
    rest.is_empty()
        || [&b"TAG"[..], b"APETAGEX"]
            .iter()
            .any(|tag| rest.starts_with(tag))
}

/// A frame of layer III.
struct Frame {
    bytes: usize,
    length: Duration,
}

/// Bit rates in kbit/s by their index, from 1 on: of MPEG 1, and of 2 and 2.5.
const BIT_RATES: [[usize; 14]; 2] = [
    [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

impl Frame {
    /// What a header says, ISO/IEC 11172-3 2.4.1.3 and 13818-3.
    fn parse(rest: &[u8]) -> Option<Self> {
        let [0xFF, kind, rates, _, ..] = *rest else {
            return None;
        };
        // 11 bits are set; then the version, and layer III is 01.
        if kind & 0b1110_0110 != 0b1110_0010 {
            return None;
        }
        let (slower, rates_of) = match (kind >> 3) & 0b11 {
            0b11 => (1, 0),
            0b10 => (2, 1),
            0b00 => (4, 1),
            _ => return None,
        };
        let index = usize::from(rates >> 4).checked_sub(1)?;
        let bit_rate = BIT_RATES.get(rates_of)?.get(index)? * 1000;
        let rate = [44_100, 48_000, 32_000].get(usize::from(rates >> 2 & 0b11))? / slower;
        let samples = if rates_of == 0 { 1152 } else { 576 };
        let padding = usize::from(rates >> 1 & 1);
        let micros = samples * 1_000_000 / rate;
        Some(Self {
            bytes: samples / 8 * bit_rate / rate + padding,
            length: Duration::from_micros(u64::try_from(micros).ok()?),
        })
    }
}

/// What was said since a recording began.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape(Vec<(Duration, Speech)>);

impl Tape {
    /// Somebody said something, so long after the beginning.
    ///
    /// # Errors
    ///
    /// When that makes it too large. Then it stays as it was.
    pub(crate) fn add(&mut self, at: Duration, speech: Speech) -> Result<(), TelephoneError> {
        let length = |speech: &Speech| speech.frames.len() as u64;
        let before: u64 = self.0.iter().map(|(_, speech)| length(speech)).sum();
        let total = before + length(&speech);
        if total > MediaFile::MAX_LEN {
            return Err(TelephoneError::TooMuch(total));
        }
        self.0.push((at, speech));
        Ok(())
    }

    /// The recording of this length: what was said at its time, one after the
    /// other, with silence between. Something is whole however short it is.
    pub(crate) fn play(&self, length: Duration) -> Bytes {
        let mut file = BytesMut::new();
        let mut now = Duration::ZERO;
        for (at, speech) in &self.0 {
            let at = (*at).min(Silence::MAX);
            Silence::until(now, at).write(&mut file);
            file.extend_from_slice(&speech.frames);
            now = now.max(at) + speech.length;
        }
        Silence::until(now, length.min(Silence::MAX)).write(&mut file);
        file.freeze()
    }
}

#[cfg(test)]
mod tests;
