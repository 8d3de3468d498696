//! The envelopes, as they are on the wire.

use super::source::{Item, Source};
use super::text::{Comment, Literal};
use crate::codegen::model::{Api, Envelope, Field, FieldKind};

pub(crate) fn file(api: &Api) -> String {
    let docs = Comment::module().paragraph("The envelopes of responses, as they are on the wire.");
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
        FieldKind::Status => &["crate::codec::Code"],
        FieldKind::Message
        | FieldKind::Text
        | FieldKind::Id(_)
        | FieldKind::EmptyId(_)
        | FieldKind::OptionalText
        | FieldKind::OptionalId(_) => &["crate::codec::Text"],
        FieldKind::Integer | FieldKind::Flag => &["crate::codec::json::lenient_or_default"],
        FieldKind::OptionalInteger | FieldKind::OptionalFlag => &["crate::codec::json::lenient"],
        FieldKind::Collapsing(_) => &["crate::codec::OneOrMany"],
        FieldKind::Array { .. } => &["crate::codec::Text", "crate::codec::json::one_or_many"],
    }
}

fn implementation(envelope: &Envelope) -> Item {
    let name = &envelope.name;
    let key = Literal(&envelope.key);
    let secrets = secrets(envelope);
    let redacted: String = envelope.fields.iter().filter_map(redacted).collect();
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
{secrets}
    fn redact(&mut self, redactor: &Redactor<'_>) {{
{redacted}    }}

    #[cfg(feature = \"server\")]
    fn set_head(&mut self, status: u16, message: String) {{
        self.status = Code(Some(status));
        self.message = Text(message);
    }}
}}
"
    ))
    .uses([
        "crate::codec::Redactor",
        "crate::codec::{Code, Envelope, Text}",
    ])
}

/// The method that names what of the envelope is secret, if anything is.
fn secrets(envelope: &Envelope) -> String {
    let fields = envelope.fields.iter().filter(|field| field.secret);
    let secrets: Vec<String> = fields
        .filter_map(|field| {
            let name = &field.name;
            Some(match texts(&field.kind)? {
                Texts::One => format!("std::slice::from_ref(&self.{name})"),
                Texts::Optional | Texts::Many => format!("self.{name}.as_slice()"),
                Texts::Collapsing => format!("self.{name}.0.as_slice()"),
            })
        })
        .collect();
    if secrets.is_empty() {
        return String::new();
    }
    format!(
        "
    fn secrets(&self) -> Vec<&str> {{
        let texts = [{}];
        texts.into_iter().flatten().map(Text::as_str).collect()
    }}
",
        secrets.join(", ")
    )
}

/// The statement that takes secrets out of a field.
fn redacted(field: &Field) -> Option<String> {
    let verb = match field.kind.id() {
        Some(_) if field.secret => return None,
        Some(_) => "id",
        None => "text",
    };
    let name = &field.name;
    let all = match texts(&field.kind)? {
        Texts::One => return Some(format!("redactor.{verb}(&mut self.{name});\n")),
        Texts::Optional => format!("self.{name}.as_mut_slice()"),
        Texts::Many => format!("&mut self.{name}"),
        Texts::Collapsing => format!("&mut self.{name}.0"),
    };
    Some(format!("for text in {all} {{ redactor.{verb}(text); }}\n"))
}

/// How a field holds texts.
enum Texts {
    One,
    Optional,
    Many,
    Collapsing,
}

const fn texts(kind: &FieldKind) -> Option<Texts> {
    match kind {
        FieldKind::Message | FieldKind::Text | FieldKind::Id(_) | FieldKind::EmptyId(_) => {
            Some(Texts::One)
        }
        FieldKind::OptionalText | FieldKind::OptionalId(_) => Some(Texts::Optional),
        FieldKind::Array { .. } => Some(Texts::Many),
        FieldKind::Collapsing(_) => Some(Texts::Collapsing),
        FieldKind::Status
        | FieldKind::Integer
        | FieldKind::OptionalInteger
        | FieldKind::Flag
        | FieldKind::OptionalFlag => None,
    }
}
