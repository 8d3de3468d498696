//! Two things never get one name in Rust.

use std::collections::{BTreeMap, BTreeSet};

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
const MODULES: &str = "choices envelopes generated objects operations request response";

/// Names and what has them.
#[derive(Default)]
struct Claims(BTreeMap<String, (String, Pointer)>);

impl Claims {
    /// Takes a name, unless something has it.
    fn claim(&mut self, name: &str, what: &str, at: &Pointer, findings: &Findings) {
        if let Some((other, _)) = self.0.get(name) {
            let message = format!("the name `{name}` in Rust is that of {other} already");
            findings.add(at, message);
        } else {
            self.0
                .insert(name.to_owned(), (what.to_owned(), at.clone()));
        }
    }
}

/// Checks the names that the whole API shares. Gives those of its types.
pub(super) fn check(
    document: &Document,
    api: &Api,
    findings: &Findings,
) -> BTreeMap<String, Pointer> {
    let mut types = Claims::default();
    for name in PRELUDE.split_whitespace() {
        types.claim(name, "the standard library", &Pointer::root(), findings);
    }
    // A name may be exported twice, under different features.
    let core: BTreeSet<&str> = scope::exports().collect();
    for name in core {
        types.claim(name, "a type of the library", &Pointer::root(), findings);
    }
    let by_hand = |name: &&str| {
        let mut operations = api.operations.iter();
        !operations.any(|operation| operation.name.as_str() == *name && operation.transfers_file())
    };
    for name in scope::commands().filter(by_hand) {
        types.claim(name, "a command", &Pointer::root(), findings);
    }
    let mut modules = Claims::default();
    for name in MODULES.split(' ') {
        modules.claim(name, "a module of the library", &Pointer::root(), findings);
    }
    let crates: BTreeSet<String> = scope::crates().collect();
    for name in crates {
        modules.claim(&name, "a crate", &Pointer::root(), findings);
    }
    for tag in &document.tags {
        let module = Snake::of_module(&tag.name);
        if let Some(group) = api
            .groups
            .iter()
            .find(|group| Some(&group.module) == module.as_ref())
        {
            let what = format!("the tag `{}`", tag.name);
            modules.claim(group.module.as_str(), &what, &tag.at, findings);
        }
    }
    for id in &api.ids {
        let name = id.name.as_str();
        let at = document
            .schema(name)
            .map_or_else(Pointer::root, |schema| schema.at.clone());
        types.claim(name, &format!("the schema `{name}`"), &at, findings);
    }
    for choice in &api.choices {
        let name = choice.name.as_str();
        let at = document
            .schema(name)
            .map_or_else(Pointer::root, |schema| schema.at.clone());
        for name in [name, &format!("Invalid{name}")] {
            types.claim(name, &format!("the schema `{name}`"), &at, findings);
        }
    }
    for object in &api.objects {
        let name = object.name.as_str();
        let at = document
            .schema(name)
            .map_or_else(Pointer::root, |schema| schema.at.clone());
        for name in [object.name.clone(), wire_object(&object.name)] {
            let what = format!("the schema `{}`", object.name);
            types.claim(name.as_str(), &what, &at, findings);
        }
    }
    let mut functions = Claims::default();
    let places = document
        .operations()
        .flat_map(|(_, operation)| operation.abouts());
    let places: Vec<_> = places.map(|(about, _)| about).collect();
    for operation in &api.operations {
        let mut places = places.iter();
        let about = places.find(|about| about.id == operation.id);
        let at = about.map_or_else(Pointer::root, |about| about.at.child("operationId"));
        let what = format!("the operation `{}`", operation.id);
        let Operation { name, function, .. } = operation;
        functions.claim(function.as_str(), &what, &at, findings);
        for name in [name.clone(), operation.response(), name.with("Args")] {
            types.claim(name.as_str(), &what, &at, findings);
        }
        if !operation.outcomes.is_empty() {
            types.claim(operation.outcome().as_str(), &what, &at, findings);
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
        types.claim(envelope.name.as_str(), &what, &at, findings);
    }
    let types = types.0.into_iter();
    let own = types.filter(|(_, (_, at))| *at != Pointer::root());
    own.map(|(name, (_, at))| (name, at)).collect()
}

/// Checks that names inside one thing differ.
pub(super) fn inside<'a>(
    names: impl IntoIterator<Item = (&'a str, &'a str)>,
    at: &Pointer,
    findings: &Findings,
) {
    let mut claims = Claims::default();
    for (name, key) in names {
        claims.claim(name, &format!("`{key}`"), at, findings);
    }
}
