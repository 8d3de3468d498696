//! Phone numbers, as the service wants them.

use std::error::Error as StdError;
use std::fmt;
use std::str::FromStr;

#[cfg(test)]
mod tests;

/// A United States mobile number: `1` and ten digits.
///
/// Spaces, dots, hyphens, brackets and a leading `+` are dropped, and a number
/// of ten digits gets its `1`. `Debug` hides all but the last two digits, and
/// there is no `Display`.
///
/// ```
/// use talkspace_core::PhoneNumber;
///
/// let phone: PhoneNumber = "(415) 123-9876".parse()?;
/// assert_eq!(phone.as_str(), "14151239876");
/// assert_eq!(format!("{phone:?}"), "PhoneNumber(..76)");
/// assert!("12345".parse::<PhoneNumber>().is_err());
/// # Ok::<(), talkspace_core::InvalidPhoneNumber>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The eleven digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let mut digits = String::with_capacity(11);
        for character in text.strip_prefix('+').unwrap_or(text).chars() {
            match character {
                '0'..='9' => digits.push(character),
                ' ' | '.' | '-' | '(' | ')' => {}
                _ => return Err(InvalidPhoneNumber(())),
            }
        }
        if digits.len() == 10 {
            digits.insert(0, '1');
        }
        if digits.len() == 11 && digits.starts_with('1') {
            Ok(Self(digits))
        } else {
            Err(InvalidPhoneNumber(()))
        }
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber(..{})", self.0.get(9..).unwrap_or_default())
    }
}

/// The text is not a phone number that the service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPhoneNumber(());

impl fmt::Display for InvalidPhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a phone number; write 1 and ten digits, such as 14151239876")
    }
}

impl StdError for InvalidPhoneNumber {}
