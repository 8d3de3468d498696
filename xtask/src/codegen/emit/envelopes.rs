//! The envelopes, as they are on the wire.

use super::source::{Item, Source};
use super::text::{Comment, Literal};
use crate::codegen::model::{Api, Envelope, Field, FieldKind};

pub(crate) fn file(api: &Api) -> String {
    let docs = Comment::module().paragraph("The envelopes of answers, as they are on the wire.");
    let mut source = Source::new(docs);
    for envelope in &api.envelopes {
        source.push(declaration(envelope));
        source.push(implementation(envelope));
    }
    source.finish()
}

fn declaration(envelope: &Envelope) -> Item {
    let docs = Comment::item(0).prose(&envelope.docs);
    let name = &envelope.name;
    let fields: String = envelope.fields.iter().map(field).collect();
    let mut item = Item::new(format!(
        "\
{docs}#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct {name} {{
{fields}}}
"
    ))
    .uses(["serde::{Deserialize, Serialize}"]);
    for field in &envelope.fields {
        item = item.uses(needs(&field.kind));
    }
    item
}

/// A field, as serde reads and writes it.
fn field(field: &Field) -> String {
    let name = &field.name;
    let mut attributes = Vec::new();
    if field.name.as_str() != field.key {
        attributes.push(format!("rename = {}", Literal(&field.key)));
    }
    let also = field.also.iter();
    attributes.extend(also.map(|also| format!("alias = {}", Literal(also))));
    attributes.extend(spelling(&field.kind).map(str::to_owned));
    let attributes = match attributes.as_slice() {
        [] => String::new(),
        some => format!("#[serde({})]\n", some.join(", ")),
    };
    format!(
        "{attributes}pub(crate) {name}: {},\n",
        wire_type(&field.kind)
    )
}

const fn wire_type(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Status => "Code",
        FieldKind::Message | FieldKind::Text | FieldKind::Id(_) | FieldKind::EmptyId(_) => "Text",
        FieldKind::OptionalText | FieldKind::OptionalId(_) => "Option<Text>",
        FieldKind::Integer => "i64",
        FieldKind::OptionalInteger => "Option<i64>",
        FieldKind::Flag => "bool",
        FieldKind::OptionalFlag => "Option<bool>",
        FieldKind::Collapsing(_) => "OneOrMany",
        FieldKind::Array { .. } => "Vec<Text>",
    }
}

/// How serde goes about it, where that is not the type's own way.
const fn spelling(kind: &FieldKind) -> Option<&'static str> {
    match kind {
        FieldKind::Status
        | FieldKind::Message
        | FieldKind::Text
        | FieldKind::Id(_)
        | FieldKind::EmptyId(_) => None,
        FieldKind::OptionalText | FieldKind::OptionalId(_) => {
            Some("skip_serializing_if = \"Option::is_none\"")
        }
        FieldKind::Integer | FieldKind::Flag => Some("deserialize_with = \"lenient_or_default\""),
        FieldKind::OptionalInteger | FieldKind::OptionalFlag => {
            Some("deserialize_with = \"lenient\", skip_serializing_if = \"Option::is_none\"")
        }
        FieldKind::Collapsing(_) => Some("skip_serializing_if = \"OneOrMany::is_empty\""),
        FieldKind::Array { required: true, .. } => Some("deserialize_with = \"one_or_many\""),
        FieldKind::Array { .. } => {
            Some("deserialize_with = \"one_or_many\", skip_serializing_if = \"Vec::is_empty\"")
        }
    }
}

const fn needs(kind: &FieldKind) -> &'static [&'static str] {
    match kind {
        FieldKind::Status => &["crate::wire::Code"],
        FieldKind::Message
        | FieldKind::Text
        | FieldKind::Id(_)
        | FieldKind::EmptyId(_)
        | FieldKind::OptionalText
        | FieldKind::OptionalId(_) => &["crate::wire::Text"],
        FieldKind::Integer | FieldKind::Flag => &["crate::wire::lenient_or_default"],
        FieldKind::OptionalInteger | FieldKind::OptionalFlag => &["crate::wire::lenient"],
        FieldKind::Collapsing(_) => &["crate::wire::OneOrMany"],
        FieldKind::Array { .. } => &["crate::wire::{Text, one_or_many}"],
    }
}

fn implementation(envelope: &Envelope) -> Item {
    let name = &envelope.name;
    let key = Literal(&envelope.key);
    Item::new(format!(
        "\
impl Envelope for {name} {{
    const NAME: &'static str = {key};

    fn status(&self) -> Option<u16> {{
        self.status.0
    }}

    fn message(&self) -> &str {{
        self.message.as_str()
    }}

    #[cfg(feature = \"server\")]
    fn set_head(&mut self, status: u16, message: String) {{
        self.status = Code(Some(status));
        self.message = Text(message);
    }}
}}
"
    ))
    .uses(["crate::wire::{Code, Envelope, Text}"])
}
