//! `cargo xtask ci signatures`: what is public names types of those crates
//! alone that an application is meant to depend on.
//!
//! rustdoc knows what is public, and in which crate a type was defined. cargo-check-external-types
//! asks it the same, once it was installed with the nightly that its version wants.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::checks::rustdoc;
use crate::workspace::published;

/// Whose types each library may name, besides its own and the standard library's.
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "talkspace-blocking",
        // rustls by the feature of that name, and no other.
        &["http", "rustls", "talkspace_core", "talkspace_net"],
    ),
    ("http1-conformance", &["bytes", "http"]),
    (
        "talkspace-conformance",
        &["http1_conformance", "talkspace_core"],
    ),
    (
        "talkspace-core",
        &["bytes", "http", "http_body", "serde_core"],
    ),
    (
        "talkspace-hyper",
        &["http", "rustls", "talkspace_core", "talkspace_net", "tokio"],
    ),
    // Of the two transports' own, and no application's.
    (
        "talkspace-net",
        &["http", "rustls", "socket2", "talkspace_core"],
    ),
    (
        "talkspace-sandbox",
        &["bytes", "http", "serde_core", "talkspace_core"],
    ),
];
const STANDARD: [&str; 3] = ["alloc", "core", "std"];

/// Compares the crates whose types are named with those that may be.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let mut breaches = Vec::new();
    for package in published(root)? {
        let name = package.name.as_str();
        if !package.is_library() {
            continue;
        }
        let allowed = ALLOWED.iter().find(|(of, _)| *of == name);
        let (_, allowed) = allowed.ok_or_else(|| format!("whose types may {name} name?"))?;
        let library = name.replace('-', "_");
        let mut named = named_in(&document(root, name)?);
        // Every library names types of some crate.
        if named.is_empty() {
            return Err(format!("rustdoc's JSON about {name} is not what it was"));
        }
        named.remove(&library);
        named.retain(|of, _| !STANDARD.contains(&of.as_str()));
        for (of, items) in &named {
            if !allowed.contains(&of.as_str()) {
                let items: Vec<_> = items.iter().map(String::as_str).collect();
                breaches.push(format!("{name} names {of}'s {}", items.join(", ")));
            }
        }
        for of in allowed.iter().filter(|of| !named.contains_key(**of)) {
            breaches.push(format!("{name} names no type of {of} any more; forbid it"));
        }
    }
    if breaches.is_empty() {
        return Ok(());
    }
    Err(format!("\n  {}", breaches.join("\n  ")))
}

/// What rustdoc says about a library.
fn document(root: &Path, package: &str) -> Result<Document, String> {
    let json = rustdoc::json(root, root, package)?;
    serde_json::from_str(&json).map_err(|error| format!("rustdoc's JSON about {package}: {error}"))
}

/// What is read of rustdoc's JSON.
#[derive(Deserialize)]
struct Document {
    index: HashMap<String, Item>,
    paths: HashMap<String, Definition>,
}

#[derive(Deserialize)]
struct Item {
    span: Option<Span>,
    inner: Value,
}

#[derive(Deserialize)]
struct Span {
    filename: String,
    begin: (usize, usize),
}

/// The crate that defines an item comes first.
#[derive(Deserialize)]
struct Definition {
    path: Vec<String>,
}

/// The items that are named, and where, by the crate that defines them.
type Named = BTreeMap<String, BTreeSet<String>>;

/// What the public items name.
fn named_in(document: &Document) -> Named {
    let mut named = Named::new();
    for Item { span, inner } in document.index.values() {
        let synthetic = inner.pointer("/impl/is_synthetic") == Some(&true.into());
        let blanket = inner.pointer("/impl/blanket_impl");
        // The compiler adds these to every type.
        if synthetic || blanket.is_some_and(|of| !of.is_null()) {
            continue;
        }
        let place = span.as_ref().map_or_else(String::new, |span| {
            format!(" ({}:{})", span.filename, span.begin.0)
        });
        find(document, inner, &place, &mut named);
    }
    named
}

/// A type or a trait is named by its path and the id of its definition.
fn find(document: &Document, value: &Value, place: &str, named: &mut Named) {
    match value {
        Value::Object(fields) => {
            let id = fields.get("id").and_then(Value::as_u64);
            let is_name = fields.contains_key("path") || fields.contains_key("source");
            let definition = id
                .filter(|_| is_name)
                .and_then(|id| document.paths.get(&id.to_string()));
            if let Some((of, rest)) = definition.and_then(|found| found.path.split_first()) {
                let items = named.entry(of.clone()).or_default();
                items.insert(format!("`{}`{place}", rest.join("::")));
            }
            for value in fields.values() {
                find(document, value, place, named);
            }
        }
        Value::Array(values) => {
            for value in values {
                find(document, value, place, named);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
