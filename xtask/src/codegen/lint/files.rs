//! Files travel in parts of a form, and in responses that are nothing else.

use super::all_schemas;
use crate::codegen::document::{Document, Form, MP3, Media, Schema, Shape};
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
        for parameter in path.parameters.iter().chain(&operation.parameters) {
            if let Some(parameter) = document.parameter(parameter)
                && is_file(document, &parameter.schema)
            {
                findings.add(&parameter.at, "a file is a part of a form");
            }
        }
        match &operation.form {
            Some(form) if form.is_multipart => multipart(document, form, findings),
            Some(form) => plain(document, form, findings),
            None => {}
        }
        let responses = operation.abouts().flat_map(|(about, _)| &about.responses);
        for content in responses.filter_map(|response| response.content.as_ref()) {
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
    let (_, schema) = document.resolve(&form.schema);
    let branches = match &schema.shape {
        Shape::OneOf { branches, .. } => branches.iter().collect(),
        _ => vec![schema],
    };
    for branch in branches {
        let (_, branch) = document.resolve(branch);
        if let Shape::Object { properties, .. } = &branch.shape {
            for (_, schema) in properties {
                if is_file(document, schema) {
                    let right = "a form that carries a file is `multipart/form-data`";
                    findings.add(&schema.at, right);
                }
            }
        }
    }
}

/// A form of several parts: the last is the file, which alone has a type.
fn multipart(document: &Document, form: &Form, findings: &Findings) {
    let (_, schema) = document.resolve(&form.schema);
    let Shape::Object {
        required,
        properties,
    } = &schema.shape
    else {
        // Said elsewhere for an object; a choice of forms is not told apart in parts.
        findings.add(&form.at, "not supported: parts that are no object");
        return;
    };
    let Some(((name, file), fields)) = properties.split_last() else {
        return;
    };
    if !is_file(document, file) || fields.iter().any(|(_, field)| is_file(document, field)) {
        let right = "the last part is a file, and no other is";
        findings.add(&schema.at.child("properties"), right);
    }
    if !required.contains(name) {
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
    let mut typed = false;
    for part in &form.encoding {
        if part.property == *name && part.content_type == media {
            typed = true;
        } else {
            let right = format!("only the file has a type, `{media}`");
            findings.add(&part.at, right);
        }
    }
    if !typed {
        let message = format!("`encoding` does not say that `{name}` is `{media}`");
        findings.add(&form.at, message);
    }
}
