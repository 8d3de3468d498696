//! The server's half of an operation.

use super::response;
use super::source::Item;
use super::text::Literal;
use crate::codegen::model::{
    Answer, Envelope, Field, FieldKind, Operation, Parameter, ParameterKind,
};

pub(crate) fn implementation(operation: &Operation) -> Item {
    let name = &operation.name;
    let response = operation.response();
    let mut item = Item::default();
    let fields: String = operation.own_parameters().map(from_parameters).collect();
    let argument = if fields.is_empty() {
        "_parameters"
    } else {
        item = item.server_uses(["crate::operation::Place"]);
        "parameters"
    };
    // A refusal without an envelope has no body that would mean anything.
    let bare = "server::bare(refusal.status)".to_owned();
    let (answer, refusal) = match &operation.answer {
        Answer::Text(value) => (
            format!(
                "server::plain(response.status.http(), response.{}.as_str())",
                value.name
            ),
            bare,
        ),
        Answer::Bytes(_) => (
            "server::mp3(response.status.http(), response.content.clone())".to_owned(),
            bare,
        ),
        Answer::Envelope(envelope) => {
            item = item
                .server_uses([response::import(envelope)])
                .server_uses(wire_imports(envelope));
            let refusal = format!("server::refused::<{}>(refusal)", envelope.name);
            (enveloped(operation, envelope), refusal)
        }
    };
    item.code = format!(
        "\
#[cfg(feature = \"server\")]
impl ServerOperation for {name} {{
    fn from_parameters({argument}: &Parameters) -> Result<Self, BadParameter> {{
        Ok(Self {{
{fields}        }})
    }}

    fn encode_response(response: &{response}) -> Response<Bytes> {{
        {answer}
    }}

    fn encode_refusal(refusal: &Refusal) -> Response<Bytes> {{
        {refusal}
    }}
}}
"
    );
    item.server_uses([
        "bytes::Bytes",
        "http::Response",
        "crate::server::{self, BadParameter, Parameters, Refusal, ServerOperation}",
    ])
}

/// The field of a request, from the parameter on the wire.
fn from_parameters(parameter: &Parameter) -> String {
    let name = &parameter.name;
    let place = parameter.place.as_str();
    let key = Literal(&parameter.key);
    let need = if parameter.required {
        "required"
    } else if parameter.empty {
        "filled"
    } else {
        "optional"
    };
    let conversion = match (&parameter.kind, parameter.required) {
        (ParameterKind::Flag, _) => {
            return format!("{name}: parameters.flag(Place::{place}, {key}),\n");
        }
        (ParameterKind::Phone | ParameterKind::Choice(..), _) => {
            return format!("{name}: parameters.{need}_value(Place::{place}, {key})?,\n");
        }
        (ParameterKind::Joined(_, separator), _) => {
            return format!("{name}: parameters.joined(Place::{place}, {key}, {separator:?})?,\n");
        }
        (ParameterKind::File(_), _) => return format!("{name}: parameters.file({key})?,\n"),
        (ParameterKind::Id(_), true) => ".into()".to_owned(),
        (ParameterKind::Id(_), false) => ".map(Into::into)".to_owned(),
        (ParameterKind::Integer, true) => {
            format!(".parse().map_err(|_| BadParameter::new({key}))?")
        }
        (ParameterKind::Integer, false) => {
            format!(".map(|text| text.parse()).transpose().map_err(|_| BadParameter::new({key}))?")
        }
        (ParameterKind::Text | ParameterKind::AppKey | ParameterKind::Constant(_), _) => {
            String::new()
        }
    };
    format!("{name}: parameters.{need}(Place::{place}, {key})?{conversion},\n")
}

/// The statements that write an answer.
fn enveloped(operation: &Operation, envelope: &Envelope) -> String {
    let name = &envelope.name;
    let fields: String = envelope
        .fields
        .iter()
        .map(|field| format!("{}: {},\n", field.name, written(operation, field)))
        .collect();
    format!(
        "\
let fields = {name} {{
{fields}}};
server::enveloped(response.status.http(), &fields)"
    )
}

/// A field of the response, as it goes into the envelope.
fn written(operation: &Operation, field: &Field) -> String {
    let name = &field.name;
    match &operation.kind_of(field) {
        FieldKind::Status => "Code(Some(response.status.code()))".to_owned(),
        FieldKind::Message | FieldKind::Text => format!("Text(response.{name}.clone())"),
        FieldKind::Id(_) => format!("Text(response.{name}.as_str().to_owned())"),
        FieldKind::EmptyId(_) => {
            format!("Text(response.{name}.clone().map(String::from).unwrap_or_default())")
        }
        FieldKind::OptionalText => format!("response.{name}.clone().map(Text)"),
        FieldKind::OptionalId(_) => {
            format!("response.{name}.clone().map(|id| Text(id.into()))")
        }
        FieldKind::Integer
        | FieldKind::Flag
        | FieldKind::OptionalInteger
        | FieldKind::OptionalFlag => format!("response.{name}"),
        FieldKind::Collapsing(_) => format!("OneOrMany::from_ids(&response.{name})"),
        FieldKind::Array { .. } => format!("OneOrMany::from_ids(&response.{name}).0"),
    }
}

fn wire_imports(envelope: &Envelope) -> Vec<&'static str> {
    let fields = envelope.fields.iter();
    fields
        .filter_map(|field| match field.kind {
            FieldKind::Status => Some("crate::wire::Code"),
            FieldKind::Message
            | FieldKind::Text
            | FieldKind::Id(_)
            | FieldKind::EmptyId(_)
            | FieldKind::OptionalText
            | FieldKind::OptionalId(_) => Some("crate::wire::Text"),
            FieldKind::Collapsing(_) | FieldKind::Array { .. } => Some("crate::wire::OneOrMany"),
            FieldKind::Integer
            | FieldKind::OptionalInteger
            | FieldKind::Flag
            | FieldKind::OptionalFlag => None,
        })
        .collect()
}
