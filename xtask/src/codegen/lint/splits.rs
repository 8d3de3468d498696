//! Operations at one address are told apart truthfully, for tools that know
//! `x-talkspace-split` and for those that do not.

use std::collections::BTreeSet;

use crate::codegen::document::{
    Discriminator, Document, Operation, Response, Schema, Shape, Split,
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
    if split.by != discriminator.property {
        let message = format!(
            "`{}` is not the discriminator's `{}`",
            split.by, discriminator.property
        );
        findings.add(&split.at.child("by"), message);
    }
    let entries: BTreeSet<&str> = split
        .entries
        .iter()
        .map(|entry| entry.value.as_str())
        .collect();
    let mapped: BTreeSet<&str> = discriminator
        .mapping
        .iter()
        .map(|(value, _)| value.as_str())
        .collect();
    for value in mapped.difference(&entries) {
        findings.add(
            &split.at.child("operations"),
            format!("`{value}` of the mapping is missing"),
        );
    }
    for value in entries.difference(&mapped) {
        findings.add(
            &discriminator.at.child("mapping"),
            format!("`{value}` of the split is missing"),
        );
    }
    for (value, reference) in &discriminator.mapping {
        let is_branch = branches.iter().any(
            |branch| matches!(&branch.shape, Shape::Ref(branch) if branch.name == reference.name),
        );
        if !is_branch {
            findings.add(
                &reference.at,
                format!("`{}` is not among the branches", reference.name),
            );
        }
        let constant = document
            .schema(&reference.name)
            .and_then(|schema| constant(document, schema, &discriminator.property));
        if constant != Some(value.as_str()) {
            let right = format!(
                "a required `{}` whose const is `{value}`",
                discriminator.property
            );
            findings.add(&reference.at, format!("`{}` lacks {right}", reference.name));
        }
    }
    for branch in branches {
        let is_mapped = discriminator.mapping.iter().any(|(_, reference)| {
            matches!(&branch.shape, Shape::Ref(branch) if branch.name == reference.name)
        });
        if !is_mapped {
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
    let Shape::Ref(own_name) = &own.schema.shape else {
        return false;
    };
    let is_same =
        |schema: &Schema| matches!(&schema.shape, Shape::Ref(name) if name.name == own_name.name);
    own.media == wire.media
        && match &wire.schema.shape {
            Shape::OneOf { branches, .. } => branches.iter().any(is_same),
            _ => is_same(&wire.schema),
        }
}
