//! From samples to frequencies: 32 bands, each split by a transform over two granules.
//! ISO/IEC 11172-3, C.1.3 and C.1.5.3.3, with long blocks alone.

use std::array::from_fn;
use std::f64::consts::PI;

use super::tables::{ALIASES, LOW_PASS};

/// The samples that a step of the filter looks at, and by which it goes on.
const SEEN: usize = 512;
const STEP: usize = 32;
/// The frequencies of a band.
const LINES: usize = 18;
/// The samples of a granule.
pub(super) const GRANULE: usize = STEP * LINES;
/// How much later a decoder gives a sample: the filters of both sides, and the granule
/// that the transform overlaps with.
pub(super) const DELAY: usize = SEEN - STEP + 1 + GRANULE;

/// The amplitudes of a granule's frequencies, from the lowest to the highest.
pub(super) type Spectrum = [[f64; LINES]; STEP];

/// The filters, and what they remember.
pub(super) struct Analysis {
    filter: [f64; SEEN],
    cosines: [[f64; 2 * STEP]; STEP],
    transform: [[f64; 2 * LINES]; LINES],
    /// How much of each stays in its band, and how much goes to the other.
    aliases: [(f64, f64); 8],
    /// The latest samples of each band, of this granule and the one before.
    bands: [[f64; 2 * LINES]; STEP],
}

impl Analysis {
    pub(super) fn new() -> Self {
        let rising = LOW_PASS.iter().chain(LOW_PASS.iter().rev().skip(1));
        let mut filter = [0.0; SEEN];
        for (place, (tap, value)) in filter.iter_mut().zip(rising).enumerate() {
            // Every other 64 meet cosines of the other sign. The decoder's is 32 times
            // as high.
            let sign = if place / 64 % 2 == 0 { 1.0 } else { -1.0 };
            *tap = sign * f64::from(*value) / 65_536.0 / 32.0;
        }
        let cosine = |band: usize, place: usize| {
            ((2 * band + 1) as f64 * (place as f64 - 16.0) * PI / 64.0).cos()
        };
        let line = |line: usize, place: usize| {
            let window = ((place as f64 + 0.5) * PI / 36.0).sin();
            let turns = (2 * place + 1 + LINES) as f64 * (2 * line + 1) as f64;
            // There and back is nine times as high.
            window * (turns * PI / 72.0).cos() / 9.0
        };
        Self {
            filter,
            cosines: from_fn(|band| from_fn(|place| cosine(band, place))),
            transform: from_fn(|row| from_fn(|place| line(row, place))),
            aliases: ALIASES.map(|by| (1.0 / by.hypot(1.0), by / by.hypot(1.0))),
            bands: [[0.0; 2 * LINES]; STEP],
        }
    }

    /// The spectra of all granules of what is heard, beginning with silence.
    pub(super) fn spectra(&mut self, samples: &[f32], granules: usize) -> Vec<Spectrum> {
        let mut line = vec![0.0; SEEN - STEP];
        line.extend(samples);
        line.resize(SEEN - STEP + granules * GRANULE, 0.0);
        let mut steps = line.windows(SEEN).step_by(STEP);
        let granule = |_| {
            for (time, step) in steps.by_ref().take(LINES).enumerate() {
                self.hear(step, time);
            }
            self.spectrum()
        };
        (0..granules).map(granule).collect()
    }

    /// Filters a sample for each band out of the latest ones that were heard.
    fn hear(&mut self, latest: &[f32], time: usize) {
        let mut folded = [0.0; 2 * STEP];
        let taps = self.filter.chunks(folded.len());
        for (samples, taps) in latest.rchunks(folded.len()).zip(taps) {
            let products = samples.iter().rev().zip(taps);
            for (sum, (sample, tap)) in folded.iter_mut().zip(products) {
                *sum += f64::from(*sample) * tap;
            }
        }
        let bands = self.bands.iter_mut().zip(&self.cosines);
        for (number, (band, cosines)) in bands.enumerate() {
            band.rotate_left(1);
            let [.., latest] = band;
            *latest = dot(cosines, &folded);
            // In odd bands the frequencies fall.
            if number % 2 == 1 && time % 2 == 1 {
                *latest = -*latest;
            }
        }
    }

    fn spectrum(&self) -> Spectrum {
        let transformed = |band| self.transform.each_ref().map(|row| dot(row, band));
        let mut spectrum = self.bands.each_ref().map(|band| transformed(band));
        for border in 1..STEP {
            let (lower, upper) = spectrum.split_at_mut(border);
            if let (Some(below), Some(above)) = (lower.last_mut(), upper.first_mut()) {
                let pairs = below.iter_mut().rev().zip(above);
                for ((below, above), (stays, goes)) in pairs.zip(self.aliases) {
                    let mixed = (
                        *below * stays + *above * goes,
                        *above * stays - *below * goes,
                    );
                    (*below, *above) = mixed;
                }
            }
        }
        spectrum
    }
}

fn dot(these: &[f64], those: &[f64]) -> f64 {
    these
        .iter()
        .zip(those)
        .map(|(this, that)| this * that)
        .sum()
}
