//! The objects in responses: their types, and the way to them and back.

use super::serde;
use super::source::{self, Item};
use super::text::{Comment, Literal, field_docs};
use crate::codegen::kinds::{OBJECTS, Start, json_function, wire_object};
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

fn declaration(object: &Object) -> Item {
    let (docs, name) = (Comment::item(0).prose(&object.docs), &object.name);
    let serde = serde::derive(false);
    let (mut fields, mut imports) = (String::new(), Vec::new());
    for field in &object.fields {
        let docs = field_docs(&field.docs);
        fields.push_str(&format!(
            "{docs}pub {}: {},\n",
            field.name, field.kind.rust_type
        ));
        imports.extend(field.kind.import.clone());
    }
    // Objects see each other.
    imports.retain(|import| !import.starts_with(OBJECTS));
    Item::new(format!(
        "\
{docs}#[derive(Clone, Debug, PartialEq, Eq)]
{serde}#[non_exhaustive]
pub struct {name} {{
{fields}}}
"
    ))
    .uses(imports)
}

fn implementation(object: &Object) -> Item {
    let (name, wire) = (&object.name, wire_object(&object.name));
    let (mut arguments, mut fields, mut reads) = (String::new(), String::new(), String::new());
    let mut imports = vec![format!("crate::request::envelopes::{wire}")];
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
        imports.extend(kind.read_import.map(str::to_owned));
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
    Item::new(format!(
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
    ))
    .uses(["crate::codec::{RawResponse, ResponseError}"])
    .uses(imports)
}

/// The way into an envelope, for servers.
pub(crate) fn writing(object: &Object) -> Item {
    let (name, wire) = (&object.name, wire_object(&object.name));
    let all = object.fields.iter();
    let fields: String = all
        .clone()
        .map(|field| format!("{}: {},\n", field.name, field.kind.write))
        .collect();
    Item::new(format!(
        "\
impl From<&{name}> for {wire} {{
    fn from(response: &{name}) -> Self {{
        Self {{
{fields}        }}
    }}
}}
"
    ))
    .uses([
        format!("crate::request::envelopes::{wire}"),
        format!("crate::request::response::{name}"),
    ])
    .uses(all.filter_map(|field| field.kind.write_import))
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
        Item::new(format!(
            "\
pub(super) fn {function}(value: {name}) -> Value {{
    json!({{
{fields}    }})
}}
"
        ))
        .uses(["serde_json::{Value, json}"])
        .uses([format!("talkspace_core::response::{name}")])
    });
    source::file(docs, items)
}
