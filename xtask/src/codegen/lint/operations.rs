//! Every operation has a name, a group, an effect, and statuses that hang together.

use std::collections::BTreeMap;

use crate::codegen::document::{About, Document, Operation};
use crate::codegen::finding::{Findings, Pointer};

/// The most characters of a name, which is that of a file and a command too.
const LONGEST: usize = 70;

pub(super) fn check(document: &Document, findings: &Findings) {
    let mut ids: BTreeMap<&str, &About> = BTreeMap::new();
    for tag in &document.tags {
        length(&tag.name, &tag.at.child("name"), findings);
    }
    for (_, operation) in document.operations() {
        tags(document, operation, findings);
        for (about, is_split) in operation.abouts() {
            let at = about.at.child("operationId");
            id(&about.id, &at, findings);
            if ids.insert(&about.id, about).is_some() {
                findings.add(
                    &at,
                    format!("`{}` is the name of another operation too", about.id),
                );
            }
            effect(about, is_split, findings);
            statuses(about, findings);
        }
    }
}

fn length(name: &str, at: &Pointer, findings: &Findings) {
    let length = name.chars().count();
    if length > LONGEST {
        let message = format!("{length} characters; a name has at most {LONGEST}");
        findings.add(at, message);
    }
}

fn tags(document: &Document, operation: &Operation, findings: &Findings) {
    let at = operation.at.child("tags");
    match operation.tags.as_slice() {
        [tag] if document.tags.iter().any(|known| known.name == *tag) => {}
        [tag] => findings.add(
            &at,
            format!("`{tag}` is not among the tags of the document"),
        ),
        tags => findings.add(&at, format!("{} tags; an operation has one", tags.len())),
    }
}

fn id(id: &str, at: &Pointer, findings: &Findings) {
    let is_camel = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_alphanumeric());
    if !is_camel {
        findings.add(at, format!("`{id}` is not in lowerCamelCase"));
    }
    length(id, at, findings);
}

/// What sending it twice does; an operation that is split leaves that to its entries.
fn effect(about: &About, is_split: bool, findings: &Findings) {
    if is_split {
        let stray = about.effect.is_some() || !about.already.is_empty() || has_keywords(about);
        if stray {
            let message = "what it does is said by the entries of x-talkspace-split, not here";
            findings.add(&about.at, message);
        }
    } else if about.effect.is_none() {
        let message = "x-talkspace-effect is missing; write reads, converges, once or rings";
        findings.add(&about.at, message);
    }
}

const fn has_keywords(about: &About) -> bool {
    !(about.outcomes.is_empty()
        && about.aliases.is_empty()
        && about.joined.is_empty()
        && about.look.is_none())
}

fn statuses(about: &About, findings: &Findings) {
    for (index, (at, status)) in about.already.iter().enumerate() {
        let mut before = about.already.iter().take(index);
        if before.any(|(_, other)| other == status) {
            findings.add(at, format!("{status} is here twice"));
        }
        let mut responses = about.responses.iter();
        if !responses.any(|response| response.status == *status) {
            findings.add(at, format!("{status} is not among the responses"));
        } else if (200..300).contains(status) {
            findings.add(at, format!("{status} is a success anyway"));
        }
        let mut outcomes = about.outcomes.iter();
        if outcomes.any(|outcome| outcome.status == *status) {
            findings.add(at, format!("{status} is an outcome anyway"));
        }
    }
    let mut responses = about.responses.iter();
    if !responses.any(|response| response.status.is_success()) {
        findings.add(
            &about.at.child("responses"),
            "there is no success, a status of 2xx",
        );
    }
}
