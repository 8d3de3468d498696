//! A secret, as serde reads it.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Reads a text, and shows nothing of what is none: the error of a format repeats
/// a number that stands where a text should.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    String::deserialize(from)
        .map_err(|_| D::Error::custom("a text is expected here: write it in quotes"))
}
