//! The server's half of an operation.

use super::source;
use super::text::Comment;
use super::{modules, objects};
use crate::codegen::model::{Api, Choice, Envelope, Group, Operation, Payload};

/// `server/operations/mod.rs`.
pub(crate) fn root(api: &Api) -> String {
    let docs = Comment::module().paragraph("The server's half of every operation.");
    let mut items = vec![modules::families(api), VISITOR.to_owned(), visit(api)];
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
fn reading(choice: &Choice) -> String {
    let name = &choice.name;
    format!(
        "\
impl FromWire for {name} {{
    fn from_wire(text: &str) -> Option<Self> {{
        text.parse().ok()
    }}
}}
"
    )
}

const VISITOR: &str = "\
/// Something that is done with the type of every operation.
///
/// A list can hold descriptions, as [`OPERATIONS`](crate::OPERATIONS) does, but not types; this is
/// the way to go through those.
pub trait OperationVisitor {
    /// Does it with one operation.
    fn visit<O: ServerOperation>(&mut self);
}
";

fn visit(api: &Api) -> String {
    let names = || api.operations.iter().map(|operation| &operation.name);
    let visits: String = names()
        .map(|name| format!("visitor.visit::<{name}>();\n"))
        .collect();
    format!(
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
    )
}

/// An error without an envelope has no body that would mean anything.
const BARE: &str = "bare(error.status)";

fn implementation(operation: &Operation) -> String {
    let name = &operation.name;
    let response = operation.response();
    let fields: String = operation
        .parameters()
        .map(|own| format!("{}: {},\n", own.slot.name, own.kind.read))
        .collect();
    let argument = if fields.is_empty() {
        "_parameters"
    } else {
        "parameters"
    };
    let (success, failure) = match &operation.payload {
        Payload::Text(value) => (
            format!(
                "plain(response.status.http(), response.{}.as_str())",
                value.name
            ),
            BARE.to_owned(),
        ),
        Payload::Nothing(None) => ("bare(response.status.http())".to_owned(), BARE.to_owned()),
        Payload::Nothing(Some(envelope)) => {
            let failed = format!("failed::<{}>", envelope.name);
            (
                format!("{failed}(&ServiceError::new(response.status.http(), \"\"))"),
                format!("{failed}(error)"),
            )
        }
        Payload::Bytes(_) => (
            "mp3(response.status.http(), response.content.clone())".to_owned(),
            BARE.to_owned(),
        ),
        Payload::Envelope(envelope) => {
            let failure = format!("failed::<{}>(error)", envelope.name);
            (enveloped(envelope), failure)
        }
    };
    format!(
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
    )
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
