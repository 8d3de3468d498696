//! The objects in responses: their types, and the way to them and back.

use super::serde;
use super::source;
use super::text::{Comment, Literal, field_docs};
use crate::codegen::kinds::{Start, json_function, wire_object};
use crate::codegen::model::{Api, Object};

/// `request/objects.rs`.
pub(crate) fn file(api: &Api) -> String {
    let docs = Comment::module().paragraph("The objects in responses.");
    let objects = api.objects.iter();
    source::file(
        docs,
        objects.flat_map(|object| [declaration(object), implementation(object)]),
    )
}

fn declaration(object: &Object) -> String {
    let (docs, name) = (Comment::item(0).prose(&object.docs), &object.name);
    let serde = serde::derive(false);
    let mut fields = String::new();
    for field in &object.fields {
        let docs = field_docs(&field.docs);
        fields.push_str(&format!(
            "{docs}pub {}: {},\n",
            field.name, field.kind.rust_type
        ));
    }
    format!(
        "\
{docs}#[derive(Clone, Debug, PartialEq, Eq)]
{serde}#[non_exhaustive]
pub struct {name} {{
{fields}}}
"
    )
}

fn implementation(object: &Object) -> String {
    let (name, wire) = (&object.name, wire_object(&object.name));
    let (mut arguments, mut fields, mut reads) = (String::new(), String::new(), String::new());
    for field in &object.fields {
        let (name, kind) = (&field.name, &field.kind);
        match kind.start {
            Start::Given => {
                arguments.push_str(&format!("{name}: impl Into<{}>,", kind.rust_type));
                fields.push_str(&format!("{name}: {name}.into(),\n"));
            }
            Start::Value(value) => fields.push_str(&format!("{name}: {value},\n")),
        }
        reads.push_str(&format!("{name}: {},\n", kind.read));
    }
    let raw = if reads.contains("raw") { "raw" } else { "_raw" };
    let default = match arguments.is_empty() {
        false => String::new(),
        true => format!(
            "
impl Default for {name} {{
    fn default() -> Self {{
        Self::new()
    }}
}}
"
        ),
    };
    format!(
        "\
impl {name} {{
    /// One with nothing else in it.
    #[must_use]
    pub fn new({arguments}) -> Self {{
        Self {{
{fields}        }}
    }}

    /// What came in an envelope.
    pub(crate) fn of(fields: {wire}, {raw}: &RawResponse<'_>) -> Result<Self, ResponseError> {{
        Ok(Self {{
{reads}        }})
    }}
}}
{default}"
    )
}

/// The objects as the command shows them.
pub(crate) fn commands(api: &Api) -> String {
    let docs = Comment::module().paragraph("The objects in responses, as JSON.");
    let items = api.objects.iter().map(|object| {
        let (name, function) = (&object.name, json_function(&object.name));
        let fields = object.fields.iter().map(|field| {
            let value = format!("value.{}", field.name);
            let json = field.kind.json.replace("{VALUE}", &value);
            let json = json.replace("super::objects::", "");
            format!("{}: {json},\n", Literal(field.name.as_str()))
        });
        let fields: String = fields.collect();
        format!(
            "\
pub(super) fn {function}(value: {name}) -> Value {{
    json!({{
{fields}    }})
}}
"
        )
    });
    source::file(docs, items)
}
