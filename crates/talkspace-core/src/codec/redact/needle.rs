//! A secret, as it is searched for.

use std::fmt;

use zeroize::Zeroizing;

use super::spelling::{Reader, Unit};

/// From so many letters and digits on, these alone make a secret known, in
/// either case and with a few other characters between them: a key without its
/// hyphens, a phone number as people write it. A shorter one would be found
/// where it is not.
const KNOWN_BY_LETTERS: usize = 8;
/// How many other characters may be between two of them.
const MAX_BETWEEN: usize = 8;
/// From so many on it is no chance that they are part of an identifier. A phone
/// number has fewer: a network id may be one.
const NO_CHANCE: usize = 12;

/// What stands for a secret, with its own escapes undone. Its memory is wiped.
#[derive(Clone)]
pub(crate) struct Needle {
    wanted: Zeroizing<Vec<u8>>,
    /// Letters in lower case and digits alone, or every character exactly.
    is_loose: bool,
    mask: &'static str,
}

impl Needle {
    /// `None` if there is nothing to search for.
    pub(crate) fn new(secret: &str, mask: &'static str) -> Option<Self> {
        let mut exact = Zeroizing::new(Vec::with_capacity(secret.len()));
        let reader = Reader::new(secret.as_bytes());
        let mut at = 0;
        while let Some((unit, next)) = reader.read(at) {
            exact.extend_from_slice(unit.bytes(&mut [0; 4]));
            at = next;
        }
        let letters = exact.iter().filter(|byte| byte.is_ascii_alphanumeric());
        let is_loose = letters.clone().count() >= KNOWN_BY_LETTERS;
        let wanted = match is_loose {
            true => Zeroizing::new(letters.map(u8::to_ascii_lowercase).collect()),
            false => exact,
        };
        let begins = !wanted.is_empty();
        begins.then_some(Self {
            wanted,
            is_loose,
            mask,
        })
    }

    pub(super) const fn mask(&self) -> &'static str {
        self.mask
    }

    /// Whether it is long enough to be searched for where names stand.
    pub(super) fn is_no_chance(&self) -> bool {
        self.wanted.len() >= NO_CHANCE
    }

    /// Whether it is long enough to be searched for where there is no text.
    #[cfg(feature = "record")]
    pub(super) const fn is_long(&self) -> bool {
        self.is_loose
    }

    pub(super) fn len(&self) -> usize {
        self.wanted.len()
    }

    /// The bytes that it may begin with, as its escapes were undone.
    pub(super) fn begins_with(&self) -> [u8; 2] {
        match self.wanted.first() {
            Some(first) if self.is_loose => [*first, first.to_ascii_uppercase()],
            Some(b'+' | b' ') => [b'+', b' '],
            first => [first.copied().unwrap_or_default(); 2],
        }
    }

    /// Where it ends, if it begins at this place of the text.
    pub(super) fn end_of(&self, text: &Reader<'_>, start: usize) -> Option<usize> {
        let (mut at, mut wanted, mut between) = (start, self.wanted.as_slice(), 0);
        while !wanted.is_empty() {
            let (unit, next) = text.read(at)?;
            if let Some(rest) = self.take(unit, wanted) {
                (wanted, between) = (rest, 0);
            } else if self.is_loose && at > start && between < MAX_BETWEEN && unit.is_separator() {
                between += 1;
            } else {
                return None;
            }
            at = next;
        }
        Some(at)
    }

    /// What is wanted after this.
    fn take<'w>(&self, unit: Unit, wanted: &'w [u8]) -> Option<&'w [u8]> {
        let mut room = [0; 4];
        let mut rest = wanted;
        for byte in unit.bytes(&mut room) {
            let (first, after) = rest.split_first()?;
            if self.fold(*byte) != self.fold(*first) {
                return None;
            }
            rest = after;
        }
        Some(rest)
    }

    /// What is the same here. In a form, `+` stands for a space.
    const fn fold(&self, byte: u8) -> u8 {
        match byte {
            _ if self.is_loose => byte.to_ascii_lowercase(),
            b'+' => b' ',
            _ => byte,
        }
    }
}

impl fmt::Debug for Needle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Needle(..)")
    }
}
