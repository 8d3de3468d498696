//! Keys and grants, known again wherever they stand in a request.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};

use talkspace_core::AppKey;
use talkspace_core::observe::RequestId;

#[cfg(test)]
mod tests;

/// What stands in the place of one.
const HIDDEN: &str = "…";

/// The keys of the applications, none of which can be read from it.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// Of what other length a word is, it is no key, and is not hashed.
    lengths: BTreeSet<usize>,
    keys: HashSet<u64>,
    chance: RandomState,
}

impl Secrets {
    /// Those of these applications.
    pub(crate) fn of(keys: &[AppKey]) -> Self {
        let mut secrets = Self::default();
        for key in keys {
            let Folded { length, hash } = secrets.fold(key);
            secrets.lengths.insert(length);
            secrets.keys.insert(hash.finish());
        }
        secrets
    }

    /// Hides each key and grant that is this text, or a word in it: in a URL, or after
    /// a `Bearer`.
    pub(super) fn mask(&self, text: &mut String) {
        for secret in self.find(text) {
            *text = text.replace(&secret, HIDDEN);
        }
    }

    /// Whether one of them is in these bytes.
    pub(super) fn are_in(&self, bytes: &[u8]) -> bool {
        !self.find(&String::from_utf8_lossy(bytes)).is_empty()
    }

    /// An id that is none of them.
    pub(crate) fn other(&self, id: RequestId) -> Option<RequestId> {
        const LENGTH: usize = 32;
        let is_key = self.lengths.contains(&LENGTH) && self.has(&id.to_string());
        (!is_key).then_some(id)
    }

    fn find(&self, text: &str) -> BTreeSet<String> {
        let is_end = |letter: char| !letter.is_alphanumeric() && !"-_".contains(letter);
        let words = std::iter::once(text).chain(text.split(is_end));
        let found = words.filter(|word| self.has(word));
        found.map(str::to_owned).collect()
    }

    fn has(&self, word: &str) -> bool {
        let is_key = || self.keys.contains(&self.fold(&word).hash.finish());
        is_grant(word) || !word.is_empty() && self.lengths.contains(&word.len()) && is_key()
    }

    /// A key shows itself to a hasher alone, so this is one.
    fn fold(&self, text: &impl Hash) -> Folded {
        let mut folded = Folded {
            length: 0,
            hash: self.chance.build_hasher(),
        };
        text.hash(&mut folded);
        folded
    }
}

/// Whether it is written like a grant of the sandbox. One that was good for a request
/// is used up when that is logged, so the form counts.
fn is_grant(word: &str) -> bool {
    let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
    digits.is_some_and(|it| it.len() == 16 && it.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// A text without its case: in a `Host`, it is lost.
struct Folded {
    length: usize,
    hash: DefaultHasher,
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        /// What ends a text for a hasher.
        const END: [u8; 1] = [0xFF];
        if bytes != END {
            self.length += bytes.len();
        }
        self.hash.write(&bytes.to_ascii_lowercase());
    }

    /// Not used: the hash inside is.
    fn finish(&self) -> u64 {
        self.hash.finish()
    }
}
