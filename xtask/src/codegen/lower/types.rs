//! Which Rust type a schema is.

use crate::codegen::document::{Document, Schema, Shape};
use crate::codegen::finding::Findings;
use crate::codegen::load::Scalar;
use crate::codegen::model::{Id, Prose};
use crate::codegen::names::Camel;

/// The hand-written types that `x-talkspace-type` may name, besides the
/// identifiers of the spec itself.
const APP_KEY: &str = "AppKey";
const PHONE_NUMBER: &str = "PhoneNumber";

/// A value without parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Id(Camel),
    Integer,
    Flag,
    Phone,
    AppKey,
    Constant(String),
}

impl Type {
    /// The name by which the words of a value's name are found.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Id(name) => Some(name.as_str()),
            Self::Phone => Some(PHONE_NUMBER),
            Self::AppKey => Some(APP_KEY),
            Self::Text | Self::Integer | Self::Flag | Self::Constant(_) => None,
        }
    }
}

/// The named text schemas that no other type stands for.
pub(crate) fn ids(document: &Document, findings: &mut Findings) -> Option<Vec<Id>> {
    let mut ids = Vec::new();
    for (name, schema) in &document.schemas {
        if is_text(schema) && schema.rust_type.is_none() {
            let mut docs = schema.description.clone().unwrap_or_default();
            docs.push_str(&choices(schema));
            ids.push(camel(name, schema, findings).map(|name| Id {
                name,
                docs: Prose::new(&docs),
            }));
        }
    }
    ids.into_iter().collect()
}

/// The type of a value without parts.
pub(crate) fn scalar(
    document: &Document,
    schema: &Schema,
    findings: &mut Findings,
) -> Option<Type> {
    let (name, target) = document.resolve(schema);
    match &target.shape {
        Shape::Text {
            constant: Some(constant),
            ..
        } => Some(Type::Constant(constant.clone())),
        Shape::Text { .. } | Shape::TextOrInteger => match (&target.rust_type, name) {
            (Some(rust_type), _) => existing(document, target, rust_type, findings),
            (None, Some(name)) => camel(name, target, findings).map(Type::Id),
            (None, None) => Some(Type::Text),
        },
        Shape::Integer => Some(Type::Integer),
        Shape::Boolean => Some(Type::Flag),
        Shape::Ref(_) | Shape::Array(_) | Shape::Object { .. } | Shape::OneOf { .. } => {
            let right = "a value here is text, an integer or a boolean";
            findings.add(&schema.at, format!("not supported: {right}"));
            None
        }
    }
}

/// The words " One of `a`, `b`." for a schema with choices.
pub(crate) fn choices(schema: &Schema) -> String {
    match &schema.shape {
        Shape::Text { choices, .. } if !choices.is_empty() => {
            format!(" One of `{}`.", choices.join("`, `"))
        }
        _ => String::new(),
    }
}

/// What people read about a value: the words at the place, or else those of
/// the type.
pub(crate) fn docs(document: &Document, schema: &Schema, at_place: Option<&str>) -> Prose {
    let (name, target) = document.resolve(schema);
    let text = at_place
        .or(schema.description.as_deref())
        .or(target.description.as_deref())
        .unwrap_or_default();
    // The choices of a named type are said where the type is.
    let choices = if name.is_none() {
        choices(target)
    } else {
        String::new()
    };
    Prose::new(&format!("{}{choices}", text.trim()))
}

/// An example of a value, as text.
pub(crate) fn example(document: &Document, schema: &Schema) -> Option<String> {
    let (_, target) = document.resolve(schema);
    let example = schema.example.as_ref().or(target.example.as_ref());
    let choice = || match &target.shape {
        Shape::Text { choices, .. } => choices.first().cloned(),
        _ => None,
    };
    example.map(spelt).or_else(choice)
}

/// An example as text.
pub(crate) fn spelt(example: &Scalar) -> String {
    match example {
        Scalar::Text(text) => text.clone(),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Bool(value) => value.to_string(),
    }
}

const fn is_text(schema: &Schema) -> bool {
    matches!(schema.shape, Shape::Text { .. } | Shape::TextOrInteger)
}

fn existing(
    document: &Document,
    schema: &Schema,
    rust_type: &str,
    findings: &mut Findings,
) -> Option<Type> {
    match rust_type {
        APP_KEY => return Some(Type::AppKey),
        PHONE_NUMBER => return Some(Type::Phone),
        _ => {}
    }
    let id = document.schema(rust_type);
    if id.is_some_and(|id| is_text(id) && id.rust_type.is_none()) {
        return camel(rust_type, schema, findings).map(Type::Id);
    }
    let right = "write AppKey, PhoneNumber or a named text schema";
    findings.add(
        &schema.at.child("x-talkspace-type"),
        format!("`{rust_type}` is no known type; {right}"),
    );
    None
}

fn camel(name: &str, schema: &Schema, findings: &mut Findings) -> Option<Camel> {
    let camel = Camel::new(name);
    if camel.is_none() {
        findings.add(
            &schema.at,
            format!("`{name}` cannot be the name of a type in Rust"),
        );
    }
    camel
}
