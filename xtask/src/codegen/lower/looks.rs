//! How the result of an operation is looked for: by which other, and where.

use crate::codegen::document::{Document, Look as WireLook, Pair, Way};
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::kinds::Start;
use crate::codegen::model::{
    Effect, Field, Given, Known, Look, Operation, Parameter, Payload, Prose, Shows, Sight, Spot,
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
            let finder = Finder { operations, own };
            let look = finder.look(&about.at, about.look.as_ref(), findings);
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
}

impl Finder<'_> {
    fn look(&self, at: &Pointer, look: Option<&WireLook>, findings: &Findings) -> Option<Look> {
        let is_sure = matches!(self.own.effect, Effect::Once | Effect::Rings);
        match (is_sure, look) {
            (false, None) => None,
            (false, Some(look)) => {
                let message = "what can be sent again is not looked for; leave it out";
                findings.add(&look.at, message);
                None
            }
            (true, None) => {
                let message = "x-talkspace-look is missing; say how its result is looked for, or \
                               `none` and why";
                findings.add(at, message);
                None
            }
            (true, Some(look)) => match &look.way {
                Way::None(why) if why.trim().is_empty() => {
                    findings.add(&look.at.child("none"), "say why, in a sentence");
                    None
                }
                Way::None(why) => Some(Look::None(Prose::new(why))),
                Way::By {
                    operation,
                    with,
                    new,
                    shows,
                } => {
                    let by = self.reading(&operation.0, &operation.1, findings)?;
                    let spot = match new {
                        None => self.here(&look.at, by, with, findings),
                        Some(new) => self.new_in_a_list(by, with, new, findings),
                    };
                    let shows = self.shows(by, shows, findings);
                    let known = self.known(&look.at, by, findings);
                    Some(Look::By(Box::new(Sight {
                        module: by.module.clone(),
                        request: by.name.clone(),
                        response: by.response(),
                        spot: spot?,
                        shows: shows?,
                        known: known?,
                    })))
                }
            },
        }
    }

    /// An operation that only reads.
    fn reading(&self, at: &Pointer, id: &str, findings: &Findings) -> Option<&Operation> {
        let found = self.operations.iter().find(|other| other.id == id);
        let message = match found {
            Some(found) if found.effect == Effect::Reads => return Some(found),
            Some(_) => format!("`{id}` does more than read, and a look changes nothing"),
            None => format!("`{id}` is no operation"),
        };
        findings.add(at, message);
        None
    }

    /// The arguments of a look, from this request.
    fn here(
        &self,
        at: &Pointer,
        by: &Operation,
        with: &[Pair],
        findings: &Findings,
    ) -> Option<Spot> {
        for pair in with {
            parameter(by, pair, findings)?;
        }
        let (mut arguments, mut setters) = (Vec::new(), Vec::new());
        for parameter in by.parameters() {
            let pair = with.iter().find(|pair| pair.key == parameter.slot.key);
            let given = match pair {
                Some(pair) => self.given(parameter, pair, findings)?,
                None if !parameter.slot.required => continue,
                None => {
                    let message =
                        format!("`{}` needs `{}`; say with what", by.id, parameter.slot.key);
                    findings.add(&at.child("with"), message);
                    return None;
                }
            };
            match parameter.slot.required {
                true => arguments.push(given),
                false => setters.push((parameter.slot.name.clone(), given)),
            }
        }
        Some(Spot::Here(arguments, setters))
    }

    fn given(&self, parameter: &Parameter, pair: &Pair, findings: &Findings) -> Option<Given> {
        if let Some((name, words)) = &parameter.kind.words {
            let word = words.iter().find(|word| **word == pair.text);
            let variant = word.and_then(|word| Camel::of_words(word));
            if variant.is_none() {
                let words = words.join(", ");
                let message = format!("`{}` is none of the words: {words}", pair.text);
                findings.add(&pair.at, message);
            }
            return Some(Given::Word(name.clone(), variant?));
        }
        let Some(id) = &parameter.kind.id else {
            findings.add(
                &pair.at,
                "not supported: a look with anything but ids and words",
            );
            return None;
        };
        self.own_id(pair, id, findings).map(Given::Field)
    }

    /// The field of this request that has this type.
    fn own_id(&self, pair: &Pair, id: &Camel, findings: &Findings) -> Option<Snake> {
        let own = parameter_of(self.own, &pair.text);
        let message = match own {
            Some(own) if own.kind.id.as_ref() == Some(id) && own.slot.required => {
                return Some(own.slot.name.clone());
            }
            Some(_) => format!(
                "`{}` is not a required {id} of `{}`",
                pair.text, self.own.id
            ),
            None => format!("`{}` is no parameter of `{}`", pair.text, self.own.id),
        };
        findings.add(&pair.at, message);
        None
    }

    /// The one parameter of a look gets an id from lists.
    fn new_in_a_list(
        &self,
        by: &Operation,
        with: &[Pair],
        new: &Pair,
        findings: &Findings,
    ) -> Option<Spot> {
        let listing = self.reading(&new.at, &new.text, findings)?;
        let parameter = parameter(by, new, findings)?;
        let is_alone = by.parameters().count() == 1 && with.is_empty();
        let Some(id) = &parameter.kind.id else {
            findings.add(&new.at, "what is new in a list is an id");
            return None;
        };
        let needs_more = listing.parameters().any(|other| other.slot.required);
        if !is_alone || needs_more {
            let message = "not supported: a look at what is new with other parameters";
            findings.add(&new.at, message);
            return None;
        }
        let mut lists = lists(listing, id).into_iter();
        let Some(open) = lists.next() else {
            let message = format!("the response of `{}` has no list of {id}", listing.id);
            findings.add(&new.at, message);
            return None;
        };
        Some(Spot::New {
            module: listing.module.clone(),
            request: listing.name.clone(),
            response: listing.response(),
            open,
            closed: lists.collect(),
        })
    }

    fn shows(&self, by: &Operation, shows: &Pair, findings: &Findings) -> Option<Shows> {
        if shows.key == "outcome" && !by.outcomes.is_empty() {
            let mut words = by.outcomes.iter().map(|(_, word)| word);
            let word = words.find(|word| word.text == shows.text);
            if word.is_none() {
                let message = format!("`{}` is no outcome of `{}`", shows.text, by.id);
                findings.add(&shows.at, message);
            }
            return Some(Shows::Outcome(by.outcome(), word?.variant.clone()));
        }
        let field = fields(by).find(|field| field.key == shows.key);
        let id = field.and_then(|field| Some((&field.name, field.kind.listed_id()?)));
        let Some((name, id)) = id else {
            let message = format!(
                "`{}` is neither a list of ids in the response of `{}` nor its outcome",
                shows.key, by.id
            );
            findings.add(&shows.at, message);
            return None;
        };
        let field = self.own_id(shows, id, findings)?;
        Some(Shows::In(name.clone(), field))
    }

    /// What is known of the response that was lost.
    fn known(&self, at: &Pointer, by: &Operation, findings: &Findings) -> Option<Vec<Known>> {
        let Payload::Envelope(envelope) = &self.own.payload else {
            findings.add(
                at,
                "not supported: a look for a response without an envelope",
            );
            return None;
        };
        let given = envelope.shown().filter_map(|field| {
            let kind = self.own.kind_of(field);
            (kind.start == Start::Given).then_some((field, kind.id))
        });
        let same = |parameter: &Parameter, key: &str, id: &Option<Camel>| {
            parameter.slot.required
                && parameter.is_named(key)
                && id.is_some()
                && parameter.kind.id == *id
        };
        given
            .map(|(field, id)| {
                let from = |operation: &Operation| {
                    let mut own = operation.parameters();
                    let found = own.find(|parameter| same(parameter, &field.key, &id));
                    found.map(|parameter| parameter.slot.name.clone())
                };
                let known = from(self.own).map(Known::Request);
                let known = known.or_else(|| from(by).map(Known::Look));
                if known.is_none() {
                    let message = format!("a look does not tell `{}` of the response", field.key);
                    findings.add(at, message);
                }
                known
            })
            .collect()
    }
}

/// The parameter that the key names.
fn parameter<'o>(of: &'o Operation, pair: &Pair, findings: &Findings) -> Option<&'o Parameter> {
    let found = parameter_of(of, &pair.key);
    if found.is_none() {
        let message = format!("`{}` is no parameter of `{}`", pair.key, of.id);
        findings.add(&pair.at, message);
    }
    found
}

fn parameter_of<'o>(operation: &'o Operation, key: &str) -> Option<&'o Parameter> {
    operation
        .parameters()
        .find(|parameter| parameter.slot.key == key)
}

/// The fields of a response.
fn fields(operation: &Operation) -> impl Iterator<Item = &Field> {
    let envelope = match &operation.payload {
        Payload::Envelope(envelope) => Some(envelope),
        Payload::Text(_) | Payload::Bytes(_) => None,
    };
    envelope.into_iter().flat_map(|envelope| envelope.shown())
}

/// The lists of these ids in a response.
fn lists(operation: &Operation, id: &Camel) -> Vec<Snake> {
    let lists = fields(operation).filter(|field| field.kind.listed_id() == Some(id));
    lists.map(|field| field.name.clone()).collect()
}
