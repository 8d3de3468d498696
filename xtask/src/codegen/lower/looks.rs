//! How the result of an operation is looked for: by which other, and where.

use crate::codegen::document::{Document, Look as WireLook, Pair, Way};
use crate::codegen::finding::{Findings, Pointer, all};
use crate::codegen::kinds::{Input, Start};
use crate::codegen::model::{
    Effect, Field, Look, Operation, Parameter, Payload, Prose, Sight, Spot,
};
use crate::codegen::names::{Camel, Snake};

#[cfg(test)]
mod tests;

/// Finds the looks of all operations, once these are known.
pub(super) fn find(document: &Document, operations: &mut [Operation], findings: &Findings) {
    let mut found = Vec::new();
    for (_, wire) in document.operations() {
        for (about, _) in wire.abouts() {
            let own = operations.iter().position(|own| own.id == about.id);
            let Some((index, own)) = own.and_then(|index| Some((index, operations.get(index)?)))
            else {
                continue;
            };
            let finder = Finder {
                operations,
                own,
                findings,
            };
            let look = finder.look(&about.at, about.look.as_ref());
            found.extend(look.map(|look| (index, look)));
        }
    }
    for (index, look) in found {
        if let Some(operation) = operations.get_mut(index) {
            operation.look = Some(look);
        }
    }
}

struct Finder<'o> {
    operations: &'o [Operation],
    own: &'o Operation,
    findings: &'o Findings,
}

impl Finder<'_> {
    fn look(&self, at: &Pointer, look: Option<&WireLook>) -> Option<Look> {
        let is_sure = matches!(self.own.effect, Effect::Once | Effect::Rings);
        let look = match (is_sure, look) {
            (true, Some(look)) => look,
            (false, None) => return None,
            (false, Some(look)) => {
                let message = "what can be sent again is not looked for; leave it out";
                return self.wrong(&look.at, message);
            }
            (true, None) => {
                let message = "x-talkspace-look is missing; say how its result is looked for, or \
                               `none` and why";
                return self.wrong(at, message);
            }
        };
        match &look.way {
            Way::None(why) if why.trim().is_empty() => {
                self.wrong(&look.at.child("none"), "say why, in a sentence")
            }
            Way::None(why) => Some(Look::None(Prose::new(why))),
            Way::By {
                operation,
                with,
                new,
                shows,
            } => {
                let by = self.reading(&operation.0, &operation.1)?;
                let spot = match new {
                    None => self.here(&look.at, by, with),
                    Some(new) => self.new_in_a_list(by, with, new),
                };
                let shows = self.shows(by, shows);
                let known = self.known(&look.at, by);
                Some(Look::By(Box::new(Sight {
                    request: by.name.clone(),
                    response: by.response(),
                    spot: spot?,
                    shows: shows?,
                    known: known?,
                })))
            }
        }
    }

    fn wrong<T>(&self, at: &Pointer, message: impl Into<String>) -> Option<T> {
        self.findings.add(at, message);
        None
    }

    /// An operation that only reads.
    fn reading(&self, at: &Pointer, id: &str) -> Option<&Operation> {
        let found = self.operations.iter().find(|other| other.id == id);
        match found {
            Some(found) if found.effect == Effect::Reads => Some(found),
            Some(_) => {
                let message = format!("`{id}` does more than read, and a look changes nothing");
                self.wrong(at, message)
            }
            None => self.wrong(at, format!("`{id}` is no operation")),
        }
    }

    /// The request of a look, made from this one.
    fn here(&self, at: &Pointer, by: &Operation, with: &[Pair]) -> Option<Spot> {
        for pair in with {
            self.parameter(by, &pair.key, &pair.at)?;
        }
        let (mut arguments, mut setters) = (Vec::new(), String::new());
        for Parameter { slot, kind, .. } in by.parameters() {
            let given = match with.iter().find(|pair| pair.key == slot.key) {
                Some(pair) => self.given(kind, pair)?,
                None if !slot.required => continue,
                None => {
                    let message = format!("`{}` needs `{}`; say with what", by.id, slot.key);
                    return self.wrong(&at.child("with"), message);
                }
            };
            match slot.required {
                true => arguments.push(given),
                false => setters.push_str(&format!(".{}({given})", slot.name)),
            }
        }
        let (request, arguments) = (&by.name, arguments.join(", "));
        Some(Spot::Here(format!("{request}::new({arguments}){setters}")))
    }

    /// The expression of an argument.
    fn given(&self, kind: &Input, pair: &Pair) -> Option<String> {
        if let Some((name, words)) = &kind.words {
            let word = words.iter().find(|word| **word == pair.text);
            let Some(variant) = word.and_then(|word| Camel::of_words(word)) else {
                let words = words.join(", ");
                let message = format!("`{}` is none of the words: {words}", pair.text);
                return self.wrong(&pair.at, message);
            };
            return Some(format!("{name}::{variant}"));
        }
        let Some(id) = &kind.id else {
            let message = "not supported: a look with anything but ids and words";
            return self.wrong(&pair.at, message);
        };
        Some(format!("&self.{}", self.own_id(pair, id)?))
    }

    /// The field of this request that has this type.
    fn own_id(&self, pair: &Pair, id: &Camel) -> Option<&Snake> {
        let own = self.parameter(self.own, &pair.text, &pair.at)?;
        if own.kind.id.as_ref() == Some(id) && own.slot.required {
            return Some(&own.slot.name);
        }
        let (text, operation) = (&pair.text, &self.own.id);
        let message = format!("`{text}` is not a required {id} of `{operation}`");
        self.wrong(&pair.at, message)
    }

    /// The one parameter of a look gets an id from lists.
    fn new_in_a_list(&self, by: &Operation, with: &[Pair], new: &Pair) -> Option<Spot> {
        let listing = self.reading(&new.at, &new.text)?;
        let parameter = self.parameter(by, &new.key, &new.at)?;
        let is_alone = by.parameters().count() == 1 && with.is_empty();
        let Some(id) = &parameter.kind.id else {
            return self.wrong(&new.at, "what is new in a list is an id");
        };
        let needs_more = listing.parameters().any(|other| other.slot.required);
        if !is_alone || needs_more {
            let message = "not supported: a look at what is new with other parameters";
            return self.wrong(&new.at, message);
        }
        let lists = fields(listing).filter(|field| field.kind.listed_id() == Some(id));
        let mut lists = lists.map(|field| field.name.clone());
        let Some(open) = lists.next() else {
            let message = format!("the response of `{}` has no list of {id}", listing.id);
            return self.wrong(&new.at, message);
        };
        let (request, response) = (listing.name.clone(), listing.response());
        Some(Spot::New {
            request,
            response,
            open,
            closed: lists.collect(),
        })
    }

    /// The expression that finds the result in what was seen.
    fn shows(&self, by: &Operation, shows: &Pair) -> Option<String> {
        if shows.key == "outcome" && !by.outcomes.is_empty() {
            let mut words = by.outcomes.iter().map(|(_, word)| word);
            let Some(word) = words.find(|word| word.text == shows.text) else {
                let message = format!("`{}` is no outcome of `{}`", shows.text, by.id);
                return self.wrong(&shows.at, message);
            };
            let outcome = by.outcome();
            return Some(format!("seen.outcome == {outcome}::{}", word.variant));
        }
        let field = fields(by).find(|field| field.key == shows.key);
        let Some((list, id)) = field.and_then(|it| Some((&it.name, it.kind.listed_id()?))) else {
            let message = format!(
                "`{}` is neither a list of ids in the response of `{}` nor its outcome",
                shows.key, by.id
            );
            return self.wrong(&shows.at, message);
        };
        let own = self.own_id(shows, id)?;
        Some(format!("seen.{list}.contains(&self.{own})"))
    }

    /// What is known of the response that was lost.
    fn known(&self, at: &Pointer, by: &Operation) -> Option<Vec<String>> {
        if let Payload::Nothing(_) = self.own.payload {
            return Some(Vec::new());
        }
        let Payload::Envelope(envelope) = &self.own.payload else {
            let message = "not supported: a look for a response without an envelope";
            return self.wrong(at, message);
        };
        let given = envelope
            .shown()
            .filter(|field| field.kind.start == Start::Given);
        all(given.map(|field| {
            let kind = &field.kind;
            let same = |own: &&Parameter| {
                let is_same = kind.id.is_some() && own.kind.id == kind.id;
                is_same && own.slot.required && own.is_named(&field.key)
            };
            let from = |operation: &Operation, place: &str| {
                let own = operation.parameters().find(same);
                own.map(|own| format!("&{place}.{}", own.slot.name))
            };
            let known = from(self.own, "self").or_else(|| from(by, "look"));
            known.or_else(|| {
                let message = format!(
                    "a look does not tell `{}` of the response; put it into the request, or say \
                     that it may be empty",
                    field.key
                );
                self.wrong(at, message)
            })
        }))
    }

    /// The parameter that the key names.
    fn parameter<'o>(&self, of: &'o Operation, key: &str, at: &Pointer) -> Option<&'o Parameter> {
        let found = of.parameters().find(|own| own.slot.key == key);
        found.or_else(|| self.wrong(at, format!("`{key}` is no parameter of `{}`", of.id)))
    }
}

/// The fields of a response.
fn fields(operation: &Operation) -> impl Iterator<Item = &Field> {
    let envelope = match &operation.payload {
        Payload::Envelope(envelope) => Some(envelope),
        Payload::Text(_) | Payload::Bytes(_) | Payload::Nothing(_) => None,
    };
    envelope.into_iter().flat_map(|envelope| envelope.shown())
}
