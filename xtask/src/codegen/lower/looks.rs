//! How the result of an operation is looked for: by which other, and where.

use crate::codegen::document::{About, Look as WireLook, Pair, Way};
use crate::codegen::finding::{Findings, Pointer, all};
use crate::codegen::kinds::Input;
use crate::codegen::model::{Effect, Look, Operation, Parameter, Payload, Prose, Sight, Spot};
use crate::codegen::names::{Camel, Snake};

#[cfg(test)]
mod tests;

/// Finds the looks of all operations, once these are known.
pub(super) fn find(abouts: &[&About], operations: &mut [Operation], findings: &Findings) {
    let looks = abouts.iter().zip(&*operations).map(|(about, own)| {
        let finder = Finder {
            operations,
            own,
            findings,
        };
        finder.look(&about.at, about.look.as_ref())
    });
    let looks: Vec<Option<Look>> = looks.collect();
    for (operation, look) in operations.iter_mut().zip(looks) {
        operation.look = look;
    }
}

struct Finder<'o> {
    operations: &'o [Operation],
    own: &'o Operation,
    findings: &'o Findings,
}

impl<'o> Finder<'o> {
    fn look(&self, at: &Pointer, look: Option<&WireLook>) -> Option<Look> {
        let is_sure = matches!(self.own.effect, Effect::Once | Effect::Rings);
        let WireLook { at, way } = match (is_sure, look) {
            (true, Some(look)) => look,
            (false, None) => return None,
            (false, Some(look)) => {
                let message = "what can be sent again is not looked for; leave it out";
                return self.findings.wrong(&look.at, message);
            }
            (true, None) => {
                let message = "x-talkspace-look is missing; say how its result is looked for, or \
                               `none` and why";
                return self.findings.wrong(at, message);
            }
        };
        let (operation, with, new, shows) = match way {
            Way::None(why) if why.trim().is_empty() => {
                let message = "say why, in a sentence";
                return self.findings.wrong(&at.child("none"), message);
            }
            Way::None(why) => return Some(Look::None(Prose::new(why))),
            Way::By {
                operation,
                with,
                new,
                shows,
            } => (operation, with, new, shows),
        };
        let by = self.reading(&operation.0, &operation.1)?;
        let spot = match new {
            None => self.here(at, by, with),
            Some(new) => self.new_in_a_list(by, with, new),
        };
        let shows = self.shows(by, shows);
        let known = self.known(at, by);
        Some(Look::By(Box::new(Sight {
            request: by.name.clone(),
            response: by.response(),
            spot: spot?,
            shows: shows?,
            known: known?,
        })))
    }

    /// An operation that only reads.
    fn reading(&self, at: &Pointer, id: &str) -> Option<&'o Operation> {
        let message = match self.operations.iter().find(|other| other.id == id) {
            Some(found) if found.effect == Effect::Reads => return Some(found),
            Some(_) => format!("`{id}` does more than read, and a look changes nothing"),
            None => format!("`{id}` is no operation"),
        };
        self.findings.wrong(at, message)
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
                    return self.findings.wrong(&at.child("with"), message);
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
        let message = match (&kind.words, &kind.id) {
            (Some((name, words)), _) => {
                if words.contains(&pair.text) {
                    return Some(format!("{name}::{}", Camel::of_words(&pair.text)?));
                }
                let words = words.join(", ");
                format!("`{}` is none of the words: {words}", pair.text)
            }
            (None, Some(id)) => return Some(format!("&self.{}", self.own_id(pair, id)?)),
            (None, None) => "not supported: a look with anything but ids and words".to_owned(),
        };
        self.findings.wrong(&pair.at, message)
    }

    /// The field of this request that has this type.
    fn own_id(&self, pair: &Pair, id: &Camel) -> Option<&'o Snake> {
        let own = self.parameter(self.own, &pair.text, &pair.at)?;
        if own.kind.id.as_ref() == Some(id) && own.slot.required {
            return Some(&own.slot.name);
        }
        let (text, operation) = (&pair.text, &self.own.id);
        let message = format!("`{text}` is not a required {id} of `{operation}`");
        self.findings.wrong(&pair.at, message)
    }

    /// The one parameter of a look gets an id from lists.
    fn new_in_a_list(&self, by: &Operation, with: &[Pair], new: &Pair) -> Option<Spot> {
        let listing = self.reading(&new.at, &new.text)?;
        let id = self.parameter(by, &new.key, &new.at)?.kind.id.as_ref();
        let is_alone = by.parameters().count() == 1 && with.is_empty();
        if !is_alone || listing.required().next().is_some() {
            let message = "not supported: a look at what is new with other parameters";
            return self.findings.wrong(&new.at, message);
        }
        let lists = listing.shown().filter(|it| it.kind.listed_id() == id);
        let mut lists = lists.map(|field| field.name.clone());
        let Some(open) = lists.next().filter(|_| id.is_some()) else {
            let (key, listing) = (&new.key, &listing.id);
            let message = format!("the response of `{listing}` has no list of ids like `{key}`");
            return self.findings.wrong(&new.at, message);
        };
        Some(Spot::New {
            request: listing.name.clone(),
            response: listing.response(),
            open,
            closed: lists.collect(),
        })
    }

    /// The expression that finds the result in what was seen.
    fn shows(&self, by: &Operation, shows: &Pair) -> Option<String> {
        let Pair { at, key, text } = shows;
        if key == "outcome" && !by.outcomes.is_empty() {
            let mut words = by.outcomes.iter().map(|(_, word)| word);
            let Some(word) = words.find(|word| word.text == *text) else {
                let message = format!("`{text}` is no outcome of `{}`", by.id);
                return self.findings.wrong(at, message);
            };
            let outcome = by.outcome();
            return Some(format!("seen.outcome == {outcome}::{}", word.variant));
        }
        let field = by.shown().find(|field| field.key == *key);
        let Some((list, id)) = field.and_then(|it| Some((&it.name, it.kind.listed_id()?))) else {
            let message = format!(
                "`{key}` is neither a list of ids in the response of `{}` nor its outcome",
                by.id
            );
            return self.findings.wrong(at, message);
        };
        let own = self.own_id(shows, id)?;
        Some(format!("seen.{list}.contains(&self.{own})"))
    }

    /// What is known of the response that was lost.
    fn known(&self, at: &Pointer, by: &Operation) -> Option<Vec<String>> {
        if let Payload::Text(_) | Payload::Bytes(_) = self.own.payload {
            let message = "not supported: a look for a response without an envelope";
            return self.findings.wrong(at, message);
        }
        all(self.own.given().map(|field| {
            let from = |operation: &Operation, place: &str| {
                let own = operation.required().find(|own| {
                    let id = &field.kind.id;
                    id.is_some() && own.kind.id == *id && own.is_named(&field.key)
                });
                own.map(|own| format!("&{place}.{}", own.slot.name))
            };
            from(self.own, "self").or_else(|| from(by, "look")).or_else(|| {
                let message = format!(
                    "a look does not tell `{}` of the response; put it into the request, or say \
                     that it may be empty",
                    field.key
                );
                self.findings.wrong(at, message)
            })
        }))
    }

    /// The parameter that the key names.
    fn parameter<'p>(&self, of: &'p Operation, key: &str, at: &Pointer) -> Option<&'p Parameter> {
        let found = of.parameters().find(|own| own.slot.key == key);
        let message = || format!("`{key}` is no parameter of `{}`", of.id);
        found.or_else(|| self.findings.wrong(at, message()))
    }
}
