//! What a server needs: its half of the operations, the trait that it implements, and
//! which request is for which operation.

#![expect(unused_qualifications, reason = "what askama derives has them")]

use askama::Template;

use super::docs;
use super::text::{Comment, filters, series};
use crate::codegen::kinds;
use crate::codegen::model::{Api, Group, Method, Operation, Parameter, Path, Payload, Segment};

/// The files of a server. Each folder has one for all groups, and one for each.
#[derive(Template)]
pub(crate) enum Server<'a> {
    #[template(path = "server/operations/mod.rs.j2")]
    Operations { api: &'a Api },
    #[template(path = "server/operations/group.rs.j2")]
    OperationsOf { api: &'a Api, group: &'a Group },
    #[template(path = "server/service/mod.rs.j2")]
    Service { api: &'a Api },
    #[template(path = "server/service/group.rs.j2")]
    ServiceOf { api: &'a Api, group: &'a Group },
    #[template(path = "server/routes/mod.rs.j2")]
    Routes { api: &'a Api },
    #[template(path = "server/routes/group.rs.j2")]
    RoutesOf { api: &'a Api, group: &'a Group },
}

/// The documentation of a method of the trait.
fn method_docs(operation: &Operation) -> Comment {
    let errors: Vec<String> = operation.errors().iter().map(u16::to_string).collect();
    let errors = match errors.as_slice() {
        [] => ", though the spec has none".to_owned(),
        some => format!("; the spec has {}", series(some, "and")),
    };
    Comment::item(4)
        .prose(&operation.summary)
        .paragraph(&format!("{}.", docs::wire(operation)))
        .paragraph("# Errors")
        .paragraph(&format!("A [`ServiceError`]{errors}."))
}

/// A method at a path, and the operations that it leads to.
struct Route<'a> {
    method: Method,
    path: &'a Path,
    /// Whether the fields of the form are in the query.
    in_query: bool,
    /// The form field by which the operations are told apart, each by its value.
    by: Option<&'a str>,
    operations: Vec<(&'a Operation, &'a str)>,
    first: &'a Operation,
}

impl<'a> Route<'a> {
    /// The routes to the operations of a group, those of the operations before their aliases.
    fn of(api: &'a Api, group: &Group) -> Vec<Self> {
        let operations = api.operations.iter();
        let own = operations
            .clone()
            .map(|it| (it, it.method, &it.path, false, &it.action));
        let aliases = operations.flat_map(|it| {
            let aliases = it.aliases.iter();
            aliases.map(move |own| (it, own.method, &own.path, own.in_query, &own.action))
        });
        let mut routes: Vec<Self> = Vec::new();
        for (first, method, path, in_query, action) in own.chain(aliases) {
            let by = action.as_ref().map(|(by, _)| by.as_str());
            let operation = (first, action.as_ref().map_or("", |(_, value)| value));
            let is_same = |it: &&mut Self| {
                (it.method, &it.path.segments, it.in_query, it.by)
                    == (method, &path.segments, in_query, by)
            };
            match routes.iter_mut().find(is_same) {
                Some(route) => route.operations.push(operation),
                None => routes.push(Self {
                    method,
                    path,
                    in_query,
                    by,
                    operations: vec![operation],
                    first,
                }),
            }
        }
        routes.retain(|route| route.first.module == group.module);
        routes
    }

    /// The parameter that is the whole URL.
    fn url(&self) -> Option<&Parameter> {
        self.operations.iter().find_map(|(it, _)| it.url())
    }

    /// The path, whose parameters are the URL's own affair where that is one.
    fn pattern(&self) -> String {
        let segments = self.path.segments.iter().map(|segment| match segment {
            Segment::Literal(text) => format!("/{text}"),
            Segment::Parameter(_) if self.url().is_some() => "/{}".to_owned(),
            Segment::Parameter(key) => format!("/{{{key}}}"),
        });
        segments.collect()
    }
}
