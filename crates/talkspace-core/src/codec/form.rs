//! A form (`application/x-www-form-urlencoded`), and the escapes that it shares
//! with paths and queries.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters is escaped. A space becomes
/// `%20`, which decoders of forms and of paths both understand.
pub(crate) const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The text of a form, field by field.
pub(crate) struct Form(String);

impl Form {
    /// A form without a field, with room for those of most requests.
    pub(crate) fn new() -> Self {
        Self(String::with_capacity(256))
    }

    /// Adds a field at the end.
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        push_pair(&mut self.0, name, value);
    }

    /// The form as it is sent.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// Appends a name and its value.
pub(crate) fn push_pair(to: &mut String, name: &str, value: &str) {
    to.push_str(name);
    to.push('=');
    push_escaped(to, value);
}

/// Appends a value, escaped.
pub(crate) fn push_escaped(to: &mut String, value: &str) {
    // Keys and most ids need no escape; without an early end, many bytes are
    // looked at together.
    let unreserved = value
        .bytes()
        .fold(true, |all, byte| all & is_unreserved(byte));
    if unreserved {
        to.push_str(value);
    } else {
        to.extend(utf8_percent_encode(value, ESCAPED));
    }
}

/// What [`ESCAPED`] leaves as it is.
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | matches!(byte, b'-' | b'.' | b'_' | b'~')
}
