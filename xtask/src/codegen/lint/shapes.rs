//! Forms hold values without parts, and responses are in envelopes.

use crate::codegen::document::{Document, Form, Media, Operation, Schema, Shape};
use crate::codegen::finding::Findings;
use crate::codegen::lower::envelope_of;
use crate::codegen::model::Method;

pub(super) fn check(document: &Document, findings: &Findings) {
    for (_, operation) in document.operations() {
        if let Some(form) = &operation.form {
            request(document, operation, form, findings);
        }
        for content in operation.contents() {
            if content.media == Media::Json {
                envelope(document, &content.schema, findings);
            }
        }
    }
}

fn request(document: &Document, operation: &Operation, form: &Form, findings: &Findings) {
    if matches!(operation.method, Method::Get | Method::Delete) {
        let method = operation.method.as_str();
        findings.add(
            &form.at,
            format!("a {method} has no body; use parameters of the query"),
        );
    }
    if !form.required {
        findings.add(&form.at, "a form is always sent; add `required: true`");
    }
    if form.schema.is_object() {
        let message = "not supported: a form in its place; write a `$ref` to a named schema";
        findings.add(&form.schema.at, message);
    }
    for branch in document.branches(&form.schema) {
        if !branch.is_object() {
            findings.add(&branch.at, "not supported: a form is an object");
        }
        for (_, field) in branch.properties() {
            let (_, target) = document.resolve(field);
            if matches!(target.shape, Shape::Object { .. } | Shape::OneOf { .. }) {
                let right =
                    "a field of a form is text, an integer or a boolean, or a list of these";
                findings.add(&field.at, format!("not supported: {right}"));
            }
        }
    }
}

/// An envelope has a message and a status; what else it has is seen to later.
fn envelope(document: &Document, schema: &Schema, findings: &Findings) {
    let insides = document
        .branches(schema)
        .into_iter()
        .filter_map(envelope_of);
    let insides = insides.map(|(_, inner)| document.resolve(inner).1);
    for inner in insides.filter(|inner| inner.is_object()) {
        for (name, right) in [("message", "any text"), ("status", "an integer")] {
            let Some(schema) = inner.property(name) else {
                findings.add(&inner.at, format!("what is in an envelope has a `{name}`"));
                continue;
            };
            let (_, target) = document.resolve(schema);
            let fits = match &target.shape {
                Shape::Text { constant, choices } => {
                    name == "message" && constant.is_none() && choices.is_empty()
                }
                Shape::Integer => name == "status",
                _ => false,
            };
            if !fits || schema.nullable || target.nullable {
                findings.add(&schema.at, format!("the {name} of an envelope is {right}"));
            }
            if !inner.requires(name) {
                findings.add(&schema.at, format!("the {name} of an envelope is required"));
            }
        }
    }
}
