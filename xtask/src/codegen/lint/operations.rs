//! Every operation has a name, a group, an effect, and statuses that hang together.

use super::{abouts, described, doubles, length};
use crate::codegen::document::{About, Document, Operation};
use crate::codegen::finding::Findings;

pub(super) fn check(document: &Document, operation: &Operation, findings: &Findings) {
    let at = operation.at.child("tags");
    match operation.tags.as_slice() {
        [tag] => {
            let is_known = document.tags.iter().any(|known| known.name == *tag);
            let message = format!("`{tag}` is not among the tags of the document");
            findings.add_if(!is_known, &at, message);
        }
        tags => findings.add(&at, format!("{} tags; an operation has one", tags.len())),
    }
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
    let (summary, at) = (about.summary.trim(), about.at.child("summary"));
    if summary.is_empty() {
        findings.add(&about.at, "the operation has no summary");
    } else {
        length("summary", summary, &at, findings);
        let is_sentence = summary.ends_with('.') && !summary.contains('\n');
        let message = "a summary is one sentence, with a full stop";
        findings.add_if(!is_sentence, &at, message);
    }
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
        findings.add_if(
            !is_there,
            at,
            format!("{status} is not among the responses"),
        );
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
    findings.add_if(
        successes.count() == 0,
        &about.at.child("responses"),
        message,
    );
}
