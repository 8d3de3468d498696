//! The part of OpenAPI 3.1 that this project uses, read strictly.

mod facts;
mod hoist;
mod keywords;
mod operation;
mod schema;

use super::finding::{Findings, Pointer};
use super::load::{Node, Object};
use super::model::Method;

pub(crate) use facts::{Facts, deprecation};
pub(crate) use keywords::{Alias, Look, Pair, Way};
pub(crate) use operation::{
    About, Form, MP3, Media, Operation, Parameter, ParameterOrRef, Place, Response, Split,
};
pub(crate) use schema::{Discriminator, Reference, Schema, Shape};

#[cfg(test)]
mod tests;

/// The whole spec.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) tags: Vec<Tag>,
    pub(crate) paths: Vec<Path>,
    pub(crate) parameters: Vec<(String, Parameter)>,
    pub(crate) schemas: Vec<(String, Schema)>,
}

/// A group of operations.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) at: Pointer,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
}

/// A path and what can be done there.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) at: Pointer,
    pub(crate) template: String,
    /// What every operation here takes.
    pub(crate) parameters: Vec<ParameterOrRef>,
    pub(crate) operations: Vec<Operation>,
}

impl Document {
    /// Reads the document; what it does not understand becomes a finding.
    pub(crate) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut object = node.object(findings)?;
        let version = object.require("openapi", findings);
        if let Some(version) = version {
            let text = version.text(findings)?;
            if !text.starts_with("3.1.") {
                let message = format!("OpenAPI {text}; this generator reads 3.1");
                findings.add(version.at(), message);
            }
        }
        object.skip(&["info", "servers"]);
        let tags = each(object.require("tags", findings), findings, tag);
        let mut paths = Vec::new();
        if let Some(node) = object.require("paths", findings) {
            for (template, node) in node.entries(findings).unwrap_or_default() {
                paths.extend(path(template, &node, findings));
            }
        }
        let mut parameters = Vec::new();
        let mut schemas = Vec::new();
        let mut responses = Vec::new();
        let components = object.get("components");
        if let Some(mut components) = components.and_then(|node| node.object(findings)) {
            parameters = named(&mut components, "parameters", findings, Parameter::read);
            schemas = named(&mut components, "schemas", findings, Schema::read);
            responses = named(&mut components, "responses", findings, Response::shared);
            components.finish(findings);
        }
        object.finish(findings);
        let mut document = Self {
            tags,
            paths,
            parameters,
            schemas,
        };
        for operation in document
            .paths
            .iter_mut()
            .flat_map(|path| &mut path.operations)
        {
            for response in operation.responses_mut() {
                response.resolve(&responses, findings);
            }
        }
        hoist::all(&mut document, findings);
        Some(document)
    }

    /// The named schema.
    pub(crate) fn schema(&self, name: &str) -> Option<&Schema> {
        find(&self.schemas, name)
    }

    /// The parameter itself, or the one that is referred to.
    pub(crate) fn parameter<'d>(&'d self, parameter: &'d ParameterOrRef) -> Option<&'d Parameter> {
        match parameter {
            ParameterOrRef::Inline(parameter) => Some(parameter),
            ParameterOrRef::Ref(reference) => find(&self.parameters, &reference.name),
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

/// The items of a list, each read by `read`.
fn each<T>(
    node: Option<Node<'_>>,
    findings: &mut Findings,
    read: impl Fn(&Node<'_>, &mut Findings) -> Option<T>,
) -> Vec<T> {
    let items = node
        .and_then(|node| node.list(findings))
        .unwrap_or_default();
    items
        .iter()
        .filter_map(|item| read(item, findings))
        .collect()
}

/// What `read` makes of a node that may be absent, or an error when it is wrong.
fn optional<'a, T>(
    node: Option<Node<'a>>,
    findings: &mut Findings,
    read: impl FnOnce(&Node<'a>, &mut Findings) -> Option<T>,
) -> Result<Option<T>, Wrong> {
    match node {
        Some(node) => read(&node, findings).map(Some).ok_or(Wrong),
        None => Ok(None),
    }
}

/// Something was there and not understood; a finding says why.
#[derive(Debug)]
struct Wrong;

/// The components under `key`, each read by `read`.
fn named<T>(
    components: &mut Object<'_>,
    key: &'static str,
    findings: &mut Findings,
    read: impl Fn(&Node<'_>, &mut Findings) -> Option<T>,
) -> Vec<(String, T)> {
    let node = components.get(key);
    let entries = node.and_then(|node| node.entries(findings));
    entries
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(name, node)| Some((name.to_owned(), read(&node, findings)?)))
        .collect()
}

fn tag(node: &Node<'_>, findings: &mut Findings) -> Option<Tag> {
    let mut object = node.object(findings)?;
    let name = object.require("name", findings);
    let description = object.text("description", findings);
    object.finish(findings);
    Some(Tag {
        at: node.at().clone(),
        name: name?.text(findings)?,
        description,
    })
}

fn path(template: &str, node: &Node<'_>, findings: &mut Findings) -> Option<Path> {
    let mut object = node.object(findings)?;
    object.skip(&["summary", "description"]);
    let parameters = each(object.get("parameters"), findings, ParameterOrRef::read);
    let mut operations = Vec::new();
    object.skip(&["get", "post", "put", "patch", "delete"]);
    // In the order of the spec.
    for (key, node) in object.entries() {
        let mut all = Method::ALL.into_iter();
        if let Some(method) = all.find(|method| method.as_str().to_lowercase() == *key) {
            operations.extend(Operation::read(method, node, findings));
        }
    }
    object.finish(findings);
    Some(Path {
        at: node.at().clone(),
        template: template.to_owned(),
        parameters,
        operations,
    })
}
