//! Everything is described, since the descriptions become the documentation.

use super::all_schemas;
use crate::codegen::document::{About, Document, Shape};
use crate::codegen::finding::{Findings, Pointer};

/// The most characters of a summary.
const SUMMARY: usize = 70;

pub(super) fn check(document: &Document, findings: &Findings) {
    for tag in &document.tags {
        described(&tag.at, "the tag", tag.description.as_deref(), findings);
    }
    for (path, operation) in document.operations() {
        for (about, _) in operation.abouts() {
            words(about, findings);
        }
        for parameter in path.parameters.iter().chain(&operation.parameters) {
            if let Some(parameter) = document.parameter(parameter) {
                described(
                    &parameter.at,
                    "the parameter",
                    parameter.description.as_deref(),
                    findings,
                );
            }
        }
        if let Some(form) = &operation.form {
            described(&form.at, "the body", form.description.as_deref(), findings);
        }
    }
    for (_, parameter) in &document.parameters {
        described(
            &parameter.at,
            "the parameter",
            parameter.description.as_deref(),
            findings,
        );
    }
    for (_, schema) in &document.schemas {
        described(
            &schema.at,
            "the schema",
            schema.description.as_deref(),
            findings,
        );
    }
    for schema in all_schemas(document) {
        if let Shape::Object { properties, .. } = &schema.shape {
            for (_, schema) in properties {
                described(
                    &schema.at,
                    "the property",
                    schema.description.as_deref(),
                    findings,
                );
            }
        }
    }
}

fn words(about: &About, findings: &Findings) {
    let summary = about.summary.as_deref();
    described(
        &about.at,
        "the operation",
        about.description.as_deref(),
        findings,
    );
    match summary.map(str::trim) {
        None | Some("") => findings.add(&about.at, "the operation has no summary"),
        Some(summary) => {
            let length = summary.chars().count();
            let at = about.at.child("summary");
            if length > SUMMARY {
                findings.add(
                    &at,
                    format!("{length} characters; a summary has at most {SUMMARY}"),
                );
            }
            if !summary.ends_with('.') || summary.contains('\n') {
                findings.add(&at, "a summary is one sentence, with a full stop");
            }
        }
    }
    for response in &about.responses {
        described(
            &response.at,
            "the response",
            response.description.as_deref(),
            findings,
        );
    }
}

fn described(at: &Pointer, what: &str, description: Option<&str>, findings: &Findings) {
    match description.map(str::trim) {
        None | Some("") => findings.add(at, format!("{what} has no description")),
        Some(text) if text.chars().any(|c| c.is_control() && c != '\n') => {
            findings.add(
                &at.child("description"),
                "a control character in the description",
            );
        }
        Some(_) => {}
    }
}
