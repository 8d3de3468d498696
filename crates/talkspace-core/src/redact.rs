//! Keeps the key, and what of a request is secret, out of texts that the service
//! wrote.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::app_key::AppKey;
use crate::form::ESCAPED;

#[cfg(test)]
mod tests;

/// What stands in the place of the key, and of a phone number or a grant.
const KEY: &str = "[app key]";
const SECRET: &str = "[secret]";

/// Takes secrets out of a text, however a service may spell them: plain,
/// percent-encoded, as in a form, or escaped as in JSON.
///
/// The service is known to repeat parameters in its messages.
pub(crate) struct Redactor {
    /// The longest first: what is a part of another must not break it up.
    spellings: Vec<(String, &'static str)>,
}

impl Redactor {
    pub(crate) fn new(key: &AppKey, secrets: &[&str]) -> Self {
        let mut spellings = Vec::new();
        let keys = [(key.expose(), KEY)];
        let secrets = secrets.iter().map(|secret| (*secret, SECRET));
        for (text, mask) in keys.into_iter().chain(secrets) {
            spellings.extend(spellings_of(text).into_iter().map(|text| (text, mask)));
        }
        spellings.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        Self { spellings }
    }

    /// The beginning of a text from the wire, of so many bytes at most. Only
    /// that much is looked at, and no part of a secret across the cut remains.
    pub(crate) fn beginning(&self, text: &[u8], at_most: usize) -> String {
        // The longest spelling of a secret, or a character, may lie across it.
        let longest = self.spellings.first().map_or(0, |(text, _)| text.len());
        let reach = longest.max(4);
        let window = text.get(..at_most.saturating_add(reach));
        let mut kept = self.redact(&String::from_utf8_lossy(window.unwrap_or(text)));
        let whole = match window {
            // Masks may be shorter than secrets, so that the end of the window
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

    pub(crate) fn redact(&self, text: &str) -> String {
        let mut kept = text.to_owned();
        for (spelling, mask) in &self.spellings {
            if kept.contains(spelling.as_str()) {
                kept = kept.replace(spelling.as_str(), mask);
            }
        }
        kept
    }
}

/// The ways in which a service may repeat a text.
fn spellings_of(text: &str) -> Vec<String> {
    let mut spellings = Vec::new();
    let mut add = |spelling: String| {
        if !spelling.is_empty() && !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    };
    add(text.to_owned());
    for set in [ESCAPED, NON_ALPHANUMERIC] {
        let upper = escaped(text, set);
        add(upper.replace("%20", "+"));
        add(lower_escapes(&upper));
        add(upper);
    }
    if let Ok(quoted) = serde_json::to_string(text) {
        let inner = quoted.trim_matches('"');
        add(inner.replace('/', "\\/"));
        add(inner.to_owned());
    }
    // A phone number is known without the digit of its country too.
    if let Some(national) = text.strip_prefix('1') {
        if national.len() == 10 && national.bytes().all(|byte| byte.is_ascii_digit()) {
            add(national.to_owned());
        }
    }
    spellings
}

fn escaped(text: &str, set: &'static AsciiSet) -> String {
    utf8_percent_encode(text, set).to_string()
}

/// `%2F` as `%2f`.
fn lower_escapes(text: &str) -> String {
    let mut digits = 0;
    text.chars()
        .map(|character| match (character, digits) {
            ('%', _) => {
                digits = 2;
                character
            }
            (_, 0) => character,
            (_, _) => {
                digits -= 1;
                character.to_ascii_lowercase()
            }
        })
        .collect()
}
