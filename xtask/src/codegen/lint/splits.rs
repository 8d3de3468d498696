//! Operations at one address are told apart truthfully, for tools that know
//! `x-talkspace-split` and for those that do not.

use std::collections::BTreeSet;

use crate::codegen::document::{
    Discriminator, Document, Operation, Reference, Response, Schema, Shape, Split,
};
use crate::codegen::finding::Findings;

pub(super) fn check(document: &Document, findings: &Findings) {
    for (_, operation) in document.operations() {
        let form = operation
            .form
            .as_ref()
            .map(|form| document.resolve(&form.schema).1);
        let discriminated = form.and_then(|schema| match &schema.shape {
            Shape::OneOf {
                branches,
                discriminator: Some(discriminator),
            } => Some((branches, discriminator)),
            _ => None,
        });
        match (&operation.split, discriminated) {
            (Some(split), Some((branches, discriminator))) => {
                keys(document, split, branches, discriminator, findings);
                statuses(operation, split, findings);
            }
            (Some(split), None) => {
                let message =
                    "there is nothing to split: the form is no `oneOf` with a `discriminator`";
                findings.add(&split.at, message);
            }
            (None, Some((_, discriminator))) => {
                let message = "several operations at one address; add x-talkspace-split";
                findings.add(&discriminator.at, message);
            }
            (None, None) => {
                if let Some(Shape::OneOf { .. }) = form.map(|form| &form.shape) {
                    let message =
                        "not supported: a form that is a `oneOf` without a `discriminator`";
                    findings.add(&operation.at.child("requestBody"), message);
                }
            }
        }
    }
}

/// The split, the mapping and the constants of the branches say the same.
fn keys(
    document: &Document,
    split: &Split,
    branches: &[Schema],
    discriminator: &Discriminator,
    findings: &Findings,
) {
    let by = &discriminator.property;
    if split.by != *by {
        let message = format!("`{}` is not the discriminator's `{by}`", split.by);
        findings.add(&split.at.child("by"), message);
    }
    let entries = split.entries.iter().map(|entry| &entry.value);
    let entries: BTreeSet<&String> = entries.collect();
    let mapping = || discriminator.mapping.iter();
    let mapped: BTreeSet<&String> = mapping().map(|(value, _)| value).collect();
    for value in mapped.difference(&entries) {
        let message = format!("`{value}` of the mapping is missing");
        findings.add(&split.at.child("operations"), message);
    }
    for value in entries.difference(&mapped) {
        let message = format!("`{value}` of the split is missing");
        findings.add(&discriminator.at.child("mapping"), message);
    }
    for (value, Reference { at, name }) in mapping() {
        let mut names = branches.iter().filter_map(Schema::refers_to);
        if !names.any(|branch| branch == name) {
            findings.add(at, format!("`{name}` is not among the branches"));
        }
        let schema = document.schema(name);
        let constant = schema.and_then(|schema| constant(document, schema, by));
        if constant != Some(value) {
            let right = format!("a required `{by}` whose const is `{value}`");
            findings.add(at, format!("`{name}` lacks {right}"));
        }
    }
    for branch in branches {
        let name = branch.refers_to();
        if !mapping().any(|(_, reference)| Some(reference.name.as_str()) == name) {
            findings.add(&branch.at, "the branch is not in the mapping");
        }
    }
}

/// The one value that a branch has for the discriminator.
fn constant<'d>(document: &'d Document, branch: &'d Schema, property: &str) -> Option<&'d str> {
    let (_, branch) = document.resolve(branch);
    match &document.resolve(branch.property(property)?).1.shape {
        Shape::Text { constant, .. } if branch.requires(property) => constant.as_deref(),
        _ => None,
    }
}

/// Every status of the operation on the wire belongs to an entry, and no entry has another.
fn statuses(operation: &Operation, split: &Split, findings: &Findings) {
    let on_the_wire = &operation.about.responses;
    for entry in &split.entries {
        for response in &entry.about.responses {
            let mut others = on_the_wire.iter();
            match others.find(|other| other.status == response.status) {
                None => {
                    let status = response.status;
                    let message = format!("{status} is not a status of the operation on the wire");
                    findings.add(&response.at, message);
                }
                Some(other) if !is_among(response, other) => {
                    let message = "the content is not among those of the operation on the wire";
                    findings.add(&response.at, message);
                }
                Some(_) => {}
            }
        }
    }
    for response in on_the_wire {
        let owned = split.entries.iter().any(|entry| {
            let mut responses = entry.about.responses.iter();
            responses.any(|other| other.status == response.status)
        });
        if !owned {
            let message = format!(
                "no entry of x-talkspace-split has the status {}",
                response.status
            );
            findings.add(&response.at, message);
        }
    }
}

/// Whether an entry's own content, if it has one, is what the wire has, or a branch of it.
fn is_among(own: &Response, on_the_wire: &Response) -> bool {
    let (Some(own), Some(wire)) = (&own.content, &on_the_wire.content) else {
        return own.content.is_none();
    };
    let name = own.schema.refers_to();
    let is_same = |schema: &Schema| name.is_some() && schema.refers_to() == name;
    own.media == wire.media
        && match &wire.schema.shape {
            Shape::OneOf { branches, .. } => branches.iter().any(is_same),
            _ => is_same(&wire.schema),
        }
}
