//! Phone numbers, as the service wants them.

use std::error::Error as StdError;
use std::fmt;
use std::str::FromStr;

#[cfg(test)]
mod tests;

/// A phone number of the United States, as the service wants it: `1`, and ten
/// digits of which the first is 2 to 9.
///
/// Spaces, dots, hyphens and brackets are dropped, and so are the no-break
/// spaces and direction marks that phones put on the clipboard. A number of ten
/// digits gets its `1`. A `+` names the country: after it,
/// only `1` and ten digits will do, since the same digits without it are
/// somebody else's number. Whether the number is in use is not known here.
///
/// `Debug` hides all but the last two digits, and there is no `Display`. With the
/// feature `serde` it is read, from text and by the same rules, and not written:
/// a request with a number in it could be logged in passing. Whoever has to
/// store numbers says so with `#[serde(serialize_with = "…")]` and
/// [`as_str`](Self::as_str).
///
/// ```
/// use talkspace_core::{InvalidPhoneNumber, PhoneNumber};
///
/// let phone: PhoneNumber = "(415) 123-9876".parse()?;
/// assert_eq!(phone.as_str(), "14151239876");
/// assert_eq!(format!("{phone:?}"), "PhoneNumber(..76)");
///
/// let elsewhere = "+47 22 12 34 56".parse::<PhoneNumber>();
/// assert_eq!(elsewhere, Err(InvalidPhoneNumber::Foreign));
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

impl AsRef<str> for PhoneNumber {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl TryFrom<&String> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(text: &String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for PhoneNumber {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = crate::value::secret_text::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    /// Reads a number as people and phones write it.
    ///
    /// # Errors
    ///
    /// [`InvalidPhoneNumber`], which says what would be right.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut names_country = false;
        let mut digits = String::with_capacity(11);
        for character in text.trim().chars() {
            match character {
                '0'..='9' => digits.push(character),
                '+' if digits.is_empty() && !names_country => names_country = true,
                _ if is_between_digits(character) => {}
                _ => return Err(InvalidPhoneNumber::Malformed),
            }
        }
        if names_country && !digits.is_empty() && !digits.starts_with('1') {
            return Err(InvalidPhoneNumber::Foreign);
        }
        if digits.len() == 10 && !names_country {
            digits.insert(0, '1');
        }
        match digits.as_bytes() {
            [b'1', b'2'..=b'9', rest @ ..] if rest.len() == 9 => Ok(Self(digits)),
            [b'1', _, rest @ ..] if rest.len() == 9 => Err(InvalidPhoneNumber::AreaCode),
            _ => Err(InvalidPhoneNumber::Malformed),
        }
    }
}

/// What people, and the address books of phones, put between digits. U+202E is
/// not among it: digits after it are shown backwards, so that the person has not seen
/// the number that would be called.
const fn is_between_digits(character: char) -> bool {
    matches!(
        character,
        ' ' | '.' | '-' | '(' | ')'
            // Spaces that do not break, or are narrow.
            | '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
            // Hyphens, dashes and the minus sign.
            | '\u{AD}' | '\u{2010}'..='\u{2015}' | '\u{2212}'
            // Marks of direction, and what has no width.
            | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202D}'
            | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    )
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber(..{})", self.0.get(9..).unwrap_or_default())
    }
}

/// Why a text is not a phone number that the service takes. It says what would
/// be right, and repeats nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidPhoneNumber {
    /// It has too few digits or too many, or something in it is none.
    Malformed,
    /// It begins with `+` and the code of another country.
    Foreign,
    /// The ten digits begin with 0 or 1, as no area code does.
    AreaCode,
}

impl InvalidPhoneNumber {
    /// The reason, and what would be right.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "not a phone number; write 1 and ten digits, such as 14151239876",
            Self::Foreign => {
                "another country's number; only numbers of the United States can be called: \
                 write +1 and ten digits, such as +14151239876"
            }
            Self::AreaCode => {
                "not a phone number: an area code begins with 2 to 9; write 1 and ten digits, \
                 such as 14151239876"
            }
        }
    }
}

impl fmt::Display for InvalidPhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl StdError for InvalidPhoneNumber {}
