//! Our own keywords on operations fit what they stand on.

use std::collections::BTreeSet;

use super::paths::template;
use crate::codegen::document::{
    About, Alias, Document, Operation, Parameter, Path, Place, Schema, Shape,
};
use crate::codegen::finding::Findings;
use crate::codegen::model::{self, Method};

#[cfg(test)]
mod tests;

pub(super) fn check(document: &Document, findings: &Findings) {
    for (path, operation) in document.operations() {
        let place = Around {
            document,
            path,
            operation,
        };
        url(place, findings);
        for (about, _) in operation.abouts() {
            outcomes(about, findings);
            joined(place, about, findings);
            for alias in &about.aliases {
                self::alias(place, alias, findings);
            }
        }
    }
    collisions(document, findings);
}

/// An operation, and what is around it.
#[derive(Clone, Copy)]
struct Around<'d> {
    document: &'d Document,
    path: &'d Path,
    operation: &'d Operation,
}

impl<'d> Around<'d> {
    /// The parameters in one place.
    fn parameters(self, place: Place) -> impl Iterator<Item = &'d Parameter> {
        let all = self.document.parameters_of(self.path, self.operation);
        all.filter(move |parameter| parameter.place == place)
    }
}

/// Whether a schema is an identifier: text with a name and nothing to choose from.
pub(super) fn is_id(document: &Document, schema: &Schema) -> bool {
    let (name, target) = document.resolve(schema);
    let is_text = match &target.shape {
        Shape::Text { constant, choices } => constant.is_none() && choices.is_empty(),
        Shape::TextOrInteger => true,
        _ => false,
    };
    let own_type = |name: &str| {
        let schema = document.schema(name);
        schema.is_some_and(|schema| schema.rust_type.is_none())
    };
    name.is_some() && is_text && target.rust_type.as_deref().is_none_or(own_type)
}

fn outcomes(about: &About, findings: &Findings) {
    for outcome in &about.outcomes {
        let mut responses = about.responses.iter();
        if !responses.any(|response| response.status == outcome.status) {
            let message = format!("{} is not among the responses", outcome.status);
            findings.add(&outcome.at, message);
        }
    }
    if about.outcomes.is_empty() {
        return;
    }
    for response in &about.responses {
        let mut outcomes = about.outcomes.iter();
        let has_word = outcomes.any(|outcome| response.status == outcome.status);
        if response.status.is_success() && !has_word {
            let message = format!("x-talkspace-outcomes has no word for {}", response.status);
            findings.add(&response.at, message);
        }
    }
}

fn joined(place: Around<'_>, about: &About, findings: &Findings) {
    for joined in &about.joined {
        let mut in_path = place.parameters(Place::Path);
        match in_path.find(|parameter| parameter.name == joined.key) {
            None => {
                let message = format!("`{}` is no parameter of the path", joined.key);
                findings.add(&joined.at, message);
            }
            Some(parameter) if !is_id(place.document, &parameter.schema) => {
                findings.add(
                    &joined.at,
                    "not supported: a list of anything but identifiers",
                );
            }
            Some(_) => {}
        }
        if joined.text.chars().count() != 1 {
            findings.add(&joined.at, "what joins the values is one character");
        }
    }
}

fn url(place: Around<'_>, findings: &Findings) {
    let operation = place.operation;
    let Some((at, name)) = &operation.url else {
        return;
    };
    let mut schemas = place.document.schemas.iter();
    let schema = schemas.find(|(other, _)| other.to_lowercase() == *name);
    if schema.is_some_and(|(_, schema)| !is_named_text(schema)) {
        findings.add(at, format!("`{name}` is not the name of a text"));
    }
    if place.parameters(Place::Query).next().is_some()
        || operation.form.is_some()
        || operation.split.is_some()
    {
        findings.add(
            at,
            "not supported: a URL that is handed in, and a query, a form or a split beside it",
        );
    }
    if !operation.about.aliases.is_empty() || !operation.about.joined.is_empty() {
        let message = "not supported: a URL that is handed in, with aliases or joined values";
        findings.add(at, message);
    }
}

const fn is_named_text(schema: &Schema) -> bool {
    schema.is_text() && schema.rust_type.is_none()
}

fn alias(place: Around<'_>, alias: &Alias, findings: &Findings) {
    let path = &place.path.path;
    let (own, other) = (path.parameters(), alias.path.parameters());
    if own.collect::<BTreeSet<_>>() != other.collect() {
        let message = format!("the path has other parameters than `{}`", path.template);
        findings.add(&alias.at, message);
    }
    template(&alias.at.child("path"), &alias.path, findings);
    let form = place.operation.form.as_ref();
    if alias.in_query && form.is_none_or(|form| form.is_multipart) {
        findings.add(
            &alias.at,
            "there is no form whose fields could be in the query",
        );
    }
}

/// An alias is nothing else's address. Aliases may share one if their actions differ.
fn collisions(document: &Document, findings: &Findings) {
    let operations = document.operations();
    let own = operations.map(|(path, operation)| (operation.method, &path.path, None));
    let mut taken: Vec<(Method, &model::Path, Option<&Alias>)> = own.collect();
    for (_, operation) in document.operations() {
        for alias in operation.abouts().flat_map(|(about, _)| &about.aliases) {
            let is_taken = taken.iter().any(|(method, path, by)| {
                let apart = by.is_some_and(|by| {
                    by.in_query == alias.in_query
                        && by.action.is_some()
                        && alias.action.is_some()
                        && by.action != alias.action
                });
                *method == alias.method && path.is(&alias.path) && !apart
            });
            if is_taken {
                let method = alias.method.as_str();
                let message = format!("{method} of this path is another operation's");
                findings.add(&alias.at, message);
            }
            taken.push((alias.method, &alias.path, Some(alias)));
        }
    }
}
