//! Descriptions, which are Markdown: for rustdoc as they were meant, and elsewhere without marks.

#![expect(clippy::wildcard_enum_match_arm, reason = "most marks need nothing")]

use pulldown_cmark::{
    CodeBlockKind, Event, OffsetIter, Options, Parser, Tag, TagEnd, TextMergeWithOffset,
};

use super::text::{Span, wrap};

#[cfg(test)]
mod tests;

/// What rustdoc knows besides CommonMark.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH);

fn events(text: &str) -> OffsetIter<'_> {
    Parser::new_ext(text, OPTIONS).into_offset_iter()
}

/// The lines for rustdoc, those of paragraphs no longer than so many characters.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let text = safe(text);
    let part = |from, to| text.get(from..to).unwrap_or_default();
    let (mut lines, mut done, mut depth) = (Vec::new(), 0, 0);
    for (event, range) in events(&text) {
        let paragraph = part(range.start, range.end);
        match event {
            Event::Start(Tag::Paragraph) if depth == 0 && !paragraph.contains("\\\n") => {
                lines.extend(part(done, range.start).lines().map(str::to_owned));
                lines.extend(wrap(paragraph, width));
                (done, depth) = (range.end, 1);
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    lines.extend(part(done, text.len()).lines().map(str::to_owned));
    lines
}

/// The text, where brackets and tags are text for rustdoc too, addresses are links, and code
/// is none that it compiles.
pub(super) fn safe(text: &str) -> String {
    let (mut safe, mut done, mut link) = (String::new(), 0, 0);
    for (event, range) in TextMergeWithOffset::new(events(text)) {
        let mut before = text.get(..range.start).unwrap_or_default();
        let own = text.get(range.clone()).unwrap_or_default();
        let written = match event {
            // It is inside of something that is written.
            _ if range.start < done => continue,
            Event::Text(_) if range.start >= link => linked(own, before.ends_with('\\')),
            Event::Html(_) | Event::InlineHtml(_) => linked(&own.replace('<', "\\<"), false),
            Event::HardBreak => "\\\n".to_owned(),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                before = before.strip_suffix("    ").unwrap_or(before);
                let margin = margin(before);
                let code = own.replace(&format!("\n{margin}    "), &format!("\n{margin}"));
                let fence = if code.contains("```") { "~~~" } else { "```" };
                let code = code.trim_end();
                format!("{fence}text\n{margin}{code}\n{margin}{fence}\n")
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                let (first, code) = own.split_once('\n').unwrap_or((own, ""));
                let fence = first.trim_end_matches(|it| !matches!(it, '`' | '~'));
                let is_closed = code.trim_end().ends_with(fence);
                let end = format!("\n{}{fence}", margin(before));
                format!("{fence}text\n{code}{}", if is_closed { "" } else { &end })
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                if dest_url.contains([':', '@']) {
                    link = range.end;
                    continue;
                }
                // Where it leads, rustdoc would look for an item.
                own.replace('[', "\\[")
            }
            _ => continue,
        };
        safe += before.get(done..).unwrap_or_default();
        safe += &written;
        done = range.end;
    }
    safe + text.get(done..).unwrap_or_default()
}

/// Text in which addresses are links, and nothing else is one.
fn linked(text: &str, mut is_escaped: bool) -> String {
    let mut linked = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let at = word.find("https://").or_else(|| word.find("http://"));
        let (before, address) = word.split_at(at.unwrap_or(word.len()));
        for character in before.chars() {
            linked.extend((character == '[' && !is_escaped).then_some('\\'));
            linked.push(character);
            is_escaped = character == '\\';
        }
        let ends = |it: char| it.is_whitespace() || matches!(it, '<' | '>' | '"' | '\\');
        let url = address.split(ends).next().unwrap_or_default();
        let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
        if !url.is_empty() {
            linked += &format!("<{url}>");
        }
        linked += address.strip_prefix(url).unwrap_or_default();
    }
    linked
}

/// What the lines of a block begin with, the first of which begins after this.
fn margin(before: &str) -> String {
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.replace(|it| it != '>', " ")
}

/// The text without marks. A paragraph is one line.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let (mut lists, mut links, mut in_code) = (Vec::new(), Vec::new(), false);
    for (event, _) in events(text) {
        match event {
            Event::Text(code) if in_code => {
                plain.extend(code.lines().map(|line| format!("    {line}\n")));
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => plain += &text,
            Event::Code(code) => plain += &Span(&code).to_string(),
            Event::SoftBreak => plain.push(' '),
            Event::HardBreak => plain.push('\n'),
            Event::FootnoteReference(label) => plain += &format!(" ({label})"),
            Event::Start(Tag::List(number)) => lists.push(number),
            Event::End(TagEnd::List(_)) => drop(lists.pop()),
            Event::Start(Tag::Item) => {
                let margin = "  ".repeat(lists.len().saturating_sub(1));
                let mark = match lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}.", *number - 1)
                    }
                    _ => "-".to_owned(),
                };
                end_line(&mut plain, &format!("\n{margin}{mark} "));
            }
            Event::Start(Tag::FootnoteDefinition(label)) => {
                end_line(&mut plain, &format!("\n\n({label}) "));
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push((plain.len(), dest_url));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some((at, url)) = links.pop()
                    && url.contains(':')
                    && plain.get(at..) != Some(&url)
                {
                    plain += &format!(" ({url})");
                }
            }
            Event::End(TagEnd::TableCell) => plain += "  ",
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => end_line(&mut plain, "\n"),
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Start(
                tag @ (Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::HtmlBlock
                | Tag::CodeBlock(_)
                | Tag::Table(_)),
            ) => {
                in_code = matches!(tag, Tag::CodeBlock(_));
                // It may be the first of an entry.
                if !plain.ends_with(' ') {
                    end_line(&mut plain, "\n\n");
                }
            }
            _ => {}
        }
    }
    plain.trim_start_matches('\n').trim_end().to_owned()
}

fn end_line(text: &mut String, with: &str) {
    text.truncate(text.trim_end().len());
    text.push_str(with);
}
