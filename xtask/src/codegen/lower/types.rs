//! Which Rust type a schema is.

use super::collisions;
use crate::codegen::document::{Document, Schema, Shape, deprecation};
use crate::codegen::finding::{Findings, Pointer, all};
use crate::codegen::kinds::Type;
use crate::codegen::load::Scalar;
use crate::codegen::model::{Choice, Id, Prose, Word};
use crate::codegen::names::Camel;

/// Whether nobody may read the value in a log.
pub(crate) fn is_secret(document: &Document, schema: &Schema) -> bool {
    let (_, target) = document.resolve(schema);
    let named = target.rust_type.as_deref();
    let named = named.and_then(|name| document.schema(name));
    target.secret || named.is_some_and(|named| named.secret)
}

/// The named text schemas that no other type stands for.
pub(crate) fn ids(document: &Document, findings: &Findings) -> Option<Vec<Id>> {
    let schemas = document
        .schemas
        .iter()
        .filter(|(_, schema)| schema.is_own_text());
    all(schemas.map(|(name, schema)| {
        Some(Id {
            name: camel(name, schema, findings)?,
            docs: page(schema),
            secret: schema.secret,
        })
    }))
}

/// The named text schemas that list what there is; a response may have one of another word
/// in its `open` ones.
pub(crate) fn named_choices(
    document: &Document,
    open: &[Camel],
    findings: &Findings,
) -> Option<Vec<Choice>> {
    let is_choice = |schema: &Schema| schema.rust_type.is_none() && !schema.choices().is_empty();
    let schemas = document.schemas.iter().filter(|(_, it)| is_choice(it));
    all(schemas.map(|(name, schema)| choice(name, schema, open, findings)))
}

fn choice(name: &str, schema: &Schema, open: &[Camel], findings: &Findings) -> Option<Choice> {
    let name = camel(name, schema, findings);
    let words = all(schema.choices().iter().map(|text| {
        let mut meanings = schema.meanings.iter();
        let meaning = meanings.find(|meaning| meaning.key == *text);
        let docs = meaning.map_or("", |meaning| &meaning.text);
        word(text, docs, &schema.at.child("enum"), findings)
    }));
    let (name, words) = name.zip(words)?;
    let at = schema.at.child("enum");
    let variants = words.iter().map(Word::names);
    let open = open.contains(&name);
    // First, so that it is the word that is renamed.
    let names = open
        .then_some(("Other", "any other word"))
        .into_iter()
        .chain(variants);
    collisions::inside(
        names.map(|names| (names, &at)),
        collisions::OTHERWISE,
        findings,
    );
    Some(Choice {
        name,
        open,
        docs: page(schema),
        words,
        default: schema.preset().map(str::to_owned),
    })
}

/// A word that becomes a variant.
pub(crate) fn word(text: &str, docs: &str, at: &Pointer, findings: &Findings) -> Option<Word> {
    let variant = Camel::of_words(text);
    if variant.is_none() {
        let message = format!(
            "`{text}` cannot be the name of a variant in Rust, which begins with a letter; leave \
             out the `enum`, and list the words in the description"
        );
        findings.add(at, message);
    }
    Some(Word {
        text: text.to_owned(),
        variant: variant?,
        docs: Prose::new(docs),
    })
}

/// The type of a value without parts.
pub(crate) fn scalar(document: &Document, schema: &Schema, findings: &Findings) -> Option<Type> {
    let (name, target) = document.resolve(schema);
    match &target.shape {
        Shape::Text {
            constant: Some(constant),
            ..
        } => Some(Type::Constant(constant.clone())),
        Shape::Text { .. } | Shape::TextOrInteger => match (&target.rust_type, name) {
            (Some(rust_type), _) => existing(document, target, rust_type, findings),
            (None, Some(name)) => {
                let name = camel(name, target, findings)?;
                Some(match target.choices() {
                    [] => Type::Id(name),
                    words => Type::Choice(name, words.to_vec()),
                })
            }
            (None, None) if target.facts.format.as_deref() == Some("decimal") => {
                Some(Type::Decimal)
            }
            (None, None) => Some(Type::Text),
        },
        Shape::Integer => Some(Type::Integer),
        Shape::Boolean => Some(Type::Flag),
        Shape::Bytes => Some(Type::File),
        Shape::Object { .. } if name.is_some() => {
            camel(name.unwrap_or_default(), target, findings).map(Type::Object)
        }
        Shape::Ref(_) | Shape::Array(_) | Shape::Object { .. } | Shape::OneOf { .. } => {
            no_value(schema, findings);
            None
        }
    }
}

/// What people read about a value: the words at the place, or else those of
/// the type, and what is true of it.
pub(crate) fn docs(document: &Document, schema: &Schema, at_place: &str) -> Prose {
    let (name, target) = document.resolve(schema);
    let texts = [at_place, &schema.description, &target.description];
    let text = texts.into_iter().find(|text| !text.is_empty());
    let text = text.unwrap_or_default();
    let mut facts = schema.facts.sentences();
    // Those of a named type are said where the type is, if it has a page of its own.
    let has_page = matches!(target.shape, Shape::Text { .. } | Shape::TextOrInteger);
    if name.is_some() && !has_page {
        facts.push_str(&target.facts.sentences());
    }
    Prose::new(&format!("{}{facts}", text.trim()))
}

/// What people read on the page of a named type.
fn page(schema: &Schema) -> Prose {
    let facts = match schema.preset() {
        Some(_) => deprecation(schema.facts.deprecated).to_owned(),
        None => schema.facts.sentences(),
    };
    Prose::new(&format!("{}{facts}", schema.description.trim()))
}

/// An example of a value, as text.
pub(crate) fn example(document: &Document, schema: &Schema) -> Option<String> {
    let (_, target) = document.resolve(schema);
    let mut examples = schema.examples.iter().chain(&target.examples);
    let example = examples.next().map(|(_, example)| example);
    let choice = || target.choices().first().cloned();
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

/// The schema is of something else.
pub(crate) fn no_value(schema: &Schema, findings: &Findings) {
    let right = "a value here is text, an integer or a boolean";
    findings.add(&schema.at, format!("not supported: {right}"));
}

fn existing(
    document: &Document,
    schema: &Schema,
    rust_type: &str,
    findings: &Findings,
) -> Option<Type> {
    let by_hand = [Type::AppKey, Type::Phone];
    if let Some(found) = by_hand.iter().find(|found| found.name() == Some(rust_type)) {
        return Some(found.clone());
    }
    if document.schema(rust_type).is_some_and(Schema::is_own_text) {
        return camel(rust_type, schema, findings).map(Type::Id);
    }
    let right = "write AppKey, PhoneNumber or a named text schema";
    findings.add(
        &schema.at.child("x-talkspace-type"),
        format!("`{rust_type}` is no known type; {right}"),
    );
    None
}

fn camel(name: &str, schema: &Schema, findings: &Findings) -> Option<Camel> {
    let camel = Camel::new(name);
    if camel.is_none() {
        findings.add(
            &schema.at,
            format!("`{name}` cannot be the name of a type in Rust"),
        );
    }
    camel
}
