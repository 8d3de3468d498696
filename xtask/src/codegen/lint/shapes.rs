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
        for (about, _) in operation.abouts() {
            let contents = about
                .responses
                .iter()
                .filter_map(|response| response.content.as_ref());
            for content in contents.filter(|content| content.media == Media::Json) {
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
    let (_, schema) = document.resolve(&form.schema);
    match &schema.shape {
        Shape::OneOf { branches, .. } => {
            for branch in branches {
                let (_, branch) = document.resolve(branch);
                properties(document, branch, findings);
            }
        }
        _ => properties(document, schema, findings),
    }
}

fn properties(document: &Document, form: &Schema, findings: &Findings) {
    let Shape::Object { properties, .. } = &form.shape else {
        findings.add(&form.at, "not supported: a form is an object");
        return;
    };
    for (_, schema) in properties {
        let (_, target) = document.resolve(schema);
        if matches!(
            target.shape,
            Shape::Array(_) | Shape::Object { .. } | Shape::OneOf { .. }
        ) {
            let right = "a field of a form is text, an integer or a boolean";
            findings.add(&schema.at, format!("not supported: {right}"));
        }
    }
}

/// An envelope has a message and a status; what else it has is seen to later.
fn envelope(document: &Document, schema: &Schema, findings: &Findings) {
    let (_, outer) = document.resolve(schema);
    if let Shape::OneOf { branches, .. } = &outer.shape {
        for branch in branches {
            envelope(document, branch, findings);
        }
        return;
    }
    let Some((_, inner)) = envelope_of(outer) else {
        return;
    };
    let (_, inner) = document.resolve(inner);
    let Shape::Object {
        required,
        properties,
    } = &inner.shape
    else {
        return;
    };
    for (name, right) in [("message", "text"), ("status", "an integer")] {
        let found = properties.iter().find(|(property, _)| property == name);
        let Some((_, schema)) = found else {
            findings.add(&inner.at, format!("what is in an envelope has a `{name}`"));
            continue;
        };
        let (_, target) = document.resolve(schema);
        let fits = match name {
            "message" => matches!(target.shape, Shape::Text { .. }),
            _ => matches!(target.shape, Shape::Integer),
        };
        if !fits {
            findings.add(&schema.at, format!("the {name} of an envelope is {right}"));
        }
        if !required.iter().any(|required| required == name) {
            findings.add(&schema.at, format!("the {name} of an envelope is required"));
        }
    }
}
