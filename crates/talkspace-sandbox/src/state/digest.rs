//! What stands for a secret that has to be known again, and not to be read.

use std::fmt;
use std::hash::{Hash, Hasher};

use fastrand::Rng;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(test)]
mod tests;

/// What makes the digests of one sandbox other than those of the next.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Salt([u8; 16]);

/// The digest of a secret.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Digest([u8; 32]);

impl Salt {
    pub(super) fn fresh(rng: &mut Rng) -> Self {
        Self(rng.u128(..).to_be_bytes())
    }

    /// Keys and grants show themselves to a hasher alone, so this is one.
    pub(super) fn digest(self, secret: &impl Hash) -> Digest {
        let mut hash = Hmac(hmac_sha256::HMAC::new(self.0));
        secret.hash(&mut hash);
        Digest(hash.0.finalize())
    }
}

struct Hmac(hmac_sha256::HMAC);

impl Hasher for Hmac {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Not used: a secret only writes.
    fn finish(&self) -> u64 {
        0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let mut digest = [0; 32];
        let pairs = text.as_bytes().chunks(2);
        if pairs.len() != digest.len() {
            return Err(D::Error::custom("a digest has 64 digits"));
        }
        for (byte, pair) in digest.iter_mut().zip(pairs) {
            *byte = std::str::from_utf8(pair)
                .ok()
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .ok_or_else(|| D::Error::custom("a digest has hexadecimal digits"))?;
        }
        Ok(Self(digest))
    }
}
