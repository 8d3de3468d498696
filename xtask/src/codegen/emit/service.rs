//! The trait that a server implements, and the way from a request to its method.

use super::docs;
use super::source::{Item, Source};
use super::text::{Comment, Literal};
use crate::codegen::model::{Api, Operation, Place, Segment};
use crate::codegen::routes::{Route, Routes};

pub(crate) fn file(api: &Api) -> String {
    let docs = Comment::module()
        .paragraph("The service as a trait, and the way from a request to its method.");
    let mut source = Source::new(docs);
    source.push(service(api));
    source.push(dispatch(api));
    source.finish()
}

fn service(api: &Api) -> Item {
    let methods: Vec<String> = api.operations.iter().map(method).collect();
    let operations = api.operations.iter();
    let requests: Vec<&str> = operations
        .clone()
        .map(|operation| operation.name.as_str())
        .collect();
    let responses: Vec<String> = operations
        .map(|operation| operation.response().to_string())
        .collect();
    let item = Item::new(format!(
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
{}}}
",
        methods.join("\n")
    ))
    .uses([format!("crate::request::{{{}}}", requests.join(", "))])
    .uses([format!(
        "crate::request::response::{{{}}}",
        responses.join(", ")
    )])
    .uses(["crate::server::error::ServiceError"]);
    if api
        .operations
        .iter()
        .any(|operation| operation.app_key().is_some())
    {
        item.uses(["crate::value::AppKey"])
    } else {
        item
    }
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

fn dispatch(api: &Api) -> Item {
    let routes = Routes::of(api);
    let real: String = routes.routes.iter().map(arm).collect();
    let wrong: String = routes
        .methods
        .iter()
        .map(|(segments, methods)| {
            let pattern = pattern(segments, &[]);
            let allowed = Literal(methods);
            format!("(_, [{pattern}]) => method_not_allowed({allowed}),\n")
        })
        .collect();
    let mut item = Item::new(format!(
        "\
/// Hands a request to the method that it is for, and writes what comes back.
///
/// The path is matched segment by segment, after each was decoded. A word of the
/// spec wins over a parameter, and empty segments count for nothing.
///
/// What cannot be handed on is responded to here: with 400 where a parameter or the
/// action is missing or unfit, with 404 where the path is unknown, and with 405
/// where the path is known and the method is not.
pub fn dispatch<S: Service + ?Sized>(service: &S, request: &Request<Bytes>) -> Response<Bytes> {{
    let (method, path) = (request.method(), request.uri().path());
    match Parameters::of(request) {{
        Ok(mut parameters) => dispatch_parameters(service, method, path, &mut parameters),
        Err(error) => error_response(method, path, &error),
    }}
}}

/// As [`dispatch`], for a request whose query and form were read already. Those of
/// its path are added.
pub fn dispatch_parameters<S: Service + ?Sized>(
    service: &S,
    method: &Method,
    path: &str,
    parameters: &mut Parameters,
) -> Response<Bytes> {{
    let segments = segments(path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (method, segments.as_slice()) {{
{real}
        // A path of the spec, with a method that it does not have.
{wrong}        _ => no_such_path(),
    }}
}}
"
    ))
    .uses([
        "bytes::Bytes",
        "http::{Method, Request, Response}",
        "crate::server::parameters::{Parameters, segments}",
        "crate::server::responding::{error_response, method_not_allowed, no_such_path}",
    ]);
    for route in &routes.routes {
        for (operation, _) in &route.choices {
            item = item.uses([if operation.app_key().is_some() {
                "crate::server::responding::respond_with_key"
            } else {
                "crate::server::responding::respond"
            }]);
        }
        let has_key = route
            .choices
            .iter()
            .any(|(operation, _)| operation.app_key().is_some());
        if has_key || route.by.is_some() || !bindings(route).is_empty() {
            item = item.uses(["crate::operation::ParameterLocation"]);
        }
        if route.by.is_some() {
            item = item.uses([
                "crate::server::operation::ServerOperation",
                "crate::server::parameters::BadParameter",
            ]);
        }
    }
    item
}

/// A method at a path, and what it leads to.
fn arm(route: &Route<'_>) -> String {
    let method = route.method.as_str();
    let bindings = bindings(route);
    let pattern = pattern(route.segments, &bindings);
    let mut pushes = String::new();
    if route.in_query {
        pushes.push_str("parameters.query_as_form();\n");
    }
    let mut choices = route.choices.iter();
    if let Some(push) = choices.find_map(|(operation, _)| push_url(operation)) {
        pushes.push_str(&push);
    } else {
        pushes.extend(bindings.iter().map(|(key, name)| {
            let key = Literal(key);
            format!("parameters.push(ParameterLocation::Path, {key}, *{name});\n")
        }));
    }
    let outcome = match (&route.by, route.choices.as_slice()) {
        (Some(by), choices) => {
            let mut arms = String::new();
            for (operation, value) in choices {
                let value = Literal(value.unwrap_or_default());
                arms.push_str(&format!("Some({value}) => {},\n", call(operation)));
            }
            let first = choices
                .first()
                .map(|(operation, _)| operation.name.to_string());
            let first = first.unwrap_or_default();
            let by = Literal(by);
            format!(
                "\
match parameters.get(ParameterLocation::Form, {by}) {{
{arms}_ => {first}::encode_error(&BadParameter::new({by}).into()),
}}"
            )
        }
        (None, [(operation, _), ..]) => call(operation),
        (None, []) => String::new(),
    };
    if pushes.is_empty() && route.by.is_none() {
        format!("(&Method::{method}, [{pattern}]) => {outcome},\n")
    } else {
        format!("(&Method::{method}, [{pattern}]) => {{\n{pushes}{outcome}\n}}\n")
    }
}

/// The statement that puts the URL together again, as far as a server knows it.
fn push_url(operation: &Operation) -> Option<String> {
    let url = Literal(&operation.url()?.slot.key);
    let mut format = String::new();
    for segment in &operation.path.segments {
        format.push('/');
        match segment {
            Segment::Literal(text) => format.push_str(&text.replace('{', "{{").replace('}', "}}")),
            Segment::Parameter(key) => {
                let mut names = operation.url_segments.iter();
                let (_, name) = names.find(|(other, _)| other == key)?;
                format.push_str(&format!("{{{name}}}"));
            }
        }
    }
    let format = Literal(&format);
    Some(format!(
        "\
// The path alone: a server need not know by which name it was reached.
parameters.push(ParameterLocation::Url, {url}, format!({format}));
"
    ))
}

/// The expression that calls a method.
fn call(operation: &Operation) -> String {
    let function = &operation.function;
    match operation.app_key() {
        Some((place, key)) => {
            let (place, name) = (place.as_str(), Literal(key));
            format!(
                "respond_with_key(parameters, ParameterLocation::{place}, {name}, |app_key, request| {{ \
                 service.{function}(app_key, request) }})"
            )
        }
        None => format!("respond(parameters, |request| service.{function}(request))"),
    }
}

/// The pattern of a path; a parameter that is not among the bindings is passed over.
fn pattern(segments: &[Segment], bindings: &[(&str, String)]) -> String {
    let parts: Vec<String> = segments
        .iter()
        .map(|segment| match segment {
            Segment::Literal(text) => Literal(text).to_string(),
            Segment::Parameter(key) => bindings
                .iter()
                .find(|(other, _)| other == key)
                .map_or_else(|| "_".to_owned(), |(_, name)| name.to_string()),
        })
        .collect();
    parts.join(", ")
}

/// The parameters in the path of a route, which its operations share.
fn bindings<'a>(route: &Route<'a>) -> Vec<(&'a str, String)> {
    let Some((operation, _)) = route.choices.first() else {
        return Vec::new();
    };
    let slots = operation.parameters().map(|own| &own.slot);
    let in_path = slots
        .filter(|slot| slot.place == Place::Path)
        .map(|slot| (slot.key.as_str(), slot.local()));
    let in_url = operation.url_segments.iter();
    in_path
        .chain(in_url.map(|(key, name)| (key.as_str(), name.to_string())))
        .collect()
}
