//! Every reference leads somewhere, none leads back, and something leads to each component.

use std::collections::BTreeSet;

use super::{Site, Stands, abouts, roots, sites, within};
use crate::codegen::document::{Document, ParameterOrRef, Reference, Schema, Shape};
use crate::codegen::finding::{Findings, Pointer, nearest};

pub(super) fn check(document: &Document, findings: &Findings) {
    for reference in parameters(document) {
        exists(reference, "parameters", &document.parameters, findings);
    }
    for site in sites(document) {
        for reference in references(site.schema) {
            exists(reference, "schemas", &document.schemas, findings);
        }
    }
    for (name, schema) in &document.schemas {
        let stands = Stands::Named;
        for site in within(vec![Site { schema, stands }]) {
            for Reference { at, name: other } in references(site.schema) {
                let schemas = document.schema(other).into_iter();
                let way = schemas.map(|schema| Site { schema, stands }).collect();
                let is_circle = other == name || reached(document, way).contains(name.as_str());
                let message = format!("a circle: `{other}` leads back to `{name}`");
                findings.add_if(is_circle, at, message);
            }
        }
    }
}

/// The references to parameters.
fn parameters(document: &Document) -> impl Iterator<Item = &Reference> {
    let operations = document.operations();
    let all = operations.flat_map(|(path, own)| path.parameters.iter().chain(&own.parameters));
    all.filter_map(|parameter| match parameter {
        ParameterOrRef::Ref(reference) => Some(reference),
        ParameterOrRef::Inline(_) => None,
    })
}

/// The references that stand in a schema itself.
fn references(schema: &Schema) -> Vec<&Reference> {
    match &schema.shape {
        Shape::Ref(reference) => vec![reference],
        Shape::OneOf {
            discriminator: Some(discriminator),
            ..
        } => {
            let mapping = discriminator.mapping.iter();
            mapping.map(|(_, reference)| reference).collect()
        }
        _ => Vec::new(),
    }
}

fn exists<T>(reference: &Reference, kind: &str, components: &[(String, T)], findings: &Findings) {
    let (name, names) = (reference.name.as_str(), names(components));
    let meant = nearest(name, names.iter().copied());
    let meant = meant.map(|meant| format!("; did you mean `{meant}`?"));
    let meant = meant.unwrap_or_default();
    let message = format!("there is no `{name}` under components/{kind}{meant}");
    findings.add_if(!names.contains(&name), &reference.at, message);
}

/// The names of the schemas to which these lead.
fn reached<'d>(document: &'d Document, mut open: Vec<Site<'d>>) -> BTreeSet<&'d str> {
    let mut names = BTreeSet::new();
    let stands = Stands::Named;
    while !open.is_empty() {
        for site in within(std::mem::take(&mut open)) {
            let references = references(site.schema).into_iter();
            let targets = references.map(|reference| &reference.name);
            for name in targets.chain(&site.schema.rust_type) {
                if names.insert(name.as_str()) {
                    let schema = document.schema(name);
                    open.extend(schema.map(|schema| Site { schema, stands }));
                }
            }
        }
    }
    names
}

/// What nothing refers to is a mistake: a rename leaves it behind.
pub(crate) fn unused(document: &Document, findings: &Findings) {
    let operations = || document.operations().map(|(_, operation)| operation);
    for tag in &document.tags {
        let is_used = operations().any(|operation| operation.tags.contains(&tag.name));
        findings.add_if(!is_used, &tag.at.child("name"), "no operation has this tag");
    }
    let mut schemas = reached(document, roots(document));
    let urls = operations().filter_map(|operation| operation.url.as_ref());
    let urls = urls.filter_map(|(_, name)| document.url(name));
    schemas.extend(urls.map(|(name, _)| name.as_str()));
    let parameters = parameters(document).map(|it| it.name.as_str()).collect();
    let responses = abouts(document).flat_map(|about| &about.responses);
    let responses = responses.filter_map(|it| Some(it.reference.as_ref()?.name.as_str()));
    // One that stands in its place is not among the components.
    let is_hoisted = |(name, schema): &&(String, Schema)| schema.at != component("schemas", name);
    let hoisted = document.schemas.iter().filter(is_hoisted);
    schemas.extend(hoisted.map(|(name, _)| name.as_str()));
    for (kind, names, used) in [
        ("parameters", names(&document.parameters), parameters),
        ("responses", names(&document.responses), responses.collect()),
        ("schemas", names(&document.schemas), schemas),
    ] {
        for name in names.iter().filter(|name| !used.contains(*name)) {
            let message = "no operation uses it; use it, or remove it";
            findings.add_to_key(&component(kind, name), message);
        }
    }
}

fn names<T>(components: &[(String, T)]) -> Vec<&str> {
    components.iter().map(|(name, _)| name.as_str()).collect()
}

fn component(kind: &str, name: &str) -> Pointer {
    Pointer::root().child("components").child(kind).child(name)
}
