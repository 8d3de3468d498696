//! The response of an operation, and how it is decoded.

use super::serde;
use super::source::Item;
use super::text::{Literal, field_docs};
use crate::codegen::model::{
    Envelope, Field, FieldKind, Item as Held, Operation, ParameterKind, Payload,
};
use crate::codegen::names::Camel;

pub(crate) fn declaration(operation: &Operation) -> Item {
    let request = &operation.name;
    let name = operation.response();
    let mut imports = vec!["crate::value::Status".to_owned()];
    let mut fields = String::new();
    let mut debug = "Debug, ";
    match &operation.payload {
        Payload::Text(value) => {
            let docs = field_docs(&value.docs);
            fields.push_str(&format!("{docs}pub {}: {},\n", value.name, value.id));
            imports.push(id_import(&value.id));
        }
        Payload::Bytes(docs) => {
            let docs = field_docs(docs);
            fields.push_str(&format!("{docs}pub {CONTENT}: Bytes,\n"));
            imports.push("bytes::Bytes".to_owned());
            // A sound is no reading matter.
            debug = "";
        }
        Payload::Envelope(envelope) => {
            for field in envelope.shown() {
                let docs = field_docs(&field.docs);
                let field_type = field_type(&operation.kind_of(field));
                fields.push_str(&format!("{docs}pub {}: {field_type},\n", field.name));
                imports.extend(field.kind.id().map(id_import));
            }
        }
    }
    let outcome = if operation.outcomes.is_empty() {
        String::new()
    } else {
        let outcome = operation.outcome();
        format!("/// What it says.\n    pub outcome: {outcome},\n")
    };
    let serde = serde::response(operation);
    Item::new(format!(
        "\
/// The response to [`{request}`].
#[derive(Clone, {debug}PartialEq, Eq)]
{serde}#[non_exhaustive]
pub struct {name} {{
    /// Both statuses of the response.
    pub status: Status,
    {outcome}{fields}}}
"
    ))
    .uses(imports)
}

/// The name of the field that holds a sound.
const CONTENT: &str = "content";

/// How a response is made, for servers and tests.
pub(crate) fn implementations(operation: &Operation) -> Vec<Item> {
    let name = operation.response();
    let status = operation.success().first().copied().unwrap_or(200);
    let mut arguments = String::new();
    let mut fields = String::new();
    let mut rest = "";
    let envelope_status = if operation.has_envelope() {
        format!("Some({status})")
    } else {
        "None".to_owned()
    };
    let mut head = format!("status: Status::new({status}, {envelope_status}),\n");
    let mut which = format!("the documented status, {status}");
    if !operation.outcomes.is_empty() {
        let outcome = operation.outcome();
        arguments = format!("outcome: {outcome},");
        head = "status: outcome.status(),\noutcome,\n".to_owned();
        which = "the status that says so".to_owned();
    }
    match &operation.payload {
        Payload::Text(value) => {
            arguments.push_str(&argument(value.name.as_str(), value.id.as_str()));
            fields = format!("{0}: {0}.into(),\n", value.name);
        }
        Payload::Bytes(_) => {
            arguments.push_str(&argument(CONTENT, "Bytes"));
            fields = format!("{CONTENT}: {CONTENT}.into(),\n");
        }
        Payload::Envelope(envelope) => {
            rest = ", and nothing else in it";
            for field in envelope.shown() {
                let name = &field.name;
                let kind = operation.kind_of(field);
                if let FieldKind::Id(id) = &kind {
                    arguments.push_str(&argument(&name.to_string(), id.as_str()));
                    fields.push_str(&format!("{name}: {name}.into(),\n"));
                } else {
                    fields.push_str(&format!("{name}: {},\n", nothing(&kind)));
                }
            }
        }
    }
    let mut items = vec![Item::new(format!(
        "\
impl {name} {{
    /// A response with {which}{rest}.
    #[must_use]
    pub fn new({arguments}) -> Self {{
        Self {{
            {head}{fields}        }}
    }}
}}
"
    ))];
    if let Payload::Bytes(_) = operation.payload {
        items.push(debug(operation));
    }
    if arguments.is_empty() {
        items.push(Item::new(format!(
            "\
impl Default for {name} {{
    fn default() -> Self {{
        Self::new()
    }}
}}
"
        )));
    }
    items
}

fn argument(name: &str, field_type: &str) -> String {
    format!("{name}: impl Into<{field_type}>,")
}

/// A sound is shown by its length.
fn debug(operation: &Operation) -> Item {
    let name = operation.response();
    let shown = Literal(name.as_str());
    Item::new(format!(
        "\
impl fmt::Debug for {name} {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        f.debug_struct({shown})
            .field(\"status\", &self.status)
            .field(\"{CONTENT}\", &format_args!(\"{{}} bytes\", self.{CONTENT}.len()))
            .finish()
    }}
}}
"
    ))
    .uses(["std::fmt::self"])
}

/// The body of `decode`.
pub(crate) fn decode(operation: &Operation) -> Item {
    let response = operation.response();
    let outcome = if operation.outcomes.is_empty() {
        String::new()
    } else {
        format!("outcome: {}::of(status),\n", operation.outcome())
    };
    match &operation.payload {
        Payload::Bytes(_) => Item::new(format!(
            "\
let (status, {CONTENT}) = raw.bytes()?;
Ok({response} {{
    status,
    {outcome}{CONTENT},
}})
"
        )),
        Payload::Text(value) => {
            let name = &value.name;
            Item::new(format!(
                "\
let (status, {name}) = raw.text()?;
Ok({response} {{
    status,
    {outcome}{name}: {name}.into(),
}})
"
            ))
        }
        Payload::Envelope(envelope) => {
            let envelope_name = &envelope.name;
            let fields: String = envelope
                .shown()
                .map(|field| {
                    let value = read(operation, field);
                    format!("{}: {value},\n", field.name)
                })
                .collect();
            let list = envelope.fields.iter();
            let arrays = list.filter(|field| matches!(field.kind, FieldKind::Array { .. }));
            Item::new(format!(
                "\
let (status, fields) = raw.envelope::<{envelope_name}>(Self::INFO.outcomes)?;
Ok({response} {{
    status,
    {outcome}{fields}}})
"
            ))
            .uses(arrays.map(|_| "crate::codec::OneOrMany"))
            .uses([import(envelope)])
        }
    }
}

/// Where an envelope comes from.
pub(crate) fn import(envelope: &Envelope) -> String {
    format!("crate::request::envelopes::{}", envelope.name)
}

/// What a field of the envelope becomes in the response.
fn read(operation: &Operation, field: &Field) -> String {
    let name = &field.name;
    match &operation.kind_of(field) {
        FieldKind::EmptyId(id) => {
            format!("Some(fields.{name}.0).filter(|text| !text.is_empty()).map({id}::from)")
        }
        FieldKind::Id(_) => {
            let key = Literal(&field.key);
            let known = known(operation, field);
            format!("raw.id({key}, fields.{name}, {known})?")
        }
        FieldKind::OptionalId(id) => format!(
            "fields.{name}.map(|text| text.0).filter(|text| !text.is_empty()).map({id}::from)"
        ),
        FieldKind::OptionalText => {
            format!("fields.{name}.map(|text| text.0).filter(|text| !text.is_empty())")
        }
        FieldKind::Message | FieldKind::Text => format!("fields.{name}.0"),
        FieldKind::Integer
        | FieldKind::Flag
        | FieldKind::OptionalInteger
        | FieldKind::OptionalFlag => format!("fields.{name}"),
        FieldKind::Collapsing(_) => format!("fields.{name}.into_ids()"),
        FieldKind::Array { .. } => format!("OneOrMany(fields.{name}).into_ids()"),
        FieldKind::Status => "fields.status.0".to_owned(),
    }
}

/// The request's own value of an id that the response leaves empty.
fn known(operation: &Operation, field: &Field) -> String {
    let FieldKind::Id(id) = &field.kind else {
        return "None".to_owned();
    };
    let same = |key: &str| key.to_lowercase() == field.key.to_lowercase();
    let mut parameters = operation.own_parameters();
    let found = parameters
        .find(|parameter| same(&parameter.key) && parameter.kind == ParameterKind::Id(id.clone()));
    match found {
        Some(parameter) if parameter.required => format!("Some(&self.{})", parameter.name),
        Some(parameter) => format!("self.{}.as_ref()", parameter.name),
        None => "None".to_owned(),
    }
}

fn field_type(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Message | FieldKind::Text => "String".to_owned(),
        FieldKind::OptionalText => "Option<String>".to_owned(),
        FieldKind::Id(id) => id.to_string(),
        FieldKind::EmptyId(id) | FieldKind::OptionalId(id) => format!("Option<{id}>"),
        FieldKind::Integer => "i64".to_owned(),
        FieldKind::OptionalInteger => "Option<i64>".to_owned(),
        FieldKind::Flag => "bool".to_owned(),
        FieldKind::OptionalFlag => "Option<bool>".to_owned(),
        FieldKind::Collapsing(item) | FieldKind::Array { item, .. } => {
            format!("Vec<{}>", held_type(item))
        }
        FieldKind::Status => "Status".to_owned(),
    }
}

/// The value of a field of which nothing is known.
const fn nothing(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Message | FieldKind::Text | FieldKind::Id(_) | FieldKind::Status => {
            "String::new()"
        }
        FieldKind::OptionalText
        | FieldKind::EmptyId(_)
        | FieldKind::OptionalId(_)
        | FieldKind::OptionalInteger
        | FieldKind::OptionalFlag => "None",
        FieldKind::Integer => "0",
        FieldKind::Flag => "false",
        FieldKind::Collapsing(_) | FieldKind::Array { .. } => "Vec::new()",
    }
}

fn held_type(item: &Held) -> String {
    match item {
        Held::Text => "String".to_owned(),
        Held::Id(id) => id.to_string(),
    }
}

fn id_import(id: &Camel) -> String {
    format!("crate::value::{id}")
}
