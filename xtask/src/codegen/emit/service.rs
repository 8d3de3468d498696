//! The trait that a server implements.

use super::source;
use super::text::Comment;
use super::{docs, modules};
use crate::codegen::model::{Api, Group, Operation};

/// `server/service/mod.rs`.
pub(crate) fn root(api: &Api) -> String {
    let docs = Comment::module().paragraph("The service as a trait.");
    source::file(docs, [modules::families(api), service(api)])
}

/// The methods for a group. A trait is in one place: only a macro can bring them there.
pub(crate) fn group(api: &Api, group: &Group) -> String {
    let methods: Vec<String> = api.operations_of(group).map(method).collect();
    let methods = methods.join("\n");
    let item = format!(
        "\
macro_rules! methods {{
    () => {{
{methods}    }};
}}

pub(super) use methods;
"
    );
    source::file(Comment::module().prose(&group.docs), [item])
}

fn service(api: &Api) -> String {
    let groups = api.groups.iter();
    let methods: String = groups
        .map(|group| format!("    {}::methods!();\n", group.module))
        .collect();
    format!(
        "\
/// A service that speaks the API: what a server implements.
///
/// There is one method for each operation. One that is not implemented gives
/// 501, so that a service still builds when the spec grows.
///
/// ```
/// use talkspace_core::GetVersion;
/// use talkspace_core::response::GetVersionResponse;
/// use talkspace_core::server::{{Service, ServiceError, dispatch}};
///
/// struct Fixed;
///
/// impl Service for Fixed {{
///     fn get_version(&self, _request: GetVersion) -> Result<GetVersionResponse, ServiceError> {{
///         Ok(GetVersionResponse::new(\"01.02.06\"))
///     }}
/// }}
///
/// let request = http::Request::get(\"/api/rest/version\").body(bytes::Bytes::new())?;
/// let response = dispatch(&Fixed, &request);
/// assert_eq!(response.status(), 200);
/// assert_eq!(response.body(), \"01.02.06\");
/// # Ok::<(), http::Error>(())
/// ```
pub trait Service {{
{methods}}}
"
    )
}

fn method(operation: &Operation) -> String {
    let name = &operation.name;
    let function = &operation.function;
    let response = operation.response();
    let errors: Vec<String> = operation.errors().iter().map(u16::to_string).collect();
    let errors = match errors.as_slice() {
        [] => "A [`ServiceError`], though the spec has none.".to_owned(),
        [one] => format!("A [`ServiceError`]; the spec has {one}."),
        [most @ .., last] => {
            format!(
                "A [`ServiceError`]; the spec has {} and {last}.",
                most.join(", ")
            )
        }
    };
    let docs = Comment::item(4)
        .prose(&operation.summary)
        .paragraph(&format!("{}.", docs::wire(operation)))
        .paragraph("# Errors")
        .paragraph(&errors);
    let (argument, unused) = match operation.app_key() {
        Some(_) => ("app_key: &AppKey,", "(app_key, request)"),
        None => ("", "request"),
    };
    format!(
        "\
{docs}    fn {function}(&self, {argument} request: {name}) -> Result<{response}, ServiceError> {{
        let _ = {unused};
        Err(ServiceError::not_implemented())
    }}
"
    )
}
