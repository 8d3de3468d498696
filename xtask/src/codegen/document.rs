//! The part of OpenAPI 3.1 that this project uses, read strictly.

mod facts;
mod hoist;
mod keywords;
mod operation;
mod schema;
mod statuses;

use super::finding::{Findings, Pointer};
use super::load::{Entry, Node, Object, Read};
use super::model::{self, Method};

pub(crate) use facts::{Facts, deprecation};
pub(crate) use keywords::{Alias, Look, Pair, Way};
pub(crate) use operation::{
    About, Form, MP3, Media, Operation, Parameter, ParameterOrRef, PartType, Place, Response, Split,
};
pub(crate) use schema::{Discriminator, Reference, Schema, Shape};
pub(crate) use statuses::Statuses;

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

/// A group of operations.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) at: Pointer,
    pub(crate) name: String,
    pub(crate) description: String,
}

/// A path and what can be done there.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) at: Pointer,
    pub(crate) path: model::Path,
    /// What every operation here takes.
    pub(crate) parameters: Vec<ParameterOrRef>,
    pub(crate) operations: Vec<Operation>,
}

impl Document {
    /// Reads the document; what it does not understand becomes a finding.
    pub(crate) fn read(node: &Node<'_>, findings: &Findings) -> Option<Self> {
        let mut object = node.object()?;
        object.require_by("openapi", version);
        object.skip(&["info", "servers"]);
        object.need("tags");
        object.need("paths");
        let (tags, paths) = (object.each("tags"), object.each_entry("paths"));
        let mut components = object.node("components").and_then(|node| node.object());
        let mut document = Self {
            tags,
            paths,
            parameters: named(&mut components, "parameters"),
            schemas: named(&mut components, "schemas"),
            responses: named(&mut components, "responses"),
        };
        // What could be read of it is held against the rules, too.
        components.map(|components| components.finish(()));
        object.finish(());
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
        let resolved = |branch| self.resolve(branch).1;
        match &schema.shape {
            Shape::OneOf { branches, .. } => branches.iter().map(resolved).collect(),
            _ => vec![schema],
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

/// The components of a kind.
fn named<T: Read>(components: &mut Option<Object<'_>>, kind: &'static str) -> Vec<(String, T)> {
    let components = components.as_mut();
    components.map_or_else(Vec::new, |components| components.each_entry(kind))
}

fn version(node: &Node<'_>) -> Option<()> {
    let text = String::read(node)?;
    match text.starts_with("3.1.") {
        true => Some(()),
        false => node.wrong(format!("OpenAPI {text}; this generator reads 3.1")),
    }
}

impl Read for Tag {
    fn read(node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let tag = Self {
            at: node.at().clone(),
            name: object.require("name"),
            description: object.or_default("description"),
        };
        // Operations name it, whatever else is wrong with it.
        object.finish(());
        Some(tag)
    }
}

impl Entry for Path {
    fn read(template: &str, node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        object.skip(&["summary", "description"]);
        let parameters = object.each("parameters");
        object.skip(&["get", "post", "put", "patch", "delete"]);
        let mut operations = Vec::new();
        // In the order of the spec.
        for (key, node) in object.entries() {
            if let Some(method) = Method::of(key) {
                operations.extend(Operation::read(method, node));
            }
        }
        object.finish(Self {
            at: node.at().clone(),
            path: model::Path::new(template.to_owned()),
            parameters,
            operations,
        })
    }
}
