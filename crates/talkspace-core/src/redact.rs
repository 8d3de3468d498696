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

    pub(crate) fn redact(&self, text: &str) -> String {
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
