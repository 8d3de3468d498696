//! Keys and grants, known again wherever they stand in a request.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::ops::Range;

use talkspace_core::AppKey;
use talkspace_core::observe::RequestId;

#[cfg(test)]
mod tests;

/// What stands in the place of one.
const HIDDEN: &str = "…";

/// From how many bytes on a key is found in the midst of a word: a shorter one would be
/// a part of words that are none.
const LONG: usize = 8;

/// The keys of the applications, none of which can be read from it.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// By their lengths, the sums of those that have it: a part of a text that has none
    /// of these is no key, and is not hashed.
    sums: BTreeMap<usize, BTreeSet<u16>>,
    keys: HashSet<u64>,
    chance: RandomState,
}

impl Secrets {
    /// Those of these applications.
    pub(crate) fn of(keys: &[AppKey]) -> Self {
        let mut secrets = Self::default();
        for key in keys {
            let Folded { length, sum, hash } = secrets.fold(key);
            if length > 0 {
                secrets.sums.entry(length).or_default().insert(sum.short());
                secrets.keys.insert(hash.finish());
            }
        }
        secrets
    }

    /// Hides each key and grant that is in this text, whatever stands around it: in a
    /// URL, after a `Bearer`, or in a name. Says whether there was one.
    pub(super) fn mask(&self, text: &mut String) -> bool {
        let places = self.find(text);
        let is_there = !places.is_empty();
        // The last first: what is before it stays in its place.
        for place in places.into_iter().rev() {
            text.replace_range(place, HIDDEN);
        }
        is_there
    }

    /// Whether one of them is in these bytes.
    pub(super) fn are_in(&self, bytes: &[u8]) -> bool {
        !self.find(&String::from_utf8_lossy(bytes)).is_empty()
    }

    /// An id that is none of them.
    pub(crate) fn other(&self, id: RequestId) -> Option<RequestId> {
        const LENGTH: usize = 32;
        let is_key = self.sums.contains_key(&LENGTH) && self.has(&id.to_string());
        (!is_key).then_some(id)
    }

    /// Where they are, from the first on. What overlaps is one place.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut places = grants(text);
        for (length, sums) in &self.sums {
            let found = parts(text, *length).filter(|(_, sum)| sums.contains(&sum.short()));
            let found = found.map(|(place, _)| place).filter(|place| {
                let is_alone = *length >= LONG || is_word(text, place);
                is_alone && text.get(place.clone()).is_some_and(|part| self.has(part))
            });
            places.extend(found);
        }
        places.sort_unstable_by_key(|place| place.start);
        places.dedup_by(|next, place| {
            let is_one = next.start < place.end;
            if is_one {
                place.end = place.end.max(next.end);
            }
            is_one
        });
        places
    }

    fn has(&self, part: &str) -> bool {
        self.keys.contains(&self.fold(&part).hash.finish())
    }

    /// A key shows itself to a hasher alone, so this is one.
    fn fold(&self, text: &impl Hash) -> Folded {
        let mut folded = Folded {
            length: 0,
            sum: Sum::default(),
            hash: self.chance.build_hasher(),
        };
        text.hash(&mut folded);
        folded
    }
}

/// All that is written like a grant of the sandbox. One that was good for a request
/// is used up when that is logged, so the form counts.
fn grants(text: &str) -> Vec<Range<usize>> {
    const LENGTH: usize = 18;
    let parts = text.as_bytes().windows(LENGTH).enumerate();
    let grants = parts.filter(|(_, part)| {
        matches!(part, [b'0', b'x' | b'X', digits @ ..] if digits.iter().all(u8::is_ascii_hexdigit))
    });
    grants.map(|(from, _)| from..from + LENGTH).collect()
}

/// All parts of a text that have so many bytes, and their sums.
fn parts(text: &str, length: usize) -> impl Iterator<Item = (Range<usize>, Sum)> {
    let (mut sum, oldest) = (Sum::default(), Sum::factor(length));
    let ends = text.bytes().enumerate();
    let old = std::iter::repeat_n(None, length).chain(text.bytes().map(Some));
    ends.zip(old).filter_map(move |((last, byte), old)| {
        sum.push(byte);
        if let Some(old) = old {
            sum.pull(old, oldest);
        }
        let end = last + 1;
        Some((end.checked_sub(length)?..end, sum))
    })
}

/// Whether neither a letter nor a digit is beside it.
fn is_word(text: &str, place: &Range<usize>) -> bool {
    let before = text.get(..place.start).and_then(|it| it.chars().last());
    let after = text.get(place.end..).and_then(|it| it.chars().next());
    let mut beside = before.into_iter().chain(after);
    !beside.any(char::is_alphanumeric)
}

/// Of the bytes of a text without its case. That of the next part of a text comes from
/// the one before at once, however long they are (Rabin and Karp).
#[derive(Clone, Copy, Default)]
struct Sum(u32);

impl Sum {
    const FACTOR: u32 = 0x0100_0193;

    const fn push(&mut self, byte: u8) {
        let byte = byte.to_ascii_lowercase() as u32;
        self.0 = self.0.wrapping_mul(Self::FACTOR).wrapping_add(byte);
    }

    /// Takes out the first of the bytes.
    const fn pull(&mut self, byte: u8, factor: u32) {
        let byte = byte.to_ascii_lowercase() as u32;
        self.0 = self.0.wrapping_sub(byte.wrapping_mul(factor));
    }

    /// What a byte counts for when so many have come after it.
    fn factor(length: usize) -> u32 {
        let factors = std::iter::repeat_n(Self::FACTOR, length);
        factors.fold(1, u32::wrapping_mul)
    }

    /// Too little of it to tell a key by.
    const fn short(self) -> u16 {
        (self.0 >> 16) as u16
    }
}

/// A text without its case: in a `Host`, it is lost.
struct Folded {
    length: usize,
    sum: Sum,
    hash: DefaultHasher,
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        /// What ends a text for a hasher.
        const END: [u8; 1] = [0xFF];
        if bytes != END {
            self.length += bytes.len();
            bytes.iter().for_each(|byte| self.sum.push(*byte));
        }
        self.hash.write(&bytes.to_ascii_lowercase());
    }

    /// Not used: the hash inside is.
    fn finish(&self) -> u64 {
        self.hash.finish()
    }
}
