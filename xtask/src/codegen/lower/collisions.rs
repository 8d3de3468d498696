//! Two things never get one name in Rust.

use std::collections::BTreeMap;

use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::kinds::wire_object;
use crate::codegen::model::Api;
use crate::codegen::names::Camel;
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

/// What renames a parameter or a property, and anything else.
pub(super) const RENAME: &str = "add x-talkspace-name";
pub(super) const OTHERWISE: &str = "name it otherwise";

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
pub(super) fn check(api: &Api, findings: &Findings) -> BTreeMap<String, Pointer> {
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
    for group in &api.groups {
        let what = format!("the tag `{}`", group.tag);
        modules.claim(group.module.as_str(), &what, &group.at);
    }
    let error = |name: &Camel| Some(format!("Invalid{name}"));
    let wire = |name: &Camel| Some(wire_object(name).to_string());
    let ids = api.ids.iter().map(|it| (&it.name, None, &it.at));
    let choices = api
        .choices
        .iter()
        .map(|it| (&it.name, error(&it.name), &it.at));
    let objects = api
        .objects
        .iter()
        .map(|it| (&it.name, wire(&it.name), &it.at));
    for (name, other, at) in ids.chain(choices).chain(objects) {
        let what = format!("the schema `{name}`");
        for name in std::iter::once(name.to_string()).chain(other) {
            types.claim(name, &what, at);
        }
    }
    let mut functions = Claims::new(OTHERWISE, findings);
    for operation in &api.operations {
        let at = operation.at.child("operationId");
        let what = format!("the operation `{}`", operation.id);
        functions.claim(operation.function.as_str(), &what, &at);
        let name = &operation.name;
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
        let what = format!("the envelope `{}`", envelope.key);
        types.claim(&envelope.name, &what, &envelope.at);
    }
    let types = types.taken.into_iter();
    types
        .filter_map(|(name, (_, at))| Some((name, at?)))
        .collect()
}

/// Checks that names inside one thing differ: of each that in Rust, its key and its place.
pub(super) fn inside<'a>(
    names: impl IntoIterator<Item = (&'a str, &'a str, &'a Pointer)>,
    right: &'static str,
    findings: &Findings,
) {
    let mut claims = Claims::new(right, findings);
    for (name, key, at) in names {
        claims.claim(name, &format!("`{key}`"), at);
    }
}
