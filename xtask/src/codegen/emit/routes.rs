//! Which request is for which operation: the ways that a server knows.

use super::modules;
use super::source;
use super::text::{Comment, Literal};
use crate::codegen::model::{Api, Group, Method, Operation, Path, Segment};

/// A method at a path.
struct Route<'a> {
    method: Method,
    path: &'a Path,
    /// Whether the fields of the form are in the query.
    in_query: bool,
    /// The operations, each with the form field, and its value, by which it is told apart.
    choices: Vec<(&'a Operation, Option<&'a (String, String)>)>,
}

impl<'a> Route<'a> {
    /// The form field by which the choices are told apart.
    fn by(&self) -> Option<&'a str> {
        let mut actions = self.choices.iter().filter_map(|(_, action)| *action);
        actions.next().map(|(by, _)| by.as_str())
    }

    /// Whether it is the other, save for the action.
    fn is(&self, other: &Self) -> bool {
        self.method == other.method
            && self.path.segments == other.path.segments
            && self.by() == other.by()
            && self.in_query == other.in_query
    }
}

/// The routes of an API, those of the operations before their aliases.
fn routes(api: &Api) -> Vec<Route<'_>> {
    let operations = api.operations.iter();
    let own = operations.clone().map(|operation| Route {
        method: operation.method,
        path: &operation.path,
        in_query: false,
        choices: vec![(operation, operation.action.as_ref())],
    });
    let aliases = operations.flat_map(|operation| {
        operation.aliases.iter().map(move |alias| Route {
            method: alias.method,
            path: &alias.path,
            in_query: alias.in_query,
            choices: vec![(operation, alias.action.as_ref())],
        })
    });
    let mut routes: Vec<Route<'_>> = Vec::new();
    for mut route in own.chain(aliases) {
        match routes.iter_mut().find(|other| other.is(&route)) {
            Some(other) => other.choices.append(&mut route.choices),
            None => routes.push(route),
        }
    }
    routes
}

/// `server/routes/mod.rs`.
pub(crate) fn root(api: &Api) -> String {
    let docs = Comment::module().paragraph("Which request is for which operation.");
    source::file(docs, [modules::families(api), routes_of_all(api)])
}

/// The routes to the operations of a group.
pub(crate) fn group(api: &Api, group: &Group) -> String {
    source::file(
        Comment::module().prose(&group.docs),
        [routes_of(api, group)],
    )
}

fn routes_of_all(api: &Api) -> String {
    let calls: String = api
        .groups
        .iter()
        .map(|group| format!("{}::routes(search);\n", group.module))
        .collect();
    format!(
        "\
/// Names the routes to all operations.
pub(super) fn routes<S: Service + ?Sized>(search: &mut Search<'_, S>) {{
{calls}}}
"
    )
}

/// The function that names the routes to the operations of a group.
fn routes_of(api: &Api, group: &Group) -> String {
    let mut routes = routes(api);
    routes.retain(|route| {
        let mut choices = route.choices.iter();
        choices
            .next()
            .is_some_and(|(it, _)| it.module == group.module)
    });
    let calls: String = routes.iter().map(call).collect();
    format!(
        "\
/// Names the routes to the operations.
pub(super) fn routes<S: Service + ?Sized>(search: &mut Search<'_, S>) {{
{calls}}}
"
    )
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
    let outcome = match (route.by(), operations.next()) {
        (Some(by), Some(first)) => {
            let arms: String = route
                .choices
                .iter()
                .map(|(operation, action)| {
                    let value = Literal(action.map_or("", |(_, value)| value));
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
