//! Keeps the key out of texts that the service wrote.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::app_key::AppKey;

#[cfg(test)]
mod tests;

/// What stands in the key's place.
const MASK: &str = "[app key]";

/// Takes the key out of a text, plain or percent-encoded.
///
/// The service is known to repeat parameters in its messages.
#[derive(Debug)]
pub(crate) struct Redactor<'k> {
    key: &'k AppKey,
}

impl<'k> Redactor<'k> {
    pub(crate) const fn new(key: &'k AppKey) -> Self {
        Self { key }
    }

    /// The beginning of a text from the wire, of so many bytes at most. Only
    /// that much is looked at, and no part of a key across the cut remains.
    pub(crate) fn beginning(&self, text: &[u8], at_most: usize) -> String {
        // The longest spelling of the key, or a character, may lie across it.
        let reach = self.key.expose().len().saturating_mul(3).max(4);
        let window = text.get(..at_most.saturating_add(reach));
        let mut kept = self.redact(&String::from_utf8_lossy(window.unwrap_or(text)));
        let whole = match window {
            // Masks may be shorter than keys, so that the end of the window
            // comes within what is kept.
            Some(_) => kept.len().saturating_sub(reach),
            None => kept.len(),
        };
        let mut end = whole.min(at_most);
        while !kept.is_char_boundary(end) {
            end -= 1;
        }
        kept.truncate(end);
        kept.shrink_to_fit();
        kept
    }

    fn redact(&self, text: &str) -> String {
        let key = self.key.expose();
        if key.is_empty() {
            return text.to_owned();
        }
        let encoded: Cow<'_, str> = utf8_percent_encode(key, NON_ALPHANUMERIC).into();
        let lenient = encoded.replace("%2D", "-");
        text.replace(key, MASK)
            .replace(lenient.as_str(), MASK)
            .replace(encoded.as_ref(), MASK)
    }
}
