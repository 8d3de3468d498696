//! A phone number as its line, which is all that a call depends on, and back
//! as a number that has such a line. The number itself is not written.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use talkspace_core::PhoneNumber;

use super::Line;

#[cfg(test)]
mod tests;

/// No telephone has a number like this. The end tells the line.
const STAND_IN: &str = "1200000";
/// An end that is not in the table, as a mobile phone's.
const MOBILE: &str = "0001";

pub(super) fn serialize<S: Serializer>(phone: &PhoneNumber, to: S) -> Result<S::Ok, S::Error> {
    Line::of(phone).serialize(to)
}

/// The last two digits of a number, if it is one that was not read.
pub(super) fn ends(phone: &PhoneNumber) -> Option<String> {
    let phone = phone.as_str();
    let ends = phone.get(phone.len().checked_sub(2)?..)?;
    (!phone.starts_with(STAND_IN)).then(|| ends.to_owned())
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PhoneNumber, D::Error> {
    let line = Line::deserialize(from)?;
    let mut ends = Line::TABLE.iter();
    let end = ends
        .find(|(_, other)| *other == line)
        .map_or(MOBILE, |(end, _)| end);
    format!("{STAND_IN}{end}").parse().map_err(D::Error::custom)
}
