//! Every reference leads somewhere, and none leads back.

use super::{all_schemas, children};
use crate::codegen::document::{Document, ParameterOrRef, Reference, Schema, Shape};
use crate::codegen::finding::{Findings, or_nearest};

pub(super) fn check(document: &Document, findings: &Findings) {
    for (path, operation) in document.operations() {
        for parameter in path.parameters.iter().chain(&operation.parameters) {
            if let ParameterOrRef::Ref(reference) = parameter
                && document.parameter(parameter).is_none()
            {
                dangling(reference, "parameters", &document.parameters, findings);
            }
        }
    }
    for schema in all_schemas(document) {
        for reference in references(schema) {
            if document.schema(&reference.name).is_none() {
                dangling(reference, "schemas", &document.schemas, findings);
            }
        }
    }
    for (name, schema) in &document.schemas {
        follow(document, schema, &mut vec![name.as_str()], findings);
    }
}

/// A reference to what is not there.
fn dangling<T>(reference: &Reference, kind: &str, components: &[(String, T)], findings: &Findings) {
    let (name, names) = (
        &reference.name,
        components.iter().map(|(name, _)| name.as_str()),
    );
    let meant = or_nearest(name, names, String::new);
    let end = if meant.is_empty() { "" } else { "; " };
    let message = format!("there is no `{name}` under components/{kind}{end}{meant}");
    findings.add(&reference.at, message);
}

/// The references that stand in a schema itself.
fn references(schema: &Schema) -> Vec<&Reference> {
    match &schema.shape {
        Shape::Ref(reference) => vec![reference],
        Shape::OneOf {
            discriminator: Some(discriminator),
            ..
        } => discriminator
            .mapping
            .iter()
            .map(|(_, reference)| reference)
            .collect(),
        _ => Vec::new(),
    }
}

/// Goes down every way from a schema; `way` holds the names on it.
fn follow<'d>(
    document: &'d Document,
    schema: &'d Schema,
    way: &mut Vec<&'d str>,
    findings: &Findings,
) {
    for child in children(schema) {
        follow(document, child, way, findings);
    }
    let Shape::Ref(reference) = &schema.shape else {
        return;
    };
    let name = reference.name.as_str();
    if way.contains(&name) {
        // Said once, at the reference that closes the circle from its first name.
        if way.first() == Some(&name) {
            let way = way.join("`, `");
            findings.add(
                &reference.at,
                format!("a circle: `{way}` and `{name}` again"),
            );
        }
        return;
    }
    if let Some(target) = document.schema(name) {
        way.push(name);
        follow(document, target, way, findings);
        way.pop();
    }
}
