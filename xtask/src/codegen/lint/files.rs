//! Files travel in parts of a form, and in responses that are nothing else.

use super::all_schemas;
use crate::codegen::document::{Document, Form, MP3, Media, PartType, Schema, Shape};
use crate::codegen::finding::Findings;

#[cfg(test)]
mod tests;

pub(super) fn check(document: &Document, findings: &Findings) {
    for schema in all_schemas(document) {
        if let Shape::Bytes { media } = &schema.shape
            && media != MP3
        {
            let message = format!("not supported: `{media}`; a file is `{MP3}`");
            findings.add(&schema.at.child("contentMediaType"), message);
        }
    }
    for (path, operation) in document.operations() {
        for parameter in document.parameters_of(path, operation) {
            if is_file(document, &parameter.schema) {
                findings.add(&parameter.at, "a file is a part of a form");
            }
        }
        match &operation.form {
            Some(form) if form.is_multipart => multipart(document, form, findings),
            Some(form) => plain(document, form, findings),
            None => {}
        }
        for content in operation.contents() {
            let is_file = is_file(document, &content.schema);
            if (content.media == Media::Mp3) != is_file {
                let message = format!("bytes, and nothing else, are sent as `{MP3}`");
                findings.add(&content.schema.at, message);
            }
        }
    }
}

fn is_file(document: &Document, schema: &Schema) -> bool {
    matches!(document.resolve(schema).1.shape, Shape::Bytes { .. })
}

/// A form whose fields are text.
fn plain(document: &Document, form: &Form, findings: &Findings) {
    let branches = document.branches(&form.schema).into_iter();
    let fields = branches.flat_map(Schema::properties);
    for (_, field) in fields.filter(|(_, field)| is_file(document, field)) {
        let right = "a form that carries a file is `multipart/form-data`";
        findings.add(&field.at, right);
    }
}

/// A form of several parts: the last is the file, which alone has a type.
fn multipart(document: &Document, form: &Form, findings: &Findings) {
    let (_, schema) = document.resolve(&form.schema);
    if !schema.is_object() {
        // Said elsewhere for an object; a choice of forms is not told apart in parts.
        findings.add(&form.at, "not supported: parts that are no object");
    }
    let Some(((name, file), fields)) = schema.properties().split_last() else {
        return;
    };
    if !is_file(document, file) || fields.iter().any(|(_, field)| is_file(document, field)) {
        let right = "the last part is a file, and no other is";
        findings.add(&schema.at.child("properties"), right);
    }
    if !schema.requires(name) {
        findings.add(&file.at, "a file is always sent; require it");
    }
    for (_, field) in fields {
        let (_, target) = document.resolve(field);
        if target.rust_type.as_deref() == Some("AppKey") {
            findings.add(
                &field.at,
                "not supported: the key in a form of several parts",
            );
        }
    }
    let (_, target) = document.resolve(file);
    let media = match &target.shape {
        Shape::Bytes { media } => media.as_str(),
        _ => MP3,
    };
    let is_right = |part: &&PartType| part.property == *name && part.content_type == media;
    let (right, wrong): (Vec<_>, Vec<_>) = form.encoding.iter().partition(is_right);
    for part in wrong {
        findings.add(&part.at, format!("only the file has a type, `{media}`"));
    }
    if right.is_empty() {
        let message = format!("`encoding` does not say that `{name}` is `{media}`");
        findings.add(&form.at, message);
    }
}
