//! What the documents of an operation look like: as its errors and its examples show.

use std::collections::BTreeMap;
use std::fs;

use http::StatusCode;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::Value;
use talkspace_core::codec::{RawResponse, ResponseError};
use talkspace_core::server::{ServerOperation, ServiceError};
use talkspace_tests::{Message, examples_of};

use super::requests::{typed, values};

/// What an object has, by name.
pub(super) type Shapes = BTreeMap<String, Shape>;

/// What a field takes.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) kind: Kind,
    pub(super) presence: Presence,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
    List(Box<Item>, Single),
    Object(Shapes),
    /// Nothing shows what it may be beside `null`.
    Null,
}

/// What a list holds.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Text,
    Object(Shapes),
    /// Nothing shows it.
    Unknown,
}

/// How a list of one text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Single {
    Bare,
    Array,
    /// Nothing shows it.
    Either,
}

/// Whether a field is there where it says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// With a value that stands for nothing.
    Required,
    /// As `null`.
    Nullable,
    Optional,
}

/// What is in the operation's envelope.
pub(super) fn of<O: ServerOperation>(envelope: &str) -> Shapes {
    let error = O::encode_error(&ServiceError::new(500, ""));
    let mut shapes = inside(error.body(), envelope, Presence::Required).unwrap();
    // What has no example has none to tell of.
    for entry in fs::read_dir(examples_of(O::INFO)).into_iter().flatten() {
        let example = fs::read_to_string(entry.unwrap().path()).unwrap();
        let response = Message::parse(&example).and_then(|message| message.response());
        let optional = Presence::Optional;
        let found = response.and_then(|it| inside(it.body(), envelope, optional));
        merge(&mut shapes, found.unwrap_or_default());
    }
    for (name, shape) in &mut shapes {
        let is_text = matches!(shape.kind, Kind::Text);
        if is_text && shape.presence == Presence::Optional && takes_list::<O>(envelope, name) {
            shape.kind = Kind::List(Box::new(Item::Text), Single::Bare);
        }
    }
    shapes
}

/// Whether a list is read where an example has one text.
fn takes_list<O: ServerOperation>(envelope: &str, name: &str) -> bool {
    let values = values(O::INFO).new_tree(&mut TestRunner::deterministic());
    let request: O = typed(&values.unwrap().current());
    let body = format!("{{\"{envelope}\":{{\"{name}\":[\"a\",\"b\"]}}}}");
    let read = request.decode(&RawResponse::new(StatusCode::OK, body.as_bytes()));
    !matches!(read, Err(ResponseError::Decode { reason, .. }) if reason.contains("another shape"))
}

/// What is in the envelope of a document, and as far as that shows, always.
fn inside(body: &[u8], envelope: &str, presence: Presence) -> Option<Shapes> {
    let document: Value = serde_json::from_slice(body).ok()?;
    Some(members(document.get(envelope)?, presence))
}

fn members(object: &Value, presence: Presence) -> Shapes {
    let members = object.as_object().into_iter().flatten();
    let shapes = members.map(|(name, value)| (name.clone(), shape(value, presence)));
    shapes.collect()
}

fn shape(value: &Value, presence: Presence) -> Shape {
    let kind = match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Flag,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::Text,
        Value::Object(_) => Kind::Object(members(value, presence)),
        Value::Array(items) => {
            let item = items.first().map_or(Item::Unknown, |item| match item {
                Value::Object(_) => Item::Object(members(item, presence)),
                _ => Item::Text,
            });
            // An empty one would be left out if it were not always an array.
            let single = if items.len() < 2 {
                Single::Array
            } else {
                Single::Either
            };
            Kind::List(Box::new(item), single)
        }
    };
    let presence = match kind {
        Kind::Null => Presence::Nullable,
        _ => presence,
    };
    Shape { kind, presence }
}

/// Adds what another document shows.
fn merge(shapes: &mut Shapes, found: Shapes) {
    for (name, found) in found {
        let Some(known) = shapes.get_mut(&name) else {
            shapes.insert(name, found);
            continue;
        };
        match (&mut known.kind, found.kind) {
            (Kind::Object(known), Kind::Object(found)) => merge(known, found),
            (Kind::List(known, single), Kind::List(found, other)) => {
                if let Item::Unknown = **known {
                    *known = found;
                }
                if *single == Single::Either {
                    *single = other;
                }
            }
            (Kind::List(_, single), Kind::Text) => *single = Single::Bare,
            (Kind::Null, found) => known.kind = found,
            _ => {}
        }
    }
}
