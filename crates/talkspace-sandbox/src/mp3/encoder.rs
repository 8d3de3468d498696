//! Samples as an MP3 file, of one channel and a constant bit rate.
//!
//! It is made for voices of some seconds to be heard in a recording, not for small
//! files: there is no model of the ear, no short block and one table of codes. The
//! encoders that there are as crates do not serve: LAME's and Shine's licences are
//! the LGPL (so is that of translations), and the other one in Rust is 13,000 lines with a decoder
//! and `unsafe` code. Each frame is whole by itself, without a reservoir of bits, so that
//! [silence](super::speech) can stand between any two.

mod analysis;
mod bits;
mod granule;
mod tables;

use bytes::{Bytes, BytesMut};

use super::speech::{BIT_RATES, Frame};
use analysis::{Analysis, DELAY, GRANULE};
use bits::Bits;
use granule::Granule;

/// The sampling rates of MPEG 1, 2 and 2.5, in Hz.
pub(super) const RATES: [u32; 9] = [
    44_100, 48_000, 32_000, 22_050, 24_000, 16_000, 11_025, 12_000, 8_000,
];
/// The bits for a sample, at least.
const BITS_PER_SAMPLE: u32 = 4;
/// Players do not take a frame for one that has no other behind it.
const FEWEST: usize = 2;
/// The longest granule of which the length can be told.
const MAX_BITS: usize = (1 << 12) - 1;

/// The file of these samples, which lie between -1 and 1, if their rate is one of
/// [`RATES`]. It is longer by what a decoder delays them, up to a whole frame.
pub(super) fn encode(samples: &[f32], rate: u32) -> Option<Bytes> {
    let header = header(rate)?;
    let frame = Frame::parse(&header)?;
    // MPEG 1 has two granules in a frame, and the others one.
    let of_mpeg_1 = rate >= 32_000;
    let per_frame = if of_mpeg_1 { 2 } else { 1 };
    let side = if of_mpeg_1 { 17 } else { 9 };
    let room = 8 * (frame.bytes - header.len() - side) / per_frame;

    let frames = (samples.len() + DELAY).div_ceil(per_frame * GRANULE);
    let frames = frames.max(FEWEST);
    let spectra = Analysis::new().spectra(samples, frames * per_frame);
    let mut file = BytesMut::with_capacity(frames * frame.bytes);
    for spectra in spectra.chunks(per_frame) {
        let granules = spectra.iter();
        let granules: Vec<Granule> = granules
            .map(|spectrum| Granule::of(spectrum, room.min(MAX_BITS)))
            .collect();
        let end = file.len() + frame.bytes;
        file.extend_from_slice(&header);
        file.extend_from_slice(&after_header(&granules, of_mpeg_1));
        // Nothing is said in what is left.
        file.resize(end, 0);
    }
    Some(file.freeze())
}

/// What a frame begins with, ISO/IEC 11172-3 2.4.1.3: layer III, without a checksum,
/// an original of one channel.
fn header(rate: u32) -> Option<[u8; 4]> {
    let index = RATES.iter().position(|known| *known == rate)?;
    let (version, rates) = match index / 3 {
        0 => (0b11, BIT_RATES[0]),
        1 => (0b10, BIT_RATES[1]),
        _ => (0b00, BIT_RATES[1]),
    };
    let enough = |kilobits: &usize| kilobits * 1000 >= (BITS_PER_SAMPLE * rate) as usize;
    let bit_rate = 1 + rates.iter().position(enough)?;
    let rates = u8::try_from(bit_rate << 4 | (index % 3) << 2).ok()?;
    Some([0xFF, 0b1110_0011 | version << 3, rates, 0b1100_0100])
}

/// The side information, 2.4.1.7 and 13818-3 2.4.1.7, and the granules.
fn after_header(granules: &[Granule], of_mpeg_1: bool) -> Vec<u8> {
    let mut bits = Bits::default();
    // Nothing is in earlier frames, private bits, and scale factors are not shared.
    bits.push(0, if of_mpeg_1 { 9 + 5 + 4 } else { 8 + 1 });
    for granule in granules {
        bits.push(granule.bits.len() as u32, 12);
        bits.push(granule.pairs, 9);
        bits.push(granule.gain.into(), 8);
        // No scale factors.
        bits.push(0, if of_mpeg_1 { 4 } else { 9 });
        // A long block.
        bits.push(0, 1);
        // The same table in all regions, wherever their borders are.
        for _ in 0..3 {
            bits.push(granule.table, 5);
        }
        bits.push(0, 4 + 3);
        // Neither emphasis nor greater steps of scale factors.
        bits.push(0, if of_mpeg_1 { 1 + 1 } else { 1 });
        // Fours by table B.
        bits.push(1, 1);
    }
    for granule in granules {
        bits.append(&granule.bits);
    }
    bits.into_bytes()
}
