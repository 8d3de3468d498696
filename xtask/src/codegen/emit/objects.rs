//! The objects in responses: their types, and the way to them.

#![expect(unused_qualifications, reason = "what askama derives has them")]

use askama::Template;

use super::text::filters;
use crate::codegen::kinds::{self, Start};
use crate::codegen::model::{Api, Field, Object};

#[derive(Template)]
pub(crate) enum Objects<'a> {
    /// The types.
    #[template(path = "objects.rs.j2")]
    Types { api: &'a Api },
    /// The types as the command shows them.
    #[template(path = "objects_json.rs.j2")]
    Json { api: &'a Api },
}

/// Whether one begins with nothing in it.
fn is_free(object: &Object) -> bool {
    let mut fields = object.fields.iter();
    !fields.any(|field| field.kind.start == Start::Given)
}

/// Whether an error tells the response that it is read from.
fn reads_raw(object: &Object) -> bool {
    let reads = |field: &Field| format!("{}: {}", field.name, field.kind.read).contains("raw");
    object.fields.iter().any(reads)
}

/// The expression that makes JSON of a field.
fn json(field: &Field) -> String {
    let value = format!("value.{}", field.name);
    let json = field.kind.json.replace("{VALUE}", &value);
    json.replace("super::objects::", "")
}
