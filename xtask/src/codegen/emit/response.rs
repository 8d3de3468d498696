//! The response of an operation, and how it is decoded.

use super::outcome::status_inside;
use super::serde;
use super::text::{Literal, field_docs};
use crate::codegen::kinds::Start;
use crate::codegen::model::{Api, Operation, Payload};

pub(crate) fn declaration(operation: &Operation) -> String {
    let request = &operation.name;
    let name = operation.response();
    let mut fields = String::new();
    let mut debug = "Debug, ";
    match &operation.payload {
        Payload::Text(value) => {
            let docs = field_docs(&value.docs);
            fields.push_str(&format!("{docs}pub {}: {},\n", value.name, value.id));
        }
        Payload::Bytes(docs) => {
            let docs = field_docs(docs);
            fields.push_str(&format!("{docs}pub {CONTENT}: Bytes,\n"));
            // A sound is no reading matter.
            debug = "";
        }
        Payload::Envelope(envelope) => {
            for field in envelope.shown() {
                let docs = field_docs(&field.docs);
                let kind = &field.kind;
                fields.push_str(&format!("{docs}pub {}: {},\n", field.name, kind.rust_type));
            }
        }
        Payload::Nothing(_) => {}
    }
    let outcome = if operation.outcomes.is_empty() {
        String::new()
    } else {
        let outcome = operation.outcome();
        format!("/// What it says.\n    pub outcome: {outcome},\n")
    };
    let serde = serde::response(operation);
    format!(
        "\
/// The response to [`{request}`].
#[derive(Clone, {debug}PartialEq, Eq)]
{serde}#[non_exhaustive]
pub struct {name} {{
    /// Both statuses of the response.
    pub status: Status,
    {outcome}{fields}}}
"
    )
}

/// The name of the field that holds a sound.
const CONTENT: &str = "content";

/// How a response is made, for servers and tests.
pub(crate) fn implementations(operation: &Operation) -> Vec<String> {
    let name = operation.response();
    let status = operation.success().first().copied().unwrap_or(200);
    let mut arguments = String::new();
    let mut fields = String::new();
    let mut rest = "";
    let envelope_status = status_inside(operation, status);
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
                let kind = &field.kind;
                match kind.start {
                    Start::Given => {
                        arguments.push_str(&argument(&name.to_string(), &kind.rust_type));
                        fields.push_str(&format!("{name}: {name}.into(),\n"));
                    }
                    Start::Value(value) => fields.push_str(&format!("{name}: {value},\n")),
                }
            }
        }
        Payload::Nothing(_) => {}
    }
    let mut items = vec![format!(
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
    )];
    if let Payload::Bytes(_) = operation.payload {
        items.push(debug(operation));
    }
    if arguments.is_empty() {
        items.push(format!(
            "\
impl Default for {name} {{
    fn default() -> Self {{
        Self::new()
    }}
}}
"
        ));
    }
    items
}

fn argument(name: &str, field_type: &str) -> String {
    format!("{name}: impl Into<{field_type}>,")
}

/// A sound is shown by its length.
fn debug(operation: &Operation) -> String {
    let name = operation.response();
    let shown = Literal(name.as_str());
    format!(
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
    )
}

/// The body of `decode`.
pub(crate) fn decode(api: &Api, operation: &Operation) -> String {
    let response = operation.response();
    let outcome = if operation.outcomes.is_empty() {
        String::new()
    } else {
        format!("outcome: {}::of(status),\n", operation.outcome())
    };
    match &operation.payload {
        Payload::Bytes(_) => format!(
            "\
let (status, {CONTENT}) = raw.bytes()?;
Ok({response} {{
    status,
    {outcome}{CONTENT},
}})
"
        ),
        Payload::Text(value) => {
            let name = &value.name;
            let read = if api.is_url(&value.id) { "url" } else { "text" };
            format!(
                "\
let (status, {name}) = raw.{read}()?;
Ok({response} {{
    status,
    {outcome}{name}: {name}.into(),
}})
"
            )
        }
        Payload::Envelope(envelope) => {
            let envelope_name = &envelope.name;
            let mut fields = String::new();
            for field in envelope.shown() {
                let kind = &field.kind;
                fields.push_str(&format!("{}: {},\n", field.name, kind.read));
            }
            format!(
                "\
let (status, fields) = raw.envelope::<{envelope_name}>(Self::INFO.outcomes)?;
Ok({response} {{
    status,
    {outcome}{fields}}})
"
            )
        }
        Payload::Nothing(None) => format!(
            "\
let status = raw.success()?;
Ok({response} {{ status }})
"
        ),
        Payload::Nothing(Some(envelope)) => {
            let name = &envelope.name;
            format!(
                "\
let (status, _) = raw.envelope::<{name}>(Self::INFO.outcomes)?;
Ok({response} {{
    status,
    {outcome}}})
"
            )
        }
    }
}
