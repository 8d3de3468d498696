//! The part of OpenAPI 3.1 that this project uses, read strictly.

mod hoist;
mod operation;
mod response;
mod schema;

use super::finding::{Findings, Pointer};
use super::load::{Node, Object, Read, object};
use super::model::{self, Method};

pub(crate) use operation::{
    About, Alias, Form, Look, Operation, Pair, Parameter, ParameterOrRef, PartType, Place, Split,
    SplitEntry, Way,
};
pub(crate) use response::{Content, MP3, Media, Response, Statuses};
pub(crate) use schema::{Discriminator, Reference, Schema, Shape, deprecation};

#[cfg(test)]
mod tests;

/// The whole spec.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) tags: Vec<Tag>,
    pub(crate) paths: Vec<Path>,
    pub(crate) parameters: Vec<(String, Parameter)>,
    pub(crate) schemas: Vec<(String, Schema)>,
    pub(crate) responses: Vec<(String, Response)>,
}

object! {
    /// A group of operations.
    pub(crate) struct Tag {
        at: Pointer = at(),
        name: String = required("name"),
        description: String = optional("description"),
    }
}

object! {
    /// A path and what can be done there.
    pub(crate) struct Path skips ["summary", "description"], {
        at: Pointer = at(),
        path: model::Path = with(|object| model::Path::new(object.key())),
        /// What every operation here takes.
        parameters: Vec<ParameterOrRef> = optional("parameters"),
        operations: Vec<Operation> = with(operations),
    }
}

object! {
    /// What is referred to, by its name.
    #[derive(Default)]
    pub(crate) struct Components {
        parameters: Vec<(String, Parameter)> = map_of_whole("parameters"),
        schemas: Vec<(String, Schema)> = map_of_whole("schemas"),
        responses: Vec<(String, Response)> = map("responses"),
    }
}

/// The operations of a path, in the order of the spec.
fn operations(object: &mut Object<'_>) -> Vec<Operation> {
    object.skip(&["get", "post", "put", "patch", "delete"]);
    let entries = object.entries.iter();
    let operations = entries.filter(|node| Method::of(node.key).is_some());
    operations.filter_map(Operation::read).collect()
}

impl Document {
    /// Reads the document; what it does not understand becomes a finding.
    pub(crate) fn read(node: &Node<'_>, findings: &Findings) -> Option<Self> {
        let mut object = node.object()?;
        if let Some(node) = object.required_node("openapi") {
            version(&node);
        }
        object.skip(&["info", "servers"]);
        let (tags, paths) = (object.required("tags"), object.required_map("paths"));
        let components: Components = object.optional("components");
        object.finish();
        let mut document = Self {
            tags,
            paths,
            parameters: components.parameters,
            schemas: components.schemas,
            responses: components.responses,
        };
        let paths = document.paths.iter_mut();
        for operation in paths.flat_map(|path| &mut path.operations) {
            for response in operation.responses_mut() {
                response.resolve(&document.responses, findings);
            }
        }
        hoist::all(&mut document, findings);
        Some(document)
    }

    /// The named schema.
    pub(crate) fn schema(&self, name: &str) -> Option<&Schema> {
        find(&self.schemas, name)
    }

    /// The schema of a URL that is handed in under this name.
    pub(crate) fn url(&self, key: &str) -> Option<&(String, Schema)> {
        let mut schemas = self.schemas.iter();
        schemas.find(|(name, _)| name.to_lowercase() == key)
    }

    /// The parameter itself, or the one that is referred to.
    pub(crate) fn parameter<'d>(&'d self, parameter: &'d ParameterOrRef) -> Option<&'d Parameter> {
        match parameter {
            ParameterOrRef::Inline(parameter) => Some(parameter),
            ParameterOrRef::Ref(reference) => find(&self.parameters, &reference.name),
        }
    }

    /// The parameters of an operation, those of its path first.
    pub(crate) fn parameters_of<'d>(
        &'d self,
        path: &'d Path,
        operation: &'d Operation,
    ) -> impl Iterator<Item = &'d Parameter> {
        let all = path.parameters.iter().chain(&operation.parameters);
        all.filter_map(|parameter| self.parameter(parameter))
    }

    /// All parameters, those that stand in their place included.
    pub(crate) fn all_parameters(&self) -> impl Iterator<Item = &Parameter> {
        let operations = self.operations();
        let used = operations.flat_map(|(path, operation)| self.parameters_of(path, operation));
        self.parameters
            .iter()
            .map(|(_, parameter)| parameter)
            .chain(used)
    }

    /// What a form or a response may be, of which there are several in a `oneOf`.
    pub(crate) fn branches<'d>(&'d self, schema: &'d Schema) -> Vec<&'d Schema> {
        let (_, schema) = self.resolve(schema);
        match schema.branches() {
            [] => vec![schema],
            branches => branches.iter().map(|it| self.resolve(it).1).collect(),
        }
    }

    /// The schema at the end of the references, and the last name on the way.
    ///
    /// That the way ends is seen to before anybody asks.
    pub(crate) fn resolve<'d>(&'d self, schema: &'d Schema) -> (Option<&'d str>, &'d Schema) {
        let mut name = None;
        let mut schema = schema;
        for _ in 0..=self.schemas.len() {
            let Shape::Ref(reference) = &schema.shape else {
                break;
            };
            let Some(target) = self.schema(&reference.name) else {
                break;
            };
            name = Some(reference.name.as_str());
            schema = target;
        }
        (name, schema)
    }

    /// All operations on the wire, with their paths.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&Path, &Operation)> {
        self.paths.iter().flat_map(|path| {
            path.operations
                .iter()
                .map(move |operation| (path, operation))
        })
    }
}

fn find<'a, T>(named: &'a [(String, T)], name: &str) -> Option<&'a T> {
    named
        .iter()
        .find(|(other, _)| other == name)
        .map(|(_, item)| item)
}

fn version(node: &Node<'_>) {
    if let Some(text) = String::read(node).filter(|text| !text.starts_with("3.1.")) {
        node.add(
            &node.at,
            format!("OpenAPI {text}; this generator reads 3.1"),
        );
    }
}
