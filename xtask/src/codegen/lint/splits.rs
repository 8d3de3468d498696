//! Operations at one address are told apart truthfully, for tools that know
//! `x-talkspace-split` and for those that do not.

use std::collections::BTreeSet;

use crate::codegen::document::{
    Discriminator, Document, Operation, Reference, Response, Schema, Shape, Split,
};
use crate::codegen::finding::Findings;

pub(super) fn check(document: &Document, operation: &Operation, findings: &Findings) {
    let form = operation.form.as_ref();
    let form = form.map(|form| &document.resolve(&form.schema).1.shape);
    let (branches, discriminator) = match form {
        Some(Shape::OneOf {
            branches,
            discriminator,
        }) => (branches.as_slice(), discriminator.as_ref()),
        _ => ([].as_slice(), None),
    };
    match (&operation.split, discriminator) {
        (Some(split), Some(discriminator)) => {
            keys(document, split, branches, discriminator, findings);
            statuses(&operation.about.responses, split, findings);
        }
        (Some(split), None) => {
            let right = "the form is no `oneOf` with a `discriminator`";
            findings.add(&split.at, format!("there is nothing to split: {right}"));
        }
        (None, Some(discriminator)) => {
            let message = "several operations at one address; add x-talkspace-split";
            findings.add(&discriminator.at, message);
        }
        (None, None) => {
            let message = "not supported: a form that is a `oneOf` without a `discriminator`";
            let at = operation.at.child("requestBody");
            findings.add_if(!branches.is_empty(), &at, message);
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
    let Discriminator {
        at,
        property: by,
        mapping,
    } = discriminator;
    let message = format!("`{}` is not the discriminator's `{by}`", split.by);
    findings.add_if(split.by != *by, &split.at.child("by"), message);
    let entries: BTreeSet<&str> = split.entries.iter().map(|it| it.value.as_str()).collect();
    let mapped: BTreeSet<&str> = mapping.iter().map(|(value, _)| value.as_str()).collect();
    for value in mapped.difference(&entries) {
        let message = format!("`{value}` of the mapping is missing");
        findings.add(&split.at.child("operations"), message);
    }
    for value in entries.difference(&mapped) {
        let message = format!("`{value}` of the split is missing");
        findings.add(&at.child("mapping"), message);
    }
    for (value, Reference { at, name }) in mapping {
        let is_branch = branches.iter().any(|it| it.refers_to() == Some(name));
        findings.add_if(
            !is_branch,
            at,
            format!("`{name}` is not among the branches"),
        );
        let schema = document.schema(name);
        let constant = schema.and_then(|schema| constant(document, schema, by));
        let message = format!("`{name}` lacks a required `{by}` whose const is `{value}`");
        findings.add_if(constant != Some(value), at, message);
    }
    for branch in branches {
        let mut names = mapping.iter().map(|(_, reference)| reference.name.as_str());
        let is_mapped = names.any(|name| branch.refers_to() == Some(name));
        findings.add_if(!is_mapped, &branch.at, "the branch is not in the mapping");
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
fn statuses(on_the_wire: &[Response], split: &Split, findings: &Findings) {
    let entries = split.entries.iter();
    let entries: Vec<_> = entries.flat_map(|entry| &entry.about.responses).collect();
    for own in &entries {
        let status = own.status;
        let same = on_the_wire.iter().find(|other| other.status == status);
        let message = format!("{status} is not a status of the operation on the wire");
        findings.add_if(same.is_none(), &own.at, message);
        let is_other = same.is_some_and(|same| !is_among(own, same));
        let message = "the content is not among those of the operation on the wire";
        findings.add_if(is_other, &own.at, message);
    }
    for Response { at, status, .. } in on_the_wire {
        let is_owned = entries.iter().any(|own| own.status == *status);
        let message = format!("no entry of x-talkspace-split has the status {status}");
        findings.add_if(!is_owned, at, message);
    }
}

/// Whether an entry's own content, if it has one, is what the wire has, or a branch of it.
fn is_among(own: &Response, on_the_wire: &Response) -> bool {
    let (Some(own), Some(wire)) = (&own.content, &on_the_wire.content) else {
        return own.content.is_none();
    };
    let name = own.schema.refers_to();
    let all = match &wire.schema.shape {
        Shape::OneOf { branches, .. } => branches.as_slice(),
        _ => std::slice::from_ref(&wire.schema),
    };
    own.media == wire.media && name.is_some() && all.iter().any(|it| it.refers_to() == name)
}
