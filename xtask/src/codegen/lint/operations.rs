//! Every operation has a name, a group, an effect, and statuses that hang together.

use std::iter;

use super::{abouts, described, doubles, length};
use crate::codegen::document::{
    About, Discriminator, Document, Operation, Reference, Response, Schema, Shape, Split,
    SplitEntry,
};
use crate::codegen::finding::Findings;

pub(super) fn check(document: &Document, operation: &Operation, findings: &Findings) {
    let is_known = |tag: &str| document.tags.iter().any(|known| known.name == tag);
    let has_one = matches!(operation.tags.as_slice(), [tag] if is_known(tag));
    let message = "an operation has one tag, which is among those of the document";
    findings.add_if(!has_one, &operation.at.child("tags"), message);
    split(document, operation, findings);
    for (about, is_split) in operation.abouts() {
        texts(about, findings);
        effect(about, is_split, findings);
        statuses(about, findings);
    }
}

/// Each operation has a name of its own.
pub(super) fn ids(document: &Document, findings: &Findings) {
    let abouts: Vec<&About> = abouts(document).collect();
    for (_, About { id, at, .. }) in doubles(&abouts, |one, other| one.id == other.id) {
        let message = format!("`{id}` is the name of another operation too");
        findings.add(&at.child("operationId"), message);
    }
}

fn texts(about: &About, findings: &Findings) {
    let (id, at) = (&about.id, about.at.child("operationId"));
    let is_camel = id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_alphanumeric());
    findings.add_if(!is_camel, &at, format!("`{id}` is not in lowerCamelCase"));
    length("name", id, &at, findings);
    let summary = about.summary.trim();
    let at = match summary {
        "" => about.at.clone(),
        _ => about.at.child("summary"),
    };
    length("summary", summary, &at, findings);
    let is_sentence = summary.ends_with('.') && !summary.contains('\n');
    let message = "an operation has a summary: one sentence, with a full stop";
    findings.add_if(!is_sentence, &at, message);
    described(&about.at, "operation", &about.description, findings);
    for response in &about.responses {
        described(&response.at, "response", &response.description, findings);
    }
}

/// What sending it twice does; an operation that is split leaves that to its entries.
fn effect(about: &About, is_split: bool, findings: &Findings) {
    let is_said = about.effect.is_some()
        || !about.already.is_empty()
        || !about.outcomes.is_empty()
        || !about.aliases.is_empty()
        || !about.joined.is_empty()
        || about.wait.is_some()
        || about.look.is_some();
    let message = "what it does is said by the entries of x-talkspace-split, not here";
    findings.add_if(is_split && is_said, &about.at, message);
    let message = "x-talkspace-effect is missing; write reads, converges, once or rings";
    findings.add_if(!is_split && about.effect.is_none(), &about.at, message);
}

fn statuses(about: &About, findings: &Findings) {
    let (already, outcomes) = (&about.already, &about.outcomes);
    for (_, (at, status)) in doubles(already, |one, other| one.1 == other.1) {
        findings.add(at, format!("{status} is here twice"));
    }
    for (at, status) in already {
        let is_success = (200..300).contains(status);
        findings.add_if(is_success, at, format!("{status} is a success anyway"));
        let is_outcome = outcomes.iter().any(|outcome| outcome.status == *status);
        findings.add_if(is_outcome, at, format!("{status} is an outcome anyway"));
    }
    let already = already.iter().map(|(at, status)| (at, *status));
    let meant = already.chain(outcomes.iter().map(|outcome| (&outcome.at, outcome.status)));
    for (at, status) in meant {
        let mut responses = about.responses.iter();
        let is_there = responses.any(|response| response.status == status);
        let message = format!("{status} is not among the responses");
        findings.add_if(!is_there, at, message);
    }
    let responses = about.responses.iter();
    let successes = responses.filter(|response| response.status.is_success());
    for success in successes.clone() {
        let status = success.status;
        let has_word = outcomes.iter().any(|outcome| status == outcome.status);
        let message = format!("x-talkspace-outcomes has no word for {status}");
        findings.add_if(!outcomes.is_empty() && !has_word, &success.at, message);
    }
    let message = "there is no success, a status of 2xx";
    let at = about.at.child("responses");
    findings.add_if(successes.count() == 0, &at, message);
}

/// Operations at one address are told apart truthfully, for tools that know
/// `x-talkspace-split` and for those that do not.
fn split(document: &Document, operation: &Operation, findings: &Findings) {
    let form = operation.form.as_ref();
    let form = form.map(|form| document.resolve(&form.schema).1);
    let branches = form.map_or(&[][..], Schema::branches);
    let discriminator = form.and_then(Schema::discriminator);
    match (&operation.split, discriminator) {
        (Some(split), Some(discriminator)) => {
            keys(split, branches, discriminator, findings);
            constants(document, discriminator, findings);
            split_statuses(&operation.about.responses, split, findings);
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

/// The split, the mapping and the branches say the same.
fn keys(split: &Split, branches: &[Schema], discriminator: &Discriminator, findings: &Findings) {
    let (by, mapping) = (&discriminator.property, &discriminator.mapping);
    let message = format!("`{}` is not the discriminator's `{by}`", split.by);
    findings.add_if(split.by != *by, &split.at.child("by"), message);
    for (value, Reference { at, name }) in mapping {
        let is_split = split.entries.iter().any(|entry| entry.value == *value);
        let message = format!("`{value}` of the mapping is missing");
        findings.add_if(!is_split, &split.at.child("operations"), message);
        let is_branch = branches.iter().any(|it| it.refers_to() == Some(name));
        let message = format!("`{name}` is not among the branches");
        findings.add_if(!is_branch, at, message);
    }
    for SplitEntry { value, .. } in &split.entries {
        let is_mapped = mapping.iter().any(|(other, _)| other == value);
        let message = format!("`{value}` of the split is missing");
        findings.add_if(!is_mapped, &discriminator.at.child("mapping"), message);
    }
    for branch in branches {
        let mut names = mapping.iter().map(|(_, reference)| reference.name.as_str());
        let is_mapped = names.any(|name| branch.refers_to() == Some(name));
        findings.add_if(!is_mapped, &branch.at, "the branch is not in the mapping");
    }
}

/// Each branch has one value for the discriminator: the one by which it is found.
fn constants(document: &Document, discriminator: &Discriminator, findings: &Findings) {
    let by = &discriminator.property;
    for (value, Reference { at, name }) in &discriminator.mapping {
        let branch = document.schema(name).map(|it| document.resolve(it).1);
        let property = branch
            .filter(|it| it.requires(by))
            .and_then(|it| it.property(by));
        let constant = match property.map(|it| &document.resolve(it).1.shape) {
            Some(Shape::Text { constant, .. }) => constant.as_ref(),
            _ => None,
        };
        let message = format!("`{name}` lacks a required `{by}` whose const is `{value}`");
        findings.add_if(constant != Some(value), at, message);
    }
}

/// Every status of the operation on the wire belongs to an entry, and no entry has another.
fn split_statuses(on_the_wire: &[Response], split: &Split, findings: &Findings) {
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
    let mut all = iter::once(&wire.schema).chain(wire.schema.branches());
    own.media == wire.media && name.is_some() && all.any(|it| it.refers_to() == name)
}
