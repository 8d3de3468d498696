//! From frequencies to bits: a granule is as fine as its room allows.
//! ISO/IEC 11172-3, 2.4.1.7, 2.4.3.4.7 and C.1.5.4.

use super::analysis::{GRANULE, Spectrum};
use super::bits::Bits;
use super::tables::{CODES, EXTRA_BITS};

/// The gain at which a value of 1 is an amplitude of 1.
const UNITY: u8 = 210;
/// Makes the mean of what is rounded down and up right, for values that stand for
/// their power of 4/3.
const ROUNDING: f64 = 0.5 - 0.0946;
/// The greatest value of a pair that its code says whole.
const IN_CODE: u32 = 15;
/// The first table of pairs that is used here.
const FIRST_TABLE: u32 = 24;

/// A granule, coded.
#[derive(Default)]
pub(super) struct Granule {
    pub(super) bits: Bits,
    /// How many pairs it begins with. Fours of values of 0 and 1 follow, then zeros.
    pub(super) pairs: u32,
    pub(super) table: u32,
    pub(super) gain: u8,
}

impl Granule {
    /// The finest that fits into so many bits.
    pub(super) fn of(spectrum: &Spectrum, room: usize) -> Self {
        let mut roots = [0.0; GRANULE];
        for (root, amplitude) in roots.iter_mut().zip(spectrum.iter().flatten()) {
            *root = amplitude.abs().powf(0.75).copysign(*amplitude);
        }
        // With the greatest gain there are only zeros, which fit everywhere.
        let (mut finest, mut low, mut high) = (Self::default(), 0, u8::MAX);
        while low < high {
            let gain = low + (high - low) / 2;
            match Self::with_gain(&roots, gain).filter(|granule| granule.bits.len() <= room) {
                Some(granule) => (finest, high) = (granule, gain),
                None => low = gain + 1,
            }
        }
        finest
    }

    /// `None` if a value is too great for all tables.
    fn with_gain(roots: &[f64; GRANULE], gain: u8) -> Option<Self> {
        let scale = (-3.0 / 16.0 * (f64::from(gain) - f64::from(UNITY))).exp2();
        let values = roots.map(|root| Value {
            size: (root.abs() * scale + ROUNDING) as u32,
            is_negative: root < 0.0,
        });
        let is_some = |value: &Value| value.size > 0;
        let heard = values.iter().rposition(is_some).map_or(0, |last| last + 1);
        let (heard, _) = values.split_at_checked(heard.next_multiple_of(2))?;
        let is_four = |four: &&[Value]| four.iter().all(|value| value.size <= 1);
        let fours = heard.rchunks_exact(4).take_while(is_four).count();
        let (pairs, fours) = heard.split_at_checked(heard.len() - 4 * fours)?;

        let greatest = pairs.iter().map(|value| value.size).max().unwrap_or(0);
        let beyond = greatest.saturating_sub(IN_CODE);
        let fits = |bits: &u32| beyond >> bits == 0;
        let table = EXTRA_BITS.iter().position(fits)?;
        let extra = *EXTRA_BITS.get(table)?;

        let mut bits = Bits::default();
        for pair in pairs.chunks_exact(2) {
            let index = pair.iter().fold(0, |index, value| {
                16 * index + value.size.min(IN_CODE) as usize
            });
            let code = u32::from(*CODES.get(index)?);
            bits.push(code, code.ilog2());
            for value in pair {
                if value.size >= IN_CODE {
                    bits.push(value.size - IN_CODE, extra);
                }
                value.push_sign(&mut bits);
            }
        }
        for four in fours.chunks_exact(4) {
            let which = four.iter().fold(0, |which, value| 2 * which + value.size);
            // Table B: the four bits turned over.
            bits.push(!which, 4);
            for value in four {
                value.push_sign(&mut bits);
            }
        }
        Some(Self {
            bits,
            pairs: (pairs.len() / 2) as u32,
            table: FIRST_TABLE + table as u32,
            gain,
        })
    }
}

/// A quantised amplitude.
#[derive(Clone, Copy)]
struct Value {
    size: u32,
    is_negative: bool,
}

impl Value {
    /// Zero has no sign.
    fn push_sign(self, bits: &mut Bits) {
        if self.size > 0 {
            bits.push(self.is_negative.into(), 1);
        }
    }
}

#[cfg(test)]
mod tests;
