//! The rules of the spec. Every breach is said, not the first alone.

mod bodies;
mod operations;
mod paths;
mod references;
mod schemas;

use super::document::{About, Document, Schema, Shape};
use super::finding::{Findings, Pointer};

pub(crate) use references::unused;

#[cfg(test)]
mod tests;

/// The most characters of a summary, and of a name, which is that of a file and a command too.
const MOST: usize = 70;

/// Checks all rules, but for that of what is unused.
pub(crate) fn check(document: &Document, findings: &Findings) {
    references::check(document, findings);
    if !findings.is_empty() {
        // The other rules follow references.
        return;
    }
    for tag in &document.tags {
        length("name", &tag.name, &tag.at.child("name"), findings);
        described(&tag.at, "tag", &tag.description, findings);
    }
    for (path, operation) in document.operations() {
        operations::check(document, operation, findings);
        paths::check(document, path, operation, findings);
        bodies::check(document, operation, findings);
    }
    operations::ids(document, findings);
    paths::addresses(document, findings);
    schemas::check(document, findings);
}

/// All operations, and the entries of their splits.
fn abouts(document: &Document) -> impl Iterator<Item = &About> {
    let operations = document.operations();
    let abouts = operations.flat_map(|(_, operation)| operation.abouts());
    abouts.map(|(about, _)| about)
}

/// A schema, and where it stands.
#[derive(Clone, Copy)]
struct Site<'d> {
    schema: &'d Schema,
    stands: Stands<'d>,
}

#[derive(Clone, Copy)]
enum Stands<'d> {
    /// Among the components.
    Named,
    /// In an object, as the property of this name.
    Property(&'d Schema, &'d str),
    /// As what a parameter is like.
    Parameter,
    /// In the body of a request or of a response, in a list, or as one of several.
    Elsewhere,
}

impl<'d> Site<'d> {
    const fn named(schema: &'d Schema) -> Self {
        let stands = Stands::Named;
        Self { schema, stands }
    }
}

/// The schemas of bodies and of parameters.
fn roots(document: &Document) -> Vec<Site<'_>> {
    let mut roots = Vec::new();
    let mut add = |schema, stands| roots.push(Site { schema, stands });
    for (_, operation) in document.operations() {
        let form = operation.form.iter().map(|form| &form.schema);
        let contents = operation.contents().map(|content| &content.schema);
        let bodies = form.chain(contents);
        bodies.for_each(|it| add(it, Stands::Elsewhere));
    }
    for parameter in document.all_parameters() {
        add(&parameter.schema, Stands::Parameter);
    }
    roots
}

/// Schemas, and those that stand inside them.
fn within(mut open: Vec<Site<'_>>) -> Vec<Site<'_>> {
    let mut all = Vec::new();
    while let Some(site) = open.pop() {
        open.extend(children(site.schema));
        all.push(site);
    }
    all
}

/// All schemas that stand in the document.
fn sites(document: &Document) -> Vec<Site<'_>> {
    let named = document.schemas.iter();
    let named = named.map(|(_, schema)| Site::named(schema));
    within(named.chain(roots(document)).collect())
}

/// The schemas inside a schema, one step down.
fn children(schema: &Schema) -> impl Iterator<Item = Site<'_>> {
    let stands = Stands::Elsewhere;
    let properties = schema.properties().iter().map(|(name, property)| Site {
        schema: property,
        stands: Stands::Property(schema, name),
    });
    let inside = match &schema.shape {
        Shape::Array(items) => std::slice::from_ref(&**items),
        _ => schema.branches(),
    };
    let inside = inside.iter().map(move |schema| Site { schema, stands });
    inside.chain(properties)
}

/// Each that is the same as one before it, after that one.
fn doubles<T>(all: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<(&T, &T)> {
    let each = all.iter().enumerate();
    let doubles = each.filter_map(|(index, one)| {
        let mut before = all.iter().take(index);
        Some((before.find(|other| same(other, one))?, one))
    });
    doubles.collect()
}

/// The descriptions become the documentation.
fn described(at: &Pointer, what: &str, text: &str, findings: &Findings) {
    let message = format!("the {what} has no description");
    findings.add_if(text.trim().is_empty(), at, message);
}

fn length(what: &str, text: &str, at: &Pointer, findings: &Findings) {
    let length = text.chars().count();
    let message = format!("{length} characters; a {what} has at most {MOST}");
    findings.add_if(length > MOST, at, message);
}
