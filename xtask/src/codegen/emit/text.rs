//! Text from the spec, made safe for the place it goes to.

use std::fmt;

use super::markdown;
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

/// What templates make of a text.
#[expect(unreachable_pub, reason = "askama makes a public type of each")]
pub(crate) mod filters {
    use std::fmt::Display;

    use askama::{Result, Values};

    use super::{Comment, Literal, Prose};

    /// A string literal.
    #[askama::filter_fn]
    pub(crate) fn literal(text: impl Display, _: &dyn Values) -> Result<String> {
        Ok(Literal(&text.to_string()).to_string())
    }

    /// The documentation of an item.
    #[askama::filter_fn]
    pub(crate) fn item_docs(prose: &Prose, _: &dyn Values) -> Result<String> {
        Ok(lines(&Comment::item(0).prose(prose)))
    }

    /// The documentation of what is inside an item: a field, a variant, a method.
    #[askama::filter_fn]
    pub(crate) fn field_docs(prose: &Prose, _: &dyn Values) -> Result<String> {
        Ok(lines(&Comment::item(4).prose(prose)))
    }

    /// A template has the end of the last line.
    fn lines(comment: &Comment) -> String {
        comment.to_string().trim_end().to_owned()
    }
}

/// Inline code in Markdown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span<'a>(pub(crate) &'a str);

impl fmt::Display for Span<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.replace('\n', " ");
        let mut ticks = "`".to_owned();
        while text.contains(&ticks) {
            ticks.push('`');
        }
        let space = if text.starts_with('`') || text.ends_with('`') {
            " "
        } else {
            ""
        };
        write!(f, "{ticks}{space}{text}{space}{ticks}")
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

    /// Adds the prose.
    pub(crate) fn prose(self, prose: &Prose) -> Self {
        let width = self.width();
        self.block(markdown::lines(prose.as_str(), width))
    }

    /// Adds a paragraph of the generator's own words.
    pub(crate) fn paragraph(self, text: &str) -> Self {
        let width = self.width();
        self.block(wrap(text, width))
    }

    /// Adds lines as they are: a table, or code.
    pub(crate) fn block(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.extend(lines);
        self
    }

    const fn width(&self) -> usize {
        WIDTH - self.indent - self.mark.len() - 1
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
    let plain = markdown::plain(prose.as_str());
    let words: Vec<&str> = plain.split_whitespace().collect();
    markdown::safe(&words.join(" ")).replace('|', "\\|")
}

/// Prose without marks, for those who read no Markdown.
pub(crate) fn plain(prose: &Prose) -> String {
    markdown::plain(prose.as_str())
}

/// The text in lines of at most `width` characters, where its words allow it.
/// An entry of a list keeps its lines to itself.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
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
    matches!(word, "*" | "+")
        || word.starts_with(['#', '>', '|'])
        || (word.starts_with(['-', '=']) && word.trim_matches(['-', '=']).is_empty())
        || (number.len() < word.len() && number.chars().all(|c| c.is_ascii_digit()))
}
