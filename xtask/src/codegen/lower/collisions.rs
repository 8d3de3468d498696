//! Two things never get one name in Rust.

use std::collections::BTreeMap;

use super::envelope_of;
use crate::codegen::document::Document;
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::kinds::wire_object;
use crate::codegen::model::{Api, Operation};
use crate::codegen::names::Snake;
use crate::codegen::scope;

/// Types, traits and derives that are in scope everywhere (`std::prelude::rust_2024`).
const PRELUDE: &str = "\
    AsMut AsRef AsyncFn AsyncFnMut AsyncFnOnce Box Clone Copy Debug Default \
    DoubleEndedIterator Drop Eq Err ExactSizeIterator Extend Fn FnMut FnOnce From \
    FromIterator Future Hash Into IntoFuture IntoIterator Iterator None Ok Option Ord \
    PartialEq PartialOrd Result Send Sized Some String Sync ToOwned ToString TryFrom TryInto \
    Unpin Vec";

/// Modules beside those of the groups, and around them.
const MODULES: &str = "choices commands envelopes generated objects operations request response";

/// Names, and what has each: something by hand, or what stands at a place of the spec.
struct Claims<'f> {
    findings: &'f Findings,
    /// What to write instead.
    right: &'static str,
    taken: BTreeMap<String, (String, Option<Pointer>)>,
}

impl<'f> Claims<'f> {
    const fn new(right: &'static str, findings: &'f Findings) -> Self {
        Self {
            findings,
            right,
            taken: BTreeMap::new(),
        }
    }

    /// Names that something by hand has, one or more of it.
    fn reserve(&mut self, what: &str, names: impl Iterator<Item = impl ToString>) {
        let names = names.map(|name| (name.to_string(), (what.to_owned(), None)));
        self.taken.extend(names);
    }

    /// Takes a name, unless something has it.
    fn claim(&mut self, name: impl ToString, what: &str, at: &Pointer) {
        let name = name.to_string();
        if let Some((other, _)) = self.taken.get(&name) {
            let message = format!("the name `{name}` in Rust is that of {other} already");
            self.findings.add(at, format!("{message}; {}", self.right));
        } else {
            let claim = (what.to_owned(), Some(at.clone()));
            self.taken.insert(name, claim);
        }
    }
}

/// Checks the names that the whole API shares. Gives those of its types.
pub(super) fn check(
    document: &Document,
    api: &Api,
    findings: &Findings,
) -> BTreeMap<String, Pointer> {
    let by_hand = |name: &&str| {
        let mut operations = api.operations.iter();
        !operations.any(|operation| operation.name.as_str() == *name && operation.transfers_file())
    };
    let mut types = Claims::new(OTHERWISE, findings);
    types.reserve("the standard library", PRELUDE.split_whitespace());
    types.reserve("a type of the library", scope::exports());
    types.reserve("a command", scope::commands().filter(by_hand));
    let mut modules = Claims::new(OTHERWISE, findings);
    modules.reserve("a module of the library", MODULES.split(' '));
    modules.reserve("a crate", scope::crates());
    for tag in &document.tags {
        let module = Snake::of_module(&tag.name);
        let mut groups = api.groups.iter();
        if let Some(group) = groups.find(|group| Some(&group.module) == module.as_ref()) {
            let what = format!("the tag `{}`", tag.name);
            modules.claim(group.module.as_str(), &what, &tag.at);
        }
    }
    let ids = api.ids.iter().map(|id| (&id.name, None));
    let choices = api.choices.iter().map(|choice| {
        let error = format!("Invalid{}", choice.name);
        (&choice.name, Some(error))
    });
    let objects = api.objects.iter().map(|object| {
        let wire = wire_object(&object.name).to_string();
        (&object.name, Some(wire))
    });
    for (name, other) in ids.chain(choices).chain(objects) {
        let schema = document.schema(name.as_str());
        let at = schema.map_or_else(Pointer::root, |schema| schema.at.clone());
        let what = format!("the schema `{name}`");
        for name in std::iter::once(name.to_string()).chain(other) {
            types.claim(name, &what, &at);
        }
    }
    let mut functions = Claims::new(OTHERWISE, findings);
    let wires = document.operations().map(|(_, wire)| wire);
    let abouts: Vec<_> = wires.flat_map(|wire| wire.abouts()).collect();
    for operation in &api.operations {
        let mut abouts = abouts.iter();
        let about = abouts.find(|(about, _)| about.id == operation.id);
        let at = about.map_or_else(Pointer::root, |(about, _)| about.at.child("operationId"));
        let what = format!("the operation `{}`", operation.id);
        let Operation { name, function, .. } = operation;
        functions.claim(function.as_str(), &what, &at);
        for name in [name.clone(), operation.response(), name.with("Args")] {
            types.claim(name, &what, &at);
        }
        if !operation.outcomes.is_empty() {
            types.claim(operation.outcome(), &what, &at);
            if operation.responds_with("outcome") {
                let message =
                    "the field `outcome` of its response is what `x-talkspace-outcomes` gives it";
                findings.add(&at, message);
            }
        }
    }
    for envelope in &api.envelopes {
        let mut schemas = document.schemas.iter().map(|(_, schema)| schema);
        let outer =
            schemas.find(|schema| envelope_of(schema).is_some_and(|(key, _)| key == envelope.key));
        let at = outer.map_or_else(Pointer::root, |schema| schema.at.clone());
        let what = format!("the envelope `{}`", envelope.key);
        types.claim(&envelope.name, &what, &at);
    }
    let types = types.taken.into_iter();
    types
        .filter_map(|(name, (_, at))| Some((name, at?)))
        .collect()
}

/// What renames a parameter or a property, and anything else.
pub(super) const RENAME: &str = "add x-talkspace-name";
pub(super) const OTHERWISE: &str = "name it otherwise";

/// Checks that names inside one thing differ: of each that in Rust, its key and its place.
pub(super) fn inside<'a>(
    names: impl IntoIterator<Item = ((&'a str, &'a str), &'a Pointer)>,
    right: &'static str,
    findings: &Findings,
) {
    let mut claims = Claims::new(right, findings);
    for ((name, key), at) in names {
        claims.claim(name, &format!("`{key}`"), at);
    }
}
