//! Every reference leads somewhere, none leads back, and something leads to each component.

use std::collections::BTreeSet;

use super::{Site, abouts, roots, sites, within};
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
        for site in within(vec![Site::named(schema)]) {
            for Reference { at, name: other } in references(site.schema) {
                let is_circle = reached(document, vec![other]).contains(name.as_str());
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
fn references(schema: &Schema) -> impl Iterator<Item = &Reference> {
    let own = match &schema.shape {
        Shape::Ref(reference) => Some(reference),
        _ => None,
    };
    let discriminator = schema.discriminator().into_iter();
    let mapping = discriminator.flat_map(|own| &own.mapping);
    own.into_iter()
        .chain(mapping.map(|(_, reference)| reference))
}

fn exists<T>(reference: &Reference, kind: &str, components: &[(String, T)], findings: &Findings) {
    let (name, names) = (reference.name.as_str(), names(components));
    let meant = nearest(name, names.iter().copied());
    let meant = meant.map(|meant| format!("; did you mean `{meant}`?"));
    let meant = meant.unwrap_or_default();
    let message = format!("there is no `{name}` under components/{kind}{meant}");
    findings.add_if(!names.contains(&name), &reference.at, message);
}

/// The names of these schemas, and of all to which they lead.
fn reached<'d>(document: &'d Document, mut open: Vec<&'d str>) -> BTreeSet<&'d str> {
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        if reached.insert(name) {
            let schema = document.schema(name).into_iter();
            open.extend(targets(schema.map(Site::named).collect()));
        }
    }
    reached
}

/// The names of the schemas to which these lead at once.
fn targets(sites: Vec<Site<'_>>) -> impl Iterator<Item = &str> {
    within(sites).into_iter().flat_map(|site| {
        let references = references(site.schema).map(|reference| &reference.name);
        references.chain(&site.schema.rust_type).map(String::as_str)
    })
}

/// What nothing refers to is a mistake: a rename leaves it behind.
pub(crate) fn unused(document: &Document, findings: &Findings) {
    let operations = || document.operations().map(|(_, operation)| operation);
    for tag in &document.tags {
        let is_used = operations().any(|operation| operation.tags.contains(&tag.name));
        findings.add_if(!is_used, &tag.at.child("name"), "no operation has this tag");
    }
    let urls = operations().filter_map(|operation| operation.url.as_ref());
    let urls = urls.filter_map(|(_, key)| Some(document.url(key)?.0.as_str()));
    let mut schemas = reached(document, urls.chain(targets(roots(document))).collect());
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
