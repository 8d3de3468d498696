//! The fields of an envelope, and of the objects in it.

use super::Context;
use super::collisions::{self, RENAME};
use super::responses::{Responses, settle};
use crate::codegen::document::{Schema, Shape};
use crate::codegen::finding::all;
use crate::codegen::kinds::{self, Presence, Type};
use crate::codegen::model::{Field, Object, Prose, STATUS};
use crate::codegen::names::Snake;

impl<'d> Responses<'d> {
    /// The fields of an object, or of what is in an envelope.
    pub(super) fn fields(&mut self, object: &'d Schema, is_envelope: bool) -> Option<Vec<Field>> {
        if !object.is_object() {
            let message = "an envelope holds an object";
            return self.context.findings.wrong(&object.at, message);
        }
        let properties = object.properties();
        let fields = all(properties.iter().map(|(key, schema)| {
            let found = self.held(schema, object.requires(key))?;
            self.field(key, schema, object.requires(key), found, is_envelope)
        }))?;
        let names = fields.iter().zip(properties);
        let names = names.map(|(it, (key, schema))| (it.name.as_str(), key.as_str(), &schema.at));
        collisions::inside(names, RENAME, self.context.findings);
        Some(fields)
    }

    fn field(
        &self,
        key: &str,
        schema: &Schema,
        required: bool,
        found: Type,
        is_envelope: bool,
    ) -> Option<Field> {
        let context = self.context;
        let name = match (&schema.rust_name, found.each()) {
            (Some(name), _) => Snake::new(name),
            (None, Type::Id(id)) => Snake::of_value(key, Some(id.as_str())),
            (None, _) => Snake::of_value(key, None),
        };
        let Some(name) = name.filter(|name| name.as_str() != "new") else {
            let message = format!("`{key}` cannot be a name in Rust; add x-talkspace-name");
            return context.findings.wrong(&schema.at, message);
        };
        let presence = if !required {
            Presence::Optional
        } else if context.is_nullable(schema) {
            Presence::Nullable
        } else if schema.empty {
            Presence::Empty
        } else {
            Presence::Required
        };
        let is_id = matches!(found, Type::Id(_));
        context.findings.add_if(
            schema.empty && !(required && is_id),
            &schema.at.child("x-talkspace-empty"),
            "what may be empty is a required identifier",
        );
        let kind = match key {
            STATUS if is_envelope => Ok(kinds::status()),
            "message" if is_envelope => kinds::output(&Type::Text, key, &name, Presence::Required),
            _ => kinds::output(&found, key, &name, presence),
        };
        let wrong = |why| context.findings.add(&schema.at, why);
        let kind = kind.map_err(wrong).ok()?;
        // Only a type of its own hides a secret.
        let secret = kind.id.as_ref().is_some_and(|id| context.is_secret_id(id));
        context.findings.add_if(
            !secret && context.is_secret(schema),
            &schema.at,
            "not supported: a secret that everybody is shown",
        );
        Some(Field {
            key: key.to_owned(),
            docs: context.docs(schema, ""),
            secret,
            name,
            kind,
            also: schema.also.clone(),
        })
    }
    /// The type of a field: of one value, or of a list.
    fn held(&mut self, schema: &'d Schema, required: bool) -> Option<Type> {
        let Context { document, findings } = self.context;
        let (_, target) = document.resolve(schema);
        if let Shape::Array(items) = &target.shape {
            if self.context.is_nullable(schema) {
                findings.add(&schema.at, "an array is empty, and not `null`");
            }
            return self.item(items).map(|item| Type::List(item.into()));
        }
        let Shape::OneOf { branches, .. } = &target.shape else {
            return self.value(schema);
        };
        if required {
            let message =
                "a list that may be one bare value is left out when empty; do not require it";
            findings.add(&schema.at, message);
        }
        // A list whose one entry stands bare: an item, and an array of the same.
        if let [bare, array] = branches.as_slice()
            && let Shape::Array(items) = &document.resolve(array).1.shape
        {
            let item = self.item(items)?;
            if !matches!(item, Type::Object(_)) && self.item(bare)? == item {
                return Some(Type::Collapsing(item.into()));
            }
        }
        let right = "a `oneOf` in a response is a text, and an array of the same texts";
        findings.wrong(&target.at, format!("not supported: {right}"))
    }

    fn item(&mut self, schema: &'d Schema) -> Option<Type> {
        let findings = self.context.findings;
        if self.context.is_nullable(schema) {
            findings.add(&schema.at, "not supported: a list with `null` in it");
        }
        let item = self.value(schema)?;
        if !kinds::may_be_listed(&item) {
            let message = "not supported: a list holds text, words of an enum, or objects";
            return findings.wrong(&schema.at, message);
        }
        Some(item)
    }

    /// The type of a value, which is remembered if it is generated.
    fn value(&mut self, schema: &'d Schema) -> Option<Type> {
        let found = self.context.scalar(schema)?;
        if let Type::Choice(name, _) = &found {
            self.choices.push(name.clone());
        }
        if let Type::Object(name) = &found
            && !self.objects.iter().any(|known| known.name == *name)
        {
            let (_, object) = self.context.document.resolve(schema);
            let mut fields = self.fields(object, false)?;
            settle(&mut fields, &[]);
            for field in fields.iter().filter(|field| field.secret) {
                let message = format!("not supported: a secret in an object, `{}`", field.key);
                self.context.findings.add(&object.at, message);
            }
            self.objects.push(Object {
                at: object.at.clone(),
                name: name.clone(),
                docs: Prose::new(&object.description),
                fields,
            });
        }
        Some(found)
    }
}
