//! Which request is for which operation.

use super::model::{Alias, Api, Method, Operation, Path, Segment};

#[cfg(test)]
mod tests;

/// Every way into the API, in the order in which a server tries them.
#[derive(Debug)]
pub(crate) struct Routes<'a> {
    /// Words before parameters, else in the order of the spec.
    pub(crate) routes: Vec<Route<'a>>,
    /// The methods that each path takes, as the header `Allow` lists them.
    pub(crate) methods: Vec<(&'a [Segment], String)>,
}

/// A method at a path.
#[derive(Debug)]
pub(crate) struct Route<'a> {
    pub(crate) method: Method,
    pub(crate) segments: &'a [Segment],
    /// Whether the fields of the form are in the query.
    pub(crate) in_query: bool,
    /// The form field by which the choices are told apart.
    pub(crate) by: Option<&'a str>,
    /// The operations, each with its value of that field.
    pub(crate) choices: Vec<(&'a Operation, Option<&'a str>)>,
}

impl<'a> Routes<'a> {
    pub(crate) fn of(api: &'a Api) -> Self {
        let mut routes: Vec<Route<'a>> = Vec::new();
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
        routes.sort_by_key(|route| shape(route.segments));
        let methods = allowed(&routes);
        Self { routes, methods }
    }
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
    let segments = path.segments.as_slice();
    let (by, value) = action.map_or((None, None), |(by, value)| {
        (Some(by.as_str()), Some(value.as_str()))
    });
    let same = |route: &&mut Route<'_>| {
        route.method == method
            && route.segments == segments
            && route.by == by
            && route.in_query == in_query
    };
    match routes.iter_mut().find(same) {
        Some(route) => route.choices.push((operation, value)),
        None => routes.push(Route {
            method,
            segments,
            in_query,
            by,
            choices: vec![(operation, value)],
        }),
    }
}

/// A path as its kinds of segments: a word comes before a parameter.
fn shape(segments: &[Segment]) -> Vec<bool> {
    let segments = segments.iter();
    segments
        .map(|segment| matches!(segment, Segment::Parameter(_)))
        .collect()
}

fn allowed<'a>(routes: &[Route<'a>]) -> Vec<(&'a [Segment], String)> {
    let mut paths: Vec<(&[Segment], String)> = Vec::new();
    for route in routes {
        if paths
            .iter()
            .any(|(path, _)| same_path(path, route.segments))
        {
            continue;
        }
        let takers = routes
            .iter()
            .filter(|other| covers(other.segments, route.segments));
        let mut methods: Vec<Method> = takers.map(|other| other.method).collect();
        methods.sort_unstable();
        methods.dedup();
        let methods: Vec<&str> = methods.into_iter().map(Method::as_str).collect();
        paths.push((route.segments, methods.join(", ")));
    }
    paths
}

/// Whether both are the same path, whatever their parameters are called.
pub(crate) fn same_path(one: &[Segment], other: &[Segment]) -> bool {
    covers(one, other) && covers(other, one)
}

/// Whether everything that `narrow` matches, `wide` matches too.
fn covers(wide: &[Segment], narrow: &[Segment]) -> bool {
    wide.len() == narrow.len()
        && wide.iter().zip(narrow).all(|pair| match pair {
            (Segment::Parameter(_), _) => true,
            (wide, narrow) => wide == narrow,
        })
}
