//! Forms hold values without parts, files travel alone or last, and responses are in envelopes.

use super::described;
use crate::codegen::document::{Document, Form, MP3, Media, Operation, PartType, Schema, Shape};
use crate::codegen::finding::Findings;
use crate::codegen::lower::envelope_of;
use crate::codegen::model::Method;

pub(super) fn check(document: &Document, operation: &Operation, findings: &Findings) {
    if let Some(form) = &operation.form {
        request(document, operation.method, form, findings);
        if form.is_multipart {
            multipart(document, form, findings);
        }
    }
    for content in operation.contents() {
        let is_right = (content.media == Media::Mp3) == is_file(document, &content.schema);
        let message = format!("bytes, and nothing else, are sent as `{MP3}`");
        findings.add_if(!is_right, &content.schema.at, message);
    }
    for inner in insides(document, operation) {
        envelope(document, inner, findings);
    }
}

/// What is inside the envelopes of an operation.
pub(super) fn insides<'d>(document: &'d Document, operation: &'d Operation) -> Vec<&'d Schema> {
    let contents = operation.contents();
    let contents = contents.filter(|content| content.media == Media::Json);
    let outers = contents.flat_map(|content| document.branches(&content.schema));
    let insides = outers.filter_map(|outer| Some(document.resolve(envelope_of(outer)?.1).1));
    insides.collect()
}

fn is_file(document: &Document, schema: &Schema) -> bool {
    matches!(document.resolve(schema).1.shape, Shape::Bytes)
}

fn request(document: &Document, method: Method, form: &Form, findings: &Findings) {
    described(&form.at, "body", &form.description, findings);
    let has_body = !matches!(method, Method::Get | Method::Delete);
    let method = method.as_str();
    let message = format!("a {method} has no body; use parameters of the query");
    findings.add_if(!has_body, &form.at, message);
    let message = "a form is always sent; add `required: true`";
    findings.add_if(!form.required, &form.at, message);
    let message = "not supported: a form in its place; write a `$ref` to a named schema";
    findings.add_if(form.schema.is_object(), &form.schema.at, message);
    for branch in document.branches(&form.schema) {
        let message = "not supported: a form is an object";
        findings.add_if(!branch.is_object(), &branch.at, message);
    }
}

/// A form of several parts: the last is the file, which alone has a type.
fn multipart(document: &Document, form: &Form, findings: &Findings) {
    let (_, schema) = document.resolve(&form.schema);
    // A choice of forms is not told apart in parts.
    let message = "not supported: parts that are no object";
    findings.add_if(!schema.is_object(), &form.at, message);
    let Some(((name, file), fields)) = schema.properties().split_last() else {
        return;
    };
    let is_last = is_file(document, file) && !fields.iter().any(|(_, it)| is_file(document, it));
    let message = "the last part is a file, and no other is";
    findings.add_if(!is_last, &schema.at.child("properties"), message);
    let message = "a file is always sent; require it";
    findings.add_if(!schema.requires(name), &file.at, message);
    let is_right = |part: &&PartType| part.property == *name && part.content_type == MP3;
    let (right, wrong): (Vec<_>, Vec<_>) = form.encoding.iter().partition(is_right);
    for part in wrong {
        findings.add(&part.at, format!("only the file has a type, `{MP3}`"));
    }
    let message = format!("`encoding` does not say that `{name}` is `{MP3}`");
    findings.add_if(right.is_empty(), &form.at, message);
}

/// An envelope has a message and a status; what else it has is seen to later.
fn envelope(document: &Document, inner: &Schema, findings: &Findings) {
    if !inner.is_object() {
        return;
    }
    for (name, right) in [("message", "any text"), ("status", "an integer")] {
        let property = inner.property(name);
        let is_right = property.is_some_and(|schema| {
            let (_, target) = document.resolve(schema);
            let fits = match (name, &target.shape) {
                ("message", Shape::Text { constant, choices }) => {
                    constant.is_none() && choices.is_empty()
                }
                ("status", Shape::Integer) => true,
                _ => false,
            };
            fits && inner.requires(name) && !schema.nullable && !target.nullable
        });
        let at = property.map_or(&inner.at, |schema| &schema.at);
        let message = format!("what is in an envelope requires a `{name}`, which is {right}");
        findings.add_if(!is_right, at, message);
    }
}
