//! Which Rust type a schema is.

use super::{Context, collisions};
use crate::codegen::document::{Schema, Shape, deprecation};
use crate::codegen::finding::{Pointer, all};
use crate::codegen::kinds::Type;
use crate::codegen::load::Scalar;
use crate::codegen::model::{Choice, Id, Prose, Word};
use crate::codegen::names::Camel;

impl<'d> Context<'d> {
    /// Whether the value may be `null`.
    pub(super) fn is_nullable(self, schema: &Schema) -> bool {
        schema.nullable || self.document.resolve(schema).1.nullable
    }

    /// Whether nobody may read the value in a log.
    pub(super) fn is_secret(self, schema: &Schema) -> bool {
        let (_, target) = self.document.resolve(schema);
        let named = target.rust_type.as_deref();
        let named = named.and_then(|name| self.document.schema(name));
        target.secret || named.is_some_and(|named| named.secret)
    }

    /// Whether nobody may read an identifier of this type in a log.
    pub(super) fn is_secret_id(self, id: &Camel) -> bool {
        let schema = self.document.schema(id.as_str());
        schema.is_some_and(|schema| schema.secret)
    }

    /// The named text schemas that no other type stands for.
    pub(super) fn ids(self) -> Option<Vec<Id>> {
        let schemas = self.document.schemas.iter();
        let schemas = schemas.filter(|(_, schema)| schema.is_own_text());
        all(schemas.map(|(name, schema)| {
            Some(Id {
                at: schema.at.clone(),
                name: self.type_name(name, &schema.at)?,
                docs: page(schema),
                secret: schema.secret,
            })
        }))
    }

    /// The named text schemas that list what there is; a response may have one of another
    /// word in its `open` ones.
    pub(super) fn choices(self, open: &[Camel]) -> Option<Vec<Choice>> {
        let schemas = self.document.schemas.iter();
        let schemas = schemas.filter(|(_, it)| it.rust_type.is_none() && !it.choices().is_empty());
        all(schemas.map(|(name, schema)| self.choice(name, schema, open)))
    }

    fn choice(self, name: &str, schema: &Schema, open: &[Camel]) -> Option<Choice> {
        let at = schema.at.child("enum");
        let name = self.type_name(name, &schema.at);
        let words = all(schema.choices().iter().map(|text| {
            let mut meanings = schema.meanings.iter();
            let meaning = meanings.find(|meaning| meaning.key == *text);
            self.word(text, meaning.map_or("", |meaning| &meaning.text), &at)
        }));
        let (name, words) = name.zip(words)?;
        let open = open.contains(&name);
        // First, so that it is the word that is renamed.
        let other = open.then_some(("Other", "any other word", &at));
        let names = words
            .iter()
            .map(|it| (it.variant.as_str(), it.text.as_str(), &at));
        let names = other.into_iter().chain(names);
        collisions::inside(names, collisions::OTHERWISE, self.findings);
        Some(Choice {
            at: schema.at.clone(),
            name,
            open,
            docs: page(schema),
            words,
            default: schema.preset().map(str::to_owned),
        })
    }

    /// A word that becomes a variant.
    pub(super) fn word(self, text: &str, docs: &str, at: &Pointer) -> Option<Word> {
        let wrong = || {
            let message = format!(
                "`{text}` cannot be the name of a variant in Rust, which begins with a letter; \
                 leave out the `enum`, and list the words in the description"
            );
            self.findings.wrong(at, message)
        };
        Some(Word {
            text: text.to_owned(),
            variant: Camel::of_words(text).or_else(wrong)?,
            docs: Prose::new(docs),
        })
    }

    /// The type of a value that is no list.
    pub(super) fn scalar(self, schema: &Schema) -> Option<Type> {
        let (name, target) = self.document.resolve(schema);
        Some(match &target.shape {
            Shape::Text {
                constant: Some(constant),
                ..
            } => Type::Constant(constant.clone()),
            Shape::Text { .. } | Shape::TextOrInteger => match (&target.rust_type, name) {
                (Some(rust_type), _) => self.existing(target, rust_type)?,
                (None, Some(name)) => match (self.type_name(name, &target.at)?, target.choices()) {
                    (name, []) => Type::Id(name),
                    (name, words) => Type::Choice(name, words.to_vec()),
                },
                (None, None) if target.facts.format.as_deref() == Some("decimal") => Type::Decimal,
                (None, None) => Type::Text,
            },
            Shape::Integer => Type::Integer,
            Shape::Boolean => Type::Flag,
            Shape::Bytes => Type::File,
            Shape::Object { .. } if name.is_some() => {
                Type::Object(self.type_name(name?, &target.at)?)
            }
            Shape::Ref(_) | Shape::Array(_) | Shape::Object { .. } | Shape::OneOf { .. } => {
                return self.no_value(schema);
            }
        })
    }

    /// The schema is of something else.
    pub(super) fn no_value<T>(self, schema: &Schema) -> Option<T> {
        let right = "a value here is text, an integer or a boolean";
        let message = format!("not supported: {right}");
        self.findings.wrong(&schema.at, message)
    }

    /// The type of this name, which is written by hand or that of another schema.
    fn existing(self, schema: &Schema, rust_type: &str) -> Option<Type> {
        let mut by_hand = [Type::AppKey, Type::Phone].into_iter();
        if let Some(found) = by_hand.find(|found| found.name() == Some(rust_type)) {
            return Some(found);
        }
        if self
            .document
            .schema(rust_type)
            .is_some_and(Schema::is_own_text)
        {
            return self.type_name(rust_type, &schema.at).map(Type::Id);
        }
        let right = "write AppKey, PhoneNumber or a named text schema";
        let message = format!("`{rust_type}` is no known type; {right}");
        self.findings
            .wrong(&schema.at.child("x-talkspace-type"), message)
    }

    pub(super) fn type_name(self, name: &str, at: &Pointer) -> Option<Camel> {
        let message = || format!("`{name}` cannot be the name of a type in Rust");
        Camel::new(name).or_else(|| self.findings.wrong(at, message()))
    }

    /// What people read about a value: the words at the place, or else those of
    /// the type, and what is true of it.
    pub(super) fn docs(self, schema: &Schema, at_place: &str) -> Prose {
        let (name, target) = self.document.resolve(schema);
        let texts = [at_place, &schema.description, &target.description];
        let text = texts.into_iter().find(|text| !text.is_empty());
        let mut facts = schema.facts.sentences();
        // Those of a named type are said where the type is, if it has a page of its own.
        if name.is_some() && !target.is_text() {
            facts.push_str(&target.facts.sentences());
        }
        Prose::new(&format!("{}{facts}", text.unwrap_or_default().trim()))
    }

    /// An example of a value, as text.
    pub(super) fn example(self, schema: &Schema) -> Option<String> {
        let (_, target) = self.document.resolve(schema);
        let mut examples = schema.examples.iter().chain(&target.examples);
        let example = examples.next().map(|(_, example)| spelt(example));
        example.or_else(|| target.choices().first().cloned())
    }
}

/// What people read on the page of a named type.
fn page(schema: &Schema) -> Prose {
    let facts = match schema.preset() {
        Some(_) => deprecation(schema.facts.deprecated).to_owned(),
        None => schema.facts.sentences(),
    };
    Prose::new(&format!("{}{facts}", schema.description.trim()))
}

/// An example as text.
pub(crate) fn spelt(example: &Scalar) -> String {
    match example {
        Scalar::Text(text) => text.clone(),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Bool(value) => value.to_string(),
    }
}
