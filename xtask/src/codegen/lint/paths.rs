//! Paths and their parameters fit, and no request has two meanings.

use crate::codegen::document::{Document, Operation, Parameter, Path, Place};
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::model::{self, Segment};

pub(super) fn check(document: &Document, findings: &Findings) {
    for path in &document.paths {
        template(&path.at, &path.path, findings);
        for operation in &path.operations {
            placeholders(document, path, operation, findings);
        }
    }
    let mut earlier: Vec<(&Path, &Operation)> = Vec::new();
    for (path, operation) in document.operations() {
        let same = earlier
            .iter()
            .find(|(other, others)| others.method == operation.method && other.path.is(&path.path));
        if let Some((other, _)) = same {
            let (method, other) = (operation.method.as_str(), &other.path.template);
            let message = format!("{method} of this path is {method} of `{other}` too");
            findings.add(&operation.at, message);
        }
        earlier.push((path, operation));
    }
}

/// What is sent as a path, or found as one, such as an alias.
pub(super) fn template(at: &Pointer, path: &model::Path, findings: &Findings) {
    if !path.template.starts_with('/') || path.template.contains(['?', '#']) {
        findings.add(at, "a path begins with `/` and has no query");
    }
    if path.template.contains("//") {
        findings.add(at, "two slashes in a row; write one");
    }
    for (index, name) in path.parameters().enumerate() {
        if path.parameters().take(index).any(|other| other == name) {
            findings.add(at, format!("`{{{name}}}` is in the path twice"));
        }
    }
    for segment in &path.segments {
        let name = match segment {
            Segment::Literal(text) => text,
            Segment::Parameter(name) => name,
        };
        if matches!(segment, Segment::Literal(_))
            && let Some(character) = never_literal(name)
        {
            let message = format!(
                "`{character}` cannot be sent in a path; it has letters, digits and `-._~!$&'()*+,;=:@`"
            );
            findings.add(at, message);
        } else if matches!(name.as_str(), "." | "..") {
            findings.add(at, "`.` and `..` are not sent as they are in a path");
        } else if name.contains(['{', '}']) {
            findings.add(at, "not supported: a parameter that is not a whole segment");
        } else if name.is_empty() {
            findings.add(at, "a parameter has no name");
        }
    }
}

/// A character that is none of a segment, RFC 3986 section 3.3. Braces have a finding of
/// their own. What is percent-encoded in a description would be sent, and never be found.
fn never_literal(text: &str) -> Option<char> {
    text.chars().find(|character| {
        !character.is_ascii_alphanumeric() && !"-._~!$&'()*+,;=:@{}".contains(*character)
    })
}

fn placeholders(document: &Document, path: &Path, operation: &Operation, findings: &Findings) {
    let parameters: Vec<&Parameter> = document.parameters_of(path, operation).collect();
    let add = |message| findings.add(&operation.at, message);
    for (index, parameter) in parameters.iter().enumerate() {
        let mut before = parameters.iter().take(index);
        let name = &parameter.name;
        if before.any(|other| other.name == *name && other.place == parameter.place) {
            add(format!("the parameter `{name}` is here twice"));
        }
        if parameter.place == Place::Path {
            if !path.path.parameters().any(|other| other == name) {
                add(format!("`{{{name}}}` is not in the path"));
            }
            if !parameter.required {
                findings.add(&parameter.at, "a parameter of a path is required");
            }
        }
    }
    for name in path.path.parameters() {
        let mut in_path = parameters.iter().filter(|own| own.place == Place::Path);
        if !in_path.any(|own| own.name == *name) {
            add(format!("there is no parameter for `{{{name}}}`"));
        }
    }
}
