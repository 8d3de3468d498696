//! Paths and their parameters fit, and no request has two meanings.

use std::collections::BTreeSet;

use super::{abouts, doubles};
use crate::codegen::document::{About, Alias, Document, Operation, Pair, Parameter, Path, Place};
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::model::{self, Method, Segment};

pub(super) fn check(document: &Document, path: &Path, operation: &Operation, findings: &Findings) {
    let parameters: Vec<&Parameter> = document.parameters_of(path, operation).collect();
    self::parameters(&path.path, &operation.at, &parameters, findings);
    for (about, _) in operation.abouts() {
        keywords(&path.path, operation, about, findings);
    }
    if let Some((at, _)) = &operation.url {
        let is_beside = parameters.iter().any(|own| own.place == Place::Query)
            || operation.form.is_some()
            || operation.split.is_some()
            || !operation.about.aliases.is_empty()
            || !operation.about.joined.is_empty();
        let message = "not supported: a URL that is handed in, and beside it a query, a form, \
                       a split, aliases or joined values";
        findings.add_if(is_beside, at, message);
    }
}

/// What is sent as a path, or found as one, such as an alias.
fn template(at: &Pointer, path: &model::Path, findings: &Findings) {
    let text = &path.template;
    let is_path = text.starts_with('/') && !text.contains(['?', '#']);
    findings.add_if(!is_path, at, "a path begins with `/` and has no query");
    let is_double = text.contains("//");
    findings.add_if(is_double, at, "two slashes in a row; write one");
    let names: Vec<&str> = path.parameters().collect();
    for (_, name) in doubles(&names, |one, other| one == other) {
        findings.add(at, format!("`{{{name}}}` is in the path twice"));
    }
    for segment in &path.segments {
        let (Segment::Literal(text) | Segment::Parameter(text)) = segment;
        let is_literal = matches!(segment, Segment::Literal(_));
        if let Some(character) = never_literal(text).filter(|_| is_literal) {
            let right = "it has letters, digits and `-._~!$&'()*+,;=:@`";
            let message = format!("`{character}` cannot be sent in a path; {right}");
            findings.add(at, message);
        } else if matches!(text.as_str(), "." | "..") {
            findings.add(at, "`.` and `..` are not sent as they are in a path");
        } else if text.contains(['{', '}']) {
            findings.add(at, "not supported: a parameter that is not a whole segment");
        } else if text.is_empty() {
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

fn parameters(path: &model::Path, at: &Pointer, all: &[&Parameter], findings: &Findings) {
    let same =
        |one: &&Parameter, other: &&Parameter| one.name == other.name && one.place == other.place;
    for (_, Parameter { name, .. }) in doubles(all, same) {
        findings.add(at, format!("the parameter `{name}` is here twice"));
    }
    let in_path = all.iter().filter(|own| own.place == Place::Path);
    for own in in_path.clone() {
        let is_known = path.parameters().any(|name| name == own.name);
        let message = format!("`{{{}}}` is not in the path", own.name);
        findings.add_if(!is_known, at, message);
        let message = "a parameter of a path is required";
        findings.add_if(!own.required, &own.at, message);
    }
    for name in path.parameters() {
        let is_known = in_path.clone().any(|own| own.name == name);
        let message = format!("there is no parameter for `{{{name}}}`");
        findings.add_if(!is_known, at, message);
    }
}

/// Our own keywords that are about paths.
fn keywords(path: &model::Path, operation: &Operation, about: &About, findings: &Findings) {
    let names: BTreeSet<&str> = path.parameters().collect();
    for Pair { at, key, text } in &about.joined {
        let message = format!("`{key}` is no parameter of the path");
        findings.add_if(!names.contains(key.as_str()), at, message);
        let is_one = text.chars().count() == 1;
        findings.add_if(!is_one, at, "what joins the values is one character");
    }
    let form = operation.form.as_ref();
    let has_form = form.is_some_and(|form| !form.is_multipart);
    for alias in &about.aliases {
        let message = format!("the path has other parameters than `{}`", path.template);
        let is_other = names != alias.path.parameters().collect();
        findings.add_if(is_other, &alias.at, message);
        template(&alias.at.child("path"), &alias.path, findings);
        let message = "there is no form whose fields could be in the query";
        findings.add_if(alias.in_query && !has_form, &alias.at, message);
    }
}

/// Where a server takes an operation, and as which alias.
type Address<'d> = (&'d Pointer, Method, &'d model::Path, Option<&'d Alias>);

/// Paths can be sent, and no two operations have the same one. Aliases may share one if
/// their actions differ.
pub(super) fn addresses(document: &Document, findings: &Findings) {
    for path in &document.paths {
        template(&path.at, &path.path, findings);
    }
    let own = document.operations();
    let own = own.map(|(path, own)| (&own.at, own.method, &path.path, None));
    let aliases = abouts(document).flat_map(|about| &about.aliases);
    let aliases = aliases.map(|own| (&own.at, own.method, &own.path, Some(own)));
    let are_apart = |(one, other): (&Alias, &Alias)| {
        let actions = one.action.as_ref().zip(other.action.as_ref());
        one.in_query == other.in_query && actions.is_some_and(|(one, other)| one != other)
    };
    let same = |one: &Address<'_>, other: &Address<'_>| {
        let apart = one.3.zip(other.3).is_some_and(are_apart);
        one.1 == other.1 && one.2.is(other.2) && !apart
    };
    let all: Vec<Address<'_>> = own.chain(aliases).collect();
    for ((_, _, other, _), (at, method, _, _)) in doubles(&all, same) {
        let (method, other) = (method.as_str(), &other.template);
        let message = format!("{method} of this path is {method} of `{other}` too");
        findings.add(at, message);
    }
}
