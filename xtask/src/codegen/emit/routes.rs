//! Which request is for which operation: the ways that a server knows.

use super::source::Item;
use super::text::Literal;
use crate::codegen::model::{Alias, Api, Group, Method, Operation, Path, Segment};

/// A method at a path.
struct Route<'a> {
    method: Method,
    path: &'a Path,
    /// Whether the fields of the form are in the query.
    in_query: bool,
    /// The form field by which the choices are told apart.
    by: Option<&'a str>,
    /// The operations, each with its value of that field.
    choices: Vec<(&'a Operation, Option<&'a str>)>,
}

/// The routes of an API, those of the operations before their aliases.
fn routes(api: &Api) -> Vec<Route<'_>> {
    let mut routes: Vec<Route<'_>> = Vec::new();
    for operation in &api.operations {
        let action = operation.action.as_ref();
        let (method, path) = (operation.method, &operation.path);
        add(&mut routes, operation, method, path, action, false);
    }
    for operation in &api.operations {
        for alias in &operation.aliases {
            let action = alias.action.as_ref();
            let Alias { method, path, .. } = alias;
            add(
                &mut routes,
                operation,
                *method,
                path,
                action,
                alias.in_query,
            );
        }
    }
    routes
}

/// Adds a way to an operation; ways that differ in the action alone are one route.
fn add<'a>(
    routes: &mut Vec<Route<'a>>,
    operation: &'a Operation,
    method: Method,
    path: &'a Path,
    action: Option<&'a (String, String)>,
    in_query: bool,
) {
    let (by, value) = action.map_or((None, None), |(by, value)| {
        (Some(by.as_str()), Some(value.as_str()))
    });
    let same = |route: &&mut Route<'_>| {
        route.method == method
            && route.path.segments == path.segments
            && route.by == by
            && route.in_query == in_query
    };
    match routes.iter_mut().find(same) {
        Some(route) => route.choices.push((operation, value)),
        None => routes.push(Route {
            method,
            path,
            in_query,
            by,
            choices: vec![(operation, value)],
        }),
    }
}

/// The function that names the routes to the operations of a group.
pub(crate) fn group(api: &Api, group: &Group) -> Item {
    let routes = routes(api);
    let is_here = |route: &&Route<'_>| {
        let mut choices = route.choices.iter();
        choices
            .next()
            .is_some_and(|(operation, _)| operation.module == group.module)
    };
    let mut item = Item::default();
    let mut calls = String::new();
    for route in routes.iter().filter(is_here) {
        calls.push_str(&call(route));
        if route.by.is_some() {
            item = item.uses(["crate::operation::ParameterLocation"]);
        }
        for (operation, _) in &route.choices {
            item = item.uses(match operation.app_key() {
                Some(_) => vec![
                    "crate::operation::ParameterLocation",
                    "crate::server::responding::respond_with_key",
                ],
                None => vec!["crate::server::responding::respond"],
            });
            if operation.url().is_some() {
                item = item.uses(["crate::operation::ParameterLocation"]);
            }
        }
    }
    item.code = format!(
        "\
/// Names the routes to the operations.
pub(super) fn routes<S: Service + ?Sized>(search: &mut Search<'_, S>) {{
{calls}}}
"
    );
    item.uses([
        "http::Method",
        "crate::server::search::Search",
        "crate::server::service::Service",
    ])
}

/// The statement that names a route, and what it leads to.
fn call(route: &Route<'_>) -> String {
    let method = route.method.as_str();
    let mut operations = route.choices.iter().map(|(operation, _)| *operation);
    let url = operations.clone().find_map(Operation::url);
    let mut pushes = String::new();
    let mut segments = "_";
    if route.in_query {
        pushes.push_str("parameters.query_as_form();\n");
    }
    if let Some(url) = url {
        let url = Literal(&url.slot.key);
        segments = "segments";
        pushes.push_str(&format!(
            "\
// The path alone: a server need not know by which name it was reached.
let url = format!(\"/{{}}\", segments.join(\"/\"));
parameters.push(ParameterLocation::Url, {url}, url);
"
        ));
    }
    let outcome = match (&route.by, operations.next()) {
        (Some(by), Some(first)) => {
            let arms: String = route
                .choices
                .iter()
                .map(|(operation, value)| {
                    let value = Literal(value.unwrap_or_default());
                    format!("Some({value}) => {},\n", respond(operation))
                })
                .collect();
            let by = Literal(by);
            let first = &first.name;
            format!(
                "\
match parameters.get(ParameterLocation::Form, {by}) {{
{arms}_ => {first}::encode_error(&BadParameter::new({by}).into()),
}}"
            )
        }
        (None, Some(operation)) => respond(operation),
        (_, None) => String::new(),
    };
    // The parameters of a URL are its own affair.
    let path: String = route
        .path
        .segments
        .iter()
        .map(|segment| match segment {
            Segment::Literal(text) => format!("/{text}"),
            Segment::Parameter(_) if url.is_some() => "/{}".to_owned(),
            Segment::Parameter(key) => format!("/{{{key}}}"),
        })
        .collect();
    let path = Literal(&path);
    let body = match pushes.is_empty() {
        true => outcome,
        false => format!("{{\n{pushes}{outcome}\n}}"),
    };
    format!("search.route(Method::{method}, {path}, |service, {segments}, parameters| {body});\n")
}

/// The expression that calls a method.
fn respond(operation: &Operation) -> String {
    let function = &operation.function;
    match operation.app_key() {
        Some((place, key)) => {
            let (place, name) = (place.as_str(), Literal(key));
            format!(
                "respond_with_key(parameters, ParameterLocation::{place}, {name}, \
                 |app_key, request| service.{function}(app_key, request))"
            )
        }
        None => format!("respond(parameters, |request| service.{function}(request))"),
    }
}
