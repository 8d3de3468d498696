//! YAML as a tree, and where in the text its nodes are.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::Value;
use crate::codegen::finding::{Findings, Pointer};

/// Maps and lists within each other; what is deeper is no spec.
const MAX_DEPTH: usize = 64;

/// Where in the text, in bytes, a node is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// Its key, if it is in a map.
    pub(crate) key: Option<Range<usize>>,
    /// All of it, if that has no parts.
    pub(crate) scalar: Option<Range<usize>>,
    /// Where it begins.
    pub(crate) start: usize,
}

/// Of keys that are there twice, the second one.
pub(crate) type Places = BTreeMap<Pointer, Place>;

/// Reads one document. Where it is not YAML at all, that alone is the finding.
pub(crate) fn read(text: &str, findings: &Findings) -> Option<(Value, Places)> {
    let mut reader = Reader {
        events: Parser::new_from_str(text),
        offsets: text.char_indices().map(|(offset, _)| offset).collect(),
        length: text.len(),
        places: Places::new(),
        findings,
    };
    let value = reader.document().ok()?;
    Some((value, reader.places))
}

/// What to do about what the parser says.
const HINTS: &str = "\
mapping values are not allowed: put a text with a colon in it in quotes
unexpected character: put a text that begins with a sign in quotes
unknown anchor: put a text that begins with a sign in quotes
did not find expected key: what belongs together is indented alike
tabs disallowed: indent with spaces
valid YAML whitespace: write a space after the colon
illegal placement: a bracket before it is open";

/// A finding says why nothing more is read.
struct Stop;

struct Reader<'t, 'f> {
    events: Parser<'t, StrInput<'t>>,
    /// Of each character.
    offsets: Vec<usize>,
    length: usize,
    places: Places,
    findings: &'f Findings,
}

impl<'t> Reader<'t, '_> {
    fn document(&mut self) -> Result<Value, Stop> {
        let value = loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_), _) => {}
                (event, span) => break self.value(event, span, &Pointer::root(), 0)?,
            }
        };
        loop {
            match self.next()? {
                (Event::DocumentEnd, _) => {}
                (Event::StreamEnd, _) => return Ok(value),
                (_, span) => return self.stop(span.start, "a second document; write one"),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Stop> {
        match self.events.next() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => self.scan_error(&error),
            None => Ok((Event::StreamEnd, Span::empty(Marker::new(0, 1, 0)))),
        }
    }

    fn value(
        &mut self,
        event: Event<'t>,
        span: Span,
        at: &Pointer,
        depth: usize,
    ) -> Result<Value, Stop> {
        let start = self.offset(span.start);
        self.place(at).start = start;
        if depth > MAX_DEPTH {
            return self.stop(span.start, "too deep: more than 64 maps and lists");
        }
        match event {
            Event::Scalar(text, style, _, None) => {
                self.seen(&text, at);
                let whole = start..self.offset(span.end);
                self.place(at).scalar = Some(whole);
                if style != ScalarStyle::Plain {
                    return Ok(Value::Text(text.into_owned()));
                }
                // A number in its place is no second finding.
                Ok(plain(&text).unwrap_or_else(|| {
                    self.findings.add(at, "a whole number beyond 64 bits");
                    Value::Integer(0)
                }))
            }
            Event::SequenceStart(_, None) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        return Ok(Value::List(items));
                    }
                    let at = at.child(&items.len().to_string());
                    items.push(self.value(event, span, &at, depth + 1)?);
                }
            }
            Event::MappingStart(_, None) => self.map(at, depth),
            Event::Alias(_) => self.stop(
                span.start,
                "an alias of YAML; write a `$ref` to something under `components`",
            ),
            Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) => {
                self.stop(span.start, "a tag; none is understood")
            }
            _ => self.stop(span.start, "nothing where a value belongs"),
        }
    }

    fn map(&mut self, at: &Pointer, depth: usize) -> Result<Value, Stop> {
        let mut entries = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let (key, style) = match event {
                Event::MappingEnd => return Ok(Value::Map(entries)),
                Event::Scalar(key, style, _, None) => (key, style),
                _ => return self.stop(span.start, "a key that is not text"),
            };
            let at = at.child(&key);
            let place = self.offset(span.start)..self.offset(span.end);
            self.place(&at).key = Some(place);
            self.seen(&key, &at);
            if style == ScalarStyle::Plain && !matches!(plain(&key), Some(Value::Text(_))) {
                let message = "a key that is not text; put it in quotes";
                self.findings.add_to_key(&at, message);
            }
            let (event, span) = self.next()?;
            let value = self.value(event, span, &at, depth + 1)?;
            entries.push((key.into_owned(), value));
        }
    }

    fn place(&mut self, at: &Pointer) -> &mut Place {
        self.places.entry(at.clone()).or_default()
    }

    /// A text goes into comments, help and terminals: all of it is to be seen.
    fn seen(&mut self, text: &str, at: &Pointer) {
        if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
            let message = format!("the character `{}`; take it out", hidden.escape_default());
            self.findings.add(at, message);
        }
    }

    fn scan_error<T>(&mut self, error: &ScanError) -> Result<T, Stop> {
        let info = error.info();
        let mut hints = HINTS.lines().filter_map(|line| line.split_once(": "));
        let hint = hints.find(|(part, _)| info.contains(part));
        let hint = hint.map_or_else(String::new, |(_, hint)| format!("; {hint}"));
        self.stop(*error.marker(), &format!("{info}{hint}"))
    }

    fn stop<T>(&mut self, at: Marker, message: &str) -> Result<T, Stop> {
        self.findings.add_at(self.offset(at), message);
        Err(Stop)
    }

    fn offset(&self, at: Marker) -> usize {
        let offset = self.offsets.get(at.index());
        offset.copied().unwrap_or(self.length)
    }
}

/// Control characters, and those that turn the direction of what follows, for which
/// the compiler rejects a comment.
fn is_hidden(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && c != '\n')
}

/// What a scalar without quotes is, by the core schema of YAML 1.2 (10.3.2).
/// Nothing where it is a whole number of more than 64 bits.
fn plain(text: &str) -> Option<Value> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let has_digits = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) => {
            Value::Integer(text.parse().ok()?)
        }
        _ if based(text).is_some() => Value::Integer(based(text)??),
        _ if has_digits && text.parse::<f64>().is_ok() => Value::Float,
        _ if matches!(unsigned, ".inf" | ".Inf" | ".INF") => Value::Float,
        ".nan" | ".NaN" | ".NAN" => Value::Float,
        _ => Value::Text(text.to_owned()),
    })
}

/// A hexadecimal or octal number, if it is one and has no more than 64 bits.
fn based(text: &str) -> Option<Option<i64>> {
    let hexadecimal = text.strip_prefix("0x").map(|digits| (digits, 16));
    let octal = || text.strip_prefix("0o").map(|digits| (digits, 8));
    let (digits, base) = hexadecimal.or_else(octal)?;
    let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base));
    is_number.then(|| i64::from_str_radix(digits, base).ok())
}

#[cfg(test)]
mod tests;
