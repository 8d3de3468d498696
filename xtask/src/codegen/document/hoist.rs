//! An enum or an object that stands in its place gets a name of its own, as if it stood
//! among the components: in Rust it is a type.

use super::schema::{Facts, Reference, Schema, Shape};
use super::{Document, Parameter, ParameterOrRef};
use crate::codegen::finding::Findings;
use crate::codegen::names::Camel;

pub(super) fn all(document: &mut Document, findings: &Findings) {
    let mut types = Types(Vec::new());
    for (name, schema) in &mut document.schemas {
        types.inside(name, schema);
    }
    let shared = document.parameters.iter_mut();
    let inline = document.paths.iter_mut().flat_map(|path| {
        let own = path.operations.iter_mut();
        let own = own.flat_map(|operation| &mut operation.parameters);
        let all = path.parameters.iter_mut().chain(own);
        all.filter_map(|parameter| match parameter {
            ParameterOrRef::Inline(parameter) => Some(&mut **parameter),
            ParameterOrRef::Ref(_) => None,
        })
    });
    for parameter in shared.map(|(_, parameter)| parameter).chain(inline) {
        let Parameter { name, schema, .. } = parameter;
        types.value("", name, schema, &parameter.description);
    }
    for (name, schema) in types.0 {
        if document.schema(&name).is_some() {
            let message = format!(
                "its type in Rust would be `{name}`, which there is; give it a name under \
                 components/schemas"
            );
            findings.add(&schema.at, message);
        } else {
            document.schemas.push((name, schema));
        }
    }
}

/// Those that have got a name.
struct Types(Vec<(String, Schema)>);

impl Types {
    /// The properties of an object; those of an envelope are what is in it.
    fn inside(&mut self, name: &str, schema: &mut Schema) {
        let Shape::Object {
            required,
            properties,
        } = &mut schema.shape
        else {
            return;
        };
        let is_envelope = matches!(properties.as_slice(), [(key, _)] if required.contains(key));
        let ends = ["Form", "Response"];
        let stem = ends.iter().find_map(|end| name.strip_suffix(end));
        let stem = stem.unwrap_or(name);
        for (key, schema) in properties {
            match (is_envelope, &mut schema.shape) {
                (true, Shape::Object { .. }) => self.inside(key, schema),
                (_, _) => self.value(stem, key, schema, ""),
            }
        }
    }

    fn value(&mut self, stem: &str, key: &str, schema: &mut Schema, docs: &str) {
        if let Shape::Array(items) = &mut schema.shape {
            let one = key.strip_suffix('s').unwrap_or(key);
            let docs = match schema.description.as_str() {
                "" => docs,
                own => own,
            };
            return self.value(stem, one, items, docs);
        }
        let is_type = match &schema.shape {
            Shape::Text { choices, .. } => !choices.is_empty() && schema.rust_type.is_none(),
            Shape::Object { .. } => true,
            _ => false,
        };
        let Some(end) = Camel::of_words(key).filter(|_| is_type) else {
            return;
        };
        let name = format!("{stem}{end}");
        let reference = Reference {
            at: schema.at.clone(),
            name: name.clone(),
        };
        let place = Schema {
            at: schema.at.clone(),
            description: schema.description.clone(),
            shape: Shape::Ref(reference),
            rust_name: schema.rust_name.take(),
            default: schema.default.take(),
            facts: Facts {
                deprecated: schema.facts.deprecated,
                ..Facts::default()
            },
            nullable: schema.nullable,
            empty: std::mem::take(&mut schema.empty),
            also: std::mem::take(&mut schema.also),
            ..Schema::default()
        };
        let mut moved = std::mem::replace(schema, place);
        moved.facts.deprecated = false;
        if moved.description.is_empty() {
            docs.clone_into(&mut moved.description);
        }
        self.inside(&name, &mut moved);
        self.0.push((name, moved));
    }
}
