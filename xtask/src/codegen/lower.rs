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
use super::names::Snake;
use responses::Responses;
pub(crate) use responses::envelope_of;
pub(crate) use types::spelt;

#[cfg(test)]
mod tests;

/// What is lowered, and what cannot be said in Rust.
#[derive(Clone, Copy)]
struct Context<'d> {
    document: &'d Document,
    findings: &'d Findings,
}

/// What the document says, or findings about what cannot be said in Rust.
pub(crate) fn lower(document: &Document, findings: &Findings) -> Option<Api> {
    let context = Context { document, findings };
    let mut responses = Responses::new(context);
    let (mut abouts, mut operations) = (Vec::new(), Vec::new());
    for (path, wire) in document.operations() {
        let whole = wire.split.is_none().then_some((&wire.about, None));
        let entries = wire.split.iter().flat_map(|split| {
            let by = split.by.as_str();
            let entries = split.entries.iter();
            entries.map(move |entry| (&entry.about, Some((by, entry.value.as_str()))))
        });
        for (about, action) in whole.into_iter().chain(entries) {
            let place = Place {
                context,
                path,
                wire,
                about,
                action,
            };
            operations.push(place.operation(&mut responses));
            abouts.push(about);
        }
    }
    let mut operations = all(operations)?;
    looks::find(&abouts, &mut operations, findings);
    let envelopes = responses.envelopes.into_iter();
    let mut api = Api {
        types: BTreeMap::new(),
        ids: context.ids()?,
        choices: context.choices(&responses.choices)?,
        envelopes: envelopes.map(|(_, envelope)| envelope).collect(),
        objects: responses.objects,
        groups: context.groups()?,
        operations,
    };
    api.types = collisions::check(&api, findings);
    Some(api)
}

impl Context<'_> {
    /// The tags as modules.
    fn groups(self) -> Option<Vec<Group>> {
        let tags = self.document.tags.iter();
        let groups = tags.map(|tag| {
            Some(Group {
                at: tag.at.clone(),
                module: self.module(&tag.name, &tag.at)?,
                tag: tag.name.clone(),
                docs: Prose::new(&tag.description),
            })
        });
        groups.collect()
    }

    fn module(self, tag: &str, at: &Pointer) -> Option<Snake> {
        let message = || format!("`{tag}` cannot be the name of a module in Rust");
        Snake::of_module(tag).or_else(|| self.findings.wrong(at, message()))
    }
}

/// The operation at hand, and what is around it.
#[derive(Clone, Copy)]
struct Place<'d> {
    context: Context<'d>,
    path: &'d WirePath,
    /// As it is on the wire, where one may stand for several.
    wire: &'d WireOperation,
    about: &'d About,
    /// The field that picks it, and the value.
    action: Option<(&'d str, &'d str)>,
}

impl<'d> Place<'d> {
    fn operation(&self, responses: &mut Responses<'d>) -> Option<Operation> {
        let Self { context, about, .. } = *self;
        let findings = context.findings;
        let name = context.type_name(&about.id, &about.at)?;
        let function = Snake::new(&about.id)?;
        if function.is_conversion() {
            let message = format!(
                "`{function}` is what makes or converts a value in Rust; name it otherwise"
            );
            findings.add(&about.at.child("operationId"), message);
        }
        let tag = self.wire.tags.first().map(String::as_str);
        let module = context.module(tag.unwrap_or_default(), &self.wire.at);
        let carries = self.carries();
        let payload = responses.payload(self);
        let statuses = about.responses.iter().map(|response| Status {
            codes: response.status,
            meaning: meaning(response),
        });
        let (carries, mut payload) = carries.zip(payload)?;
        let secret_response = match &mut payload {
            Payload::Text(value) => context.is_secret_id(&value.id),
            Payload::Bytes(_) | Payload::Nothing(_) => false,
            Payload::Envelope(envelope) => {
                responses::settle(&mut envelope.fields, &carries);
                envelope.fields.iter().any(|field| field.secret)
            }
        };
        let operation = Operation {
            at: about.at.clone(),
            id: about.id.clone(),
            name,
            function,
            module: module?,
            summary: Prose::new(&about.summary),
            description: Prose::new(&about.description).and(deprecation(about.deprecated)),
            method: self.wire.method,
            path: self.path.path.clone(),
            action: self.action.map(|(by, value)| (by.into(), value.into())),
            effect: about.effect?,
            carries,
            statuses: statuses.collect(),
            outcomes: self.outcomes()?,
            aliases: self.aliases(),
            already: about.already.iter().map(|(_, status)| *status).collect(),
            wait: about.wait.as_ref().map(|(_, wait)| *wait),
            look: None,
            secret_response,
            payload,
        };
        let in_path = |place: &Travels| *place == Travels::Path;
        let is_key = |it: &&Carried| matches!(it, Carried::AppKey(place, _) if !in_path(place));
        if operation.carries.iter().filter(is_key).count() > 1 {
            findings.add(&about.at, "the key is sent twice; leave one of them out");
        }
        if operation.required().count() > MOST_REQUIRED {
            let message = format!(
                "not supported: more than {MOST_REQUIRED} values that are required, which nobody tells apart as arguments"
            );
            findings.add(&about.at, message);
        }
        self.contentless(&operation);
        self.waits(&operation);
        Some(operation)
    }

    /// Who waits must know for whom, or for what.
    fn waits(&self, operation: &Operation) {
        let Some((at, wait)) = &self.about.wait else {
            return;
        };
        let mut own = operation.parameters();
        let tells = |key| (key, operation.responds_with(key));
        let person = ("networkid", own.any(|own| own.slot.key == "networkid"));
        let needs = match wait {
            Wait::Media => vec![tells("mediaId")],
            Wait::Registration => vec![person],
            Wait::Participant => vec![person, tells("conferenceId")],
        };
        for (what, _) in needs.iter().filter(|(_, known)| !known) {
            let message = format!("waiting for a {} needs `{what}`", wait.as_str());
            self.context.findings.add(at, message);
        }
    }

    /// The words of the outcomes, described by their statuses.
    fn outcomes(&self) -> Option<Vec<(u16, Word)>> {
        let about = self.about;
        let outcomes = all(about.outcomes.iter().map(|outcome| {
            let mut responses = about.responses.iter();
            let response = responses.find(|response| response.status == outcome.status);
            let docs = response.map_or("", |response| &response.description);
            let word = self.context.word(&outcome.word, docs, &outcome.at)?;
            Some((outcome.status, word))
        }))?;
        let names = outcomes.iter().zip(&about.outcomes);
        let names =
            names.map(|((_, word), it)| (word.variant.as_str(), word.text.as_str(), &it.at));
        collisions::inside(names, collisions::OTHERWISE, self.context.findings);
        Some(outcomes)
    }

    fn aliases(&self) -> Vec<Alias> {
        let by = self.action.map_or("action", |(by, _)| by);
        let aliases = self.about.aliases.iter().map(|alias| Alias {
            method: alias.method,
            path: alias.path.clone(),
            in_query: alias.in_query,
            action: alias.action.clone().map(|value| (by.to_owned(), value)),
        });
        aliases.collect()
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
