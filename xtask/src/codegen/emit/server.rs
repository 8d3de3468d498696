//! The server's half of an operation.

use super::source::{self, Item};
use super::text::Comment;
use super::{modules, objects, response};
use crate::codegen::model::{Api, Choice, Envelope, Group, Operation, Payload};

/// `server/operations/mod.rs`.
pub(crate) fn root(api: &Api) -> String {
    let docs = Comment::module().paragraph("The server's half of every operation.");
    let mut items = vec![Item::new(modules::families(api)), visitor(), visit(api)];
    items.extend(api.choices.iter().map(reading));
    items.extend(api.objects.iter().map(objects::writing));
    source::file(docs, items)
}

/// The server's half of the operations of a group.
pub(crate) fn group(api: &Api, group: &Group) -> String {
    let operations = api.operations_of(group).map(implementation);
    source::file(Comment::module().prose(&group.docs), operations)
}

/// The way from a word to its variant.
fn reading(choice: &Choice) -> Item {
    let name = &choice.name;
    Item::new(format!(
        "\
impl FromWire for {name} {{
    fn from_wire(text: &str) -> Option<Self> {{
        text.parse().ok()
    }}
}}
"
    ))
    .uses([
        format!("crate::request::{name}"),
        "crate::server::parameters::FromWire".to_owned(),
    ])
}

fn visitor() -> Item {
    Item::new(
        "\
/// Something that is done with the type of every operation.
///
/// A list can hold descriptions, as [`OPERATIONS`](crate::OPERATIONS) does, but not types; this is
/// the way to go through those.
pub trait OperationVisitor {
    /// Does it with one operation.
    fn visit<O: ServerOperation>(&mut self);
}
",
    )
    .uses(["crate::server::operation::ServerOperation"])
}

fn visit(api: &Api) -> Item {
    let names = || api.operations.iter().map(|operation| &operation.name);
    let visits: String = names()
        .map(|name| format!("visitor.visit::<{name}>();\n"))
        .collect();
    let imports = format!("crate::request::{{{}}}", modules::names(names()));
    Item::new(format!(
        "\
/// Visits every operation, in the order of the spec.
///
/// ```
/// use talkspace_core::OPERATIONS;
/// use talkspace_core::server::{{OperationVisitor, ServerOperation, visit_operations}};
///
/// struct Names(Vec<&'static str>);
///
/// impl OperationVisitor for Names {{
///     fn visit<O: ServerOperation>(&mut self) {{
///         self.0.push(O::INFO.id);
///     }}
/// }}
///
/// let mut names = Names(Vec::new());
/// visit_operations(&mut names);
/// assert_eq!(names.0.len(), OPERATIONS.len());
/// ```
pub fn visit_operations(visitor: &mut impl OperationVisitor) {{
{visits}}}
"
    ))
    .uses([imports])
}

/// An error without an envelope has no body that would mean anything.
const BARE: &str = "bare(error.status)";

fn implementation(operation: &Operation) -> Item {
    let name = &operation.name;
    let response = operation.response();
    let mut item = Item::default();
    let fields: String = operation
        .parameters()
        .map(|own| format!("{}: {},\n", own.slot.name, own.kind.read))
        .collect();
    let argument = if fields.is_empty() {
        "_parameters"
    } else {
        item = item.uses(["crate::operation::ParameterLocation"]);
        "parameters"
    };
    let (success, failure, writers) = match &operation.payload {
        Payload::Text(value) => (
            format!(
                "plain(response.status.http(), response.{}.as_str())",
                value.name
            ),
            BARE.to_owned(),
            "{bare, plain}",
        ),
        Payload::Nothing(None) => (
            "bare(response.status.http())".to_owned(),
            BARE.to_owned(),
            "bare",
        ),
        Payload::Nothing(Some(envelope)) => {
            item = item.uses([response::import(envelope)]);
            let failed = format!("failed::<{}>", envelope.name);
            (
                format!("{failed}(&ServiceError::new(response.status.http(), \"\"))"),
                format!("{failed}(error)"),
                "failed",
            )
        }
        Payload::Bytes(_) => (
            "mp3(response.status.http(), response.content.clone())".to_owned(),
            BARE.to_owned(),
            "{bare, mp3}",
        ),
        Payload::Envelope(envelope) => {
            let fields = envelope.fields.iter();
            item = item
                .uses([response::import(envelope)])
                .uses(fields.filter_map(|field| field.kind.write_import));
            let failure = format!("failed::<{}>(error)", envelope.name);
            (enveloped(envelope), failure, "{enveloped, failed}")
        }
    };
    item.code = format!(
        "\
impl ServerOperation for {name} {{
    fn from_parameters({argument}: &Parameters) -> Result<Self, BadParameter> {{
        Ok(Self {{
{fields}        }})
    }}

    fn encode_response(response: &{response}) -> Response<Bytes> {{
        {success}
    }}

    fn encode_error(error: &ServiceError) -> Response<Bytes> {{
        {failure}
    }}
}}
"
    );
    item.uses([
        "bytes::Bytes",
        "http::Response",
        "crate::server::error::ServiceError",
        "crate::server::operation::ServerOperation",
        "crate::server::parameters::{BadParameter, Parameters}",
    ])
    .uses([
        format!("crate::server::writing::{writers}"),
        format!("crate::request::{name}"),
        format!("crate::request::response::{response}"),
    ])
}

/// The statements that write a response.
fn enveloped(envelope: &Envelope) -> String {
    let name = &envelope.name;
    let fields: String = envelope
        .fields
        .iter()
        .map(|field| format!("{}: {},\n", field.name, field.kind.write))
        .collect();
    format!(
        "\
let fields = {name} {{
{fields}}};
enveloped(response.status.http(), &fields)"
    )
}
