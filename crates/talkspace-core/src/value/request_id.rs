//! The id of a request.

use std::error::Error as StdError;
use std::fmt;
use std::str::FromStr;

/// The id of one request, the same in all its attempts, by which it is found in
/// the log of the service too. Its text is 32 hexadecimal digits.
///
/// ```
/// use talkspace_core::observe::RequestId;
///
/// let id: RequestId = "0af7651916cd43dd8448eb211c80319c".parse()?;
/// assert_eq!(id.to_string(), "0af7651916cd43dd8448eb211c80319c");
/// # Ok::<(), talkspace_core::observe::InvalidRequestId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(u128);

impl RequestId {
    pub(crate) const fn new(id: u128) -> Self {
        Self(id)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({self})")
    }
}

impl FromStr for RequestId {
    type Err = InvalidRequestId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u128::from_str_radix(text, 16) {
            Ok(id) if digits && text.len() == 32 => Ok(Self(id)),
            _ => Err(InvalidRequestId),
        }
    }
}

/// A text that is no [`RequestId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct InvalidRequestId;

impl fmt::Display for InvalidRequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request id has 32 hexadecimal digits")
    }
}

impl StdError for InvalidRequestId {}
