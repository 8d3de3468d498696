//! Words of a POSIX shell.

use std::fmt::Write;

/// A word that is made of texts and variables.
#[derive(Default)]
pub(super) struct Word {
    /// Before and between the variables, and behind the last.
    texts: Vec<String>,
    variables: Vec<String>,
}

impl Word {
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self {
            texts: vec![text.into()],
            variables: Vec::new(),
        }
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        match self.texts.last_mut() {
            Some(last) => last.push_str(text),
            None => self.texts.push(text.to_owned()),
        }
        self
    }

    pub(super) fn variable(mut self, name: &str) -> Self {
        self.variables.push(name.to_owned());
        self.texts.push(String::new());
        self
    }

    /// As a shell reads it again.
    pub(super) fn quoted(&self) -> String {
        if let ([text], []) = (self.texts.as_slice(), self.variables.as_slice()) {
            return quote(text);
        }
        // All of it in one pair of quotes, where the texts mean nothing in them.
        let are_plain = self.texts.iter().all(|text| text.chars().all(is_plain));
        let mut word = String::new();
        for (place, text) in self.texts.iter().enumerate() {
            match are_plain || text.is_empty() {
                true => word.push_str(text),
                false => word.push_str(&quote(text)),
            }
            if let Some(name) = self.variables.get(place) {
                let next = self
                    .texts
                    .get(place + 1)
                    .and_then(|text| text.chars().next());
                let is_longer =
                    next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '_');
                _ = match (are_plain, is_longer) {
                    (false, _) => write!(word, "\"${name}\""),
                    (true, false) => write!(word, "${name}"),
                    (true, true) => write!(word, "${{{name}}}"),
                };
            }
        }
        match are_plain {
            true => format!("\"{word}\""),
            false => word,
        }
    }
}

/// A word that a POSIX shell leaves as it is.
pub(crate) fn quote(word: &str) -> String {
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-_./:=".contains(letter)
}

/// Whether a text has what a terminal would take for keys, or not show as it is.
pub(super) fn is_odd(text: &str) -> bool {
    let is_shown = |letter: char| r#"'"\"#.contains(letter) || letter.escape_debug().len() == 1;
    !text.chars().all(is_shown)
}
