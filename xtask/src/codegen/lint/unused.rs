//! What nothing refers to is a mistake: a rename leaves it behind.

use std::collections::BTreeSet;

use super::children;
use crate::codegen::document::{Document, ParameterOrRef, Schema, Shape};
use crate::codegen::finding::{Findings, Pointer};

#[cfg(test)]
mod tests;

const UNUSED: &str = "no operation uses it; use it, or remove it";

pub(crate) fn check(document: &Document, findings: &Findings) {
    for tag in &document.tags {
        let mut operations = document.operations();
        if !operations.any(|(_, operation)| operation.tags.contains(&tag.name)) {
            findings.add(&tag.at.child("name"), "no operation has this tag");
        }
    }
    let mut used = Used {
        document,
        schemas: BTreeSet::new(),
    };
    let mut parameters: BTreeSet<&str> = BTreeSet::new();
    let mut responses: BTreeSet<&str> = BTreeSet::new();
    for (path, operation) in document.operations() {
        for parameter in path.parameters.iter().chain(&operation.parameters) {
            if let ParameterOrRef::Ref(reference) = parameter {
                parameters.insert(&reference.name);
            }
            if let Some(parameter) = document.parameter(parameter) {
                used.schema(&parameter.schema);
            }
        }
        if let Some(form) = &operation.form {
            used.schema(&form.schema);
        }
        if let Some((_, url)) = &operation.url {
            let mut names = document.schemas.iter().map(|(name, _)| name);
            let name = names.find(|name| name.to_lowercase() == *url);
            name.into_iter().for_each(|name| used.named(name));
        }
        for response in operation.abouts().flat_map(|(about, _)| &about.responses) {
            responses.extend(response.reference.as_ref().map(|it| it.name.as_str()));
            if let Some(content) = &response.content {
                used.schema(&content.schema);
            }
        }
    }
    let at = |kind: &str, name: &str| Pointer::root().child("components").child(kind).child(name);
    let mut unused: Vec<Pointer> = Vec::new();
    let names = document.parameters.iter().map(|(name, _)| name.as_str());
    unused.extend(
        names
            .filter(|name| !parameters.contains(name))
            .map(|name| at("parameters", name)),
    );
    let names = document.responses.iter().map(|(name, _)| name.as_str());
    unused.extend(
        names
            .filter(|name| !responses.contains(name))
            .map(|name| at("responses", name)),
    );
    for (name, schema) in &document.schemas {
        let at = at("schemas", name);
        // One that stands in its place is not among the components.
        if !used.schemas.contains(name.as_str()) && schema.at == at {
            unused.push(at);
        }
    }
    for at in unused {
        findings.add_to_key(&at, UNUSED);
    }
}

struct Used<'d> {
    document: &'d Document,
    schemas: BTreeSet<&'d str>,
}

impl<'d> Used<'d> {
    fn schema(&mut self, schema: &'d Schema) {
        match &schema.shape {
            Shape::Ref(reference) => self.named(&reference.name),
            _ => children(schema)
                .into_iter()
                .for_each(|schema| self.schema(schema)),
        }
        if let Some(name) = &schema.rust_type {
            self.named(name);
        }
    }

    fn named(&mut self, name: &'d str) {
        if self.schemas.insert(name)
            && let Some(schema) = self.document.schema(name)
        {
            self.schema(schema);
        }
    }
}
