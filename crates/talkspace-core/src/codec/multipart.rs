//! `multipart/form-data` (RFC 7578), as far as one upload needs it.

use std::fmt::Write;

use http::HeaderValue;

use crate::codec::media_file::MediaFile;
use crate::transport::{Body, BodyPart};

#[cfg(test)]
mod tests;

/// A form of several parts while it is written. Its length is known, and files
/// in it are not read.
#[derive(Debug)]
pub(crate) struct Multipart {
    boundary: String,
    parts: Vec<BodyPart>,
    /// What comes after the last of the parts.
    text: String,
}

impl Multipart {
    /// An empty form. The author of a file must not be able to foresee the
    /// boundary: it is not searched for in the files.
    pub(crate) fn new(boundary: &str) -> Self {
        Self {
            boundary: boundary.to_owned(),
            parts: Vec::new(),
            text: String::new(),
        }
    }

    /// Adds a field. The value holds no control characters.
    pub(crate) fn field(&mut self, name: &str, value: &str) {
        self.begin(&format!("name=\"{name}\""), None);
        self.text.push_str(value);
        self.text.push_str("\r\n");
    }

    /// Adds a file.
    pub(crate) fn file(&mut self, name: &str, content_type: &str, file: &MediaFile) {
        let file_name = escape(file.name());
        let disposition = format!("name=\"{name}\"; filename=\"{file_name}\"");
        self.begin(&disposition, Some(content_type));
        let before = std::mem::take(&mut self.text);
        self.parts.push(BodyPart::Bytes(before.into()));
        self.parts.push(file.part());
        self.text.push_str("\r\n");
    }

    fn begin(&mut self, disposition: &str, content_type: Option<&str>) {
        let boundary = &self.boundary;
        // Writing to a string cannot fail.
        let _ = write!(
            self.text,
            "--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n"
        );
        if let Some(content_type) = content_type {
            let _ = write!(self.text, "Content-Type: {content_type}\r\n");
        }
        self.text.push_str("\r\n");
    }

    /// The value of `Content-Type`, and the body.
    pub(crate) fn finish(mut self) -> (Option<HeaderValue>, Body) {
        let _ = write!(self.text, "--{}--\r\n", self.boundary);
        self.parts.push(BodyPart::Bytes(self.text.into()));
        let content_type = format!("multipart/form-data; boundary={}", self.boundary);
        (
            HeaderValue::try_from(content_type).ok(),
            Body::from_parts(self.parts),
        )
    }
}

/// Escapes what would end a file name early (RFC 7578 §4.2, as browsers do).
/// Browsers leave a backslash; but readers who go by quoted strings (RFC 9110
/// §5.6.4) would take the quote after it for part of the name.
fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '"' => escaped.push_str("%22"),
            '\\' => escaped.push_str("%5C"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            _ if character.is_control() => escaped.push('_'),
            _ => escaped.push(character),
        }
    }
    escaped
}
