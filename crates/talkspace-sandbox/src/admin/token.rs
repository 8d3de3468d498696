//! The secret that is wanted where more than this machine can connect.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;

use http::HeaderValue;

/// What is said to whoever does not have it.
pub(super) const MISSING: &str = "The sandbox listens for other machines, too: send the token \
                                  that it printed, as Authorization: Bearer TOKEN.";

/// 128 random bits, as 32 hexadecimal digits, or what was given in their place. It
/// shows nothing of itself.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// The keys of a hasher of the standard library are 128 bits of the system's chance,
    /// which nobody sees: two numbers by it (SipHash) are as good as those.
    pub(crate) fn fresh() -> Self {
        let hasher = RandomState::new();
        Self(format!(
            "{:016x}{:016x}",
            hasher.hash_one(0),
            hasher.hash_one(1)
        ))
    }

    pub(crate) const fn given(text: String) -> Self {
        Self(text)
    }

    /// Whether it stays what it is in a header field (RFC 9110 §5.5).
    pub(crate) fn can_be_sent(&self) -> bool {
        let is_whole = !self.0.is_empty() && self.0.trim() == self.0;
        // Other letters have another encoding in each client.
        is_whole && self.0.is_ascii() && HeaderValue::from_str(&self.0).is_ok()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is in an `Authorization`. It takes the same time whatever is there.
    pub(super) fn is_in(&self, said: Option<&HeaderValue>) -> bool {
        let said = said.map(HeaderValue::as_bytes).unwrap_or_default();
        let (scheme, said) = said.split_at_checked(7).unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"Bearer ")
            && hmac_sha256::Hash::hash(said) == hmac_sha256::Hash::hash(self.0.as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
