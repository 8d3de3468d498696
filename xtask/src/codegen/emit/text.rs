//! Text from the spec, made safe for the place it goes to.

use std::fmt;

use crate::codegen::model::Prose;

#[cfg(test)]
mod tests;

/// The width of a comment, with its indentation.
const WIDTH: usize = 80;

/// A string literal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Literal<'a>(pub(crate) &'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Inline code in Markdown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span<'a>(pub(crate) &'a str);

impl fmt::Display for Span<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.replace(['`', '\n'], " ");
        write!(f, "`{text}`")
    }
}

/// A doc comment under construction, wrapped as it grows.
#[derive(Debug)]
pub(crate) struct Comment {
    mark: &'static str,
    indent: usize,
    lines: Vec<String>,
}

impl Comment {
    /// The documentation of an item at this indentation.
    pub(crate) const fn item(indent: usize) -> Self {
        Self {
            mark: "///",
            indent,
            lines: Vec::new(),
        }
    }

    /// The documentation of a module.
    pub(crate) const fn module() -> Self {
        Self {
            mark: "//!",
            indent: 0,
            lines: Vec::new(),
        }
    }

    /// Adds the prose as paragraphs.
    pub(crate) fn prose(mut self, prose: &Prose) -> Self {
        for paragraph in prose.as_str().split("\n\n") {
            if !paragraph.trim().is_empty() {
                self = self.paragraph(&escape(paragraph));
            }
        }
        self
    }

    /// Adds a paragraph of the generator's own words.
    pub(crate) fn paragraph(mut self, text: &str) -> Self {
        self.gap();
        self.lines.extend(wrap(text, self.width()));
        self
    }

    /// Adds lines as they are: a table, or code.
    pub(crate) fn block(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.gap();
        self.lines.extend(lines);
        self
    }

    const fn width(&self) -> usize {
        WIDTH - self.indent - self.mark.len() - 1
    }

    fn gap(&mut self) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
    }
}

/// The lines of the comment, each with a line end.
impl fmt::Display for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            let space = if line.is_empty() { "" } else { " " };
            writeln!(
                f,
                "{:indent$}{}{space}{line}",
                "",
                self.mark,
                indent = self.indent
            )?;
        }
        Ok(())
    }
}

/// The documentation of a field or a method, from the spec's words.
pub(crate) fn field_docs(prose: &Prose) -> Comment {
    Comment::item(4).prose(prose)
}

/// Words in a row: `a, b and c`.
pub(crate) fn series(words: &[String], conjunction: &str) -> String {
    match words {
        [most @ .., last] if !most.is_empty() => {
            format!("{} {conjunction} {last}", most.join(", "))
        }
        words => words.concat(),
    }
}

/// Prose in one cell of a table.
pub(crate) fn cell(prose: &Prose) -> String {
    let words: Vec<String> = prose
        .as_str()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    escape(&words.join(" ")).replace('|', "\\|")
}

/// Markdown that rustdoc takes for what its author meant: no tags, no links to
/// items, and addresses that are links.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            escaped.push('`');
        }
        if index % 2 == 1 {
            escaped.push_str(part);
        } else {
            escape_words(part, &mut escaped);
        }
    }
    escaped
}

fn escape_words(text: &str, to: &mut String) {
    let link = text.char_indices().find_map(|(at, character)| {
        let rest = text.get(at..).filter(|_| character == '[')?;
        Some((at, link(rest)?))
    });
    if let Some((at, length)) = link {
        let (before, rest) = text.split_at(at);
        let (link, after) = rest.split_at(length);
        escape_words(before, to);
        to.push_str(link);
        return escape_words(after, to);
    }
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if bare.starts_with("https://") || bare.starts_with("http://") {
            let url = bare.trim_end_matches(['.', ',', ';', ':', ')']);
            to.push_str(&word.replacen(url, &format!("<{url}>"), 1));
        } else {
            to.push_str(&word.replace('<', "\\<").replace('[', "\\["));
        }
    }
}

/// How long the link is that begins here, if one does: `[text](address)`.
fn link(text: &str) -> Option<usize> {
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, _) = rest.split_once(')')?;
    let is_one = !label.contains(['[', ']']) && !address.contains(char::is_whitespace);
    is_one.then_some("[](".len() + label.len() + address.len() + ")".len())
}

/// The text in lines of at most `width` characters, where its words allow it.
/// An entry of a list keeps its lines to itself.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut indent = String::new();
    for source in text.lines() {
        let source = source.trim();
        let mut words = source.split_whitespace();
        if begins_block(source) {
            lines.extend(Some(std::mem::take(&mut line)).filter(|line| !line.is_empty()));
            let mark = words.next().unwrap_or_default();
            indent = " ".repeat(mark.chars().count() + 1);
            line.push_str(mark);
        }
        for word in words {
            let longer = line.chars().count() + 1 + word.chars().count();
            if line.is_empty() {
                line.push_str(word);
            } else if longer <= width || begins_block(word) {
                line.push(' ');
                line.push_str(word);
            } else {
                let next = format!("{indent}{word}");
                lines.push(std::mem::replace(&mut line, next));
            }
        }
    }
    lines.extend(Some(line).filter(|line| !line.is_empty()));
    lines
}

/// Whether a line that begins like this would be something else than a paragraph.
fn begins_block(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    let number = word.trim_end_matches(['.', ')']);
    matches!(word, "-" | "*" | "+" | "=" | "---")
        || word.starts_with(['#', '>', '|'])
        || (number.len() < word.len() && number.chars().all(|c| c.is_ascii_digit()))
}
