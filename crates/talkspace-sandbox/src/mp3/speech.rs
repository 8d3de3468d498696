//! What somebody says: the frames of an MP3 file, and when they were said.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use talkspace_core::MediaFile;

use super::wav::Wav;
use super::{Silence, encoder};
use crate::telephone::TelephoneError;

/// The frames of an MP3 file, without what is around them.
#[derive(Clone, Debug)]
pub(crate) struct Speech {
    frames: Bytes,
    length: Duration,
    first: Frame,
    ago: Duration,
}

impl Speech {
    /// Takes the frames out of a file. Tags are no sound, nor is a frame that says
    /// how many there are, which would be wrong in a recording. A WAV file is encoded.
    ///
    /// # Errors
    ///
    /// When there is something else in it, or sounds of several formats.
    pub(crate) fn of(file: &Bytes) -> Result<Self, TelephoneError> {
        if Wav::is_one(file) {
            let Wav { rate, samples } = Wav::of(file).map_err(TelephoneError::NotWav)?;
            let encoded = encoder::encode(&samples, rate);
            return Self::of(&encoded.unwrap_or_default());
        }
        let mut start = tag_length(file);
        let mut at = start;
        let mut length = Duration::ZERO;
        let mut first: Option<Frame> = None;
        while let Some(rest) = file.get(at..).filter(|rest| !is_end(rest)) {
            let frame = Frame::parse(rest).filter(|frame| frame.bytes <= rest.len());
            let frame = frame.ok_or(TelephoneError::NotMp3 { at })?;
            at += frame.bytes;
            if first.is_none() && frame.is_count(rest) {
                start = at;
                continue;
            }
            length += frame.length;
            if first.get_or_insert(frame).format() != frame.format() {
                return Err(TelephoneError::OtherFormat);
            }
        }
        let first = first.ok_or(TelephoneError::NotMp3 { at })?;
        let frames = file.slice(start..at);
        Ok(Self {
            frames,
            length,
            first,
            ago: Duration::ZERO,
        })
    }

    /// It, as what somebody began to say so long ago.
    pub(crate) fn begun(self, ago: Duration) -> Self {
        Self { ago, ..self }
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
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    header: [u8; 4],
    pub(super) bytes: usize,
    length: Duration,
}

/// Bit rates in kbit/s by their index, from 1 on: of MPEG 1, and of 2 and 2.5.
pub(super) const BIT_RATES: [[usize; 14]; 2] = [
    [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/// The bytes of a count: a word, three numbers and a table.
const COUNT: usize = 4 + 3 * 4 + 100;

impl Frame {
    /// What a header says, ISO/IEC 11172-3 2.4.1.3 and 13818-3.
    pub(super) fn parse(rest: &[u8]) -> Option<Self> {
        let [0xFF, kind, rates, mode, ..] = *rest else {
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
            header: [0xFF, kind, rates, mode],
            bytes: samples / 8 * bit_rate / rate + padding,
            length: Duration::from_micros(u64::try_from(micros).ok()?),
        })
    }

    /// What a decoder does not take to change within a file: the version, the
    /// sampling rate, and whether there are two channels.
    const fn format(&self) -> (u8, u8, bool) {
        let [_, kind, rates, mode] = self.header;
        (kind >> 3 & 0b11, rates >> 2 & 0b11, mode >> 6 == 0b11)
    }

    /// Where a frame says how many there are, if it is no sound but one of those that
    /// encoders write first: after the side information.
    const fn count_at(&self) -> usize {
        let (version, _, is_mono) = self.format();
        let side = match (version == 0b11, is_mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        let check = if self.header[1] & 1 == 0 { 2 } else { 0 };
        self.header.len() + check + side
    }

    /// Whether what it begins says how many frames there are.
    fn is_count(&self, frame: &[u8]) -> bool {
        let at = |place: usize| frame.get(place..place + 4).unwrap_or_default();
        matches!(at(self.count_at()), b"Xing" | b"Info") || at(36) == b"VBRI"
    }

    /// A frame of this format that says how many follow. Without it, players take the
    /// bit rate of the first for that of all, and silence has another than speech.
    fn count(&self, frames: &[u8]) -> Vec<u8> {
        let [sync, kind, rates, mode] = self.header;
        let headers = (1..15).map(|rate| [sync, kind | 1, rate << 4 | rates & 0b1100, mode]);
        let mut fitting = headers.filter_map(|header| Self::parse(&header));
        let Some(frame) = fitting.find(|frame| frame.bytes >= frame.count_at() + COUNT) else {
            return Vec::new();
        };
        let mut starts = Vec::new();
        let mut at = frame.bytes;
        while let Some(next) = frames.get(at - frame.bytes..).and_then(Self::parse) {
            starts.push(at);
            at += next.bytes;
        }
        let mut count = frame.header.to_vec();
        count.resize(frame.count_at(), 0);
        count.extend(*b"Xing");
        // Three things follow: the number of frames, of bytes in all, and a table.
        for number in [7, starts.len(), at] {
            count.extend(u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes());
        }
        // Where each hundredth of the time begins, in 256ths of the bytes.
        count.extend((0..100).map(|hundredth| {
            let start = starts.get(hundredth * starts.len() / 100);
            start.map_or(0, |start| u8::try_from(start * 256 / at).unwrap_or(u8::MAX))
        }));
        count.resize(frame.bytes, 0);
        count
    }

    /// So much silence of this format, to the nearest frame, at the lowest bit rate.
    /// A frame without a checksum that has zeros after its header is silent.
    fn silence(&self, from: Duration, to: Duration, file: &mut BytesMut) {
        let [sync, kind, rates, mode] = self.header;
        let header = [sync, kind | 1, 0x10 | rates & 0b1100, mode];
        let bytes = Self::parse(&header).map_or(header.len(), |frame| frame.bytes);
        let (gap, frame) = (to.saturating_sub(from).as_micros(), self.length.as_micros());
        for _ in 0..(gap + frame / 2) / frame {
            file.extend_from_slice(&header);
            file.resize(file.len() + bytes - header.len(), 0);
        }
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
    /// When that makes it too large, or has another format than what it has already.
    /// Then it stays as it was.
    pub(crate) fn add(&mut self, at: Duration, speech: Speech) -> Result<(), TelephoneError> {
        let format = |speech: &Speech| speech.first.format();
        if self
            .0
            .iter()
            .any(|(_, other)| format(other) != format(&speech))
        {
            return Err(TelephoneError::OtherFormat);
        }
        let length = |speech: &Speech| speech.frames.len() as u64;
        let before: u64 = self.0.iter().map(|(_, speech)| length(speech)).sum();
        let total = before + length(&speech);
        if total > MediaFile::MAX_LEN {
            return Err(TelephoneError::TooMuch(total));
        }
        self.0.push((at.saturating_sub(speech.ago), speech));
        Ok(())
    }

    /// The recording of this length: what was said at its time, one after the
    /// other, with silence of the same format between. Something is whole however short it is.
    pub(crate) fn play(&self, length: Duration) -> Bytes {
        let mut file = BytesMut::new();
        let mut now = Duration::ZERO;
        for (at, speech) in &self.0 {
            let at = (*at).min(Silence::MAX);
            speech.first.silence(now, at, &mut file);
            file.extend_from_slice(&speech.frames);
            now = now.max(at) + speech.length;
        }
        let Some((_, last)) = self.0.last() else {
            return Bytes::new();
        };
        last.first.silence(now, length.min(Silence::MAX), &mut file);
        [last.first.count(&file), file.to_vec()].concat().into()
    }
}

#[cfg(test)]
mod tests;
