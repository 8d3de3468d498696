//! Everything is described, since the descriptions become the documentation.

use super::all_schemas;
use crate::codegen::document::{About, Document};
use crate::codegen::finding::{Findings, Pointer};

/// The most characters of a summary.
const SUMMARY: usize = 70;

pub(super) fn check(document: &Document, findings: &Findings) {
    let described = |at: &Pointer, what: &str, text: &str| {
        if text.trim().is_empty() {
            findings.add(at, format!("the {what} has no description"));
        }
    };
    for tag in &document.tags {
        described(&tag.at, "tag", &tag.description);
    }
    for (path, operation) in document.operations() {
        for (about, _) in operation.abouts() {
            described(&about.at, "operation", &about.description);
            summary(about, findings);
            for response in &about.responses {
                described(&response.at, "response", &response.description);
            }
        }
        for parameter in document.parameters_of(path, operation) {
            described(&parameter.at, "parameter", &parameter.description);
        }
        if let Some(form) = &operation.form {
            described(&form.at, "body", &form.description);
        }
    }
    for (_, parameter) in &document.parameters {
        described(&parameter.at, "parameter", &parameter.description);
    }
    for (_, schema) in &document.schemas {
        described(&schema.at, "schema", &schema.description);
    }
    for schema in all_schemas(document) {
        for (_, property) in schema.properties() {
            described(&property.at, "property", &property.description);
        }
    }
}

fn summary(about: &About, findings: &Findings) {
    let summary = about.summary.trim();
    if summary.is_empty() {
        findings.add(&about.at, "the operation has no summary");
        return;
    }
    let at = about.at.child("summary");
    let length = summary.chars().count();
    if length > SUMMARY {
        let message = format!("{length} characters; a summary has at most {SUMMARY}");
        findings.add(&at, message);
    }
    if !summary.ends_with('.') || summary.contains('\n') {
        findings.add(&at, "a summary is one sentence, with a full stop");
    }
}
