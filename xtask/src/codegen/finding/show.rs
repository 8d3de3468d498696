//! Findings as a person reads them: the line of the spec, and what in it is wrong.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{Finding, Findings, Part};
use crate::codegen::SPEC;
use crate::codegen::load::{self, Place, Places};

impl Findings {
    /// All of them, in the text that they are about.
    pub(crate) fn show(&self, spec: &str) -> String {
        let places = load::read(spec, &Self::default()).map(|(_, places)| places);
        let places = places.unwrap_or_default();
        let renderer = Renderer::styled();
        let mut shown = String::new();
        let all = self.0.borrow();
        let mut found: Vec<_> = all.iter().map(|it| (it.range(spec, &places), it)).collect();
        found.sort_by_key(|(range, _)| range.start);
        for (range, finding) in found {
            let snippet = Snippet::source(spec)
                .path(SPEC)
                .annotation(AnnotationKind::Primary.span(range));
            let message = escaped(&finding.message);
            let group = Level::ERROR
                .primary_title(message.as_str())
                .element(snippet);
            let _ = writeln!(shown, "{}\n", renderer.render(&[group]));
        }
        let count = all.len();
        let s = if count == 1 { "" } else { "s" };
        let _ = write!(shown, "{SPEC}: {count} mistake{s}; nothing was written");
        shown
    }
}

impl Finding {
    /// What of the text is wrong, in bytes: the value if it is one scalar, else its
    /// key. Where there is no key, it is where the value begins.
    fn range(&self, spec: &str, places: &Places) -> Range<usize> {
        let place = places.get(&self.at).cloned().unwrap_or_default();
        let Place { key, scalar, start } = place;
        let is_short = |range: &Range<usize>| {
            let text = spec.get(range.clone()).unwrap_or_default();
            !text.is_empty() && !text.contains('\n')
        };
        let scalar = scalar.filter(is_short);
        let range = match self.part {
            Part::Key => key.or(scalar),
            Part::Value => scalar.or(key),
            Part::Offset(offset) => Some(offset..offset),
        };
        range.unwrap_or(start..start)
    }
}

/// A message may quote what stands in the spec: it stays in its line, and says
/// nothing to a terminal.
fn escaped(message: &str) -> String {
    let escape = |c: char| match c {
        _ if c.is_control() => c.escape_default().to_string(),
        _ => c.to_string(),
    };
    message.chars().map(escape).collect()
}
