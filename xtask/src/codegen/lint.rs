//! The rules of the spec. Every breach is said, not the first alone.

mod files;
mod given;
mod keywords;
mod operations;
mod paths;
mod references;
mod shapes;
mod splits;
pub(crate) mod unused;
mod values;
mod words;

use super::document::{Document, Schema, Shape};
use super::finding::Findings;

#[cfg(test)]
pub(crate) mod breaking;
#[cfg(test)]
mod tests;

/// Checks all rules.
pub(crate) fn check(document: &Document, findings: &Findings) {
    references::check(document, findings);
    if !findings.is_empty() {
        // The other rules follow references.
        return;
    }
    files::check(document, findings);
    given::check(document, findings);
    keywords::check(document, findings);
    operations::check(document, findings);
    paths::check(document, findings);
    shapes::check(document, findings);
    splits::check(document, findings);
    values::check(document, findings);
    words::check(document, findings);
}

/// The schemas inside a schema, one step down.
fn children(schema: &Schema) -> Vec<&Schema> {
    match &schema.shape {
        Shape::Array(items) => vec![items],
        Shape::OneOf { branches, .. } => branches.iter().collect(),
        _ => schema.properties().iter().map(|(_, it)| it).collect(),
    }
}

/// All schemas that stand in the document, those inside others included.
fn all_schemas(document: &Document) -> Vec<&Schema> {
    let mut roots: Vec<&Schema> = document.schemas.iter().map(|(_, schema)| schema).collect();
    roots.extend(document.parameters.iter().map(|(_, it)| &it.schema));
    for (path, operation) in document.operations() {
        let parameters = document.parameters_of(path, operation);
        roots.extend(parameters.map(|parameter| &parameter.schema));
        roots.extend(operation.form.iter().map(|form| &form.schema));
        roots.extend(operation.contents().map(|content| &content.schema));
    }
    let mut all = Vec::new();
    while let Some(schema) = roots.pop() {
        roots.extend(children(schema));
        all.push(schema);
    }
    all
}
