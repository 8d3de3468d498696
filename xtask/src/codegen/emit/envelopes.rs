//! The envelopes, as they are on the wire.

use super::modules;
use super::source;
use super::text::{Comment, Literal};
use crate::codegen::kinds::wire_object;
use crate::codegen::model::{Api, Envelope, Field, Group, Payload, Prose};
use crate::codegen::names::Camel;

/// `request/envelopes/mod.rs`. Any envelope may have the objects, so that they are here.
pub(crate) fn root(api: &Api) -> String {
    let docs = Comment::module().paragraph("The envelopes of responses, as they are on the wire.");
    let (mut modules, mut exports) = (String::new(), String::new());
    for group in &api.groups {
        let names = modules::names(of_group(api, group).map(|envelope| &envelope.name));
        if !names.is_empty() {
            let module = &group.module;
            modules.push_str(&format!("mod {module};\n"));
            exports.push_str(&format!("pub(crate) use self::{module}::{{{names}}};\n"));
        }
    }
    let objects = api.objects.iter().flat_map(|object| {
        let (name, fields) = (wire_object(&object.name), &object.fields);
        [
            declaration(&object.docs, &name, fields),
            redaction(&name, fields),
        ]
    });
    let head = [modules, exports];
    source::file(docs, head.into_iter().chain(objects))
}

/// The envelopes that are first needed by the operations of a group, if there are any.
pub(crate) fn group(api: &Api, group: &Group) -> Option<String> {
    let envelopes = of_group(api, group).flat_map(|envelope| {
        let Envelope {
            docs, name, fields, ..
        } = envelope;
        [declaration(docs, name, fields), implementation(envelope)]
    });
    let envelopes: Vec<String> = envelopes.collect();
    let docs = Comment::module().prose(&group.docs);
    (!envelopes.is_empty()).then(|| source::file(docs, envelopes))
}

fn of_group<'a>(api: &'a Api, group: &'a Group) -> impl Iterator<Item = &'a Envelope> {
    api.envelopes.iter().filter(|envelope| {
        let mut users = api.operations.iter().filter(|operation| {
            matches!(&operation.payload, Payload::Envelope(own) if own.name == envelope.name)
        });
        users
            .next()
            .is_some_and(|first| first.module == group.module)
    })
}

fn declaration(docs: &Prose, name: &Camel, all: &[Field]) -> String {
    let docs = Comment::item(0).prose(docs);
    let fields: String = all.iter().map(field).collect();
    format!(
        "\
{docs}#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct {name} {{
{fields}}}
"
    )
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
    attributes.extend(field.kind.serde.clone());
    let attributes = match attributes.as_slice() {
        [] => String::new(),
        some => format!("#[serde({})]\n", some.join(", ")),
    };
    format!("{attributes}pub(crate) {name}: {},\n", field.kind.wire_type)
}

fn implementation(envelope: &Envelope) -> String {
    let name = &envelope.name;
    let key = Literal(&envelope.key);
    let secrets = secrets(envelope);
    let redacted: String = envelope.fields.iter().filter_map(redacted).collect();
    format!(
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
    )
}

/// The method that names what of the envelope is secret, if anything is.
fn secrets(envelope: &Envelope) -> String {
    let fields = envelope.fields.iter().filter(|field| field.secret);
    let texts = fields.filter_map(|field| field.kind.texts.as_ref());
    let secrets: Vec<&str> = texts.map(|texts| texts.slice.as_str()).collect();
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
    let verb = match field.kind.id {
        Some(_) if field.secret => return None,
        Some(_) => "id",
        None => "text",
    };
    let texts = field.kind.texts.as_ref()?;
    Some(texts.redact.replace("{VERB}", verb))
}

/// What takes secrets out of an object.
fn redaction(name: &Camel, fields: &[Field]) -> String {
    let redacted: String = fields.iter().filter_map(redacted).collect();
    let redactor = match redacted.is_empty() {
        true => "_redactor",
        false => "redactor",
    };
    format!(
        "\
impl {name} {{
    /// Takes secrets out of its texts.
    fn redact(&mut self, {redactor}: &Redactor<'_>) {{
{redacted}    }}
}}
"
    )
}
