//! The state as it is written to a file, and read again.
//!
//! Secrets stay out of it. An application is known by a digest of its key, and
//! a grant by one of its own. Of a phone number only the line is kept, which is
//! all that a call depends on.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use talkspace_core::{AppKey, OPERATIONS};

use super::{App, Calls, Grants, Library, People, State};

#[cfg(test)]
mod tests;

/// What the file begins with. Another version is not read.
const FORMAT: &str = "talkspace-sandbox state 1";

/// The part of the state that outlives a process, borrowed or owned.
#[derive(Debug, Deserialize, Serialize)]
struct Saved<A, P, L, G, C, N> {
    format: String,
    /// What the clock said.
    now: Duration,
    /// The digests of the applications' keys, in the order of `apps`.
    keys: Vec<String>,
    apps: A,
    people: P,
    library: L,
    grants: G,
    calls: C,
    applied: N,
}

type Owned = Saved<Vec<App>, People, Library, Grants, Calls, HashMap<String, u64>>;

/// What is restored: the state of a sandbox, and what its clock said.
#[derive(Debug)]
pub(crate) struct Restored {
    saved: Owned,
}

impl State {
    /// The state as a document.
    pub(crate) fn save(&self, now: Duration) -> Result<Vec<u8>, String> {
        let mut keys = vec![String::new(); self.apps.len()];
        for (key, number) in &self.keys {
            if let Some(place) = keys.get_mut(*number) {
                *place = digest(key);
            }
        }
        for (number, digest) in &self.keyless {
            if let Some(place) = keys.get_mut(*number) {
                place.clone_from(digest);
            }
        }
        let saved = Saved {
            format: FORMAT.to_owned(),
            now,
            keys,
            apps: &self.apps,
            people: &self.people,
            library: &self.library,
            grants: &self.grants,
            calls: &self.calls,
            applied: &self.applied,
        };
        serde_json::to_vec(&saved).map_err(|error| error.to_string())
    }

    /// Takes the place of a state that was saved. The keys that are known here
    /// open the applications that they opened there.
    pub(crate) fn restore(&mut self, restored: Restored) {
        let saved = restored.saved;
        let keys: Vec<AppKey> = {
            let mut keys: Vec<_> = self.keys.drain().collect();
            keys.sort_by_key(|(_, number)| *number);
            keys.into_iter().map(|(key, _)| key).collect()
        };
        self.apps = saved.apps;
        self.keyless = saved.keys.into_iter().enumerate().collect();
        self.people = saved.people;
        self.library = saved.library;
        self.grants = saved.grants;
        self.calls = saved.calls;
        for info in OPERATIONS {
            if let Some(count) = saved.applied.get(info.id) {
                self.applied.insert(info.id, *count);
            }
        }
        for key in keys {
            let digest = digest(&key);
            let found = self.keyless.iter().find(|(_, known)| **known == digest);
            match found.map(|(number, _)| *number) {
                Some(number) => {
                    self.keyless.remove(&number);
                    self.keys.insert(key, number);
                }
                None => self.add_app(key),
            }
        }
    }
}

impl Restored {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
        }
        let head: Head = serde_json::from_slice(bytes)
            .map_err(|error| format!("it is not the state of a sandbox: {error}"))?;
        if head.format != FORMAT {
            return Err(format!("it is `{}`, not `{FORMAT}`", head.format));
        }
        let saved = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        Ok(Self { saved })
    }

    /// What the clock said.
    pub(crate) const fn now(&self) -> Duration {
        self.saved.now
    }
}

/// What stands for a secret that has to be known again, and not to be read.
/// Secrets show themselves to a hasher alone, so this is one, with SHA-256 beneath.
pub(super) fn digest(secret: &impl Hash) -> String {
    let mut digest = Digest(hmac_sha256::Hash::new());
    secret.hash(&mut digest);
    hex::encode(&digest.0.finalize())
}

struct Digest(hmac_sha256::Hash);

impl Hasher for Digest {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.finalize();
        let first = digest.iter().take(8);
        first.fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

/// Bytes as hexadecimal digits.
pub(super) mod hex {
    use bytes::Bytes;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn encode(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn serialize<S: Serializer>(bytes: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let pairs = text.as_bytes().chunks(2);
        let bytes: Option<Vec<u8>> = pairs
            .map(|pair| match pair {
                [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
                _ => None,
            })
            .collect();
        let bytes = bytes.ok_or_else(|| D::Error::custom("not hexadecimal digits"))?;
        Ok(bytes.into())
    }
}

/// A phone number as its line, and back as a number that has such a line.
pub(super) mod line {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use talkspace_core::PhoneNumber;

    use crate::state::Line;

    /// No telephone has a number like these, but for the end.
    const STAND_IN: &str = "120000";

    pub(crate) fn serialize<S: Serializer>(phone: &PhoneNumber, to: S) -> Result<S::Ok, S::Error> {
        Line::of(phone).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PhoneNumber, D::Error> {
        let line = Line::deserialize(from)?;
        let suffix = Line::TABLE
            .iter()
            .find(|(_, other)| *other == line)
            .map_or("0001", |(suffix, _)| suffix);
        format!("{STAND_IN}0{suffix}")
            .parse()
            .map_err(D::Error::custom)
    }
}
