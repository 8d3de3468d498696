//! The fields of an envelope, and of the objects in it.

use super::{collisions, responses, types};
use crate::codegen::document::{Document, Schema, Shape};
use crate::codegen::finding::{Findings, all};
use crate::codegen::kinds::{self, Item, Output, Presence, Type};
use crate::codegen::model::{Field, Object, Prose, STATUS};
use crate::codegen::names::{Camel, Snake};

/// What the fields that were met so far hold.
pub(super) struct Held<'d> {
    document: &'d Document,
    /// The objects, each after those that it has in it.
    pub(super) objects: Vec<Object>,
    /// The types of which there are few values, and a response has one.
    pub(super) choices: Vec<Camel>,
}

/// What a field holds: one value, or several.
enum Holds {
    One(Type),
    Array(Item),
    Collapsing(Item),
}

impl Holds {
    /// The name of its type, by which the words of a value's name are found.
    fn name(&self) -> Option<&str> {
        match self {
            Self::One(Type::Id(id))
            | Self::Array(Item::Id(id))
            | Self::Collapsing(Item::Id(id)) => Some(id.as_str()),
            Self::One(_) | Self::Array(_) | Self::Collapsing(_) => None,
        }
    }
}

impl<'d> Held<'d> {
    pub(super) const fn new(document: &'d Document) -> Self {
        Self {
            document,
            objects: Vec::new(),
            choices: Vec::new(),
        }
    }

    pub(super) fn is_secret(&self, id: &Camel) -> bool {
        let schema = self.document.schema(id.as_str());
        schema.is_some_and(|schema| schema.secret)
    }

    /// The fields of an object.
    pub(super) fn fields(&mut self, object: &'d Schema, findings: &Findings) -> Option<Vec<Field>> {
        if !object.is_object() {
            findings.add(&object.at, "an envelope holds an object");
            return None;
        }
        let properties = object.properties().iter();
        let fields =
            all(properties
                .map(|(key, schema)| self.field(key, schema, object.requires(key), findings)))?;
        let names = fields.iter().zip(object.properties());
        let names =
            names.map(|(field, (key, schema))| ((field.name.as_str(), key.as_str()), &schema.at));
        collisions::inside(names, collisions::RENAME, findings);
        Some(fields)
    }

    fn field(
        &mut self,
        key: &str,
        schema: &'d Schema,
        required: bool,
        findings: &Findings,
    ) -> Option<Field> {
        let found = self.held(schema, required, findings)?;
        let name = match &schema.rust_name {
            Some(name) => Snake::new(name),
            None => Snake::of_value(key, found.name()),
        };
        let Some(name) = name.filter(|name| name.as_str() != "new") else {
            let message = format!("`{key}` cannot be a name in Rust; add x-talkspace-name");
            findings.add(&schema.at, message);
            return None;
        };
        let (_, target) = self.document.resolve(schema);
        let presence = if !required {
            Presence::Optional
        } else if schema.nullable || target.nullable {
            Presence::Nullable
        } else if schema.empty {
            Presence::Empty
        } else {
            Presence::Required
        };
        let is_id = matches!(found, Holds::One(Type::Id(_)));
        if schema.empty && !(required && is_id) {
            let message = "what may be empty is a required identifier";
            findings.add(&schema.at.child("x-talkspace-empty"), message);
        }
        let kind = match &found {
            Holds::One(_) if key == STATUS => Ok(kinds::status()),
            Holds::One(_) if key == "message" => {
                kinds::output(&Type::Text, key, &name, Presence::Required)
            }
            Holds::One(found) => kinds::output(found, key, &name, presence),
            Holds::Array(item) => Ok(kinds::array(item, &name, required)),
            Holds::Collapsing(item) => Ok(kinds::collapsing(item, &name)),
        };
        let kind = kind.map_err(|why| findings.add(&schema.at, why)).ok()?;
        Some(Field {
            key: key.to_owned(),
            docs: types::docs(self.document, schema, ""),
            secret: self.holds_secret(&kind, schema, findings),
            name,
            kind,
            also: schema.also.clone(),
        })
    }

    /// Whether the field holds what nobody may read in a log. Only a type of its
    /// own hides it.
    fn holds_secret(&self, kind: &Output, schema: &Schema, findings: &Findings) -> bool {
        let is_secret = kind.id.as_ref().is_some_and(|id| self.is_secret(id));
        if !is_secret && types::is_secret(self.document, schema) {
            findings.add(
                &schema.at,
                "not supported: a secret that everybody is shown",
            );
        }
        is_secret
    }

    fn held(&mut self, schema: &'d Schema, required: bool, findings: &Findings) -> Option<Holds> {
        let (_, target) = self.document.resolve(schema);
        match &target.shape {
            Shape::Array(items) => {
                if schema.nullable || target.nullable {
                    findings.add(&schema.at, "an array is empty, and not `null`");
                }
                self.item(items, findings).map(Holds::Array)
            }
            Shape::OneOf { branches, .. } => {
                if required {
                    findings.add(
                        &schema.at,
                        "a list that may be one bare value is left out when empty; do not require it",
                    );
                }
                self.collapsing(target, branches, findings)
            }
            Shape::Ref(_)
            | Shape::Text { .. }
            | Shape::TextOrInteger
            | Shape::Bytes
            | Shape::Integer
            | Shape::Boolean
            | Shape::Object { .. } => self.value(schema, findings).map(Holds::One),
        }
    }

    /// A list whose one entry stands bare: `oneOf` an item and an array of the same.
    fn collapsing(
        &mut self,
        list: &'d Schema,
        branches: &'d [Schema],
        findings: &Findings,
    ) -> Option<Holds> {
        if let [bare, array] = branches {
            let (_, array) = self.document.resolve(array);
            if let Shape::Array(items) = &array.shape {
                let item = self.item(items, findings)?;
                if !matches!(item, Item::Object(_)) && self.item(bare, findings)? == item {
                    return Some(Holds::Collapsing(item));
                }
            }
        }
        let right = "a `oneOf` in a response is a text, and an array of the same texts";
        findings.add(&list.at, format!("not supported: {right}"));
        None
    }

    fn item(&mut self, schema: &'d Schema, findings: &Findings) -> Option<Item> {
        if schema.nullable || self.document.resolve(schema).1.nullable {
            findings.add(&schema.at, "not supported: a list with `null` in it");
        }
        let item = Item::of(self.value(schema, findings)?);
        if item.is_none() {
            let message = "not supported: a list holds text, words of an enum, or objects";
            findings.add(&schema.at, message);
        }
        item
    }

    /// The type of a value, which is remembered if it is generated.
    fn value(&mut self, schema: &'d Schema, findings: &Findings) -> Option<Type> {
        let found = types::scalar(self.document, schema, findings)?;
        if let Type::Choice(name, _) = &found {
            self.choices.push(name.clone());
        }
        if let Type::Object(name) = &found
            && !self.objects.iter().any(|known| known.name == *name)
        {
            let (_, object) = self.document.resolve(schema);
            let mut fields = self.fields(object, findings)?;
            responses::settle(&mut fields, &[]);
            for field in fields.iter().filter(|field| field.secret) {
                let message = format!("not supported: a secret in an object, `{}`", field.key);
                findings.add(&object.at, message);
            }
            self.objects.push(Object {
                name: name.clone(),
                docs: Prose::new(&object.description),
                fields,
            });
        }
        Some(found)
    }
}
