//! From the document to the API: operations are split, types found, names settled.

// A wildcard would swallow a kind of field or of parameter, and what is special
// about it.
#![deny(clippy::wildcard_enum_match_arm)]

mod collisions;
mod fields;
mod inputs;
mod looks;
mod responses;
mod types;

use std::collections::BTreeMap;

use super::document::{
    About, Document, Operation as WireOperation, Path as WirePath, Response, deprecation,
};
use super::finding::{Findings, Pointer, all};
use super::model::{
    Alias, Api, Carried, Group, Operation, Payload, Place as Travels, Prose, Status, Wait, Word,
};
use super::names::{Camel, Snake};
use responses::Responses;
pub(crate) use responses::envelope_of;

#[cfg(test)]
mod tests;

/// What the document says, or findings about what cannot be said in Rust.
pub(crate) fn lower(document: &Document, findings: &Findings) -> Option<Api> {
    let mut responses = Responses::new(document);
    let mut operations = Vec::new();
    for (path, operation) in document.operations() {
        let place = Place {
            document,
            path,
            operation,
        };
        let mut add = |about, action| {
            operations.push(place.operation(about, action, &mut responses, findings));
        };
        match &operation.split {
            None => add(&operation.about, None),
            Some(split) => split.entries.iter().for_each(|entry| {
                let action = (split.by.as_str(), entry.value.as_str());
                add(&entry.about, Some(action));
            }),
        }
    }
    let mut operations = all(operations)?;
    looks::find(document, &mut operations, findings);
    let mut api = Api {
        types: BTreeMap::new(),
        ids: types::ids(document, findings)?,
        choices: types::named_choices(document, &responses.types.choices, findings)?,
        envelopes: responses.envelopes(),
        objects: responses.types.objects,
        groups: groups(document, findings)?,
        operations,
    };
    api.types = collisions::check(document, &api, findings);
    Some(api)
}

/// The tags that have operations, as modules.
fn groups(document: &Document, findings: &Findings) -> Option<Vec<Group>> {
    let mut groups = Vec::new();
    for tag in &document.tags {
        let used = document
            .operations()
            .any(|(_, operation)| operation.tags.contains(&tag.name));
        if used {
            groups.push(Group {
                module: module(&tag.name, &tag.at, findings)?,
                docs: Prose::new(&tag.description),
            });
        }
    }
    Some(groups)
}

fn module(tag: &str, at: &Pointer, findings: &Findings) -> Option<Snake> {
    let name = Snake::of_module(tag);
    if name.is_none() {
        findings.add(
            at,
            format!("`{tag}` cannot be the name of a module in Rust"),
        );
    }
    name
}

/// An operation on the wire, and what is around it.
#[derive(Clone, Copy)]
struct Place<'d> {
    document: &'d Document,
    path: &'d WirePath,
    operation: &'d WireOperation,
}

impl<'d> Place<'d> {
    /// The operation, or the one that `action` picks.
    fn operation(
        &self,
        about: &'d About,
        action: Option<(&str, &str)>,
        responses: &mut Responses<'d>,
        findings: &Findings,
    ) -> Option<Operation> {
        let Some((name, function)) = Camel::new(&about.id).zip(Snake::new(&about.id)) else {
            let message = format!("`{}` cannot be the name of a type in Rust", about.id);
            findings.add(&about.at, message);
            return None;
        };
        if function.is_conversion() {
            let message = format!(
                "`{function}` is what makes or converts a value in Rust; name it otherwise"
            );
            findings.add(&about.at.child("operationId"), message);
        }
        let tag = self.operation.tags.first().map(String::as_str);
        let module = module(tag.unwrap_or_default(), &self.operation.at, findings);
        let carries = self.carries(about, action.map(|(_, value)| value), findings);
        let payload = responses.of(self.operation, about, findings);
        let statuses = about.responses.iter().map(|response| Status {
            codes: response.status,
            meaning: meaning(response),
        });
        let (carries, mut payload) = carries.zip(payload)?;
        if let Payload::Envelope(envelope) = &mut payload {
            responses::settle(&mut envelope.fields, &carries);
        }
        let operation = Operation {
            id: about.id.clone(),
            name,
            function,
            module: module?,
            summary: Prose::new(&about.summary),
            description: Prose::new(&about.description).and(deprecation(about.deprecated)),
            method: self.operation.method,
            path: self.path.path.clone(),
            action: action.map(|(by, value)| (by.to_owned(), value.to_owned())),
            effect: about.effect?,
            carries,
            statuses: statuses.collect(),
            outcomes: outcomes(about, findings)?,
            aliases: aliases(about, action.map(|(by, _)| by)),
            already: about.already.iter().map(|(_, status)| *status).collect(),
            wait: about.wait.as_ref().map(|(_, wait)| *wait),
            look: None,
            secret_response: responses.hold_secret(&payload),
            payload,
        };
        let in_path = |place: &Travels| *place == Travels::Path;
        let is_key = |it: &&Carried| matches!(it, Carried::AppKey(place, _) if !in_path(place));
        if operation.carries.iter().filter(is_key).count() > 1 {
            findings.add(&about.at, "the key is sent twice; leave one of them out");
        }
        let required = operation.parameters().filter(|own| own.slot.required);
        if required.count() > MOST_REQUIRED {
            let message = format!(
                "not supported: more than {MOST_REQUIRED} values that are required, which nobody tells apart as arguments"
            );
            findings.add(&about.at, message);
        }
        responses::contentless(self.operation, about, &operation, findings);
        waits(about, &operation, findings);
        Some(operation)
    }
}

/// What a status means, and what its header fields say.
fn meaning(response: &Response) -> Prose {
    let headers = response.headers.iter();
    let headers: String = headers
        .map(|(name, text)| format!(" `{name}`: {}", text.trim()))
        .collect();
    Prose::new(&response.description).and(&headers)
}

/// As many arguments as a function may have (clippy's `too_many_arguments`).
const MOST_REQUIRED: usize = 7;

/// Who waits must know for whom, or for what.
fn waits(about: &About, operation: &Operation, findings: &Findings) {
    let Some((at, wait)) = &about.wait else {
        return;
    };
    let mut own = operation.parameters();
    let needs = |known: bool, what: &str| {
        if !known {
            let message = format!("waiting for a {} needs `{what}`", wait.as_str());
            findings.add(at, message);
        }
    };
    match wait {
        Wait::Media => needs(operation.responds_with("mediaId"), "mediaId"),
        Wait::Participant | Wait::Registration => {
            needs(
                own.any(|parameter| parameter.slot.key == "networkid"),
                "networkid",
            );
            if *wait == Wait::Participant {
                needs(operation.responds_with("conferenceId"), "conferenceId");
            }
        }
    }
}

/// The words of the outcomes, described by their statuses.
fn outcomes(about: &About, findings: &Findings) -> Option<Vec<(u16, Word)>> {
    let outcomes = all(about.outcomes.iter().map(|outcome| {
        let mut responses = about.responses.iter();
        let response = responses.find(|response| response.status == outcome.status);
        let docs = response.map_or("", |response| &response.description);
        let word = types::word(&outcome.word, docs, &outcome.at, findings)?;
        Some((outcome.status, word))
    }))?;
    let variants = outcomes.iter().zip(&about.outcomes);
    let variants = variants.map(|((_, word), outcome)| (word.names(), &outcome.at));
    collisions::inside(variants, collisions::OTHERWISE, findings);
    Some(outcomes)
}

fn aliases(about: &About, by: Option<&str>) -> Vec<Alias> {
    let aliases = about.aliases.iter();
    let aliases = aliases.map(|alias| Alias {
        method: alias.method,
        path: alias.path.clone(),
        in_query: alias.in_query,
        action: alias
            .action
            .as_ref()
            .map(|value| (by.unwrap_or("action").to_owned(), value.clone())),
    });
    aliases.collect()
}
