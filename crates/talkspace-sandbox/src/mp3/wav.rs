//! WAV files: what a microphone gives, without compression.

use std::error::Error as StdError;
use std::fmt;

use super::encoder::RATES;

/// The samples of a WAV file, of one channel, from -1 to 1.
#[derive(Debug)]
pub(super) struct Wav {
    pub(super) rate: u32,
    pub(super) samples: Vec<f32>,
}

/// Why something cannot be said that is a WAV file.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum WavError {
    /// It ends before its samples do.
    Cut {
        /// How many bytes it would have at least.
        wanted: u64,
        /// How many it has.
        bytes: u64,
    },
    /// Nothing says how it is coded, before its samples.
    NoFormat,
    /// It has this code of a coding, and not 1, which is PCM.
    Coding(u16),
    /// It has so many bits a sample, and not 8, 16, 24 or 32.
    Bits(u16),
    /// It has so many channels, and not one or two.
    Channels(u16),
    /// It has so many samples a second, which MP3 files cannot have.
    Rate(u32),
    /// It has no samples.
    Empty,
}

/// `RIFF`, a length, and `WAVE`.
const HEAD: usize = 12;
/// A length that is said by a program which writes into a pipe, and does not know it.
const ENDLESS: u32 = 0x7FFF_0000;
const PCM: u16 = 1;
/// The coding stands further on.
const EXTENSIBLE: u16 = 0xFFFE;

impl Wav {
    /// Whether it is one at all.
    pub(super) fn is_one(file: &[u8]) -> bool {
        file.starts_with(b"RIFF") && file.get(8..HEAD) == Some(b"WAVE")
    }

    /// Reads it. Two channels are mixed.
    pub(super) fn of(file: &[u8]) -> Result<Self, WavError> {
        let mut format = None;
        let mut at = HEAD;
        loop {
            let chunk = take(file, at, 8)?;
            at += chunk.len();
            let (name, length) = chunk.split_at(4);
            let said = little(length);
            let rest = file.get(at..).unwrap_or_default();
            if name == b"data" {
                let format: Format = format.ok_or(WavError::NoFormat)?;
                let samples = match said {
                    ENDLESS.. => rest,
                    _ => take(file, at, said as usize)?,
                };
                return format.read(samples);
            }
            let body = take(file, at, said as usize)?;
            if name == b"fmt " {
                format = Some(Format::of(body)?);
            }
            // Chunks begin at even places.
            at += body.len().next_multiple_of(2);
        }
    }
}

/// So many bytes from this place on.
fn take(file: &[u8], at: usize, count: usize) -> Result<&[u8], WavError> {
    let taken = file.get(at..).and_then(|rest| rest.get(..count));
    taken.ok_or(WavError::Cut {
        wanted: at as u64 + count as u64,
        bytes: file.len() as u64,
    })
}

/// A number whose lowest byte comes first.
fn little(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

struct Format {
    channels: usize,
    rate: u32,
    bytes_per_sample: usize,
}

impl Format {
    fn of(chunk: &[u8]) -> Result<Self, WavError> {
        let field = |at: usize, length: usize| chunk.get(at..at + length).map(little);
        let short = |at| field(at, 2).map(|number| number as u16);
        let all = (short(0), short(2), field(4, 4), short(14));
        let (Some(coding), Some(channels), Some(rate), Some(bits)) = all else {
            return Err(WavError::NoFormat);
        };
        let coding = match coding {
            EXTENSIBLE => short(24).unwrap_or(coding),
            _ => coding,
        };
        if coding != PCM {
            return Err(WavError::Coding(coding));
        }
        if !matches!(bits, 8 | 16 | 24 | 32) {
            return Err(WavError::Bits(bits));
        }
        if !matches!(channels, 1 | 2) {
            return Err(WavError::Channels(channels));
        }
        if !RATES.contains(&rate) {
            return Err(WavError::Rate(rate));
        }
        Ok(Self {
            channels: channels.into(),
            rate,
            bytes_per_sample: usize::from(bits / 8),
        })
    }

    fn read(&self, data: &[u8]) -> Result<Wav, WavError> {
        let instants = data.chunks_exact(self.channels * self.bytes_per_sample);
        let samples = instants.map(|channels| {
            let channels = channels.chunks_exact(self.bytes_per_sample);
            channels.map(amplitude).sum::<f32>() / self.channels as f32
        });
        let samples: Vec<f32> = samples.collect();
        if samples.is_empty() {
            return Err(WavError::Empty);
        }
        Ok(Wav {
            rate: self.rate,
            samples,
        })
    }
}

/// What the bytes of a sample say: those of a single byte have no sign.
fn amplitude(sample: &[u8]) -> f32 {
    let bits = 8 * sample.len() as u32;
    let mut number = little(sample) << (32 - bits);
    if bits == 8 {
        number ^= 1 << 31;
    }
    number as i32 as f32 / 2_147_483_648.0
}

impl fmt::Display for WavError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut { wanted, bytes } => {
                write!(
                    f,
                    "the WAV file has {bytes} bytes, of {wanted} that it speaks of"
                )
            }
            Self::NoFormat => f.write_str("the WAV file has no whole `fmt ` before its `data`"),
            Self::Coding(coding) => write!(
                f,
                "the WAV file has coding {coding}{}; PCM is taken, which is 1",
                match coding {
                    3 => " (floating-point numbers)",
                    6 | 7 => " (A-law or µ-law)",
                    0x55 => " (MP3)",
                    _ => "",
                }
            ),
            Self::Bits(bits) => write!(
                f,
                "the WAV file has {bits} bits a sample; 8, 16, 24 or 32 are taken"
            ),
            Self::Channels(channels) => {
                write!(
                    f,
                    "the WAV file has {channels} channels; one or two are taken"
                )
            }
            Self::Rate(rate) => {
                let mut rates = RATES;
                rates.sort_unstable();
                let rates = rates.map(|rate| rate.to_string()).join(", ");
                write!(
                    f,
                    "the WAV file has {rate} samples a second; MP3 has one of {rates}"
                )
            }
            Self::Empty => f.write_str("the WAV file has no samples"),
        }
    }
}

impl StdError for WavError {}
